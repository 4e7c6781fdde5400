import importlib.resources, os
HERE = os.path.dirname(os.path.abspath(__file__))
def read():
    with open(os.path.join(HERE, "data.txt")) as f: return f.read().strip()
def resource(): return importlib.resources.files("pkg").joinpath("data.txt").read_text().strip()
