"""`build_release`: a project becomes a wheel that is the same every time, with its appup inside."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.version import Version

from upward_asgi.appup.appup import Appup
from upward_asgi.errors import BadProject, BadSettings, BadSource, BadWheel, ConfigurationError
from upward_asgi.store import Store
from upward_asgi.store.building import BuiltRelease, build_release
from upward_asgi.store.rewriting import with_files
from upward_asgi.store.wheels import open_wheel

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "board"
version = "{version}"
requires-python = ">=3.11"

[tool.hatch.build.targets.wheel]
packages = ["board"]
"""

# A backend in the project's own folder, for what hatchling does not do wrong.
BACKEND = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "board"
version = "1.0.0"
"""


class Project:
    """A project on disk, and the folder that its releases go to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        self.out = folder / "out"
        (self.folder / "board").mkdir(parents=True)

    def at(self, version: str, source: str = "LIMIT = 1\n", more: str = "") -> Project:
        """The project as it stands at this version."""
        (self.folder / "pyproject.toml").write_text(PYPROJECT.format(version=version) + more)
        (self.folder / "board" / "__init__.py").write_text(source)
        return self

    def build(self, previous: Path | None = None) -> BuiltRelease:
        return build_release(self.folder, self.out, previous, isolated=False)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def carried(wheel: Path) -> dict[str, object]:
    """The JSON files of the wheel's .dist-info."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith(".json")]
        return {name.rpartition("/")[2]: json.loads(archive.read(name)) for name in names}


class TestBase:
    def test_wheel_with_settings(self, project: Project, tmp_path: Path) -> None:
        """A base is a plain wheel with its settings, which the store takes."""
        built = project.at("1.0.0", more='[tool.upward]\nkeep = ["board:POOL"]\n').build()
        assert (built.name, str(built.version), built.previous, built.appup) == ("board", "1.0.0", None, None)
        assert built.wheel == project.out / "board-1.0.0-py3-none-any.whl"
        assert list(carried(built.wheel)) == ["upward.json"]
        release = Store.create(tmp_path / "releases").unpack(built.wheel)
        assert release.settings.keep == ("board:POOL",)
        assert release.sha256 == built.sha256
        assert built.to_json()["verdict"] is None

    def test_settings_are_always_there(self, project: Project) -> None:
        """Without a section the defaults are written."""
        document = carried(project.at("1.0.0").build().wheel)["upward.json"]
        assert isinstance(document, dict)
        assert document["keep"] == []

    def test_same_bytes_every_time(self, project: Project, tmp_path: Path) -> None:
        """Built again, elsewhere, with other times and permissions on the files: the same wheel."""
        import os

        first = project.at("1.0.0").build()
        module = project.folder / "board" / "__init__.py"
        os.utime(module, (1, 1))
        module.chmod(0o600)
        project.out = tmp_path / "elsewhere"
        second = project.build()
        assert second.sha256 == first.sha256
        assert second.wheel.read_bytes() == first.wheel.read_bytes()

    def test_again_into_the_same_folder(self, project: Project) -> None:
        """Building what is there already changes nothing."""
        first = project.at("1.0.0").build()
        before = first.wheel.stat()
        assert project.build() == first
        assert first.wheel.stat().st_mtime_ns == before.st_mtime_ns
        assert [path.name for path in project.out.iterdir()] == [first.wheel.name]

    def test_same_version_with_other_contents(self, project: Project) -> None:
        """A release is immutable: the version must be raised."""
        built = project.at("1.0.0").build()
        before = built.wheel.read_bytes()
        with pytest.raises(BadProject, match="raise the project's version"):
            project.at("1.0.0", "LIMIT = 2\n").build()
        assert built.wheel.read_bytes() == before

    def test_minor_release_is_a_new_base(self, project: Project) -> None:
        """A minor release has no appup, whatever is in the folder."""
        project.at("1.0.0").build()
        assert project.at("1.1.0").build().appup is None


class TestPatch:
    def test_appup_inside(self, project: Project, tmp_path: Path) -> None:
        """A patch release carries the appup from the highest lower patch, and the store uses it."""
        project.at("1.0.0").build()
        first = project.at("1.0.1", "LIMIT = 2\n").build()
        (project.out / "board-2.0.0-cp311-cp311-linux_x86_64.whl").write_bytes(b"not looked at")
        (project.out / "notes.whl").write_bytes(b"not looked at")
        second = project.at("1.0.2", "LIMIT = 3\n").build()
        assert second.previous == Version("1.0.1")
        assert second.appup is not None
        files = carried(second.wheel)
        assert Appup.from_json(files["appup.json"]) == second.appup
        assert files["appup-previous.json"] == {"version": "1.0.1", "sha256": first.sha256}
        assert second.appup.up

        store = Store.create(tmp_path / "releases")
        for wheel in sorted(project.out.glob("board-1*.whl")):
            store.unpack(wheel)
        assert store.appup("1.0.1", "1.0.2") == second.appup
        assert not (store.root / ".appups").exists()

    def test_same_bytes_every_time(self, project: Project, tmp_path: Path) -> None:
        """With the same predecessor, the appup is the same."""
        base = project.at("1.0.0").build()
        first = project.at("1.0.1", "LIMIT = 2\ndef f(): return {'a', 'b'}\n").build()
        project.out = tmp_path / "elsewhere"
        assert project.build(previous=base.wheel).sha256 == first.sha256

    def test_previous_by_name(self, project: Project) -> None:
        """The release before can be named; one that is not before, or of another project, is refused."""
        base = project.at("1.0.0").build()
        project.at("1.0.1", "LIMIT = 2\n").build()
        built = project.at("1.0.2", "LIMIT = 3\n").build(previous=base.wheel)
        assert built.previous == Version("1.0.0")
        with pytest.raises(BadProject, match=r"before 1\.0\.0 as the previous one"):
            project.at("1.0.0").build(previous=built.wheel)
        other = base.wheel.rename(base.wheel.with_name("chat-1.0.0-py3-none-any.whl"))
        with pytest.raises(BadProject, match=r"chat 1\.0\.0"):
            project.at("1.0.3").build(previous=other)

    def test_previous_of_another_line(self, project: Project) -> None:
        """Naming the last release of the minor before is no mistake: it is a new base."""
        base = project.at("1.0.0").build()
        assert project.at("1.1.0").build(previous=base.wheel).appup is None

    def test_damaged_previous(self, project: Project) -> None:
        """The release before is verified like any other."""
        base = project.at("1.0.0").build()
        base.wheel.write_bytes(base.wheel.read_bytes()[:-30])
        with pytest.raises(BadWheel, match=r"board-1\.0\.0"):
            project.at("1.0.1").build()
        with pytest.raises(BadWheel, match="No such file"):
            project.build(previous=project.folder / "board-1.0.0-py3-none-any.whl")

    def test_source_that_does_not_parse(self, project: Project) -> None:
        """A patch release with a broken module is refused at the build, and no wheel is left."""
        project.at("1.0.0").build()
        with pytest.raises(BadSource, match=r"__init__\.py"):
            project.at("1.0.1", "def broken(:\n").build()
        assert [path.name for path in project.out.iterdir()] == ["board-1.0.0-py3-none-any.whl"]


class TestBadProject:
    def test_no_folder(self, project: Project) -> None:
        """A project that is not there."""
        with pytest.raises(BadProject, match="no such folder"):
            build_release(project.folder / "nowhere", project.out, isolated=False)

    def test_no_pyproject(self, project: Project) -> None:
        """A folder that is no project."""
        with pytest.raises(BadProject, match=r"pyproject\.toml"):
            project.build()

    def test_broken_toml(self, project: Project) -> None:
        """A pyproject.toml that does not parse."""
        (project.folder / "pyproject.toml").write_text("[project\n")
        with pytest.raises(BadSettings, match="TOML"):
            project.build()

    def test_unknown_setting(self, project: Project) -> None:
        """A misspelt marker."""
        with pytest.raises(BadSettings, match="rebuild"):
            project.at("1.0.0", more='[tool.upward]\nrebild = ["board:X"]\n').build()

    def test_failing_backend(self, project: Project) -> None:
        """What the backend said last is in the error."""
        (project.folder / "pyproject.toml").write_text(BACKEND)
        (project.folder / "backend.py").write_text(
            "def build_wheel(*args, **kwargs):\n"
            "    print('first words')\n"
            "    raise ValueError('no compiler here')\n"
        )
        with pytest.raises(BadProject, match=r"(?s)first words.*no compiler here.*python -m build"):
            project.build()
        assert not project.out.exists()

    def test_backend_that_does_not_exist(self, project: Project) -> None:
        """A backend's name that is wrong."""
        (project.folder / "pyproject.toml").write_text(BACKEND.replace('"backend"', '"no_such_backend"'))
        with pytest.raises(BadProject, match="no_such_backend"):
            project.build()

    def test_backend_that_is_not_installed(self, project: Project) -> None:
        """Not isolated, the backend's requirements must be here."""
        text = PYPROJECT.format(version="1.0.0").replace('["hatchling"]', '["hatchling", "no-such-thing-1"]')
        (project.folder / "pyproject.toml").write_text(text)
        with pytest.raises(BadProject, match="no no-such-thing-1"):
            project.build()

    def test_malformed_build_system(self, project: Project) -> None:
        """A [build-system] that is none."""
        (project.folder / "pyproject.toml").write_text("[build-system]\nrequires = 1\n")
        with pytest.raises(BadProject, match="requires"):
            project.build()

    def test_wheel_for_one_platform(self, project: Project) -> None:
        """Compiled code cannot be replaced while it runs."""
        (project.folder / "pyproject.toml").write_text(BACKEND)
        (project.folder / "backend.py").write_text(
            "from pathlib import Path\n"
            "def build_wheel(folder, *args, **kwargs):\n"
            "    name = 'board-1.0.0-cp311-cp311-linux_x86_64.whl'\n"
            "    Path(folder, name).write_bytes(b'')\n"
            "    return name\n"
        )
        with pytest.raises(BadProject, match="pure Python"):
            project.build()

    def test_build_is_not_installed(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without the extra, the error names it."""
        monkeypatch.setitem(sys.modules, "build", None)
        with pytest.raises(ConfigurationError, match=r"upward-asgi\[build\]"):
            project.at("1.0.0").build()

    def test_installed_backend_needs_no_isolation(self, project: Project, tmp_path: Path) -> None:
        """With isolation left open, an installed backend is run here, without a package index."""
        built = build_release(project.at("1.0.0").folder, project.out, isolated=None)
        assert built.sha256 == project.build().sha256


class TestRewriting:
    def test_record_stays_right(self, project: Project, tmp_path: Path) -> None:
        """Added files are recorded, files of the same name replaced, and the result verifies."""
        built = project.at("1.0.0").build()
        changed = tmp_path / built.wheel.name
        with open_wheel(built.wheel) as wheel:
            changed.write_bytes(with_files(wheel, {"upward.json": b"{}\n", "a,b.txt": b"x"}))
        with open_wheel(changed) as wheel:
            assert wheel.archive.read(f"{wheel.dist_info}/upward.json") == b"{}\n"
            assert wheel.archive.read(f"{wheel.dist_info}/a,b.txt") == b"x"
            assert wheel.archive.namelist()[-1] == f"{wheel.dist_info}/RECORD"
