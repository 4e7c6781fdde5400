"""`[tool.upward]`: read, checked, written and read again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from upward_asgi.appup.settings import Marker, Settings, TransformUse
from upward_asgi.errors import BadSettings

FULL = """
[tool.upward]
keep = ["board.db:POOL", "board.*:*_lock"]
rebuild = ["board.tables:TABLE"]
transforms = [
  "board.passes:Warm",
  { path = "upward_asgi.appup.transforms:ApplyAfter", options = { up = "board.cache:clear", n = [1, 2.5] } },
]
code_change = "board.app:code_change"
config_change = "board.config:changed"
accept_startup = true
"""


def project(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text)
    return folder


def section(folder: Path, line: str) -> Settings:
    return Settings.from_pyproject(project(folder, f"[tool.upward]\n{line}\n"))


def test_everything(tmp_path: Path) -> None:
    """All keys are read, from the folder and from the file alike."""
    expected = Settings(
        keep=("board.db:POOL", "board.*:*_lock"),
        rebuild=("board.tables:TABLE",),
        transforms=(
            TransformUse("board.passes:Warm"),
            TransformUse(
                "upward_asgi.appup.transforms:ApplyAfter", {"up": "board.cache:clear", "n": [1, 2.5]}
            ),
        ),
        code_change="board.app:code_change",
        config_change="board.config:changed",
        accept_startup=True,
    )
    assert Settings.from_pyproject(project(tmp_path, FULL)) == expected
    assert Settings.from_pyproject(tmp_path / "pyproject.toml") == expected


def test_json_both_ways(tmp_path: Path) -> None:
    """What goes through upward.json comes back equal; defaults too; and settings can be dictionary keys."""
    for settings in (Settings.from_pyproject(project(tmp_path, FULL)), Settings()):
        assert Settings.from_json(json.loads(json.dumps(settings.to_json()))) == settings
        assert hash(settings) == hash(Settings.from_json(settings.to_json()))


@pytest.mark.parametrize("text", ["", "[project]\nname = 'x'\n", "[tool.ruff]\n", "[tool.upward]\n"])
def test_defaults(tmp_path: Path, text: str) -> None:
    """No section means defaults."""
    assert Settings.from_pyproject(project(tmp_path, text)) == Settings()


def test_no_project(tmp_path: Path) -> None:
    """A folder without pyproject.toml has defaults; a file that was named must be there."""
    assert Settings.from_pyproject(tmp_path) == Settings()
    with pytest.raises(BadSettings, match="no such file"):
        Settings.from_pyproject(tmp_path / "pyproject.toml")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("keeps = []", "unknown key `keeps`; did you mean `keep`"),
        ("code-change = 'a:b'", "did you mean `code_change`"),
        ("zzz = 1", "unknown key `zzz`; take the key out"),
        ("keep = 'a:b'", "`keep` in .* as a list, got 'a:b'"),
        ("keep = ['POOL']", "`keep` in .*, got 'POOL'"),
        ("keep = ['a:b:c']", "got 'a:b:c'"),
        ("rebuild = [1]", "`rebuild` in .*, got 1"),
        ("keep = ['a:b']\nrebuild = ['a:b']", "a:b in both"),
        ("code_change = 'app.main'", "`code_change` in .* as `pkg.mod:function`, got 'app.main'"),
        ("code_change = ''", "`code_change` in .*, got ''"),
        ("config_change = ['a:b']", "`config_change` in "),
        ("accept_startup = 1", "`accept_startup` in .* as true or false, got 1"),
        ("transforms = 'a:B'", "`transforms` in .* as a list"),
        ("transforms = [3]", "got 3"),
        ("transforms = ['a.B']", "as `pkg.mod:Transform`, got 'a.B'"),
        ("transforms = [{ options = {} }]", "as `pkg.mod:Transform`, got None"),
        ("transforms = [{ path = 'a:B', option = {} }]", "`option`; did you mean `options`"),
        ("transforms = [{ path = 'a:B', options = 3 }]", "`options` of a:B"),
        ("transforms = [{ path = 'a:B', options = { day = 2020-01-01 } }]", "plain values"),
        (f"keep = ['{'x' * 200}']", r"got 'x+\.\.\.;"),
    ],
)
def test_wrong(tmp_path: Path, line: str, message: str) -> None:
    """Each wrong key or type is named with what was expected."""
    with pytest.raises(BadSettings, match=message):
        section(tmp_path, line)


def test_not_toml(tmp_path: Path) -> None:
    """A file that does not parse is an error, not defaults; so is one in another encoding."""
    with pytest.raises(BadSettings, match=r"pyproject.toml as TOML"):
        Settings.from_pyproject(project(tmp_path, "[tool.upward\n"))
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadSettings, match=r"pyproject.toml as TOML"):
        Settings.from_pyproject(tmp_path)


@pytest.mark.parametrize("text", ["tool = 3\n", "[tool]\nupward = 3\n"])
def test_no_table(tmp_path: Path, text: str) -> None:
    """A `tool` that is no table has no section; an `upward` that is no table is wrong."""
    project(tmp_path, text)
    if text.startswith("tool"):
        assert Settings.from_pyproject(tmp_path) == Settings()
        return
    with pytest.raises(BadSettings, match="as a table, got 3"):
        Settings.from_pyproject(tmp_path)


def test_markers() -> None:
    """An exact marker beats a pattern, and between patterns `keep` wins, as nothing is lost by it."""
    settings = Settings(keep=("a.*:*", "b:POOL"), rebuild=("a.x:TABLE", "b:*", "a.y:T*"))
    assert settings.marker("a.x", "TABLE") is Marker.REBUILD
    assert settings.marker("a.y", "TABLE") is Marker.KEEP
    assert settings.marker("a.z", "anything") is Marker.KEEP
    assert settings.marker("b", "POOL") is Marker.KEEP
    assert settings.marker("b", "OTHER") is Marker.REBUILD
    assert settings.marker("c", "POOL") is None


def test_of_release(tmp_path: Path) -> None:
    """An unpacked release says it in upward.json, a source tree in pyproject.toml; else defaults."""
    assert Settings.of_release(tmp_path) == Settings()
    project(tmp_path, "[tool.upward]\naccept_startup = true\n")
    assert Settings.of_release(tmp_path) == Settings(accept_startup=True)
    info = tmp_path / "board-1.0.0.dist-info"
    info.mkdir()
    (info / "upward.json").write_text(json.dumps(Settings(keep=("a:b",)).to_json()))
    assert Settings.of_release(tmp_path) == Settings(keep=("a:b",))
    (info / "upward.json").write_text("{")
    with pytest.raises(BadSettings, match=r"upward.json as JSON"):
        Settings.of_release(tmp_path)
    (info / "upward.json").write_text('{"keeep": []}')
    with pytest.raises(BadSettings, match=r"one of keep, .* in upward.json"):
        Settings.of_release(tmp_path)


def test_several_distributions(tmp_path: Path) -> None:
    """Among several .dist-info folders the one with upward.json is the application's."""
    for name in ("attrs-26.1.0", "board-1.0.0"):
        (tmp_path / f"{name}.dist-info").mkdir()
    assert Settings.of_release(tmp_path) == Settings()
    (tmp_path / "board-1.0.0.dist-info/upward.json").write_text('{"accept_startup": true}')
    assert Settings.of_release(tmp_path).accept_startup
