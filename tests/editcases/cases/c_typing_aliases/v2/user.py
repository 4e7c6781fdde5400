from app import MODES, Either, get_args
KINDS = get_args(Either)
