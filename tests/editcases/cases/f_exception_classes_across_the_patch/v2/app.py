
class AppError(Exception):
    code = 400
    def __init__(self, m, code=None): super().__init__(m); self.code = code or self.code
class Missing(AppError):
    code = 404
class Gone(Missing): pass
def find(): raise Gone("new")
def guard():
    try: find()
    except Missing as e: return str(e), e.code
