from app import send
def go(): return send("me", "x")
