from .badge import Badge
from .post import Post
from .user import User

__all__ = ["Badge", "Post", "User"]

for _name in __all__:
    globals()[_name].model_rebuild(_types_namespace={k: v for k, v in globals().items() if k in __all__})
