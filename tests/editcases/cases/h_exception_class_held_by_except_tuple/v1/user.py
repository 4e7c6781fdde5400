from errors import AppError, NotFound
CATCH = (NotFound, KeyError)
def go(fail):
    try:
        fail()
    except CATCH as e:
        return "caught", str(e), e.code
