"""What differs between two schemas, object by object, and how to say it. Pure."""

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import TypeVar

from clonekit.schema import Entry, Identity

_T = TypeVar("_T", bound=Hashable)

_ORDER = (
    "DATABASE|DATABASE PROPERTIES|SCHEMA|EXTENSION|PROCEDURAL LANGUAGE|ACCESS METHOD|COLLATION|SHELL TYPE|TYPE|DOMAIN"
    "|CAST|CONVERSION|OPERATOR|OPERATOR FAMILY|OPERATOR CLASS"
    "|TEXT SEARCH PARSER|TEXT SEARCH TEMPLATE|TEXT SEARCH DICTIONARY"
    "|TEXT SEARCH CONFIGURATION|FOREIGN DATA WRAPPER|SERVER|USER MAPPING|TABLE|FOREIGN TABLE|TABLE ATTACH|SEQUENCE"
    "|SEQUENCE OWNED BY|DEFAULT|CONSTRAINT|CHECK CONSTRAINT|FK CONSTRAINT|INDEX|INDEX ATTACH|STATISTICS|VIEW"
    "|MATERIALIZED VIEW|RULE|FUNCTION|PROCEDURE|AGGREGATE|TRANSFORM|TRIGGER|EVENT TRIGGER|ROW SECURITY|POLICY"
    "|PUBLICATION|PUBLICATION TABLE|PUBLICATION TABLES IN SCHEMA|SUBSCRIPTION"
)
_RANK = {kind: rank for rank, kind in enumerate(_ORDER.split("|"))}
# Their names begin with the type of what they are on.
ON_ANOTHER = {"COMMENT", "ACL", "SECURITY LABEL", "OWNER", "PRIVILEGES"}
_ABOUT = re.compile(r"(?:[A-Z]+ )+")
_ON_TABLES = (
    "CONSTRAINT|CHECK CONSTRAINT|FK CONSTRAINT|TRIGGER|POLICY|RULE|CONSTRAINT TRIGGER STATE|PARTITION TRIGGER"
    "|INHERITED CONSTRAINT STATE|INHERITED CONSTRAINT NAME"
)
_PART_OF = {  # how to say what pg_dump calls `people short`: schema, first and second name
    **dict.fromkeys(_ON_TABLES.split("|"), "{2} on {0}.{1}"),
    "DEFAULT": "{0}.{1}.{2}",
    "PUBLICATION TABLE": "{0}.{2} in {1}",
    "PUBLICATION TABLES IN SCHEMA": "{2} in {1}",
}
_LAST = {"COMMENT": 1, "SECURITY LABEL": 2, "DEFAULT ACL": 3, "ACL": 4}


class Change(StrEnum):
    """What happened to an object on the way from A to B."""

    ONLY_A = "only in A"
    ONLY_B = "only in B"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """One object that A and B don't agree on; its definition is empty on the side that lacks it."""

    change: Change
    kind: str
    schema: str
    name: str
    definition_a: str
    definition_b: str

    @property
    def identity(self) -> Identity:
        """What matched the two sides."""
        return self.kind, self.schema, self.name

    @property
    def title(self) -> str:
        """The object's schema and name as a person reads them."""
        if self.schema in ("", "-"):
            return self.name.removeprefix(f"{self.kind} ")
        if about := _ABOUT.match(self.name) if self.kind in ON_ANOTHER else None:
            what, _, table = self.name[about.end() :].partition(" ON ")
            named = f"{what} on {self.schema}.{table.removeprefix('DOMAIN ')}" if table else f"{self.schema}.{what}"
            return f"{about[0]}{named}"
        first, _, second = self.name.partition(" ")  # which is the table's name, if only one of them has a blank?
        form = _PART_OF.get(self.kind) if second and " " not in second else None
        return form.format(self.schema, first, second) if form else f"{self.schema}.{self.name}"


def compare(a: list[Entry], b: list[Entry]) -> list[Difference]:
    """Return what differs, in a readable order; empty if and only if `canonical(a) == canonical(b)`.

    Objects are matched by identity. Where several share one (operators, names with line breaks) the equal ones
    are matched first and the rest in the order of their definitions; none is ever lost.
    """
    if a == b:
        return []
    rest_a, rest_b = (by_identity(its.elements()) for its in not_in_both(a, b))
    differences = [
        _difference(of_a, of_b)
        for identity in rest_a.keys() | rest_b.keys()
        for of_a, of_b in zip_longest(sorted(rest_a[identity]), sorted(rest_b[identity]))
    ]
    return sorted(differences, key=_position)


def not_in_both(a: Iterable[_T], b: Iterable[_T]) -> tuple[Counter[_T], Counter[_T]]:
    """Return what each side has more often than the other one."""
    count_a, count_b = Counter(a), Counter(b)
    more = {item: count_a[item] - count_b[item] for item, _ in count_a.items() ^ count_b.items()}  # mostly nothing
    return +Counter(more), -Counter(more)


def by_identity(entries: Iterable[Entry]) -> defaultdict[Identity, list[Entry]]:
    """Return the entries of each identity."""
    groups = defaultdict(list)
    for entry in entries:
        groups[entry.identity].append(entry)
    return groups


def _difference(of_a: Entry | None, of_b: Entry | None) -> Difference:
    change = Change.ONLY_A if of_b is None else Change.ONLY_B if of_a is None else Change.CHANGED
    kind, schema, name = (of_a or of_b or Entry("", "", "", "")).identity
    return Difference(change, kind, schema, name, of_a.text if of_a else "", of_b.text if of_b else "")


def _position(difference: Difference) -> tuple[int, int, str, str, str, str, str]:
    return (
        *_kind_position(difference.kind),
        difference.kind,
        difference.schema,
        difference.name,
        difference.definition_a,
        difference.definition_b,
    )


def _kind_position(kind: str) -> tuple[int, int]:
    return _LAST.get(kind, 0), _RANK.get(kind, len(_RANK))


def render(differences: list[Difference], name_a: str, name_b: str) -> str:
    """Return the report: counts by type, then each difference as a unified diff of that object.

    `name_a` and `name_b` are how the report calls the two sides. Without differences the report is empty.
    """
    if not differences:
        return ""
    parts = [_summary(differences, name_a, name_b)]
    parts += [_shown(difference, name_a, name_b) for difference in differences]
    return "\n\n".join(parts) + "\n"


def _summary(differences: list[Difference], name_a: str, name_b: str) -> str:
    counts = Counter((difference.kind, difference.change) for difference in differences)
    kinds = sorted({difference.kind for difference in differences}, key=lambda kind: (_kind_position(kind), kind))
    titles = [f"only in {name_a}", f"only in {name_b}", "changed"]
    width = max(map(len, kinds))
    rows = ["  ".join([" " * width, *titles])]
    for kind in kinds:
        cells = [str(counts[kind, change]).rjust(len(title)) for change, title in zip(Change, titles, strict=True)]
        rows.append("  ".join([kind.ljust(width), *cells]))
    return "\n".join(rows)


def _shown(difference: Difference, name_a: str, name_b: str) -> str:
    change = {Change.ONLY_A: f"only in {name_a}", Change.ONLY_B: f"only in {name_b}"}.get(difference.change, "changed")
    return "\n".join([f"{difference.kind} {difference.title}: {change}", *_diff(difference, name_a, name_b)])


def _diff(difference: Difference, name_a: str, name_b: str) -> Iterator[str]:
    # Only a line feed ends a line here: str.splitlines would also break, and hide, a lone carriage return.
    of_a, of_b = (text.split("\n") if text else [] for text in (difference.definition_a, difference.definition_b))
    lines = difflib.unified_diff(of_a, of_b, name_a, name_b, n=3, lineterm="")
    for number, line in enumerate(lines):
        yield line if number <= 1 else line[0] + _visible(line[1:])


def _visible(line: str) -> str:
    """Show the blanks and carriage returns at a line's end: a change of these alone must be seen."""
    return re.sub(r"[ \t\r]+$", lambda blanks: blanks[0].translate({32: "·", 9: "→", 13: "␍"}), line)
