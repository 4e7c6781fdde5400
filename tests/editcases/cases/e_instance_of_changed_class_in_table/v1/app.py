class Tool:
    def __init__(self, name, limit=1):
        self.name, self.limit, self.calls = name, limit, 0
    def run(self):
        self.calls += 1
        return self.name, self.limit, "v1"
KEPT = Tool("kept")
CHANGED = Tool("changed", 5)
TOOLS = {t.name: t for t in (KEPT, CHANGED)}
