"""The store: a folder of unpacked releases, its register, and the symlink `current`.

```
releases/
  RELEASES.json        the register
  1.0.0/  1.0.1/       unpacked wheels, never changed afterwards
  current -> 1.0.1     what `__file__` of the running application goes through
```

Every mutation is a staged write and a rename, in an order in which a crash in between is harmless:
a folder without an entry in the register is unpacked anew, a `current` that the register does not know of
yet is set again at the next boot.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

from ..errors import BadWheel, StoreCorrupt, StoreError
from ..versions import is_patch_of
from . import register
from .ahead import Ahead
from .appups import appup_between, carried_appup, keep_appup, kept_appup
from .current import point_to, pointed
from .durable import put_file, sweep, writing
from .integrity import check_tree
from .limits import Limits
from .locks import REGISTER_LOCK, UNPACK_LOCK, locked
from .register import REGISTER, Register
from .release import Release, Status
from .unpacking import put_release
from .wheels import Wheel, open_wheel

if TYPE_CHECKING:
    from ..appup.appup import Appup

__all__ = ["Store"]


class Store:
    """The releases on disk. Safe to use from several threads and processes at once.

    Reading needs no lock. A mutation waits for its lock at most `lock_timeout` seconds, then raises
    `StoreLocked`; one that cannot be written raises `StoreError` and changes nothing.
    """

    def __init__(self, root: Path, *, lock_timeout: float = 10.0, limits: Limits | None = None) -> None:
        self.root = root
        """The folder, as an absolute path without symlinks."""
        self.lock_timeout = lock_timeout
        self.limits = limits or Limits()
        self._ahead = Ahead(root)

    @classmethod
    def open(cls, path: str | Path, *, lock_timeout: float = 10.0) -> Store:
        """The store at `path`. Raises `StoreMissing`, `StoreCorrupt`."""
        store = cls(Path(path).resolve(), lock_timeout=lock_timeout)
        register.read(store.root)
        return store

    @classmethod
    def create(cls, path: str | Path, *, lock_timeout: float = 10.0) -> Store:
        """The store at `path`, which is made if there is none. Raises `StoreCorrupt`, `StoreError`."""
        store = cls(Path(path).resolve(), lock_timeout=lock_timeout)
        with writing(store.root):
            store.root.mkdir(parents=True, exist_ok=True)
            if not (store.root / REGISTER).exists():
                with locked(store.root, REGISTER_LOCK, lock_timeout):
                    store._begin()
        return cls.open(path, lock_timeout=lock_timeout)

    def unpack(self, wheel: Path) -> Release:
        """Put a release in. The first one is permanent at once.

        A wheel that is in already, byte for byte, changes nothing (a damaged folder is mended from it);
        another wheel of the same version is refused. Raises `BadWheel`, `BadSettings`.
        """
        with open_wheel(Path(wheel), self.limits) as opened:
            self._put(opened)
        return self.release(opened.version)

    def releases(self) -> tuple[Release, ...]:
        """All releases, sorted by version."""
        return self._read().releases

    def release(self, version: Version | str) -> Release:
        """The release of this version. Raises `UnknownRelease`."""
        return self._read().find(version)

    def permanent(self) -> Release | None:
        """What the next boot starts; None in an empty store."""
        return self._read().permanent()

    def current(self) -> Release | None:
        """What runs, or ran last; None before the first boot."""
        return self._read().running()

    def boot(self) -> Release:
        """Start-up: the permanent release becomes current, and `current` points to it.

        A release that ran provisionally when the last process ended is back to `unpacked`, as in OTP.
        Writes nothing when nothing changes, so a store may be read-only. Raises `StoreError` when empty.
        """
        book = self._read()
        release = book.permanent()
        if release is None:
            raise StoreError(
                expected=f"a release to boot in the store {self.root}",
                got="an empty store",
                do="put one in with `upward unpack WHEEL --store DIR`",
            )
        if book.current != release.version or pointed(self.root) != release.root.name:
            self._run(lambda book: book.permanent() or release, left=Status.UNPACKED)
        elif not release.root.is_dir():
            point_to(self.root, release)  # says what is missing
        return self.release(release.version)

    def make_current(self, version: Version | str) -> None:
        """`version` runs now, provisionally. Raises `UnknownRelease`; `StoreError` with nothing changed."""
        if not self._put_written(version):
            self._run(lambda book: book.find(version), left=Status.OLD)

    def write_ahead(self, versions: Sequence[Version]) -> None:
        """Have `make_current` of these, one after the other, wait for no disk, unless others write meanwhile.

        Raises `UnknownRelease`, `StoreError`.
        """
        with writing(self.root), locked(self.root, REGISTER_LOCK, self.lock_timeout):
            self._ahead.write(self._read(), versions)

    def make_permanent(self, version: Version | str) -> None:
        """The next boot starts `version`; what runs goes on. Raises `UnknownRelease`."""
        self._change(lambda book: book.making_permanent(book.find(version).version))

    def mark_failed(self, version: Version | str, reason: str) -> None:
        """Remember that `version` was tried and failed, and why."""
        self._change(lambda book: book.marking(book.find(version).version, reason))

    def clear_failed(self, version: Version | str) -> None:
        """Forget that `version` failed."""
        self._change(lambda book: book.marking(book.find(version).version, None))

    def appup(self, old: Version | str, new: Version | str) -> Appup:
        """The appup from the release `old` to its patch release `new`.

        It is the one in the wheel if it was made against exactly this `old`, else made from the unpacked
        trees and kept in the store (not kept where the store cannot be written). Raises `BadSource`,
        `BadSettings`, `TransformError`, `UnknownRelease`.
        """
        before, after = self.release(old), self.release(new)
        if not is_patch_of(after.version, before.version):
            raise StoreError(
                expected=f"a release and a later patch release of its line, after {before.version}",
                got=f"{after.version}",
                do="ask for the older one first; a new minor or major release is a new base and has no appup",
            )
        found = carried_appup(before, after) or kept_appup(self.root, before, after)
        if found is not None:
            return found
        made = appup_between(before, after)
        self._keep(before, after, made)
        return made

    def verify(self, version: Version | str) -> None:
        """Every file of the unpacked release is what its RECORD says. Raises `StoreCorrupt`."""
        check_tree(self.release(version).root)

    def _read(self) -> Register:
        return register.read(self.root)

    def _begin(self) -> None:
        if (self.root / REGISTER).exists():  # another process was faster
            return
        strange = sorted(path.name for path in self.root.iterdir() if not path.name.startswith("."))
        if strange:
            raise StoreCorrupt(
                expected=f"an empty folder or a store at {self.root}",
                got=f"no {REGISTER}, but {', '.join(strange[:5])}",
                do=f"name another folder, or put {REGISTER} back if this was a store",
            )
        register.write(self.root, Register())

    def _known(self, wheel: Wheel) -> Release | None:
        """The entry of exactly this wheel. Raises `BadWheel` when the store cannot take it."""
        releases = self.releases()
        other = next(
            (r for r in releases if canonicalize_name(r.name) != canonicalize_name(wheel.name)), None
        )
        if other is not None:
            raise BadWheel(
                expected=f"a release of {other.name}: a store holds one application",
                got=f"{wheel.name} in {wheel.path.name}",
                do="give each application a store of its own",
            )
        known = next((r for r in releases if r.version == wheel.version), None)
        if known is not None and known.sha256 != wheel.sha256:
            raise BadWheel(
                expected=f"the wheel of {known.version} that the store holds (sha256 {known.sha256[:12]}…)",
                got=f"another of the same version (sha256 {wheel.sha256[:12]}…)",
                do="give the changed release a new version: a release is immutable",
            )
        return known

    def _put(self, wheel: Wheel) -> None:
        with writing(self.root), locked(self.root, UNPACK_LOCK, self.lock_timeout):
            sweep(self.root)
            known = self._known(wheel)
            if known is None or not self._whole(known):
                put_release(wheel, self.root)
            if known is None:
                self._register(wheel)

    def _whole(self, release: Release) -> bool:
        try:
            check_tree(release.root)
        except StoreCorrupt:
            return False
        return True

    def _register(self, wheel: Wheel) -> None:
        release = Release(
            name=wheel.name,
            version=wheel.version,
            base=wheel.version,
            status=Status.UNPACKED,
            sha256=wheel.sha256,
            unpacked_at=datetime.now(UTC).replace(microsecond=0),
            root=self.root / str(wheel.version),
        )
        self._change(lambda book: book.adding(release))

    def _change(self, change: Callable[[Register], Register]) -> None:
        with writing(self.root), locked(self.root, REGISTER_LOCK, self.lock_timeout):
            book = self._read()
            self._replace(book, change(book))

    def _run(self, choose: Callable[[Register], Release], *, left: Status) -> None:
        """Point `current` to the chosen release, then say so in the register; both or neither."""
        with writing(self.root), locked(self.root, REGISTER_LOCK, self.lock_timeout):
            book = self._read()
            release, before = choose(book), book.running()
            try:
                point_to(self.root, release)
                self._replace(book, book.making_current(release.version, left=left))
            except OSError:
                with contextlib.suppress(OSError, StoreError):  # the first error is the one to tell
                    point_to(self.root, before or release)
                raise

    def _put_written(self, version: Version | str) -> bool:
        """Point `current` and put the register that was written ahead; False when there is none that fits."""
        with writing(self.root), locked(self.root, REGISTER_LOCK, self.lock_timeout):
            written = self._ahead.find(version)
            if written is None:
                return False
            try:
                point_to(self.root, written.release, flushed=False)
                put_file(written.file, self.root / REGISTER)
            except OSError:
                with contextlib.suppress(OSError, StoreError):  # the first error is the one to tell
                    point_to(self.root, written.before or written.release)
                raise
        return True

    def _replace(self, before: Register, after: Register) -> None:
        try:
            register.write(self.root, after)
        except OSError:
            # It may have been replaced already and only not be flushed: put it back, so that an error
            # always means "nothing changed". Failing at that too, the first error is the one to tell.
            with contextlib.suppress(OSError):
                if self._read() != before:
                    register.write(self.root, before)
            raise

    def _keep(self, old: Release, new: Release, appup: Appup) -> None:
        try:
            with writing(self.root), locked(self.root, REGISTER_LOCK, self.lock_timeout):
                keep_appup(self.root, old, new, appup)
        except StoreError:
            return  # it is only a cache: on a read-only store it is made each time
