from user import run as again
