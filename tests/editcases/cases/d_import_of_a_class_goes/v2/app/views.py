def show(room: object) -> str:
    return str(room)
