"""Where SQL statements begin and end in a script, by PostgreSQL's own rules for tokens. Pure.

The rules are those of `scan.l` and `psqlscan.l`: standard_conforming_strings is on, a dollar quote opens only where a
token can begin, block comments nest. See https://www.postgresql.org/docs/18/sql-syntax-lexical.html.
"""

import re
from collections.abc import Iterator

SPACE = r"[ \t\n\r\f\v]"
_LETTER = r"A-Za-z_\x80-\U0010ffff"  # PostgreSQL takes every character beyond ASCII for a letter
_COMMENT = r"--[^\n\r]*+"
_GAP = rf"(?:{SPACE}|{_COMMENT}|/\*[^*]*+\*+(?:[^*/][^*]*+\*+)*+/)"
_TAG = rf"(?:[{_LETTER}][{_LETTER}0-9]*+)?"
_WORD = rf"[{_LETTER}][{_LETTER}0-9$]*+"
_STRING = r"'[^']*+'"  # a doubled quote reads as two strings side by side, which ends at the same place
_QUOTED = r'"[^"]*+"'
_ESCAPED_PART = r"'(?:[^'\\]++|\\[\s\S]|'')*+'"
# A string goes on after a line break, and with E it goes on taking backslashes.
_ESCAPED = rf"[eE]{_ESCAPED_PART}(?:(?:[ \t\f\v]|{_COMMENT})*+[\n\r](?:{SPACE}|{_COMMENT}[\n\r])*+{_ESCAPED_PART})*+"
_DOLLARS = rf"\$(?P<tag>{_TAG})\$[^$]*+(?:\$(?!(?P=tag)\$)[^$]*+)*+\$(?P=tag)\$"
_BLOCK_WORD = rf"(?i:begin(?={_GAP}+atomic(?![{_LETTER}0-9$]))|case|end)(?![{_LETTER}0-9$])"

LITERAL = rf"{_ESCAPED}|{_STRING}|{_DOLLARS}"
IDENTIFIER = rf"{_QUOTED}|{_WORD}"

# What a statement of the common kind is made of: it holds no comment, no E'...', and no `;` but its last. Rules and
# routines are left out because they may hold statements of their own, SET and SELECT because they may be no object's.
# Whatever is not matched is read the long way, so this only has to be right where it matches.
COMMON_STATEMENT = (
    rf"(?!(?i:CREATE{SPACE}+(?:OR{SPACE}+REPLACE{SPACE}+)?(?:RULE|FUNCTION|PROCEDURE)|SET|SELECT)(?![{_LETTER}0-9$]))"
    rf"(?:[^'\"$\\/\-;]++|(?<![eE]){_STRING}|{_QUOTED}|(?<![{_LETTER}0-9$]){_DOLLARS}|-(?!-)|/(?!\*))*+;"
)

_TO_STOP = re.compile(
    rf"(?:[^{_LETTER}'\"$/\-;()]++|{_ESCAPED}|(?!{_BLOCK_WORD}){_WORD}|{_STRING}|{_QUOTED}|{_DOLLARS}|{_COMMENT}"
    rf"|\$(?!{_TAG}\$)|/(?!\*)|-(?!-))*+({_BLOCK_WORD}|[;()]|/\*|\Z)"
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_ROUTINE = re.compile(rf"(?i)CREATE{_GAP}+(?:OR{_GAP}+REPLACE{_GAP}+)?(?:FUNCTION|PROCEDURE)(?![{_LETTER}0-9$])")
_SPACES = re.compile(rf"{SPACE}*+")
_LINE = re.compile(r"[^\n\r]*+")
_TOKEN = re.compile(rf"{LITERAL}|{IDENTIFIER}|{_COMMENT}|{SPACE}++|[0-9]++|[\s\S]")


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
    while stop := _TO_STOP.match(text, position):
        position, token = stop.end(), stop[stop.lastindex or 0].lower()
        if token == ";" and parentheses == blocks == 0:
            return position
        if token == "/*":
            position = _comment_end(text, position - 2)
        elif token in ("(", ")"):
            parentheses = max(0, parentheses + (1 if token == "(" else -1))
        elif token == "begin":
            blocks += not parentheses and _ROUTINE.match(text, start) is not None
        elif token in ("case", "end"):
            blocks += (1 if token == "case" else -1) if blocks else 0
        elif not token:
            raise ValueError(f"The text ends inside a statement, which begins: {_excerpt(text, start)}")
    raise ValueError(f"The text ends inside a literal, in the statement that begins: {_excerpt(text, start)}")


def line_end(text: str, position: int) -> int:
    """Return where the line around `position` ends, before its line break."""
    return _LINE.match(text, position).end()  # type: ignore[union-attr]  # it matches the empty text too


def tokens(text: str) -> Iterator[str]:
    """Yield the tokens of a statement, runs of white space and comments too: joined they are the text again."""
    return (token[0] for token in _TOKEN.finditer(text))


def unquoted(identifier: str) -> str:
    """Return the name that an identifier stands for.

    >>> unquoted('"a""b"'), unquoted("Plain")
    ('a"b', 'plain')
    """
    return identifier[1:-1].replace('""', '"') if identifier.startswith('"') else identifier.lower()


def _comment_end(text: str, start: int) -> int:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    raise ValueError(f"The text ends inside a comment, which begins: {_excerpt(text, start)}")


def _excerpt(text: str, start: int) -> str:
    return " ".join(text[start : start + 60].split())
