from manager import manager
async def handler(receive, send):
    manager.join("r", send)
    while (text := await receive()) is not None:
        await manager.broadcast("r", text)
