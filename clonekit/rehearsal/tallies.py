"""What a database holds, as counts and checksums: no value is in it. Pure.

A checksum is the sum, modulo 2**64, of a 64-bit hash of each value's text: the order of rows does not count, and the
checksums of a table's partitions add up to the table's. `tied` is the same of hashes mixed with the row's key, so
that values swapped between rows show. The hashes depend on a random `seed`, or a checksum over few rows would confirm
a guess at its values; the seed must go where the values may go, and into no report.
"""

import json
from collections.abc import Sequence as Several
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True)
class Column:
    """A column: its identity within the table is `number` (`pg_attribute.attnum`), also when it is renamed."""

    number: int
    name: str
    type: str
    base: str  # the built-in type it is, or is a domain over; else empty
    values: int = 0  # how many are not null
    sum: str = ""  # 16 hexadecimal digits
    tied: str = ""
    generated: bool = False  # from other columns
    constant: bool = False  # whether all its values are one and the same

    @property
    def checksum(self) -> tuple[int, str]:
        """What tells whether it holds the same values, in whichever rows."""
        return self.values, self.sum


@dataclass(frozen=True)
class Table:
    """An ordinary table or a leaf of a partitioned one; its identity is the OID, also when it is renamed."""

    oid: int
    schema: str
    name: str
    root: int  # the OID of the partitioned table of which it is a leaf, else its own
    tree: str  # that table's title
    bytes: int
    key: tuple[int, ...]  # the numbers of the columns that `tied` takes for the row's key
    unique: bool  # whether that is a primary key or as good as one; else it is the whole row
    columns: tuple[Column, ...]
    rows: int = 0

    @property
    def title(self) -> str:
        """`schema.table`."""
        return f"{self.schema}.{self.name}"

    @property
    def is_part(self) -> bool:
        """Whether it is a part of another table."""
        return self.root != self.oid

    @property
    def key_columns(self) -> list[Column]:
        """The key's columns, in its order."""
        by_number = {column.number: column for column in self.columns}
        return [by_number[number] for number in self.key]


@dataclass(frozen=True)
class Sequence:
    """A sequence, and the number that it gives next."""

    oid: int
    title: str
    owner: str  # the column that it belongs to, else one that takes its numbers: `schema.table.column`, or empty
    next: int
    increment: int  # 0: it begins again and again


@dataclass(frozen=True)
class Contents:
    """All that a database held at one moment."""

    seed: int
    tables: tuple[Table, ...]
    sequences: tuple[Sequence, ...]
    large_objects: int
    large_objects_sum: str


@dataclass(frozen=True)
class Recount:
    """What became of a table's rows one by one: found by their key, where both states can be read.

    `columns`: for each that was read, by its name now, in how many of the rows that stayed a value is null now, a
    null has a value now, and a value is another one.
    """

    removed: int
    added: int
    columns: dict[str, tuple[int, int, int]]


def text(contents: Contents) -> str:
    """Return it as JSON."""
    return json.dumps(asdict(contents)) + "\n"


def parse(written: str) -> Contents:
    """Return the contents that `text` wrote; ValueError if it is none."""
    try:
        told = json.loads(written)
        told["tables"] = tuple(_table(table) for table in told["tables"])
        told["sequences"] = tuple(Sequence(**sequence) for sequence in told["sequences"])
        return Contents(**told)
    except (TypeError, KeyError, RecursionError):
        raise ValueError("not a database's contents") from None


def _table(told: dict[str, object]) -> Table:
    columns = tuple(Column(**column) for column in told.pop("columns"))  # type: ignore[attr-defined]
    return Table(**{**told, "key": tuple(told["key"]), "columns": columns})  # type: ignore[arg-type]


def added_up(parts: Several[Table]) -> Table:
    """Return partitions as the one table that they are parts of, with the first one's OID and columns.

    If the columns have other numbers in other parts, they are numbered anew, and the OID is 0.
    """
    parts = sorted(parts, key=lambda part: part.oid)
    by_name = [{column.name: column for column in part.columns} for part in parts]
    alike = len({tuple((column.name, column.number) for column in part.columns) for part in parts}) == 1
    columns = []
    for place, first in enumerate(parts[0].columns, start=1):
        same = [known[first.name] for known in by_name]
        total, tied = (sum_of(*(getattr(one, which) for one in same)) for which in ("sum", "tied"))
        values, number = sum(one.values for one in same), first.number if alike else place
        constant = all(one.constant for one in same if one.values)
        columns.append(replace(first, number=number, values=values, sum=total, tied=tied, constant=constant))
    numbers = {column.name: column.number for column in columns}
    keys = {tuple(column.name for column in part.key_columns) for part in parts}
    schema, _, name = parts[0].tree.partition(".")
    return replace(
        parts[0],
        oid=parts[0].oid if alike else 0,
        schema=schema,
        name=name,
        bytes=sum(part.bytes for part in parts),
        key=tuple(numbers[name] for name in keys.pop()) if len(keys) == 1 else (),
        unique=all(part.unique for part in parts),
        columns=tuple(columns),
        rows=sum(part.rows for part in parts),
    )


def sum_of(*checksums: str | int | None) -> str:
    """Return the sum of checksums, or of plain numbers, as a checksum.

    >>> sum_of("ffffffffffffffff", "0000000000000003")
    '0000000000000002'
    """
    numbers = (int(one, 16) if isinstance(one, str) else int(one or 0) for one in checksums)
    return f"{sum(numbers) % 2**64:016x}"
