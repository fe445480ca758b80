"""The cases: `mutations.sql` and `roads.sql` read into objects. Pure but for reading these files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
_MUTATION = re.compile(r"-- @ (?P<name>[^:\n]+): (?P<named>.*)|-- @privileges")
_ROAD = re.compile(r"-- @(?P<kind>[a-z-]*) (?P<name>.+)")
_OTHER_ROAD = "-- @@"


@dataclass(frozen=True)
class Mutation:
    """One change to the kitchen sink, and the text that must stand in what the comparer says of it."""

    name: str
    named: str
    sql: str
    privileges: bool = False  # seen only where ownership and privileges are compared


@dataclass(frozen=True)
class Road:
    """Two ways to the same schema.

    The kinds: empty; `dumped` (B is a dump of A, restored); `not-null-names` (equal but for that class); `privileges`
    (compared with ownership and privileges); `role` (compared as the role {role}, whose settings A may change);
    `sink` (A is the kitchen sink, B is what `sql_b` names).
    """

    name: str
    kind: str
    sql_a: str
    sql_b: str


Case = Mutation | Road

SINK_ROADS = (
    Road("kitchen sink cloned by TEMPLATE", "sink", "", "template"),
    Road("kitchen sink made twice", "sink", "", "again"),
    Road("kitchen sink dumped and restored as clonekit does", "sink", "", "custom"),
    Road("kitchen sink dumped and restored with owners and privileges", "sink", "", "everything"),
    Road("kitchen sink dumped as text and restored twice", "sink", "", "twice"),
)


def mutations() -> list[Mutation]:
    """Return all single changes, in the file's order."""
    return list(read_mutations((FOLDER / "mutations.sql").read_text()))


def roads() -> list[Road]:
    """Return all pairs of roads, those of the whole kitchen sink first."""
    return [*SINK_ROADS, *read_roads((FOLDER / "roads.sql").read_text())]


def all_cases() -> list[Case]:
    """Return every case."""
    found: list[Case] = []
    found.extend(mutations())
    found.extend(roads())
    return found


def read_mutations(text: str) -> Iterator[Mutation]:
    """Yield what `-- @ name: text that must be named` heads; after `-- @privileges` come those about privileges."""
    privileges = False
    for header, sql in _sections(text, _MUTATION):
        if header["name"] is None:
            privileges = True
        else:
            yield Mutation(header["name"], header["named"].strip(), sql, privileges)


def read_roads(text: str) -> Iterator[Road]:
    """Yield what `-- @kind name` heads: the SQL for A, a line `-- @@`, the SQL for B."""
    for header, sql in _sections(text, _ROAD):
        sql_a, _, sql_b = sql.partition(_OTHER_ROAD + "\n")
        yield Road(header["name"].strip(), header["kind"], sql_a, sql_b)


def kitchen_sink() -> tuple[str, str]:
    """Return the kitchen sink's SQL, and the part that each copy of the database needs anew."""
    whole, _, anew = (FOLDER / "kitchen_sink.sql").read_text().partition("-- @database\n")
    return whole, anew


def _sections(text: str, header: re.Pattern[str]) -> Iterator[tuple[re.Match[str], str]]:
    current: re.Match[str] | None = None
    lines: list[str] = []
    for line in text.split("\n"):
        found = None if line == _OTHER_ROAD else header.fullmatch(line)
        if found:
            if current:
                yield current, "\n".join(lines)
            current, lines = found, []
        else:
            lines.append(line)
    if current:
        yield current, "\n".join(lines)
