"""Imports come from the active release; code keeps its versioned path, `__file__` goes through `current`."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.resources
import importlib.util
import inspect
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from upward_asgi.errors import StoreCorrupt
from upward_asgi.store import Store, StoreImports

MakeWheel = Callable[..., Path]

OURS = ("board", "single", "spaced", "fresh")


@pytest.fixture(autouse=True)
def clean_imports() -> Iterator[None]:
    """What a test imports is gone after it, and so is its finder."""
    meta_path, hooks = list(sys.meta_path), list(sys.path_hooks)
    yield
    sys.meta_path[:], sys.path_hooks[:] = meta_path, hooks
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]
    for path in [path for path in sys.path_importer_cache if "releases" in path]:
        del sys.path_importer_cache[path]


def modules(version: str) -> dict[str, str]:
    return {
        "board/__init__.py": f"VERSION = {version!r}\n",
        "board/rooms.py": f"def shout():\n    raise RuntimeError({version!r})\n",
        "board/lazy.py": f"VERSION = {version!r}\n",
        "board/page.html": f"<p>{version}</p>",
        "board/sub/__init__.py": "",
        "board/sub/deep.py": f"VERSION = {version!r}\n",
        "board/plain/piece.py": f"VERSION = {version!r}\n",
        "single.py": f"VERSION = {version!r}\n",
        "spaced/inner/__init__.py": f"VERSION = {version!r}\n",
        "spaced/text.txt": version,
        "data/readme.txt": "no code here",
    }


@pytest.fixture
def booted(store: Store, make_wheel: MakeWheel) -> Store:
    """1.0.0 runs; 1.0.1 adds `fresh` and `board.added`, and drops `board.lazy` and `single`."""
    store.unpack(make_wheel("1.0.0", modules("1.0.0")))
    newer = modules("1.0.1") | {"fresh.py": "VERSION = '1.0.1'\n", "board/added.py": "VERSION = '1.0.1'\n"}
    del newer["board/lazy.py"], newer["single.py"]
    store.unpack(make_wheel("1.0.1", newer))
    store.boot()
    return store


@pytest.fixture
def imports(booted: Store) -> StoreImports:
    """The finder of the running release, installed."""
    imports = StoreImports(booted, booted.boot())
    imports.install()
    return imports


class TestPaths:
    @pytest.mark.parametrize(
        "name", ["board", "board.rooms", "board.sub.deep", "board.plain.piece", "single"]
    )
    def test_shown_through_current(self, booted: Store, imports: StoreImports, name: str) -> None:
        """`__file__` and the spec's origin go through `current`; the loader and the code do not."""
        module = importlib.import_module(name)
        assert str(module.__file__).startswith(f"{booted.root}/current/")
        assert module.__spec__ is not None
        assert module.__spec__.origin == module.__file__
        loader = module.__spec__.loader
        assert str(loader.path).startswith(f"{booted.root}/1.0.0/")  # type: ignore[union-attr]
        code = loader.get_code(name)  # type: ignore[union-attr]
        assert code.co_filename == loader.path  # type: ignore[union-attr]

    @pytest.mark.parametrize("name", ["board", "board.sub", "board.plain", "spaced"])
    def test_package_path(self, booted: Store, imports: StoreImports, name: str) -> None:
        """`__path__` of packages, namespace packages among them, goes through `current`."""
        package = importlib.import_module(name)
        assert list(package.__path__) == [str(booted.root / "current" / Path(*name.split(".")))]

    def test_functions_carry_the_versioned_path(self, booted: Store, imports: StoreImports) -> None:
        """A traceback shows the lines of the release that the frame runs, after an upgrade too."""
        rooms = importlib.import_module("board.rooms")
        assert rooms.shout.__code__.co_filename == str(booted.root / "1.0.0/board/rooms.py")
        booted.make_current("1.0.1")
        with pytest.raises(RuntimeError) as caught:
            rooms.shout()
        assert "raise RuntimeError('1.0.0')" in "".join(traceback.format_exception(caught.value))

    def test_getsource(self, imports: StoreImports) -> None:
        """`inspect.getsource` finds modules and functions."""
        rooms = importlib.import_module("board.rooms")
        assert inspect.getsource(rooms) == modules("1.0.0")["board/rooms.py"]
        assert inspect.getsource(rooms.shout) == modules("1.0.0")["board/rooms.py"]
        assert inspect.getmodule(rooms.shout) is rooms

    def test_no_bytecode_is_written_or_read(self, booted: Store, imports: StoreImports) -> None:
        """A cached .pyc with another path (or other code) is never used, and none is left behind."""
        import py_compile

        strange = booted.root / "strange.py"
        strange.write_text("VERSION = 'stale'\n")
        source = booted.root / "1.0.0" / "board" / "lazy.py"
        cached = importlib.util.cache_from_source(str(source))
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(str(strange), cfile=cached, invalidation_mode=mode)
        assert importlib.import_module("board.lazy").VERSION == "1.0.0"
        importlib.import_module("board.sub.deep")
        assert [p for p in booted.root.rglob("*.pyc") if str(p) != cached] == []

    def test_presented(self, booted: Store, imports: StoreImports, tmp_path: Path) -> None:
        """Every release of the store is shown through `current`; another tree shows itself."""
        assert imports.presented(booted.release("1.0.1").root) == booted.root / "current"
        assert imports.presented(tmp_path) == tmp_path


class TestStandardLibrary:
    def test_resources_follow_current(self, booted: Store, imports: StoreImports) -> None:
        """A file beside a module is the one of the running release, also through a path made before."""
        page = importlib.resources.files("board") / "page.html"
        assert page.read_text() == "<p>1.0.0</p>"
        booted.make_current("1.0.1")
        assert page.read_text() == "<p>1.0.1</p>"
        assert pkgutil.get_data("board", "page.html") == b"<p>1.0.1</p>"

    @pytest.mark.parametrize(("package", "file"), [("spaced", "text.txt"), ("board.plain", "piece.py")])
    def test_resources_of_namespace_packages(self, imports: StoreImports, package: str, file: str) -> None:
        """Files in a namespace package are found too."""
        assert "1.0.0" in (importlib.resources.files(package) / file).read_text()

    def test_iter_modules(self, imports: StoreImports) -> None:
        """`pkgutil` lists the submodules of the active release, switched or not."""
        board = importlib.import_module("board")
        names = [(m.name, m.ispkg) for m in pkgutil.iter_modules(board.__path__, "board.")]
        assert names == [("board.lazy", False), ("board.rooms", False), ("board.sub", True)]

    def test_walk_packages(self, imports: StoreImports) -> None:
        """`pkgutil.walk_packages` descends."""
        board = importlib.import_module("board")
        assert "board.sub.deep" in [m.name for m in pkgutil.walk_packages(board.__path__, "board.")]

    def test_metadata(self, booted: Store, imports: StoreImports) -> None:
        """`importlib.metadata` tells the version of the active release."""
        assert importlib.metadata.version("board") == "1.0.0"
        assert importlib.metadata.version("Board") == "1.0.0"
        undo = imports.switch(booted.release("1.0.1").root)
        assert importlib.metadata.version("board") == "1.0.1"
        undo()
        assert importlib.metadata.version("board") == "1.0.0"
        assert importlib.metadata.version("pytest") == pytest.__version__
        assert [d.name for d in importlib.metadata.distributions(path=[])] == []
        assert "board" in [d.name for d in importlib.metadata.distributions()]

    def test_reload(self, booted: Store, imports: StoreImports) -> None:
        """`importlib.reload` takes the active release."""
        single = importlib.import_module("board")
        imports.switch(booted.release("1.0.1").root)
        assert importlib.reload(single).VERSION == "1.0.1"

    def test_find_spec_of_what_is_not_there(self, imports: StoreImports) -> None:
        """A missing module is None, or an ordinary ModuleNotFoundError."""
        assert importlib.util.find_spec("board.nothing") is None
        with pytest.raises(ModuleNotFoundError, match=r"board\.nothing"):
            importlib.import_module("board.nothing")


class TestSwitching:
    def test_submodules_come_from_the_active_release(self, booted: Store, imports: StoreImports) -> None:
        """Through a `__path__` that names `current`, before the symlink follows."""
        board = importlib.import_module("board")
        assert (booted.root / "current").readlink() == Path("1.0.0")
        undo = imports.switch(booted.release("1.0.1").root)
        assert importlib.import_module("board.added").VERSION == "1.0.1"
        assert importlib.import_module("board.sub.deep").VERSION == "1.0.1"
        assert importlib.import_module("board.plain.piece").VERSION == "1.0.1"
        assert importlib.util.find_spec("board.lazy") is None
        assert [m.name for m in pkgutil.iter_modules(board.__path__)] == ["added", "rooms", "sub"]
        undo()
        assert importlib.import_module("board.lazy").VERSION == "1.0.0"
        del sys.modules["board.added"]
        assert importlib.util.find_spec("board.added") is None

    def test_top_level_names(self, booted: Store, imports: StoreImports) -> None:
        """The top-level names are those of the active release; a folder of data is none."""
        assert imports.names == ("board", "single", "spaced")
        assert imports.active == booted.release("1.0.0").root
        undo = imports.switch(booted.release("1.0.1").root)
        assert imports.names == ("board", "fresh", "spaced")
        assert importlib.util.find_spec("single") is None
        assert importlib.import_module("fresh").VERSION == "1.0.1"
        undo()
        assert imports.names == ("board", "single", "spaced")
        assert importlib.import_module("single").VERSION == "1.0.0"
        assert importlib.util.find_spec("data") is None

    def test_undo_of_two_switches(self, booted: Store, imports: StoreImports) -> None:
        """Undone in reverse order, each switch gives back what was active before it."""
        first = imports.switch(booted.release("1.0.1").root)
        second = imports.switch(booted.release("1.0.0").root)
        second()
        assert imports.active == booted.release("1.0.1").root
        first()
        assert imports.active == booted.release("1.0.0").root

    def test_switch_to_nothing(self, booted: Store, imports: StoreImports) -> None:
        """A release that is not unpacked is refused, and nothing is switched."""
        with pytest.raises(StoreCorrupt, match="upward unpack"):
            imports.switch(booted.root / "9.9.9")
        assert imports.active == booted.release("1.0.0").root


class TestBesideOtherImports:
    def test_the_store_wins(
        self, imports: StoreImports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A copy of the application on `sys.path` is not found instead."""
        (tmp_path / "checkout" / "board").mkdir(parents=True)
        (tmp_path / "checkout" / "board" / "__init__.py").write_text("VERSION = 'checkout'\n")
        monkeypatch.syspath_prepend(tmp_path / "checkout")
        assert importlib.import_module("board").VERSION == "1.0.0"

    def test_other_modules_are_left_alone(self, imports: StoreImports) -> None:
        """What the release does not hold is found as ever."""
        assert imports.find_spec("json", None) is None
        import json

        assert imports.find_spec("json.decoder", json.__path__) is None
        spec = importlib.util.find_spec("colorsys")
        assert spec is not None
        assert "releases" not in str(spec.origin)

    def test_namespace_shared_with_an_installed_package(
        self, imports: StoreImports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Portions of a namespace package elsewhere on `sys.path` are found beside ours."""
        (tmp_path / "site" / "spaced" / "other").mkdir(parents=True)
        (tmp_path / "site" / "spaced" / "other" / "__init__.py").write_text("WHERE = 'site'\n")
        monkeypatch.syspath_prepend(tmp_path / "site")
        assert importlib.import_module("spaced.other").WHERE == "site"
        assert importlib.import_module("spaced.inner").VERSION == "1.0.0"

    def test_real_package_before_a_folder(
        self, imports: StoreImports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A regular package elsewhere comes before a folder without `__init__.py`, as on `sys.path`."""
        (tmp_path / "site" / "spaced").mkdir(parents=True)
        (tmp_path / "site" / "spaced" / "__init__.py").write_text("WHERE = 'site'\n")
        monkeypatch.syspath_prepend(tmp_path / "site")
        assert importlib.import_module("spaced").WHERE == "site"

    def test_install_twice_uninstall_twice(self, imports: StoreImports) -> None:
        """Installing is idempotent; after uninstalling nothing of ours is found."""
        imports.install()
        assert sys.meta_path.count(imports) == 1
        assert sys.meta_path[0] is imports
        board = importlib.import_module("board")
        imports.uninstall()
        imports.uninstall()
        assert imports not in sys.meta_path
        assert importlib.util.find_spec("single") is None
        with pytest.raises(importlib.metadata.PackageNotFoundError):
            importlib.metadata.version("board")
        assert [m.name for m in pkgutil.iter_modules(board.__path__)] == ["lazy", "rooms", "sub"]
