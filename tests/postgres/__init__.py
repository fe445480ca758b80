"""What the tests on a real server share."""

from collections.abc import Callable
from typing import Any

from clonekit import names
from clonekit.postgres import databases
from clonekit.postgres.server import Server

Database = Callable[..., str]
PEOPLE = """
    CREATE TABLE people (id int PRIMARY KEY, name text);
    INSERT INTO people SELECT g, md5(g::text) FROM generate_series(1, 5000) g;
"""
NUMBER_OF_PEOPLE = 5000


def rows(server: Server, dbname: str, query: str) -> list[tuple[Any, ...]]:
    with databases.connect(server, dbname) as connection:
        return connection.execute(query.encode()).fetchall()


def people(server: Server, dbname: str) -> int:
    return int(rows(server, dbname, "SELECT count(*) FROM people")[0][0])


def untouched(server: Server, dbname: str) -> bool:
    """Whether this is still the database that `old` made, alone."""
    return rows(server, dbname, "SELECT mark FROM old") == [("precious",)] and beside(server, dbname) == []


def beside(server: Server, dbname: str) -> list[str]:
    """Return the kinds of databases that clonekit has made beside this one, with their numbers."""
    start = names.beside(dbname, "")
    return [name.removeprefix(start) for name in databases.all_names(server) if name.startswith(start)]
