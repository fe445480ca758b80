"""What sort of difference each one is: which is none, which does not fail the gate, which a user may ignore. Pure."""

import re
from collections.abc import Callable, Container
from enum import StrEnum
from itertools import groupby

from clonekit.postgres.sqltext import BLANKS, IDENTIFIER, tokens, words
from clonekit.schema.differences import Change, Difference


class Sort(StrEnum):
    """The sorts of differences; `--ignore` takes each of them but `definition`."""

    DEFINITION = "definition"
    COLUMN_ORDER = "column-order"
    COMMENTS = "comments"
    CONSTRAINT_NAMES = "constraint-names"
    INHERITED_NAMES = "inherited-names"
    NOT_NULL_NAMES = "not-null-names"
    WHITESPACE = "whitespace"
    EXTENSION_VERSIONS = "extension-versions"
    DATABASE_SETTINGS = "database-settings"
    DEFAULT_PRIVILEGES = "default-privileges"
    PRIVILEGES = "privileges"
    SERVER_VERSION = "server-version"


# PostgreSQL 18 names NOT NULL constraints after the table and column of the day; a restore from an older server names
# them anew. Nothing depends on these names. https://www.postgresql.org/docs/18/release-18.html
# Nor on the one that a partition's foreign key had before it was attached: a restore gives it the name of the table's.
HARMLESS = {Sort.INHERITED_NAMES, Sort.NOT_NULL_NAMES, Sort.SERVER_VERSION}
IGNORABLE = [sort for sort in Sort if sort != Sort.DEFINITION]

_BY_KIND = {
    "COMMENT": Sort.COMMENTS,
    "COLUMN ORDER": Sort.COLUMN_ORDER,
    "INHERITED CONSTRAINT NAME": Sort.INHERITED_NAMES,
    "NOT NULL": Sort.NOT_NULL_NAMES,
    "EXTENSION VERSION": Sort.EXTENSION_VERSIONS,
    "DATABASE SETTING": Sort.DATABASE_SETTINGS,
    "ROLE IN DATABASE SETTING": Sort.DATABASE_SETTINGS,
    "DATABASE PROPERTY": Sort.DATABASE_SETTINGS,
    "DEFAULT PRIVILEGES": Sort.DEFAULT_PRIVILEGES,
    "DEFAULT ACL": Sort.DEFAULT_PRIVILEGES,
    "ACL": Sort.PRIVILEGES,
    "PRIVILEGES": Sort.PRIVILEGES,
    "OWNER": Sort.PRIVILEGES,
}
CONSTRAINTS = {"CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT"}
_WITH_COLUMNS = {"TABLE", "FOREIGN TABLE"}
_ROUTINES = {"FUNCTION", "PROCEDURE"}
_LISTS_OF_OPTIONS = {"WITH", "SET", "OPTIONS"}
_LISTS = {"EVENT TRIGGER": {"IN"}, "TABLE ATTACH": {"IN"}, "FK CONSTRAINT": {"NULL", "DEFAULT"}}  # the word before it
_LIST_BEGINS = {"TRIGGER": ["UPDATE", "OF"], "SUBSCRIPTION": ["PUBLICATION"]}
_BODY_BEGINS = {"AS", "BEGIN", "RETURN"}
_OPERATOR = set("+-*/<>=~!@#%^&|`?:")  # what an operator is made of, and the colon of a cast or an assignment
_NOT_NULL = re.compile(
    rf"ALTER [^\n]*\n    ADD CONSTRAINT (?:{IDENTIFIER}) NOT NULL (?:{IDENTIFIER})(?: NO INHERIT)? NOT VALID;"
)
# Where one can't tell a literal from what is around it: beside a nested comment, in a body that
# standard_conforming_strings may concern, where a literal goes on after a line break.
_UNCLEAR = re.compile(r"/\*(?:(?!\*/)[\s\S])*/\*|\\'|'\s*[\n\r]\s*'")
_NEXT_CLAUSE = "\n    "  # how pg_dump begins each clause of a routine's header

Form = Callable[[str, str], object]  # of an object's type and definition; equal forms mean "the same but for ..."


def sort_of(difference: Difference, renamed: Container[str] = ()) -> Sort:
    """Return the difference's sort; `renamed` holds the definitions that only the names in them tell apart."""
    if difference.kind in _BY_KIND and (difference.kind != "EXTENSION VERSION" or difference.change == Change.CHANGED):
        return _BY_KIND[difference.kind]
    if difference.kind in CONSTRAINTS and difference.change != Change.CHANGED:
        definition = difference.definition_a or difference.definition_b
        named = Sort.NOT_NULL_NAMES if _NOT_NULL.fullmatch(definition) else Sort.CONSTRAINT_NAMES
        return named if definition in renamed else Sort.DEFINITION
    if difference.change == Change.CHANGED:
        forms = [(form, sort) for kinds, form, sort in _FORMS if difference.kind in kinds]
        return next((sort for form, sort in forms if _same(difference, form)), Sort.DEFINITION)
    return Sort.DEFINITION


def is_none(difference: Difference) -> bool:
    """Return whether only a list that has no order of its own (options, settings) is printed in another order."""
    return difference.change == Change.CHANGED and _same(difference, _unordered)


def _same(difference: Difference, form: Form) -> bool:
    return form(difference.kind, difference.definition_a) == form(difference.kind, difference.definition_b)


def _unordered(kind: str, text: str) -> object:
    if kind in _ROUTINES:
        return _routine(text)
    if kind == "RULE":  # its commands may hold lists whose order means something
        return text
    words = _words(text)
    if kind == "ACL":
        return _sorted_grants(words)
    if kind == "TEXT SEARCH DICTIONARY":
        items, end = _items(words, opening := words.index("("))
        return words[:opening], sorted(items), words[end:]
    start = _LIST_BEGINS.get(kind)
    lists = _LISTS_OF_OPTIONS | _LISTS.get(kind, set())
    return _sorted_options(_sorted_names(words, start) if start else words, lists)


def _words(text: str) -> list[str]:
    return list(words(text))


def _routine(text: str) -> object:
    """Return a routine's settings in order, its other clauses as they are, and its body."""
    found, clauses = list(tokens(text)), [""]
    for place, token in enumerate(found):
        if token != _NEXT_CLAUSE:
            clauses[-1] += token
        elif found[place + 1] in _BODY_BEGINS:
            break
        else:
            clauses.append("")
    settings = sorted(clause for clause in clauses if clause.startswith("SET "))
    return settings, [clause for clause in clauses if clause not in settings], "".join(found[place:])


def _sorted_names(words: list[str], begins: list[str]) -> list[str]:
    """Sort the comma-separated names that follow the words `begins`, as in `UPDATE OF b, a`."""
    length = len(begins)
    start = next((place + length for place in range(len(words)) if words[place : place + length] == begins), 0)
    end = start
    while start and words[end + 1] == ",":
        end += 2
    return [*words[:start], *sorted(words[start : end + 1 : 2]), *words[end + 1 :]] if start else words


def _sorted_grants(words: list[str]) -> list[tuple[str, list[str]]]:
    """Return each GRANT and REVOKE with the role that gives it, in an order of its own; pg_dump prints REVOKE first."""
    grants, statement, giver = [], list[str](), ""
    for word in words:
        statement.append(word)
        if word == ";":
            if "AUTHORIZATION" in statement:
                giver = " ".join(statement[2:]) if statement[0] == "SET" else ""
            else:
                grants.append((giver, statement))
            statement = []
    return sorted(grants)


def _sorted_options(words: list[str], lists: set[str]) -> list[object]:
    """Sort what stands in parentheses after one of the words in `lists`."""
    result: list[object] = []
    place = 0
    while place < len(words):
        result.append(words[place])
        if words[place] == "(" and place and words[place - 1] in lists:
            items, place = _items(words, place)
            result.append(sorted(items))
        place += 1
    return result


def _items(words: list[str], opening: int) -> tuple[list[list[str]], int]:
    """Return the comma-separated items of a parenthesis, and where it closes."""
    items, depth, place = [list[str]()], 1, opening
    while depth:
        place += 1
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(words[place], 0)
        if words[place] == "," and depth == 1:
            items.append([])
        elif depth:
            items[-1].append(words[place])
    return items, place


def _without_not_null_names(_: str, text: str) -> list[str]:
    words = _words(text)
    named = {place for place in range(len(words)) if words[place + 2 : place + 4] == ["NOT", "NULL"]}
    named = {place for place in named if words[place] == "CONSTRAINT"}
    return [word for place, word in enumerate(words) if place not in named and place - 1 not in named]


def _without_column_order(kind: str, text: str) -> object:
    words = _without_not_null_names(kind, text)
    opening = words.index("(") if "(" in words else 0
    is_key = "PARTITION" in words[:opening]  # of a table that has its columns from a type
    if not opening or is_key or (kind == "TYPE" and words[opening - 1] != "AS"):
        return words
    items, end = _items(words, opening)
    # pg_dump alters columns in their order, too
    first, *alter = ([*its] for is_end, its in groupby(words[end:], ";".__eq__) if not is_end)
    return words[:opening], sorted(items), first, sorted(alter)


def _without_check_names(kind: str, text: str) -> object:
    """Return a table's columns in order and its checks without their names, by which pg_dump orders them."""
    words = _without_not_null_names(kind, text)
    if "(" not in words:
        return words
    items, end = _items(words, words.index("("))
    checks = [item[2:] for item in items if item[:1] == ["CONSTRAINT"] and item[2:3] == ["CHECK"]]
    return [item for item in items if item[2:] not in checks], sorted(checks), words[end:]


def _without_blanks(_: str, text: str) -> object:
    """Return a routine's tokens, those of its body too, if blanks between them mean nothing in its language."""
    words = _words(text)
    if words[words.index("LANGUAGE") + 1] not in ("sql", "plpgsql") or _UNCLEAR.search(text):
        return text
    return [_apart(word.strip("$")) if word.startswith("$") else [word] for word in words]


def _apart(body: str) -> list[str]:
    """Return the tokens of a body, with a blank where two would be one without it: `1 e5`, `@ -1`, `u & "x"`."""
    found = ["", *(" " if token[0] in BLANKS else token for token in tokens(body)), ""]
    ends = zip(found, found[1:], found[2:], strict=False)
    return [word for before, word, after in ends if word != " " or _would_join(before[-1:], after[:1])]


def _would_join(before: str, after: str) -> bool:
    both = {before, after}
    return "" not in both and both.isdisjoint("(),;[]") and (both <= _OPERATOR or both.isdisjoint(_OPERATOR - {"&"}))


# Only of these kinds: what the catalogs tell of others is no SQL, and blanks in it may mean something.
_FORMS: tuple[tuple[set[str], Form, Sort], ...] = (
    ({*_WITH_COLUMNS, "DOMAIN"}, _without_not_null_names, Sort.NOT_NULL_NAMES),
    ({*_WITH_COLUMNS, "TYPE"}, _without_column_order, Sort.COLUMN_ORDER),
    (_WITH_COLUMNS, _without_check_names, Sort.CONSTRAINT_NAMES),
    (_ROUTINES, _without_blanks, Sort.WHITESPACE),
)
