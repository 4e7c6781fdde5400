import app
from app import C
def make(): return C(), app.go()
