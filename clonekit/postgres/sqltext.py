"""Where SQL statements begin and end in a script, by PostgreSQL's own rules for tokens. Pure.

The rules are those of `scan.l` and `psqlscan.l`: standard_conforming_strings is on, a dollar quote opens only where a
token can begin, block comments nest. See https://www.postgresql.org/docs/18/sql-syntax-lexical.html.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

BLANKS = " \t\n\r\f\v"  # no others: beyond ASCII they are letters
SPACE = r"[ \t\n\r\f\v]"
# An atomic group, not a possessive quantifier, wherever the repeated part can backtrack: before CPython 3.11.5 the
# latter matches too much (https://github.com/python/cpython/issues/106052).
# PostgreSQL takes every character beyond ASCII for a letter. Said by what is none: patterns that take no notice of case
# are compiled character by character of a set.
_LETTER = r"[^\x00-@\[-^`{-\x7f]"
_LETTER_OR_DIGIT = r"[^\x00-/:-@\[-^`{-\x7f]"
_IN_WORD = r"[^\x00-#%-/:-@\[-^`{-\x7f]"  # a letter, a digit or a dollar
_COMMENT = r"--[^\n\r]*+"
_GAP = rf"(?:{SPACE}|{_COMMENT}|/\*[^*]*+\*+(?>(?:[^*/][^*]*+\*+)*)/)"
_TAG = rf"(?:{_LETTER}{_LETTER_OR_DIGIT}*+)?"
_WORD = rf"{_LETTER}{_IN_WORD}*+"
_STRING = r"'[^']*+'"  # a doubled quote reads as two strings side by side, which ends at the same place
_QUOTED = r'"[^"]*+"'
_ESCAPED_PART = r"'(?>(?:[^'\\]++|\\[\s\S]|'')*)'"
# A string goes on after a line break, and with E it goes on taking backslashes.
_BREAK = rf"(?>(?:[ \t\f\v]|{_COMMENT})*)[\n\r](?>(?:{SPACE}|{_COMMENT}[\n\r])*)"
_ESCAPED = rf"[eE]{_ESCAPED_PART}(?>(?:{_BREAK}{_ESCAPED_PART})*)"
_DOLLARS = rf"\$(?P<tag>{_TAG})\$[^$]*+(?>(?:\$(?!(?P=tag)\$)[^$]*+)*)\$(?P=tag)\$"
_BLOCK_WORD = rf"(?ai:begin(?={_GAP}+atomic(?!{_IN_WORD}))|case|end)(?!{_IN_WORD})"

LITERAL = rf"{_ESCAPED}|'(?>(?:[^']++|'')*)'|{_DOLLARS}"
IDENTIFIER = rf'"(?>(?:[^"]++|"")*)"|{_WORD}'
NAME = rf"(?:{IDENTIFIER})(?:\.(?:{IDENTIFIER}))*"  # with or without its schema

# What a statement of the common kind is made of: it holds no comment, no E'...', and no `;` but its last. Rules are
# left out because they may hold statements of their own (as a routine may that has the word ATOMIC, which is not seen
# here), SET and SELECT because they may be no object's. Whatever is not matched is read the long way, so this only has
# to be right where it matches.
COMMON_STATEMENT = (
    rf"(?!(?ai:CREATE{SPACE}+(?:OR{SPACE}+REPLACE{SPACE}+)?RULE|SET|SELECT)(?!{_IN_WORD}))"
    rf"(?>(?P<routine>(?ai:CREATE{SPACE}+(?:OR{SPACE}+REPLACE{SPACE}+)?(?:FUNCTION|PROCEDURE)))?)"
    rf"(?>(?:[^'\"$\\/\-;]++|(?<![eE]){_STRING}|{_QUOTED}|(?<!{_IN_WORD}){_DOLLARS}|-(?!-)|/(?!\*))*);"
)
ATOMIC = re.compile("(?ai)atomic")

_TO_STOP = re.compile(
    rf"(?>(?:[\x00-!#%&*-,.0-:<-@\[-^`{{-\x7f]++|{_ESCAPED}|(?!{_BLOCK_WORD}|[eE]'){_WORD}|{_STRING}|{_QUOTED}|{_DOLLARS}|{_COMMENT}"
    rf"|\$(?!{_TAG}\$)|/(?!\*)|-(?!-))*)(?P<stop>{_BLOCK_WORD}|[;()]|/\*|\Z)"
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_ROUTINE = re.compile(rf"(?ai)CREATE{_GAP}+(?:OR{_GAP}+REPLACE{_GAP}+)?(?:FUNCTION|PROCEDURE)(?!{_IN_WORD})")
_DEPTH = {"(": 1, ")": -1}
_BLOCKS = {"case": 1, "end": -1}
_SPACES = re.compile(rf"{SPACE}*+")
_LINE = re.compile(r"[^\n\r]*+")
_TOKEN = re.compile(rf"{LITERAL}|{IDENTIFIER}|{_COMMENT}|/\*[\s\S]*?\*/|{SPACE}++|[0-9]++|[\s\S]")

_KINDS = (
    "MATERIALIZED VIEW|FOREIGN TABLE|FOREIGN DATA WRAPPER|EVENT TRIGGER|ACCESS METHOD|OPERATOR CLASS|OPERATOR FAMILY"
    "|TEXT SEARCH [A-Z]+|USER MAPPING FOR|DEFAULT PRIVILEGES|[A-Z]+"
).replace(" ", f"{SPACE}+")
_ADJECTIVES = "OR REPLACE|GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED|UNIQUE|CONSTRAINT|TRUSTED|PROCEDURAL|RECURSIVE".replace(
    " ", f"{SPACE}+"
)
_SUBJECT = re.compile(
    rf"(?ai)(CREATE|ALTER|DROP){SPACE}+(?:(?:{_ADJECTIVES}){SPACE}+)*({_KINDS}){SPACE}+"
    rf"(?:(?:CONCURRENTLY|ONLY|IF{SPACE}+(?:NOT{SPACE}+)?EXISTS){SPACE}+)*({NAME})"
)
_COMMENTED = re.compile(rf"(?ais)COMMENT{SPACE}+ON{SPACE}+(.*?){SPACE}+IS{SPACE}")
_ON_TABLE = {"TRIGGER": "ON", "POLICY": "ON", "RULE": "TO"}
_ROUTINES = {"FUNCTION", "PROCEDURE", "AGGREGATE"}


def statements(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each top-level statement or psql line begins and ends (`;` included); between them are only gaps.

    A gap is white space and comments. Raises ValueError where the text ends inside a literal, comment or statement.
    """
    position = gap_end(text, 0)
    while position < len(text):
        end = statement_end(text, position)
        yield position, end
        position = gap_end(text, end)


def gap_end(text: str, position: int, landmark: re.Pattern[str] | None = None) -> int:
    """Return where the white space and comments from `position` on end, or where a comment matches `landmark`."""
    while True:
        position = _SPACES.match(text, position).end()  # type: ignore[union-attr]  # it matches the empty text too
        if landmark and landmark.match(text, position):
            return position
        if text.startswith("--", position):
            position = line_end(text, position)
        elif text.startswith("/*", position):
            position = _comment_end(text, position)
        else:
            return position


def statement_end(text: str, start: int) -> int:
    """Return the end of the statement, or of the psql line, that begins at `start`; ValueError if it has none."""
    if text[start] == "\\":
        return line_end(text, start)
    position, parentheses, blocks = start, 0, 0
    while found := _TO_STOP.match(text, position):
        position, stop = found.end(), found["stop"].lower()
        if stop == ";" and parentheses == blocks == 0:
            return position
        if stop == "":
            raise ValueError(f"The text ends inside a statement, which begins: {_excerpt(text, start)}")
        if stop == "/*":
            position = _comment_end(text, position - 2)
        parentheses = max(0, parentheses + _DEPTH.get(stop, 0))
        if stop == "begin" and parentheses == blocks == 0 and _ROUTINE.match(text, start):
            blocks = 1
        elif blocks:
            blocks += _BLOCKS.get(stop, 0)
    raise ValueError(f"The text ends inside a literal, in the statement that begins: {_excerpt(text, start)}")


def line_end(text: str, position: int) -> int:
    """Return where the line around `position` ends, before its line break."""
    return _LINE.match(text, position).end()  # type: ignore[union-attr]  # it matches the empty text too


def tokens(text: str) -> Iterator[str]:
    """Yield the tokens of a statement, runs of white space and comments too: joined they are the text again."""
    return (token[0] for token in _TOKEN.finditer(text))


@lru_cache(1 << 14)
def words(text: str) -> tuple[str, ...]:
    """Return the tokens of a statement but white space."""
    return tuple(token for token in tokens(text) if token[0] not in BLANKS)


def literal(token: str) -> str | None:
    r"""Return the string that a token stands for as PostgreSQL's quote_literal writes it; None if it is no string.

    >>> literal("'it''s'"), literal(r"E'a\\\\b'"), literal("name")
    ("it's", 'a\\\\b', None)
    """
    if token[:1] not in ("'", "E") or token[-1:] != "'":
        return None
    value = token.removeprefix("E")[1:-1].replace("''", "'")
    return value.replace("\\\\", "\\") if token[0] == "E" else value


def unquoted(identifier: str) -> str:
    """Return the name that an identifier stands for.

    >>> unquoted('"a""b"'), unquoted("Plain")
    ('a"b', 'plain')
    """
    return identifier[1:-1].replace('""', '"') if identifier.startswith('"') else identifier.lower()


def split_name(qualified: str) -> tuple[str, str]:
    """Return the schema, which may be empty, and the name that a qualified name stands for.

    >>> split_name('app."Foo"'), split_name("foo")
    (('app', 'Foo'), ('', 'foo'))
    """
    parts = [unquoted(part[0]) for part in re.finditer(IDENTIFIER, qualified)]
    return ".".join(parts[:-1]), parts[-1]


def _comment_end(text: str, start: int) -> int:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    raise ValueError(f"The text ends inside a comment, which begins: {_excerpt(text, start)}")


def _excerpt(text: str, start: int) -> str:
    return " ".join(text[start : start + 60].split())


def subject(statement: str) -> tuple[str, str, str]:
    """Return the type, schema and name of what a statement is about, as far as its first words tell.

    >>> subject("CREATE TABLE app.foo (id int);"), subject("ALTER TABLE foo ADD a int;")
    (('TABLE', 'app', 'foo'), ('ALTER TABLE', '', 'foo'))
    """
    if comment := _COMMENTED.match(statement):
        return "COMMENT", "", comment[1]
    if not (about := _SUBJECT.match(statement)):
        return re.split(rf"{SPACE}|;", statement, maxsplit=1)[0].upper(), "", ""
    verb, kind = about[1].upper(), " ".join(about[2].upper().split())
    schema, name = split_name(about[3])
    if kind in _ROUTINES:
        name += _arguments(statement, about.end())
    if kind in _ON_TABLE and (table := _table_of(kind, statement, about.end())):
        schema, name = table[0], f"{table[1]} {name}"
    return (kind if verb == "CREATE" else f"{verb} {kind}"), schema, name


def _arguments(statement: str, start: int) -> str:
    """Return the parenthesised list from `start` on, on one line, or an empty text."""
    taken, depth = [], 0
    for token in tokens(statement[start:].lstrip()):
        depth += {"(": 1, ")": -1}.get(token, 0)
        taken.append(token if token.strip() else " ")
        if depth == 0:
            break
    return "".join(taken) if taken[0] == "(" else ""


def _table_of(kind: str, statement: str, start: int) -> tuple[str, str] | None:
    pattern = rf"(?ai)(?<![a-z0-9_$]){_ON_TABLE[kind]}{SPACE}+({NAME})"
    found = re.compile(pattern).search(statement, start)
    return split_name(found[1]) if found else None
