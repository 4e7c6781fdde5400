import importlib


def load(name):
    return importlib.import_module(f"pkg.data.{name}")


TEXTS = load("az-Cyrl").TEXTS
