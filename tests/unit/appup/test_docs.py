"""The pages about settings and transforms say what is so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from upward_asgi.appup.settings import Settings

DOCS = Path(__file__).parents[3] / "docs"
PAGES = ("reference/settings.md", "how-to/write-a-transform.md")


def blocks(page: str, language: str) -> Iterator[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    yield from re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES)
def test_toml_is_valid(tmp_path: Path, page: str) -> None:
    """Every settings example is accepted as it stands."""
    examples = list(blocks(page, "toml"))
    assert examples
    for text in examples:
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
        assert Settings.from_pyproject(tmp_path) != Settings()


def test_every_key_is_described() -> None:
    """The reference's table lists exactly the keys that are known."""
    text = (DOCS / "reference/settings.md").read_text(encoding="utf-8").partition("\n## Markers")[0]
    described = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    assert described == list(Settings().to_json())


def test_python_runs() -> None:
    """The how-to's transform and its test run when pasted one after the other."""
    source = "\n".join(blocks("how-to/write-a-transform.md", "python"))
    assert "class WarmCaches" in source
    exec(compile(source, "write-a-transform.md", "exec"), {"__name__": "pasted"})
