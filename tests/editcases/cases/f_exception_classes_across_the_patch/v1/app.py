
class AppError(Exception):
    def __init__(self, m): super().__init__(m)
class Missing(AppError): pass
def find(): raise Missing("old")
def guard():
    try: find()
    except AppError as e: return str(e)
