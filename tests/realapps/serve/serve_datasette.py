"""Datasette over a small database, as `datasette serve demo.db` sets it up."""

import sqlite3
from contextlib import closing
from pathlib import Path

from datasette.app import Datasette

DATABASE = Path("demo.db").resolve()

if not DATABASE.exists():
    with closing(sqlite3.connect(DATABASE)) as database, database:
        database.execute("create table things (id integer primary key, name text)")
        database.executemany("insert into things (name) values (?)", [("one",), ("two",), ("three",)])

app = Datasette(files=[str(DATABASE)], secret="not a secret").app()
