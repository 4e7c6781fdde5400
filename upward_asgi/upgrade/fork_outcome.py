"""How a function that ran in a forked copy of this process ended, and how that is sent from there."""

from __future__ import annotations

import io
import pickle
import signal
import traceback
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ..errors import UpwardError

__all__ = ["Exited", "Killed", "Outcome", "Raised", "Returned", "TimedOut", "pickled", "raised"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Returned(Generic[T]):
    """The function returned `value`."""

    value: T


@dataclass(frozen=True, slots=True)
class Raised:
    """The function raised; `exception` is the exception itself when it can be pickled."""

    type: str
    message: str
    traceback: str
    exception: BaseException | None = None

    def __str__(self) -> str:
        return f"{self.type}: {self.message}" if self.message else self.type


@dataclass(frozen=True, slots=True)
class Exited:
    """The function ended the process, by `sys.exit` or `os._exit`, with this status."""

    status: int

    def __str__(self) -> str:
        return f"an exit of the process with status {self.status}"


@dataclass(frozen=True, slots=True)
class Killed:
    """A signal ended the process: a crash, or the kernel short of memory."""

    signal: int

    def __str__(self) -> str:
        names = {s.value: s.name for s in signal.Signals}
        return f"a crash of the process by {names.get(self.signal, f'signal {self.signal}')}"


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The function was still running after `seconds`, and was killed."""

    seconds: float

    def __str__(self) -> str:
        return f"no end within {self.seconds:g} s"


Outcome = Returned[T] | Raised | Exited | Killed | TimedOut


def raised(error: BaseException) -> Raised:
    """What is told of an error; the error itself goes along when it can be pickled and unpickled."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    lines = "".join(traceback.format_exception(error))
    return Raised(name, _text(error), lines, error if _survives(error) else None)


def pickled(outcome: Outcome[T]) -> bytes:
    """The outcome as bytes; when its value cannot be pickled, that is the outcome."""
    try:
        return _dumps(outcome)
    except Exception as error:
        return _dumps(raised(error))


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as also:
        return f"<no message: its __str__ raised {type(also).__name__}>"


def _survives(error: BaseException) -> bool:
    try:
        pickle.loads(_dumps(error))
    except Exception:
        return False
    return True


def _dumps(value: object) -> bytes:
    buffer = io.BytesIO()
    _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(value)
    return buffer.getvalue()


class _Pickler(pickle.Pickler):
    """Pickles our errors too, whose keyword arguments the default way would lose."""

    def reducer_override(self, obj: object) -> Any:
        if isinstance(obj, UpwardError):
            return _rebuild, (type(obj), obj.args, dict(obj.__dict__))
        return NotImplemented


def _rebuild(kind: type[UpwardError], args: tuple[object, ...], state: dict[str, object]) -> UpwardError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error
