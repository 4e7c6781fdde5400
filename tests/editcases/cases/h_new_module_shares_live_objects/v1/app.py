import state
def go(): return len(state.ROOMS)
