"""A schema's text as `pg_dump --schema-only` prints it (12 to 18), taken apart into objects. Pure.

pg_dump puts a comment before every object that says its type, schema and name. What stands between two of these
is one object's definition, kept as it is to the last character; only whole statements about the session, which pg_dump
writes around objects, are left out. A text without such comments (written by hand) is taken apart by statement.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from clonekit.postgres import sqltext
from clonekit.postgres.sqltext import COMMON_STATEMENT, IDENTIFIER, SPACE

_ORIGIN = r"--\n(?:-- TOC entry .*\n(?:-- Dependencies: .*\n)?)?-- (?:Data for )?Name: "
_HEADER = re.compile(rf"{_ORIGIN}(.*); Type: ([^;\n]*); Schema: (.*); Owner: .*\n--\n")
# Nearly all of a dump lies between two of these: the rest of a plain header, one common statement. One match reads it.
_BEGIN = "\n--\n-- Name: "
_COMMON_ENTRY = re.compile(
    rf"([^;\n]*+); Type: ([^;\n]*+); Schema: ([^;\n]*+); Owner: [^;\n]*+(?:; Tablespace: [^;\n]*+)?\n--\n"
    rf"{SPACE}*+({COMMON_STATEMENT}){SPACE}*+"
)

# What pg_dump says to the session and not about an object. https://www.postgresql.org/docs/18/app-pgdump.html
_SESSION = re.compile(
    r"SET (?:(?:statement|lock|idle_in_transaction_session|transaction)_timeout = 0|client_encoding = '[^']*'"
    r"|standard_conforming_strings = on|check_function_bodies = false|xmloption = content"
    r"|client_min_messages = warning|row_security = (?:on|off));"
    r"|SELECT pg_catalog\.set_config\('search_path', '', false\);"
    r"|SELECT pg_catalog\.setval\('(?:[^']|'')*', -?[0-9]+, (?:true|false)\);"
    r"|\\(?:un)?restrict [^\n\r]*|\\connect [^\n\r]*"
)
_STORAGE = re.compile(rf"SET default_(tablespace|table_access_method) = (''|'[^']+'|{IDENTIFIER});")
_DEFAULTS = {"tablespace": "''", "table_access_method": "heap"}
_HAS_TABLESPACE = {"TABLE", "MATERIALIZED VIEW", "INDEX", "CONSTRAINT", "ALTER TABLE"}
_HAS_ACCESS_METHOD = {"TABLE", "MATERIALIZED VIEW"}
_UNREADABLE = (
    (re.compile(r"SET standard_conforming_strings = off;"), "The text takes backslashes in literals for escapes"),
    (re.compile(r"COPY [\s\S]* FROM stdin;"), "The text holds rows; it should come from pg_dump --schema-only"),
)


Identity = tuple[str, str, str]  # an object's type, schema and name


class Entry(NamedTuple):
    """One object of a schema: its type, schema and name as pg_dump's comment says them, and its whole definition.

    The name tells a function's arguments, and the table of what belongs to one: `people short`. The tablespace and the
    access method are those that `SET default_...` gave the object, as printed; empty for the default ones.
    """

    kind: str
    schema: str
    name: str
    definition: str
    tablespace: str = ""
    access_method: str = ""

    @property
    def identity(self) -> Identity:
        """What matches an object of one database to that of another; not always unique (operators, odd names)."""
        return self[:3]

    @property
    def text(self) -> str:
        """The definition, after the lines that say where and how the object is stored."""
        return "".join(f"SET default_{name} = {value};\n" for name, value in self.storage().items()) + self.definition

    def storage(self) -> dict[str, str]:
        """Return the settings that are not the default ones, by their names without `default_`."""
        settings = zip(_DEFAULTS, (self.tablespace, self.access_method), strict=True)
        return {name: value for name, value in settings if value}


def canonicalize(text: str) -> str:
    """Return the canonical form of a schema's text; see `canonical`. ValueError if the text can't be read."""
    return canonical(entries(text))


def canonical(found: Iterable[Entry]) -> str:
    """Return the text that stands for these entries, in an order of its own: by type, schema, name, definition.

    The guarantee: two texts have the same canonical form if and only if they hold the same entries, each as many times:
    same type, schema and name, character-identical definition, same tablespace and access method. What does not
    show is only the order of the entries, the comments and blank lines around them, owners in those comments, and what
    pg_dump says to the session. The canonical form is its own canonical form.
    """
    return "".join(map(_section, sorted(found)))


def _section(entry: Entry) -> str:
    kind, schema, name, definition, tablespace, method = entry
    section = f"{_header(kind, schema, name)}\n{definition}\n\n\n"
    if not (tablespace or method):
        return section
    storage = entry.storage()
    before = (f"SET default_{setting} = {value};\n\n" for setting, value in storage.items())
    after = (f"SET default_{setting} = {_DEFAULTS[setting]};\n\n" for setting in storage)
    return "".join([*before, section, *after])


def _header(kind: str, schema: str, name: str) -> str:
    return f"--\n-- Name: {name}; Type: {kind}; Schema: {schema}; Owner: -\n--\n"


def entries(text: str, known: dict[str, Entry] | None = None) -> list[Entry]:
    """Return a schema's objects in the order of the text; ValueError, with a sentence, if it can't be read.

    It can't where it ends inside a literal or a statement, holds rows, or is written for `standard_conforming_strings`
    off. Statements that no comment of pg_dump precedes are entries of their own, named after their first words.
    The text has to be pg_dump's bytes decoded, with carriage returns as they are: they may be part of a literal.

    `known` gets what was read of the text's common sections, which mean the same wherever they stand: given again, it
    saves reading what another text has, too.
    """
    known = {} if known is None else known
    reader, position, taken, start = _Reader(text), 0, 0, 1 - len(_BEGIN)
    for section in [*text.split(_BEGIN), ""]:
        if position < start:  # the long way; it passes by a "header" that is part of a literal
            position, taken = reader.read(position, min(start, len(text)), taken), 0
        end = start + len(section) + len(_BEGIN)
        if position == start and (entry := known.get(section) or _common_entry(section)):
            known[section] = entry
            reader.add(entry)
            taken, position = position, end
        start = end
    return reader.found


def _common_entry(section: str) -> Entry | None:
    """Return the one entry of a common section, None for any other."""
    found = _COMMON_ENTRY.fullmatch(section)
    if not found or (found["routine"] and sqltext.ATOMIC.search(section)):
        return None
    return Entry(*found.group(2, 3, 1, 4))


class _Reader:
    """The entries read so far, and what the session's settings are at that point."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Entry] = []
        self.storage: dict[str, str] = {}

    def read(self, position: int, until: int, taken: int) -> int:
        """Read the long way from one place to another or beyond; `taken` is where the last entry began, if common."""
        if taken and not _HEADER.match(self.text, position):  # that entry goes on after a comment
            self.found.pop()
            position = taken
        while position < until:
            position = self._section(position)
        return position

    def add(self, entry: Entry) -> None:
        self.found.append(self._stored(entry) if self.storage else entry)

    def _stored(self, entry: Entry) -> Entry:
        # Before what is not stored itself pg_dump leaves the settings as they were for the object before.
        phrases = _phrases(entry.definition)
        tablespace, method = (self.storage.get(name, "") for name in _DEFAULTS)
        if entry.kind not in _HAS_TABLESPACE or (entry.kind == "CONSTRAINT" and ("NOT", "NULL") in phrases):
            tablespace = ""
        if entry.kind not in _HAS_ACCESS_METHOD or (entry.kind == "TABLE" and ("PARTITION", "BY") in phrases):
            method = ""
        return entry._replace(tablespace=tablespace, access_method=method)

    def _section(self, start: int) -> int:
        """Read one header and what follows it, or what precedes the first header; return where the next one begins."""
        header = _HEADER.match(self.text, start)
        spans, end = self._spans(header.end() if header else start)
        if header:
            self._one_object(header, spans)
        else:
            self._statements(spans)
        return end

    def _spans(self, position: int) -> tuple[list[tuple[int, int]], int]:
        spans = []
        while (position := sqltext.gap_end(self.text, position, _HEADER)) < len(self.text):
            if self.text.startswith("--", position):
                break
            end = sqltext.statement_end(self.text, position)
            self._refuse(self.text[position:end])
            spans.append((position, end))
            position = end
        return spans, position

    def _refuse(self, statement: str) -> None:
        for unreadable, reason in _UNREADABLE:
            if unreadable.fullmatch(statement):
                raise ValueError(f"{reason}: {' '.join(statement.split())[:60]}")

    def _one_object(self, header: re.Match[str], spans: list[tuple[int, int]]) -> None:
        after = []
        while spans and self._on_a_line_of_its_own(spans[-1]) and _is_session(self.text[slice(*spans[-1])]):
            after.append(spans.pop())
        if spans:
            definition = self.text[spans[0][0] : spans[-1][1]]
            self.add(Entry(*_named(header, definition), definition))
        self._statements(after[::-1])

    def _on_a_line_of_its_own(self, span: tuple[int, int]) -> bool:
        return self.text[span[0] - 1] == "\n"

    def _statements(self, spans: Iterable[tuple[int, int]]) -> None:
        for start, end in spans:
            statement = self.text[start:end]
            if storage := _STORAGE.fullmatch(statement):
                self.storage[storage[1]] = storage[2]
                self.storage = {name: value for name, value in self.storage.items() if value != _DEFAULTS[name]}
            elif not _SESSION.fullmatch(statement):
                self.add(Entry(*_identity(statement), statement))


def _is_session(statement: str) -> bool:
    return bool(_SESSION.fullmatch(statement) or _STORAGE.fullmatch(statement))


def _phrases(definition: str) -> set[tuple[str, str]]:
    """Return the pairs of neighbouring words outside parentheses."""
    outside, depth = [], 0
    for token in sqltext.tokens(definition):
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth == 0 and not token.isspace():
            outside.append(token.upper())
    return set(pairwise(outside))


def _identity(statement: str) -> Identity:
    """Name a statement that no header precedes, in the way in which a header would be read again."""
    kind, schema, name = map(_on_one_line, sqltext.subject(statement))
    header = _HEADER.match(_header(kind, schema, name))
    return _named(header, statement) if header else (kind, schema, name)


def _named(header: re.Match[str], definition: str) -> Identity:
    """Return what a header says; where odd names let it be read in several ways, what its definition is about."""
    readings = [*_readings(header.string[header.start(1) : header.end()].partition("\n")[0])]
    if len(readings) == 1:
        return readings[0]
    kind, schema, _ = map(_on_one_line, sqltext.subject(definition))
    fitting = [each for each in readings if schema and each[1] == schema]
    fitting = fitting or [each for each in readings if each[0] == kind]
    return fitting[-1] if fitting else _identity(definition)


def _readings(line: str) -> Iterator[Identity]:
    for kind in re.finditer(r"; Type: ([^;]*); Schema: ", line):
        for owner in re.finditer("; Owner: ", line[kind.end() :]):
            yield kind[1], line[kind.end() : kind.end() + owner.start()], line[: kind.start()]


def _on_one_line(name: str) -> str:
    return re.sub(r"[\n\r]", " ", name)  # as pg_dump writes names in its comments
