from app import send
def go(): return send("x", to="me", loud=True)
