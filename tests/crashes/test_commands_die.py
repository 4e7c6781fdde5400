"""Commands killed, or with a full disk, at every step: what was there is whole, and the retry works."""

from __future__ import annotations

import io
import resource
import shutil
import signal
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from tests.crashes.steps import at_step, die, disk_full
from tests.forked import in_child
from upward_asgi.cli import main
from upward_asgi.errors import StoreMissing
from upward_asgi.store import Store
from upward_asgi.store.wheels import open_wheel

pytestmark = pytest.mark.timeout(250)

LIMIT = 60.0
SIZES = (0, 1, 64, 300, 700, 1_500, 4_000)
"""Bytes that a file may have, for a disk that is full in the middle of one."""


class Shop:
    """A folder of wheels, a store, and the commands that work on them."""

    def __init__(self, folder: Path, project: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.project, self.wheels = folder, project, wheels
        self.out, self.store = folder / "dist", folder / "store"
        self._version = "1.0.0"
        monkeypatch.setattr("upward_asgi.store.building.run_backend", self._backend)

    def _backend(self, project: Path, out: Path, **_: object) -> Path:
        """The project's own backend: it works in a temporary folder."""
        out.mkdir(parents=True, exist_ok=True)
        wheel = f"board-{self._version}-py3-none-any.whl"
        return Path(shutil.copyfile(self.wheels / wheel, out / wheel))

    def build(self, version: str = "1.0.1") -> int:
        self._version = version
        return main(["build", str(self.project), "--out", str(self.out), "--no-isolation", "--json"])

    def unpack(self, version: str = "1.0.1") -> int:
        wheel = self.out / f"board-{version}-py3-none-any.whl"
        return main(["unpack", str(wheel), "--store", str(self.store), "--json"])

    def permanent(self) -> int:
        return main(["permanent", "1.0.1", "--store", str(self.store), "--json"])

    def prepared(self, command: str) -> None:
        """Everything before the command is done."""
        shutil.rmtree(self.out, ignore_errors=True)
        shutil.rmtree(self.store, ignore_errors=True)
        assert self.build("1.0.0") == 0
        if command == "build":
            return
        assert (self.build(), self.unpack("1.0.0")) == (0, 0)
        if command == "permanent":
            assert self.unpack() == 0

    def whole(self) -> None:
        """Wheels that open, a store that boots; what is registered is what was unpacked."""
        for wheel in self.out.glob("*.whl"):
            with open_wheel(wheel):
                pass
        try:
            store = Store.open(self.store)
        except StoreMissing:
            return
        for release in store.releases():
            store.verify(release.version)
        if store.permanent() is not None:
            assert str(store.boot().version) in ("1.0.0", "1.0.1")


@pytest.fixture
def shop(tmp_path: Path, project: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop whose backend is at hand."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return Shop(tmp_path, project, wheels, monkeypatch)


def steps() -> Iterator[int]:
    yield from range(400)
    raise AssertionError("the command never got through")


def run(shop: Shop, command: str) -> int:
    status = getattr(shop, command)()
    assert isinstance(status, int)
    return status


@pytest.mark.parametrize("command", ["build", "unpack", "permanent"])
def test_killed_at_every_step(shop: Shop, command: str, capfd: pytest.CaptureFixture[str]) -> None:
    """SIGKILL before each change of the disk: what was there is whole, and the same command works again."""
    for step in steps():
        shop.prepared(command)

        def work(step: int = step) -> bool:
            with at_step(step, die) as reached:
                assert run(shop, command) == 0
            return reached()

        lived = in_child(work, shop.folder, limit=LIMIT)
        shop.whole()
        assert run(shop, command) == 0
        shop.whole()
        if lived is not None:
            assert step > 4
            break
    capfd.readouterr()


@pytest.mark.parametrize("command", ["build", "unpack", "permanent"])
def test_disk_full_at_every_step(shop: Shop, command: str, capfd: pytest.CaptureFixture[str]) -> None:
    """No space at a change of the disk: status 1 with the reason, nothing half-made; works afterwards."""
    for step in steps():
        shop.prepared(command)
        with at_step(step, disk_full) as reached:
            status = run(shop, command)
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        shop.whole()
        if not reached():
            assert (status, step > 4) == (0, True)
            break
        assert status == 0 or (status == 1 and "No space left" in out), (step, status, out, err)
        assert run(shop, command) == 0


@pytest.mark.parametrize("command", ["build", "unpack"])
@pytest.mark.parametrize("size", SIZES)
def test_disk_full_in_the_middle_of_a_file(
    shop: Shop, command: str, size: int, capfd: pytest.CaptureFixture[str]
) -> None:
    """A write that is cut off: said so, nothing half-made, and the same command works with space."""
    shop.prepared(command)

    def work() -> tuple[int, str]:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        with redirect_stdout(said := io.StringIO()), redirect_stderr(said):  # files of the test's own else
            status = run(shop, command)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        return status, said.getvalue()

    done = in_child(work, shop.folder, limit=LIMIT, quiet=True)
    assert done is not None and done[0] in (0, 1)
    assert done[0] == 1 or size > 100
    shop.whole()
    assert run(shop, command) == 0
    shop.whole()
    assert "Traceback" not in done[1]
    capfd.readouterr()
