from app import COMMANDS, NAMES
def go(): return {k: f() for k, f in COMMANDS.items()}, NAMES
