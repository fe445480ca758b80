"""A rehearsal as one HTML page: the verdict on top, then what would hurt production, first what hurts most. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from clonekit import names
from clonekit.markup import document, shown
from clonekit.rehearsal import findings
from clonekit.rehearsal.rehearsals import Blame, Outcome, Rehearsal, Schema, Step
from clonekit.rehearsal.sentences import seconds
from clonekit.schema import sidebyside
from clonekit.schema.pages import list_renames, list_suggestions

_MOST = 25  # rows of a table before the rest is folded
_MOST_HURT = 8  # of what would hurt production most, so that the steps are in sight, too
_LONGEST = 120  # characters of a statement before it is folded
_LONGEST_WHOLE = 20_000
_STYLE = """
:root { --warn: #a85c00 }
@media screen and (prefers-color-scheme: dark) { :root { --warn: #f2b04f } }
body { max-width: 80em }
header { padding: 1em 1.4em; border-left: .5em solid; border-radius: .4em }
header.pass { background: var(--new); border-color: var(--good) } .pass h1 { color: var(--good) }
header.fail { background: var(--gone); border-color: var(--bad) } .fail h1 { color: var(--bad) }
section > pre { margin: .6em 0 } section > details { margin-top: .8em }
h1 { font-size: 2.2em; line-height: 1.2 } header p, header ul { margin: .5em 0 0 }
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere }
.reads::marker, .lost { color: var(--bad) } .writes::marker { color: var(--warn) } .lost, .no { font-weight: 600 }
.reads.big, .writes.big { font-weight: 600 } .no { color: var(--bad) }
.rows { width: 100%; margin: .6em 0 } .rows th, .rows td { padding: .25em .6em; border-bottom: 1px solid var(--edge);
  text-align: left; vertical-align: top; overflow-wrap: anywhere } .rows thead { background: var(--band) }
.rows .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.rows .wide { width: 40%; padding: .4em .6em } .rows summary { font-weight: normal }
.rows td:first-child:not(.n) { min-width: 9em }
svg { display: block; width: 100%; height: 1em; background: var(--band); border-radius: 2px; overflow: hidden }
svg.key { display: inline-block; width: 1em; vertical-align: -.1em; margin-left: .8em }
rect.reads, rect.no { fill: var(--bad) } rect.writes { fill: var(--warn) } rect.other { fill: var(--faint) }
rect.ok { fill: var(--link) }
@media print { details::details-content { content-visibility: visible } header, svg { break-inside: avoid } }
"""


def page(rehearsal: Rehearsal) -> str:
    """Return report.html."""
    seen, schema = rehearsal.migration, rehearsal.schema
    smoke = [(_code(one.command), str(one.code), seconds(one.seconds)) for one in rehearsal.smoke]
    not_taken_back = [f"<li>{shown(each)}</li>\n" for each in rehearsal.not_taken_back or ()]
    left_out = [f"Not compared: {text}." for text in schema.not_compared] if schema else []
    parts = [
        _head(rehearsal),
        _section("What it would do to production", _production(seen)) + _locks(seen["tables"]) if seen else "",
        _section("The rehearsal's steps", _steps(rehearsal.steps)),
        _statements(seen) + _tables(seen["tables"]) if seen else "",
        _section("The data", _data(rehearsal.data)),
        _section("The schema", _schema(schema)) if schema else "",
        _section("Smoke commands", _table(("command", "+exit code", "+took"), smoke)),
        _section(findings.PARTIAL, _folded(not_taken_back, "<ul>\n{}</ul>\n")),
        _section("Evidence", _evidence(rehearsal)),
        _section("Limits", _bullets(map(_prose, [*(seen["limits"] if seen else ()), *left_out]))),
    ]
    return document(f"Rehearsal: {findings.headline(rehearsal)}", "".join(parts), _STYLE)


def _head(rehearsal: Rehearsal) -> str:
    it, kind = rehearsal.evidence, "pass" if rehearsal.verdict == Outcome.PASS else "fail"
    said = [f"Rehearsed {it.at} in {seconds(rehearsal.seconds)}"]
    if it.snapshot_at:
        said.append(f"snapshot taken {it.snapshot_at}")
    if it.commit:
        said.append(f"commit {it.commit[:12]}{' with uncommitted changes' if it.dirty else ''}")
    why = _folded([f"<li>{_prose(each)}</li>\n" for each in findings.reasons(rehearsal)], "<ul>\n{}</ul>\n")
    small = f"<p><small>{shown('; '.join(said))}</small></p>"
    return f'<header class="{kind}"><h1>{findings.title(rehearsal)}</h1>\n{why}{small}</header>\n'


def _production(seen: Mapping[str, Any]) -> str:
    found = [f'<li class="{whom} big">{_prose(says)}</li>\n' for whom, says in findings.production(seen)]
    failed = f"<pre>{_lines(seen['failure']['statement'])}</pre>\n" if seen["failure"] else ""
    row = f"<p>The row: {_code(seen['failure']['row'])}</p>\n" if seen["failure"] and seen["failure"]["row"] else ""
    return f"{failed}{row}{_folded(found, '<ul>{}</ul>', _MOST_HURT)}<p>{shown(findings.totals(seen))}</p>\n"


def _locks(tables: Sequence[Mapping[str, Any]]) -> str:
    """Return the chart of how long tables were blocked: for writes, and the part of that for reads, too."""
    blocked = sorted((table for table in tables if table["writes_blocked"]), key=lambda table: -table["writes_blocked"])
    rows = []
    for table in blocked:
        writes, reads, longest = table["writes_blocked"], table["reads_blocked"], blocked[0]["writes_blocked"]
        bars = _svg([("writes", 0.0, writes), ("reads", 0.0, reads)], longest)
        rows.append((_code(table["name"]), seconds(writes), bars))
    keys = (f'<svg class="key"><rect class="{name}" width="100%" height="100%"/></svg>' for name in ("reads", "writes"))
    legend = "<p>How long nobody could {} read or write, {} write.</p>\n".format(*keys)
    return _section("Locks", legend + _table(("table", "+blocked", "*"), rows, _MOST_HURT) if rows else "")


def _steps(steps: Sequence[Step]) -> str:
    whole = max((step.began + step.seconds for step in steps), default=0)
    rows = []
    for step in steps:
        name = shown(step.name) + ("" if step.ok else ' <span class="no">failed</span>')
        bar = _svg([("ok" if step.ok else "no", step.began, step.seconds)], whole)
        rows.append((name, seconds(step.seconds), bar, shown(step.said)))
    return _table(("step", "+took", "*", "result"), rows)


def _statements(seen: Mapping[str, Any]) -> str:
    rows = []
    for one in seen["statements"]:
        bar = _svg([("ok", one["at"], one["seconds"])], max(seen["seconds"], one["at"] + one["seconds"]))
        rows.append((str(one["number"]), seconds(one["seconds"]), bar, _statement(one["text"])))
    title, every = "The migration's statements", seen["statement_count"]
    if len(rows) < every:
        title = f"{len(rows):,} of {findings.number(every, 'statement')}: the slowest, and those that took locks"
    return _section(title, _table(("+", "+took", "*", "statement"), rows))


def _tables(tables: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for table in tables:
        was = f" <small>was {_code(table['was'])}</small>" if table["was"] else ""
        held = seconds(table["held"]) if table["lock"] else ""
        growth = findings.signed(table["growth"]) if table["growth"] else ""
        became = ", ".join(what for what in ("rewritten", "emptied", "dropped") if table[what])
        sizes = (became, growth, names.size(table["bytes"]))
        rows_now = "a view" if table["is_view"] else _count(table["rows"])
        told = (rows_now, shown(table["lock"] or ""), held, *sizes, _count(table["statement"]))
        rows.append((_code(table["name"]) + was, *told))
    heads = ("table", "+rows", "strongest lock", "+held", "became", "+growth", "+size", "+by statement")
    return _section("Tables it touched", _table(heads, rows))


def _data(fates: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for fate in findings.changed(fates):
        state = f'<span class="{fate["state"]}">{fate["state"]}</span>'
        rows.append((state, _code(fate["name"]), _count(fate["rows"]), shown(findings.fate_text(fate))))
    same = [_code(fate["name"]) for fate in fates if fate["state"] == "unchanged"]
    folded = f"<details><summary>{len(same):,} unchanged</summary>{', '.join(same)}</details>\n" if same else ""
    return _table(("", "table", "+rows before", "what became of it"), rows) + folded


def _schema(schema: Schema) -> str:
    parts, numbers = [_bullets(map(shown, findings.schema_notes(schema)))], count(1)
    for blame in Blame:
        its = [one for one in schema.differences if one.blame == blame]
        both = (schema.a, schema.b)
        articles = [sidebyside.article(f"d{next(numbers)}", one.sort, findings.difference(one), both) for one in its]
        state = "" if blame == Blame.COSMETIC else " open"
        title = f"{blame[:1].upper()}{blame[1:]} ({len(its):,})"
        parts += [f"<details{state}><summary>{title}</summary>\n{''.join(articles)}</details>\n"] if its else []
    return "".join([*parts, list_renames(schema.renames), list_suggestions(schema.suggestions)])


def _evidence(rehearsal: Rehearsal) -> str:
    files = [(_code(path), _code(digest)) for path, digest in rehearsal.evidence.migrations.items()]
    known = [(shown(name), _code(text)) for name, text in findings.evidence(rehearsal)]
    return _table(("", ""), known) + _table(("migration file", "SHA-256"), files)


# Parts of a page ------------------------------------------------------------------------------------------------------


def _section(title: str, body: str) -> str:
    return f"<section><h2>{title}</h2>\n{body}</section>\n" if body else ""


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], most: int = _MOST) -> str:
    """Return a table of HTML, its later rows folded; `+` begins a column of numbers, `*` one of bars."""
    kinds = [{"+": ' class="n"', "*": ' class="wide"'}.get(head[:1], "") for head in heads]
    cells = (f'<th scope="col"{kind}>{head.lstrip("+*")}</th>' for kind, head in zip(kinds, heads, strict=True))
    top = f"<thead><tr>{''.join(cells)}</tr></thead>" if any(heads) else ""
    lines = [
        f"<tr>{''.join(f'<td{kind}>{cell}</td>' for kind, cell in zip(kinds, row, strict=True))}</tr>\n" for row in rows
    ]
    return _folded(lines, f'<table class="rows">{top}<tbody>\n{{}}</tbody></table>\n', most)


def _folded(items: Sequence[str], form: str, most: int = _MOST) -> str:
    """Return the items, as HTML in `form`; those after the first ones are folded."""
    first, rest = (form.format("".join(its)) for its in (items[:most], items[most:]))
    more = f"<details><summary>{len(items) - most:,} more</summary>{rest}</details>\n"
    return (first if items else "") + (more if len(items) > most else "")


def _svg(bars: Iterable[tuple[str, float, float]], whole: float) -> str:
    """Return bars, a kind, a beginning and a length each, one over another."""
    at = [(kind, min(began / whole, 0.997), max(length / whole, 0.003)) for kind, began, length in bars if length]
    drawn = (f'<rect class="{kind}" x="{x:.2%}" width="{width:.2%}" height="100%"/>' for kind, x, width in at)
    return f'<svg aria-hidden="true">{"".join(drawn)}</svg>'


def _bullets(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{line}</li>\n" for line in lines)
    return f"<ul>\n{items}</ul>\n" if items else ""


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _code(text: str) -> str:
    return f"<code>{shown(text)}</code>"


def _prose(text: str) -> str:
    """Return a sentence in which names stand in backticks."""
    return "".join(_code(part) if place % 2 else shown(part) for place, part in enumerate(text.split("`")))


def _lines(text: str) -> str:
    left_out = f"\n... and {len(text) - _LONGEST_WHOLE:,} more characters" if len(text) > _LONGEST_WHOLE else ""
    return "\n".join(map(shown, text[:_LONGEST_WHOLE].split("\n"))) + left_out


def _statement(text: str) -> str:
    """Return a statement; folded, if it is longer than a line."""
    first = " ".join(text.split())
    if len(first) <= _LONGEST:
        return _code(first)
    return f"<details><summary>{_code(first[:_LONGEST])} …</summary><pre>{_lines(text)}</pre></details>"
