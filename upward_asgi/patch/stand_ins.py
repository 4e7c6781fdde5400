"""Modules that put another object in their place in `sys.modules` while they were imported."""

from __future__ import annotations

from types import FunctionType, ModuleType

from .refusal import CannotFollow

__all__ = ["require_own_namespace"]


def require_own_namespace(name: str, live: ModuleType) -> None:
    """Raise `CannotFollow` when the statements of the module ran in another namespace than it has now.

    Its functions tell: they look up names where they were defined. So does a module without a `__spec__`,
    which is none that the import system made. A statement that runs again would miss there what it needs
    (celery and kombu make such modules, to import their parts late).
    """
    functions = (f for f in live.__dict__.values() if type(f) is FunctionType and f.__module__ == name)
    if live.__spec__ is None or any(_is_foreign(function, live) for function in functions):
        raise CannotFollow(
            "replaced_module",
            f"{name} has put another object in its place in sys.modules, and statements of it changed",
            advice="let the module define `__getattr__` instead (PEP 562), or release a minor version",
            file=getattr(live, "__file__", None),
        )


def _is_foreign(function: FunctionType, live: ModuleType) -> bool:
    """True for a function of another module's namespace (they have a `__spec__`) of the same name."""
    namespace = function.__globals__
    if namespace is live.__dict__ or "__spec__" not in namespace:
        return False
    return namespace.get("__name__") == live.__name__
