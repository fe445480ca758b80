"""What was renamed between two schemas: objects, and things inside them, that are the same but for names. Pure.

What is found first (a table) explains what is found next (its indexes), until nothing new is found. What fits more than
one object is left out: which of them was renamed is anyone's guess.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from clonekit.schema.tables import Name, Words, dotted, parse, words

if TYPE_CHECKING:
    from clonekit.schema import Entry
    from clonekit.schema.differences import Difference

CONSTRAINTS = {"CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT"}
Aligned = tuple[list["Rename"], list[tuple["Side | None", "Side | None"]]]
VIEWS = {"VIEW", "MATERIALIZED VIEW"}
ROUTINES = {"FUNCTION", "PROCEDURE"}
_SQL = re.compile(r"(?:CREATE|ALTER|COMMENT ON|SET default_\w+ =)\s")  # what the catalogs tell is none
_NAMED_BY = {**dict.fromkeys(CONSTRAINTS, "CONSTRAINT"), "DEFAULT": "COLUMN"}  # the word before an object's own name
_NAMED_BY |= {kind: kind for kind in ("INDEX", "TRIGGER", "POLICY", "RULE")}
_ON_A_TABLE = {*_NAMED_BY, "ROW SECURITY", "PUBLICATION TABLE"}  # the table is the first name with a schema
_PLAIN = {"TABLE", "FOREIGN TABLE", "SEQUENCE", "TYPE", "DOMAIN", "STATISTICS", *VIEWS, *ROUTINES}
_RENAMEABLE = {*_PLAIN, *CONSTRAINTS, "INDEX", "TRIGGER", "POLICY"}
_ORDER = {"COLUMN": 2, **dict.fromkeys(ROUTINES, 1), **dict.fromkeys(_NAMED_BY, 4), **dict.fromkeys(CONSTRAINTS, 3)}
_GROUPS = {"CONSTRAINT": "INDEX", "INDEX": "INDEX", "ON": "INDEX", "TRIGGER": "TRIGGER", "POLICY": "POLICY"}


@dataclass(frozen=True)
class Rename:
    """Something of A that has another name in B; `name_a` and `name_b` are what a person reads."""

    kind: str
    name_a: str
    name_b: str
    statement: str
    definitions: tuple[str, str] = field(default=("", ""), compare=False)  # A's and B's, if it is an object by itself

    def __str__(self) -> str:
        (a, _, _), (b, _, table) = (name.partition(" on ") for name in (self.name_a, self.name_b))
        return f"{f'{table}: ' if table else ''}`{a}` on the left is `{b}` on the right; same definition"


class Side(NamedTuple):
    """One definition of a difference, on one side: its names are as written, `own` with the schema."""

    kind: str
    title: str
    text: str
    words: Words  # a table's without the names of NOT NULL constraints, on which nothing depends
    name: str
    own: Name
    table: Name  # that the object belongs to; of a domain's constraint the domain
    arguments: str


def side(kind: str, title: str, text: str) -> Side:
    """Take a definition apart."""
    found = words(text)
    if kind == "TABLE" and "CONSTRAINT" in found:
        named = {n for n, word in enumerate(found) if word == "CONSTRAINT" and found[n + 2] == "NOT"}
        found = tuple(word for n, word in enumerate(found) if n not in named and n - 1 not in named)
    names = [*dotted(found), ("", ""), ("", ""), ("", "")]
    of_column = kind == "SEQUENCE" and found[1] == "TABLE"  # an identity
    follows = kind.endswith((" ATTACH", "OWNED BY"))
    table = names[follows] if follows or kind in _ON_A_TABLE or of_column else ("", "")
    own, word = names[of_column], _NAMED_BY.get(kind)
    if word:
        own = table[0], found[found.index(word) + 1] if word in found else ""
    arguments = title[title.rindex("(") :] if kind in ROUTINES and "(" in title else ""
    name = own[1] or (found[2] if kind == "SCHEMA" else title)
    return Side(kind, title, text, found, name, own, table, arguments)


def is_typed(table: Side) -> bool:
    """Return whether a table has its columns from a type."""
    return "OF" in parse(table.text).around[0]


def constrained(constraint: Side) -> str:
    """Return what a constraint is on, as a statement names it."""
    return f"{'DOMAIN' if constraint.words[1] == 'DOMAIN' else 'TABLE'} {'.'.join(constraint.table)}"


def renames(differences: Iterable["Difference"], entries: Iterable["Entry"] = ()) -> list[Rename]:
    """Return what was renamed; A's `entries` tell which tables are parts of others."""
    differences = tuple(differences)
    return [*align(differences, tops(entries if differences else ()))[0]]


@lru_cache(maxsize=2)
def align(differences: tuple["Difference", ...], tops: frozenset[Name] = frozenset()) -> Aligned:
    """Return what was renamed, in an order that runs, and what differs besides: pairs, None for what is missing.

    If it is a schema, with which all names change, that is all: what differs besides is seen when it has its name.
    """
    return _renamed_schema(differences) or _Alignment(differences, tops).run()


def _renamed_schema(differences: tuple["Difference", ...]) -> Aligned | None:
    """Return that one schema was renamed, if most of what is in each has its like in the other."""
    schemas = [each for each in differences if each.kind == "SCHEMA"]
    gone, new = ([s for s in schemas if not s.definition_b], [s for s in schemas if not s.definition_a])
    if not len(gone) == len(new) == 1:
        return None
    a, b = *gone, *new
    of_a, of_b = ({(d.kind, d.name) for d in differences if (d.change, d.schema) == (s.change, s.name)} for s in (a, b))
    if 2 * len(of_a & of_b) <= max(len(of_a), len(of_b)):
        return None
    statement = f"ALTER SCHEMA {words(a.definition_a)[2]} RENAME TO {words(b.definition_b)[2]};"
    return [Rename("SCHEMA", a.title, b.title, statement)], []


def tops(entries: Iterable["Entry"]) -> frozenset[Name]:
    """Return the partitioned tables that are no parts themselves."""
    names = [dotted(words(entry.definition))[:2] for entry in entries if entry.kind == "TABLE ATTACH"]
    return frozenset(parent for parent, _ in names) - {part for _, part in names}


def parts(pairs: Iterable[tuple[Side, Side]], tops: Container[Name] = ()) -> set[Name]:
    """Return the tables with all columns of a partitioned one: they are most likely its parts and follow it."""
    tables = [(a, b) for a, b in pairs if a.kind == "TABLE"]
    shapes = [(a.own, b, tuple(frozenset(parse(each.text).columns) for each in (a, b))) for a, b in tables]
    parents = Counter(shape for _, b, shape in shapes if "PARTITION" in b.words)
    return {own for own, b, shape in shapes if parents[shape] > ("PARTITION" in b.words) and own not in tops}


class _Alignment:
    def __init__(self, differences: Iterable["Difference"], tops: Container[Name]) -> None:
        self.found: list[Rename] = []
        self.objects: dict[Name, str] = {}
        self.inner: dict[Name, dict[Name, str]] = defaultdict(dict)  # by table, then by group (columns: "") and name
        self.old: set[str] = set()
        self.pairs: list[tuple[Side, Side]] = []  # one object on both sides, under the same or another name
        self.only: tuple[list[Side], list[Side]] = ([], [])
        for one in differences:
            starts = f"COMMENT ON {one.name.split(' ')[0]} " if one.kind == "COMMENT" else ""
            texts = (one.definition_a, one.definition_b)
            a, b = (side(one.kind, one.title, t) if _SQL.match(t) and t.startswith(starts) else None for t in texts)
            if a and b:
                self.pairs.append((a, b))
            elif only := a or b:
                self.only[not a].append(only)
        self.taken = {each.own for each in (*(a for a, _ in self.pairs), *self.only[0])}
        # What a table has from its parent or its type is renamed with that, and can't be alone.
        self.parts = parts(self.pairs, tops) | {a.own for a, _ in self.pairs if "INHERITS" in a.words or is_typed(a)}

    def run(self) -> Aligned:
        before = -1
        for _ in range(8):
            if before == (before := len(self.pairs) + len(self.old)):
                break
            self._match(_nameless)
            self._inside()
        self._match(_identity)
        rest = [*((self._mapped(a), b) for a, b in self.pairs), *((self._mapped(a), None) for a in self.only[0])]
        found = sorted(self.found, key=lambda rename: _ORDER.get(rename.kind, 0))
        return found, [*((a, b) for a, b in rest if not b or a.words != b.words), *((None, b) for b in self.only[1])]

    def _match(self, form: Callable[[Side], object]) -> None:
        groups: dict[object, tuple[list[Side], list[Side]]] = defaultdict(lambda: ([], []))
        for number, sides in enumerate(self.only):
            for each in sides:
                groups[each.kind, form(each if number else self._mapped(each))][number].append(each)
        paired = [(a[0], b[0]) for a, b in groups.values() if len(a) == len(b) == 1 and self._pair(a[0], b[0])]
        gone = {id(each) for pair in paired for each in pair}
        self.pairs += paired
        for sides in self.only:
            sides[:] = [each for each in sides if id(each) not in gone]

    def _pair(self, a: Side, b: Side) -> bool:
        if a.name == b.name or a.kind not in _RENAMEABLE:
            return True
        if b.own in self.taken and b.kind not in CONSTRAINTS:  # by an object of another type, or of another table
            return False
        if a.kind in CONSTRAINTS:
            on = f"{constrained(b)} RENAME CONSTRAINT {a.name}"
        elif a.kind in ("TRIGGER", "POLICY"):
            on = f"{a.kind} {a.name} ON {'.'.join(b.table)} RENAME"
        else:
            on = f"{a.kind} {b.own[0]}.{a.name}{b.arguments} RENAME"
        self.found.append(Rename(a.kind, a.title, b.title, f"ALTER {on} TO {b.name};", (a.text, b.text)))
        group = _GROUPS.get(_NAMED_BY.get(a.kind, ""), "")
        self.inner[a.table][group, a.name] = b.name
        if group in ("", "INDEX"):
            self.objects[a.own] = b.name
        self.old.add(a.name)
        return True

    def _inside(self) -> None:
        for a, b in self.pairs:
            for group, old, new in _renamed_inside(self._mapped(a), b) if a.kind in ("TABLE", "FOREIGN TABLE") else ():
                what, dot = ("CONSTRAINT", " ") if group else ("COLUMN", ".")
                statement = f"ALTER {b.kind} {'.'.join(b.own)} RENAME {what} {old} TO {new};"
                if a.own not in self.parts:
                    self.found.append(Rename(what, f"{a.title}{dot}{old}", f"{b.title}{dot}{new}", statement))
                self.inner[a.own][group, old] = new
                self.old.add(old)

    def _mapped(self, of_a: Side) -> Side:
        """Return a definition of A's as PostgreSQL prints it once all renames are carried out."""
        if self.old.isdisjoint(of_a.words):
            return of_a
        title = of_a.title.removesuffix(of_a.arguments) + " ".join(self._map(words(of_a.arguments)))
        return side(of_a.kind, title, " ".join(self._map(words(of_a.text))))

    def _map(self, found: Words) -> Words:
        names = dotted(found)
        scope = {key: new for name in names for key, new in self.inner.get(name, {}).items()}
        tables = {name[1]: self.objects[name] for name in names if name in self.objects}
        result, padded = list(found), ("", *found, "")
        for place in [place for place, word in enumerate(found) if word in self.old]:
            before, word, after = padded[place : place + 3]
            new = scope.get((_GROUPS.get(before, ""), word))
            if before == ".":
                new = self.objects.get((found[place - 2], word), new)
            elif after == ".":
                new = tables.get(word)
            elif after == "(" or before == ":" or before[:1].islower() or before[:1] == '"':  # a routine, a type
                new = None
            result[place] = new or word
        return tuple(result)


def _nameless(each: Side) -> object:
    found = list(each.words)
    for place, word in enumerate(each.words if each.kind in _RENAMEABLE and each.own[0] else ()):
        before = found[place - 1]
        is_own = word == each.name and (before in _GROUPS or (before == "." and found[place - 2] == each.own[0]))
        if is_own or (before == "CONSTRAINT" and each.kind == "TABLE"):
            found[place] = ""
    return tuple(found)


def _identity(each: Side) -> object:
    if each.kind == "COMMENT":
        return each.words[: each.words.index("IS")]
    return (each.own, each.table, words(each.arguments)) if each.own[1] else each.title


def _renamed_inside(a: Side, b: Side) -> Iterator[tuple[str, str, str]]:
    of_a, of_b = parse(a.text), parse(b.text)
    for (old, text_a), (new, text_b) in zip(of_a.columns.items(), of_b.columns.items(), strict=False):
        is_new = old not in of_b.columns and new not in of_a.columns
        if is_new and side("TABLE", "", text_a).words[1:] == side("TABLE", "", text_b).words[1:]:
            yield "", old, new
    constraints = {words(text)[2:]: name for name, text in of_a.constraints.items() if name not in of_b.constraints}
    for name, text in of_b.constraints.items():
        if name not in of_a.constraints and words(text)[2:] in constraints:
            yield "INDEX", constraints.pop(words(text)[2:]), name
