from app import CODES, ROUTES
def go(): return dict(ROUTES), sorted(CODES)
