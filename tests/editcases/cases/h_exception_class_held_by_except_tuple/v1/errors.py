class AppError(Exception):
    code = 1
class NotFound(AppError):
    def __str__(self): return "v1"
