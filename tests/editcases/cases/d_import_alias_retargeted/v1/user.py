from app import handler
import app
def go(): return handler(), app.impl.f()
