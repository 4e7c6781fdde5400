"""Models: methods may change, what maps to the database may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from upward_asgi.appup.tables import tables_verdict
from upward_asgi.appup.tree_diff import diff_trees
from upward_asgi.appup.trees import read_tree

HEAD = (
    "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\nclass Base(DeclarativeBase): pass\n"
)
MODEL = HEAD + (
    "class User(Base):\n"
    "    __tablename__ = 'user'\n"
    "    id: Mapped[int] = mapped_column(primary_key=True)\n"
    "    name: Mapped[str]\n"
    "    def title(self): return self.name\n"
)


def reasons_for(folder: Path, old: str, new: str) -> list[str]:
    for release, source in (("old", old), ("new", new)):
        (folder / release / "app").mkdir(parents=True)
        (folder / release / "app/__init__.py").write_text("", "utf-8")
        (folder / release / "app/models.py").write_text(source, "utf-8")
    diff = diff_trees(read_tree(folder / "old"), read_tree(folder / "new"))
    return [str(reason) for reason in tables_verdict(diff).reasons]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (
            "    name: Mapped[str]\n",
            "    name: Mapped[str]\n    age: Mapped[int]\n",
            "User.age maps to a table of the database and is new",
        ),
        ("    name: Mapped[str]\n", "", "3: User.name maps to a table of the database and is gone"),
        ("Mapped[str]", "Mapped[str | None]", "User.name maps to a table of the database and changed"),
        ("'user'", "'users'", "models.py:4: User.__tablename__ maps"),
    ],
)
def test_what_is_mapped_may_not_change(tmp_path: Path, before: str, after: str, found: str) -> None:
    """A column that is new, gone or another, and the table's own name: each is named with its line."""
    (reason,) = reasons_for(tmp_path, MODEL, MODEL.replace(before, after))
    assert reason.startswith("app/models.py:")
    assert found in reason
    assert reason.endswith("release a minor version, with the migration that the table needs")


def test_names_through_a_module(tmp_path: Path) -> None:
    """`orm.mapped_column` and `sa.Column` are known as well."""
    old = "import sqlalchemy as sa\nclass User(Base):\n    id = sa.Column(sa.Integer)\n"
    assert reasons_for(tmp_path, old, old.replace("sa.Integer", "sa.String")) != []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (MODEL, MODEL.replace("self.name", "self.name.title()")),
        (MODEL, MODEL.replace("    def title", "    LIMIT = 3\n    def title")),
        (MODEL, MODEL + "class Other(Base):\n    __tablename__ = 'other'\n    id: Mapped[int]\n"),
        ("class T:\n    __tablename__ = 'a'\n", "class T:\n    __tablename__ = 'b'\n"),
        ("Column = list\nclass T:\n    x = Column()\n", "Column = list\nclass T:\n    x = Column('a')\n"),
    ],
)
def test_what_is_no_column_is_nobody_s_business(tmp_path: Path, old: str, new: str) -> None:
    """Methods, plain attributes, new models, and modules without SQLAlchemy."""
    assert reasons_for(tmp_path, old, new) == []
