"""Where releases come from: wheels by pip, unpacked side by side in a cache, with what they need."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

from packaging.metadata import parse_email
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

__all__ = ["PROJECT", "Cache", "Line", "Pair", "default_cache", "read_lines"]

PROJECT = Path(__file__).resolve().parents[2]
"""Where `upward_asgi` is."""


@dataclass(frozen=True, slots=True)
class Line:
    """Consecutive patch releases of one package."""

    name: str
    package: str
    versions: tuple[str, ...]
    needs: tuple[str, ...] = ()
    seconds: float = 120.0
    """Time limit of each process."""
    short: bool = False

    def pairs(self) -> tuple[Pair, ...]:
        return tuple(Pair(self, a, b) for a, b in zip(self.versions, self.versions[1:], strict=False))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two neighbouring releases."""

    line: Line
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.line.name} {self.old} → {self.new}"


def read_lines(file: Path) -> tuple[Line, ...]:
    """The lines of `cases.toml`."""
    entries = tomllib.loads(file.read_text())["line"]
    return tuple(
        Line(
            entry["name"],
            entry.get("package", entry["name"].replace("-", "_")),
            tuple(entry["versions"]),
            tuple(entry.get("needs", ())),
            entry.get("seconds", 120.0),
            entry.get("short", False),
        )
        for entry in entries
    )


def default_cache() -> Path:
    """`$UPWARD_REAL_RELEASES`, else a folder in the user's own cache."""
    if named := os.environ.get("UPWARD_REAL_RELEASES"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "upward" / "real-releases"


class Cache:
    """The folder with wheels, unpacked releases, their requirements and a bare interpreter."""

    def __init__(self, folder: Path, project: Path = PROJECT) -> None:
        self.folder = folder.resolve()
        self.project = project.resolve()
        self.answers = self.folder / "answers"
        self._installing = threading.Lock()
        for name in ("wheels", "releases", "needs", "answers"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def python(self) -> Path:
        """An interpreter with nothing installed."""
        folder = self.folder / f"python-{sys.version_info.major}.{sys.version_info.minor}"
        if not (folder / "bin" / "python").exists():
            venv.create(folder, with_pip=False, symlinks=True)
        return folder / "bin" / "python"

    def engine(self) -> tuple[str, ...]:
        """Import path entries with this project and what it needs, and nothing else of this environment."""
        package = self.project / "upward_asgi"
        folder = self.folder / "engine" / hashlib.sha256(bytes(package)).hexdigest()[:16]
        with self._installing:
            folder.mkdir(parents=True, exist_ok=True)
            if not (folder / "upward_asgi").is_symlink():
                (folder / "upward_asgi").symlink_to(package)
        return str(folder), *self.needs(("packaging",))

    def releases(self, line: Line) -> dict[str, Path]:
        """The unpacked releases of the line, by version; downloads what is not there yet."""
        roots = {version: self.folder / "releases" / f"{line.name}-{version}" for version in line.versions}
        for version, root in roots.items():
            if not root.is_dir():
                self._unpack(self._wheel(line.name, version), root)
        return roots

    def requirements(self, line: Line) -> tuple[str, ...]:
        """Import path entries with what the line's newest release needs."""
        root = self.folder / "releases" / f"{line.name}-{line.versions[-1]}"
        (metadata,) = root.glob("*.dist-info/METADATA")
        raw, _ = parse_email(metadata.read_bytes())
        needed = [Requirement(text) for text in raw.get("requires_dist", [])]
        wanted = [str(n) for n in needed if n.marker is None or n.marker.evaluate({"extra": ""})]
        return self.needs(tuple(sorted({*wanted, *line.needs})))

    def needs(self, requirements: tuple[str, ...]) -> tuple[str, ...]:
        """A folder in which these are installed; shared by all that need the same."""
        if not requirements:
            return ()
        folder = self.folder / "needs" / hashlib.sha256(repr(requirements).encode()).hexdigest()[:16]
        with self._installing:
            if not folder.is_dir():
                part = folder.with_suffix(".part")
                shutil.rmtree(part, ignore_errors=True)
                _pip("install", "--target", str(part), *requirements)
                part.rename(folder)
        return (str(folder),)

    def _wheel(self, name: str, version: str) -> Path:
        found = self._found(name, version)
        if found is None:
            pure = ("--platform", "any", "--implementation", "py", "--abi", "none", "--only-binary", ":all:")
            _pip("download", "--no-deps", *pure, "--dest", str(self.folder / "wheels"), f"{name}=={version}")
            found = self._found(name, version)
        assert found is not None, f"no wheel of {name} {version}"
        return found

    def _found(self, name: str, version: str) -> Path | None:
        for wheel in (self.folder / "wheels").glob("*.whl"):
            of, at, _, _ = parse_wheel_filename(wheel.name)
            if of == canonicalize_name(name) and at == Version(version):
                return wheel
        return None

    @staticmethod
    def _unpack(wheel: Path, root: Path) -> None:
        part = root.with_name(root.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(part)
        part.rename(root)


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"pip {' '.join(arguments)}: {done.stderr[-600:]}")
