"""A rehearsal as text: Markdown for a pull request, lines for the terminal. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from clonekit.markup import plain
from clonekit.rehearsal import findings
from clonekit.rehearsal.rehearsals import Blame, Rehearsal, Schema, SchemaDifference
from clonekit.rehearsal.sentences import seconds
from clonekit.schema import differences
from clonekit.schema.differences import Change

_MOST = 20  # of each kind that is listed for a pull request: GitHub takes 65,536 characters
_MOST_HERE = 10  # on the terminal
_LONGEST = 200  # characters of one text
_LONGEST_DIFF = 800
_PLAIN = " ,()='\";+-/"  # these mean nothing within a line of Markdown
_ITEM = re.compile("^([0-9]*)([-+=.)])")
_SAFE_CODE = re.compile(r"[^`|\\\n]*[^`|\\\s][^`|\\\n]*")


# The terminal ---------------------------------------------------------------------------------------------------------


def summary(rehearsal: Rehearsal) -> str:
    """Return the lines for the terminal; the last one is the verdict, whatever the names in them hold."""
    parts = {}
    if rehearsal.migration:
        found = [plain(says) for _, says in findings.production(rehearsal.migration)]
        parts["What it would do to production"] = [*_some(found), plain(findings.totals(rehearsal.migration))]
    fates = findings.changed(rehearsal.data)
    told = [plain(f"{fate['state']}: {fate['name']}: {findings.fate_text(fate)}") for fate in fates]
    parts["Data"] = [*_some(told), f"{len(rehearsal.data) - len(fates):,} unchanged"] if rehearsal.data else []
    if rehearsal.schema:
        found = [plain(_told(one, rehearsal.schema)) for one in rehearsal.schema.differences]
        parts["Schema"] = [*map(plain, findings.schema_notes(rehearsal.schema)), *_some(found)]
    parts["Smoke commands"] = _some([plain(f"{one.command}: exit code {one.code}") for one in rehearsal.smoke])
    parts[findings.PARTIAL] = [plain(findings.named(rehearsal.not_taken_back))] if rehearsal.not_taken_back else []
    lines = [line for title, its in parts.items() if its for line in (f"{title}:", *(f"  {each}" for each in its))]
    return "\n".join([*lines, plain(findings.headline(rehearsal))])


def _told(one: SchemaDifference, schema: Schema) -> str:
    where = {Change.ONLY_A: f"only in {schema.a}", Change.ONLY_B: f"only in {schema.b}"}
    return f"{one.blame}: {one.kind} {one.title} {where.get(Change(one.change), one.change)}"


def _some(lines: Sequence[str], most: int = _MOST_HERE) -> list[str]:
    return [*lines[:most], *([f"and {len(lines) - most:,} more, in the report"] if len(lines) > most else [])]


# The pull request -----------------------------------------------------------------------------------------------------


def markdown(rehearsal: Rehearsal) -> str:
    """Return report.md, short enough for a pull request; what comes from outside is text in it, not Markdown."""
    why = [_prose(each) for each in findings.reasons(rehearsal)]
    parts = [f"## {findings.title(rehearsal)}", _bullets(_some(why, _MOST))]
    if rehearsal.migration:
        parts += ["### What it would do to production", *_migration(rehearsal.migration)]
    if rehearsal.data:
        parts += ["### Data", *_data(rehearsal.data)]
    if rehearsal.schema:
        parts += ["### Schema", *_schema(rehearsal.schema)]
    if rehearsal.smoke:
        rows = [(_code(one.command), str(one.code), seconds(one.seconds)) for one in rehearsal.smoke]
        parts += ["### Smoke commands", *_table(("command", "exit code", "took"), rows)]
    if rehearsal.not_taken_back:
        parts += [f"### {findings.PARTIAL}", _bullets(_some([_text(each) for each in rehearsal.not_taken_back], _MOST))]
    known = [(_text(name), _code(text)) for name, text in findings.evidence(rehearsal)]
    parts += ["### Evidence", *_table(("", ""), known)]
    files = [(_code(path), _code(digest[:12])) for path, digest in rehearsal.evidence.migrations.items()]
    parts += _folded(findings.number(len(files), "migration file"), _table(("file", "SHA-256"), files))
    return "\n\n".join(filter(None, parts)) + "\n"


def _migration(migration: Mapping[str, Any]) -> Iterator[str]:
    yield _bullets(_some([_prose(says) for _, says in findings.production(migration)], _MOST))
    yield _text(findings.totals(migration))
    rows = [
        (str(one["number"]), seconds(one["seconds"]), _code(findings.one_line(one["text"])))
        for one in sorted(migration["statements"], key=lambda one: -one["seconds"])
    ]
    yield from _folded("The slowest statements", _table(("", "took", "statement"), rows[:_MOST]))
    yield from _folded("Limits", [_bullets(map(_text, migration["limits"]))])


def _data(fates: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    counts = Counter(fate["state"] for fate in fates)
    yield f"{', '.join(f'{counts[state]:,} {state}' for state in findings.STATES if counts[state])}."
    marks = {"lost": "**lost**", "changed": "changed"}
    rows = [
        (marks[fate["state"]], _code(fate["name"]), _text(findings.fate_text(fate))) for fate in findings.changed(fates)
    ]
    yield from _table(("", "table", "what became of it"), rows)


def _schema(schema: Schema) -> Iterator[str]:
    yield _bullets(map(_text, findings.schema_notes(schema)))
    rows = [(one.blame, _code(f"{one.kind} {one.title}"), one.change) for one in schema.differences]
    yield from _table(("whose", "object", f"A is {_code(schema.a)}, B is {_code(schema.b)}"), rows)
    shown = [findings.difference(one) for one in schema.differences if one.blame != Blame.COSMETIC][:_MOST]
    diffs = (_fence(differences.render([one], "A", "B").partition("\n\n")[2], "diff") for one in shown)
    yield from _folded("The definitions", diffs) if shown else ()
    told = [*schema.renames, *schema.suggestions]
    yield from _folded("Renames and suggestions", [_fence("\n".join(told[:_MOST]), "sql")]) if told else ()


def _bullets(lines: Iterable[str]) -> str:
    """Return a list; what would begin a list within its items is text in them, too."""
    return "\n".join("- " + _ITEM.sub(r"\1\\\2", line.strip()) for line in lines)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table of at most `_MOST` rows, nothing without rows; heads and cells are Markdown."""
    lines = [" | ".join(row) for row in (heads, ["---"] * len(heads), *rows[:_MOST])]
    more = [f"... and {len(rows) - _MOST:,} more, in the report."] if len(rows) > _MOST else []
    return ["\n".join(f"| {line} |" for line in lines), *more] if rows else []


def _folded(title: str, parts: Iterable[str]) -> list[str]:
    inner = [part for part in parts if part]
    return [f"<details><summary>{title}</summary>", *inner, "</details>"] if inner else []


def _prose(text: str) -> str:
    """Return a sentence in which names stand in backticks."""
    parts = _cut(text).split("`")
    return "".join(_code(part) if place % 2 and part else _text(part) for place, part in enumerate(parts))


def _code(text: str) -> str:
    """Return text as code; with signs for themselves where a backtick or a pipe would end the code or the cell."""
    text = plain(_cut(text))
    if _SAFE_CODE.fullmatch(text):
        return f"`{text}`"
    return f"<code>{''.join(each if each.isalnum() or each in _PLAIN else f'&#{ord(each)};' for each in text)}</code>"


def _text(text: str) -> str:
    """Return text in which no sign means anything to Markdown, HTML or GitHub (a name after @ would be told)."""
    escaped = re.sub(r"([\\`*_\[\]|~$])", r"\\\1", plain(_cut(text)).replace("&", "&amp;").replace("<", "&lt;"))
    return re.sub(r"([@#]|:(?=//)|(?<=www)\.)", r"\1<!-- -->", escaped.replace(">", "&gt;"))


def _fence(text: str, language: str) -> str:
    lines = [plain(line) for line in _cut(text, _LONGEST_DIFF).split("\n")]
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return "\n".join([f"{fence}{language}", *lines, fence])


def _cut(text: str, most: int = _LONGEST) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
