"""Every error that `upward_asgi` raises, in one tree.

```
UpwardError
├── Refused                 not done, nothing touched; trying was safe         (exit status 2)
│   ├── NotHot              the release cannot go hot: all reasons inside
│   ├── NotAPatchRelease    a minor or major release is a new base
│   ├── NothingNewer        no release to go to
│   ├── BelowBase           a downgrade ends at the base
│   ├── OperationInProgress one operation at a time
│   └── ReleaseFailedBefore a release that failed is not tried again by itself
├── ReleaseError            the release is wrong
│   ├── BadWheel            the artefact is not a usable wheel
│   ├── BadProject          `upward build` cannot build this project
│   ├── BadSource           a module of the release does not parse
│   ├── BadSettings         `[tool.upward]` says something unknown
│   └── ReleaseDoesNotImport the release fails, exits, crashes or hangs at import
├── TransformError          a user's transform is wrong
├── CodeChangeError         a user's `code_change` is wrong
├── UpgradeFailed           tried and undone: everything is as it was before
│   ├── RehearsalFailed     the forked copy failed; the process itself was never touched
│   ├── PatchFailed         a step of the live patch raised
│   ├── QuiesceTimeout      changed code stayed on a stack
│   └── OperationTimeout    the operation as a whole took too long
├── StoreError              the store is missing, locked or damaged
│   ├── StoreMissing
│   ├── StoreCorrupt
│   ├── StoreLocked
│   └── UnknownRelease
├── ConfigurationError      the service is not set up for this
│   ├── ImportedElsewhere   the application was not imported from the store
│   └── ManyWorkers         workers are not coordinated yet
├── AdminError              a request to the admin API is wrong
│   ├── Unauthorized, Forbidden, BadRequest, NotFound, UnknownOperation
│   └── ServerUnreachable   the CLI cannot talk to the server
└── InternalError           our bug; the process was left as it was
    └── NotUndone           a failure could not be undone wholly: restart the process
```

Each class has a stable `code`: the problem+json `type`, the CLI's JSON code, the log field and the
anchor in the docs are all this word. Each message says what was expected, what came and what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

__all__ = [
    "AdminError",
    "BadProject",
    "BadRequest",
    "BadSettings",
    "BadSource",
    "BadWheel",
    "BelowBase",
    "CodeChangeError",
    "ConfigurationError",
    "Forbidden",
    "ImportedElsewhere",
    "InternalError",
    "ManyWorkers",
    "NotAPatchRelease",
    "NotFound",
    "NotHot",
    "NotUndone",
    "NothingNewer",
    "OperationInProgress",
    "OperationTimeout",
    "PatchFailed",
    "QuiesceTimeout",
    "Reasoned",
    "Refused",
    "RehearsalFailed",
    "ReleaseDoesNotImport",
    "ReleaseError",
    "ReleaseFailedBefore",
    "ServerUnreachable",
    "StoreCorrupt",
    "StoreError",
    "StoreLocked",
    "StoreMissing",
    "TransformError",
    "Unauthorized",
    "UnknownOperation",
    "UnknownRelease",
    "UpgradeFailed",
    "UpwardError",
]


class UpwardError(Exception):
    """The root of the tree: what was expected, what came, what to do next."""

    code: ClassVar[str] = "upward"

    def __init__(self, *, expected: str, got: str, do: str) -> None:
        super().__init__(expected, got, do)
        self.expected = expected
        self.got = got
        self.do = do

    def __str__(self) -> str:
        return f"expected {self.expected}, got {self.got}; {self.do}"


class Refused(UpwardError):
    """Not done, and nothing was touched."""

    code = "refused"


class Reasoned(Protocol):
    """What `NotHot` needs of a reason: a line for people, and fields for machines."""

    def __str__(self) -> str: ...

    def to_json(self) -> dict[str, object]: ...


class NotHot(Refused):
    """The release cannot go hot; `reasons` holds every reason, each with file, line and advice."""

    code = "not_hot"

    def __init__(self, reasons: Sequence[Reasoned]) -> None:
        self.reasons = tuple(reasons)
        lines = "\n".join(f"  - {reason}" for reason in self.reasons)
        super().__init__(
            expected="a release that can go hot",
            got=f"{len(self.reasons)} reason(s) against it:\n{lines}\n",
            do="follow the advice above, or release it as a new minor version and restart",
        )


class NotAPatchRelease(Refused):
    """The version is a new base, not a patch release of the running one."""

    code = "not_a_patch_release"


class NothingNewer(Refused):
    """The store holds no later patch release."""

    code = "nothing_newer"


class BelowBase(Refused):
    """The running release is the base; a downgrade ends there."""

    code = "below_base"


class OperationInProgress(Refused):
    """Another operation runs; `operation` is its id."""

    code = "operation_in_progress"

    def __init__(self, operation: str) -> None:
        self.operation = operation
        super().__init__(
            expected="no operation under way",
            got=f"operation {operation} still running",
            do=f"wait for operation {operation} to end, then ask again",
        )


class ReleaseFailedBefore(Refused):
    """The release failed in this process before; it is tried again only when asked for by name."""

    code = "release_failed_before"


class ReleaseError(UpwardError):
    """The release is wrong."""

    code = "release"


class BadWheel(ReleaseError):
    """The artefact is not a usable wheel."""

    code = "bad_wheel"


class BadProject(ReleaseError):
    """The project cannot be built into a release."""

    code = "bad_project"


class BadSource(ReleaseError):
    """A module of the release does not parse; `path` and `line` say where."""

    code = "bad_source"

    def __init__(self, *, path: str, line: int, message: str) -> None:
        self.path = path
        self.line = line
        super().__init__(
            expected="Python source that parses",
            got=f"{message} in {path}, line {line}",
            do="mend the release and build it again",
        )


class BadSettings(ReleaseError):
    """`[tool.upward]` says something that is not known."""

    code = "bad_settings"


class ReleaseDoesNotImport(ReleaseError):
    """The release fails, exits, crashes or hangs when it is imported."""

    code = "release_does_not_import"


class TransformError(UpwardError):
    """A user's transform is wrong: `transform`, `direction` and `instruction` name where."""

    code = "transform"

    def __init__(
        self, *, transform: str, direction: str, instruction: str | None, expected: str, got: str, do: str
    ) -> None:
        self.transform = transform
        self.direction = direction
        self.instruction = instruction
        at = f" at {instruction}" if instruction else ""
        super().__init__(expected=expected, got=f"{got} from {transform}.{direction}{at}", do=do)


class CodeChangeError(UpwardError):
    """A user's `code_change` is wrong."""

    code = "code_change"


class UpgradeFailed(UpwardError):
    """Tried and undone: every session lives on in the release it had."""

    code = "upgrade_failed"


class PatchFailed(UpgradeFailed):
    """A step of the live patch raised; all steps before it were undone. The cause is chained."""

    code = "patch_failed"


class RehearsalFailed(UpgradeFailed):
    """The upgrade failed in a forked copy of the process; the process itself was never touched."""

    code = "rehearsal_failed"


class QuiesceTimeout(UpgradeFailed):
    """Changed code stayed on a stack longer than `quiesce_timeout`."""

    code = "quiesce_timeout"


class OperationTimeout(UpgradeFailed):
    """The operation did not end within `operation_seconds`; the release need not be to blame."""

    code = "operation_timeout"


class StoreError(UpwardError):
    """The store of releases is missing, locked or damaged."""

    code = "store"


class StoreMissing(StoreError):
    """There is no store at this path."""

    code = "store_missing"


class StoreCorrupt(StoreError):
    """The register or an unpacked release is not what was written."""

    code = "store_corrupt"


class StoreLocked(StoreError):
    """Another process holds the store's lock."""

    code = "store_locked"


class UnknownRelease(StoreError):
    """The store does not hold this version."""

    code = "unknown_release"


class ConfigurationError(UpwardError):
    """The service is not set up for what was asked."""

    code = "configuration"


class ImportedElsewhere(ConfigurationError):
    """The application was imported from elsewhere than the store."""

    code = "imported_elsewhere"


class ManyWorkers(ConfigurationError):
    """More than one worker: they are not coordinated yet."""

    code = "many_workers"


class AdminError(UpwardError):
    """A request to the admin API is wrong."""

    code = "admin"


class Unauthorized(AdminError):
    """The bearer token is missing or wrong."""

    code = "unauthorized"


class Forbidden(AdminError):
    """The Host or the Origin is not allowed."""

    code = "forbidden"


class BadRequest(AdminError):
    """The request's method, content type or body is not what the call takes."""

    code = "bad_request"


class NotFound(AdminError):
    """The admin API has no such call."""

    code = "not_found"


class UnknownOperation(AdminError):
    """No operation has this id."""

    code = "unknown_operation"


class ServerUnreachable(AdminError):
    """The CLI cannot reach the server, or what answers is not the admin API."""

    code = "server_unreachable"


class InternalError(UpwardError):
    """Our bug. The process was left as it was before."""

    code = "internal"


class NotUndone(InternalError):
    """A failure could not be undone wholly: the process must be restarted."""

    code = "not_undone"
