from app import Hub
def members(): return Hub().members
