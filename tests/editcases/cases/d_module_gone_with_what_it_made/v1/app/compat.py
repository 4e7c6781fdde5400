import sys
import types


class Later(types.ModuleType):
    def __getattr__(self, name):
        if name == "value":
            return 1
        raise AttributeError(name)


sys.modules[__name__ + ".moves"] = moves = Later(__name__ + ".moves")
sys.modules[__name__ + ".moves.parse"] = moves.parse = Later("parse")
