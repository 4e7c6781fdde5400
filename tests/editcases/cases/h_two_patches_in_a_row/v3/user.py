from app import go, E
def run(): return go(), [e.name for e in E]
