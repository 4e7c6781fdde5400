class AppError(Exception):
    code = 2
class NotFound(AppError, LookupError):
    def __init__(self, *a, hint=None):
        super().__init__(*a)
        self.hint = hint
    def __str__(self): return f"v2 {getattr(self, 'hint', None)}"
