from state import HOOKS, ROOMS, Room
def count(): return len(ROOMS)
def hook(): return isinstance(next(iter(ROOMS.values())), Room)
HOOKS["feature"] = hook
