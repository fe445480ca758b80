"""A comparison's verdict as one HTML page, the two sides next to each other. Pure.

The page needs nothing but itself: no script, no font, no address. What comes from a database is data, and what can't be
seen in a browser (control characters, marks that turn the direction of writing, odd blanks) is spelled out.
"""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from hashlib import sha256
from html import escape
from itertools import groupby, takewhile, zip_longest

from clonekit.classes import Sort
from clonekit.differences import Change, Difference
from clonekit.verdicts import Verdict

CONTEXT = 3  # unchanged lines kept around a change
MOST_LINES = 2000  # of one object and side; what is beyond them is counted, not shown
_MOST_WORDS = 400  # of one line's changed part; difflib takes the square of it
_MOST_OPEN = 200  # differences up to which the table of contents is unfolded

_Line = tuple[int, str]  # its number, from 1, and its text
_Pair = tuple[_Line | None, _Line | None]  # what stands side by side
_Item = tuple[Sort, Difference]

_WORDS = re.compile(r"\w+|\s+|[\s\S]")
_FIRST_WORD = re.compile(r"\s*(?:CONSTRAINT\s+)?(\w+|\S|)")

_STYLE = """
:root { --page: #fff; --ink: #1c1e21; --faint: #646a73; --edge: #d5d9de; --band: #f4f5f7; --link: #0a58ad;
  --gone: #ffebe9; --gone-word: #ffb8b0; --new: #e4f7e8; --new-word: #98dfa8; --bad: #b3261e; --good: #1a7434 }
@media screen and (prefers-color-scheme: dark) {
  :root { --page: #16181c; --ink: #e3e6ea; --faint: #99a1ac; --edge: #373c44; --band: #202329; --link: #7ab8ff;
    --gone: #3d1f22; --gone-word: #8a3038; --new: #16321f; --new-word: #22683a; --bad: #ff8a80; --good: #6fd08c } }
* { box-sizing: border-box }
html { color-scheme: light dark; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
body { max-width: 110em; margin: 0 auto; padding: 1.5em }
h1, h2, h3, dd, li, .sides th, .note { overflow-wrap: anywhere }
h1 { margin: 0; font-size: 1.7em } h1.ok { color: var(--good) } h1.diff { color: var(--bad) }
h2 { margin: 2em 0 .6em; font-size: 1.25em }
h3 { margin: 2em 0 .4em; font-size: 1em; font-family: ui-monospace, monospace }
h3 a { color: var(--faint); text-decoration: none } a { color: var(--link) }
small { color: var(--faint); font: 13px system-ui, sans-serif }
dt { font-weight: 600 } dd { margin: 0 0 .5em 1.5em } ul, ol { margin: 0; padding-left: 1.5em }
summary { cursor: pointer; font-weight: 600 }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.45 ui-monospace, monospace }
details ol { columns: 24em; margin-bottom: .8em } details li { break-inside: avoid; padding-right: 1em }
table { border-collapse: collapse }
.counts th, .counts td { padding: .2em .6em; border: 1px solid var(--edge); text-align: right }
.counts th:first-child { text-align: left; font-weight: normal }
.counts thead, .counts tfoot { background: var(--band) }
article { content-visibility: auto; contain-intrinsic-size: auto 14em }
.sides { width: 100%; table-layout: fixed; border: 1px solid var(--edge); font: 13px/1.45 ui-monospace, monospace }
.sides th { padding: .2em .6em; text-align: left; background: var(--band); border-bottom: 1px solid var(--edge) }
.sides td { padding: 0 .6em; vertical-align: top; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4 }
.sides .n { padding: 0 .4em; text-align: right; white-space: nowrap; color: var(--faint); user-select: none }
.n.a::after { content: " \\2212" } .n.b::after { content: " +" }
.sides th + th, .sides .n:nth-child(3) { border-left: 1px solid var(--edge) }
.a { background: var(--gone) } .b { background: var(--new) } .x { background: var(--band); color: var(--faint) }
.sides td.cut { text-align: center; background: var(--band); color: var(--faint); font-family: system-ui, sans-serif }
del, ins { text-decoration: none; border-radius: 2px } del { background: var(--gone-word) }
ins { background: var(--new-word) }
.u { color: var(--bad); border-bottom: 1px dotted } del .u, ins .u { color: inherit }
.number { width: 4.6em }
@media print {
  html { font-size: 10pt } body { max-width: none; padding: 0 } .sides { font-size: 7.5pt }
  article { content-visibility: visible } h2, h3, thead { break-after: avoid } tr { break-inside: avoid }
  .one { break-inside: auto } h3 a { display: none } del, ins { text-decoration: underline }
  * { print-color-adjust: exact } }
"""
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'"
)


def page(verdict: Verdict, a: str, b: str, renames: Iterable[str] = (), suggestions: Iterable[str] = ()) -> str:
    """Return the page; `a` and `b` are what the two sides are called on it, so they must hold no password.

    `renames` are sentences on what was probably renamed; `suggestions` are statements that would bring A nearer to B.
    """
    parts = [_head(verdict, a, b), _summary(verdict), _renames(renames), _suggestions(suggestions), _notes(verdict)]
    parts.append(_contents(verdict))
    parts.append(_section("Differences", "d", verdict.failing, a, b))
    parts.append(_section("Not counted: these fail only with --strict", "h", verdict.harmless, a, b))
    return "".join(parts) + "</body></html>\n"


def _head(verdict: Verdict, a: str, b: str) -> str:
    number = len(verdict.failing)
    word, said = ("OK", "schemas match") if verdict.equal else ("DIFF", f"{_objects(number)} differ{'s'[number - 1 :]}")
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{word}: {_title(f"{a} vs {b}")}</title>
<style>{_STYLE}</style></head><body>
<h1 class="{word.lower()}">{word}: {said}</h1>
<p class="note">A is <b>{_shown(a)}</b>, B is <b>{_shown(b)}</b>.</p>
"""


def _objects(number: int) -> str:
    return "1 object" if number == 1 else f"{number:,} objects"


def _summary(verdict: Verdict) -> str:
    if verdict.equal:
        return ""
    counts = Counter((difference.kind, difference.change) for _, difference in verdict.failing)
    kinds = list(dict.fromkeys(difference.kind for _, difference in verdict.failing))
    rows = [_counts(_shown(kind), [counts[kind, change] for change in _CHANGES]) for kind in kinds]
    total = _counts("all", [sum(counts[kind, change] for kind in kinds) for change in _CHANGES])
    heads = ("", "added<br>(only in B)", "removed<br>(only in A)", "changed", "all")
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    return (
        f'<h2>Summary</h2>\n<table class="counts"><thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody>\n<tfoot>{total}</tfoot></table>\n"
    )


_CHANGES = (Change.ONLY_B, Change.ONLY_A, Change.CHANGED)


def _counts(name: str, numbers: list[int]) -> str:
    cells = "".join(f"<td>{f'{number:,}' if number else ''}</td>" for number in [*numbers, sum(numbers)])
    return f'<tr><th scope="row">{name}</th>{cells}</tr>\n'


def _renames(renames: Iterable[str]) -> str:
    items = "".join(f"<li>{_shown(text)}</li>\n" for text in renames)
    return f"<h2>Probable unfinished renames</h2>\n<ul>\n{items}</ul>\n" if items else ""


def _suggestions(statements: Iterable[str]) -> str:
    lines = "\n".join(_shown(line) for statement in statements for line in statement.split("\n"))
    return f"<h2>Suggestions: in A this would leave less to differ</h2>\n<pre>{lines}\n</pre>\n" if lines else ""


def _notes(verdict: Verdict) -> str:
    harmless = Counter(sort for sort, _ in verdict.harmless)
    ignored = [
        f"{number:,} {_shown(sort)} (--ignore {_shown(sort)})" for sort, number in sorted(verdict.ignored.items())
    ]
    reprinted = [f"{verdict.reprinted:,}"] if verdict.reprinted else []
    notes = {
        "Ignored": ignored,
        "Not counted (--strict counts them)": [f"{number:,} {_shown(sort)}" for sort, number in harmless.items()],
        "Printed differently, but the same to PostgreSQL": reprinted,
        "Not compared": [_shown(text) for text in verdict.not_compared],
    }
    items = [f"<dt>{name}</dt><dd>{'<br>'.join(said) or 'nothing'}</dd>\n" for name, said in notes.items()]
    return f"<h2>What did not count</h2>\n<dl>\n{''.join(items)}</dl>\n"


def _contents(verdict: Verdict) -> str:
    """Return the links to the differences, by type."""
    links: dict[str, list[str]] = {}
    for mark, items in (("d", verdict.failing), ("h", verdict.harmless)):
        for number, (sort, difference) in enumerate(items, 1):
            group = difference.kind if mark == "d" else f"{difference.kind}, not counted"
            links.setdefault(group, []).append(_link(f"{mark}{number}", sort, difference))
    state = " open" if len(verdict.failing) + len(verdict.harmless) <= _MOST_OPEN else ""
    groups = [
        f"<details{state}><summary>{_shown(group)} ({len(its):,})</summary><ol>\n{''.join(its)}</ol></details>\n"
        for group, its in links.items()
    ]
    return f'<nav id="contents"><h2>Contents</h2>\n{"".join(groups)}</nav>\n' if groups else ""


def _link(target: str, sort: Sort, difference: Difference) -> str:
    return f'<li><a href="#{target}">{_shown(difference.title)}</a> <small>{_what(sort, difference)}</small></li>\n'


def _what(sort: Sort, difference: Difference) -> str:
    return _shown(f"{difference.change}, {sort}")


def _section(title: str, mark: str, items: Sequence[_Item], a: str, b: str) -> str:
    head = (
        '<table class="sides"><colgroup><col class="number"><col><col class="number"><col></colgroup>'
        f'<thead><tr><th colspan="2" scope="col">A: {_shown(a)}</th><th colspan="2" scope="col">B: {_shown(b)}</th>'
        "</tr></thead><tbody>\n"
    )
    shown = [
        f'<article id="{mark}{number}"><h3>{_shown(difference.kind)} {_shown(difference.title)} '
        f'<small>{_what(sort, difference)}</small> <a href="#contents" title="to the contents">↑</a></h3>\n'
        f"{head}{''.join(_body(difference))}</tbody></table></article>\n"
        for number, (sort, difference) in enumerate(items, 1)
    ]
    return f"<section><h2>{title}</h2>\n{''.join(shown)}</section>\n" if shown else ""


def _body(difference: Difference) -> Iterator[str]:
    # Only a line feed ends a line here: str.splitlines would also break, and hide, a lone carriage return.
    of_a, of_b = (text.split("\n") if text else [] for text in (difference.definition_a, difference.definition_b))
    if difference.change == Change.CHANGED:
        yield from _compared(of_a, of_b)
    else:
        yield _alone(of_a or of_b, difference.change)
        yield from _cut(len(of_a) - MOST_LINES, len(of_b) - MOST_LINES)


def _alone(lines: list[str], change: Change) -> str:
    """Return the one row of an object that the other side lacks."""
    text = "\n".join(_line(_WORDS.findall(line)) for line in lines[:MOST_LINES])
    if change == Change.ONLY_A:
        return f'<tr class="one">{_cell("a", "", text)}{_cell("x", "", "not in B")}</tr>\n'
    return f'<tr class="one">{_cell("x", "", "not in A")}{_cell("b", "", text)}</tr>\n'


def _cell(side: str, number: int | str, text: str) -> str:
    """Return a line's number and text: of a change in A or B (`a`, `b`), of none (empty), of the other side (`x`)."""
    return f'<td class="n {side}">{number}</td><td class="{side}">{text}</td>'


def _compared(of_a: list[str], of_b: list[str]) -> Iterator[str]:
    """Yield the rows of an object that both sides have; what is equal at both ends takes no time."""
    lines_a, lines_b = list(enumerate(of_a, 1)), list(enumerate(of_b, 1))
    start, rest = _common(of_a, of_b)
    middle_a, middle_b = (lines[start : len(lines) - rest] for lines in (lines_a, lines_b))
    pairs: list[_Pair] = list(zip(lines_a[:start], lines_b[:start], strict=True))
    pairs += _aligned(middle_a[:MOST_LINES], middle_b[:MOST_LINES], _KEYS)
    beyond = len(middle_a) - MOST_LINES, len(middle_b) - MOST_LINES
    if max(beyond) <= 0:
        pairs += zip(lines_a[len(lines_a) - rest :], lines_b[len(lines_b) - rest :], strict=True)
    yield from _folded(pairs)
    yield from _cut(*beyond)


def _cut(beyond_a: int, beyond_b: int) -> Iterator[str]:
    left_out = [f"{number:,} of {side}" for side, number in (("A", beyond_a), ("B", beyond_b)) if number > 0]
    if left_out:
        yield _across(f"Too long to show whole. More lines that are not on this page: {' and '.join(left_out)}.")


def _across(text: str) -> str:
    return f'<tr><td class="cut" colspan="4">{text}</td></tr>\n'


def _common(a: Sequence[str], b: Sequence[str]) -> tuple[int, int]:
    """Return how many items are the same at the start, and how many of the others at the end."""
    start = _length(a, b)
    return start, _length(a[start:][::-1], b[start:][::-1])


def _length(a: Sequence[str], b: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(a, b, strict=False)))


def _aligned(a: list[_Line], b: list[_Line], keys: Sequence[Callable[[_Line], str]]) -> Iterator[_Pair]:
    """Put side by side the lines that are the same by the first key; within the rest, by the next one."""
    if not (keys and a and b):
        yield from zip_longest(a, b)
        return
    matcher = SequenceMatcher(None, [keys[0](line) for line in a], [keys[0](line) for line in b])
    for tag, start_a, end_a, start_b, end_b in matcher.get_opcodes():
        yield from _aligned(a[start_a:end_a], b[start_b:end_b], keys[1:] if tag == "replace" else ())


def _text(line: _Line) -> str:
    return line[1]


def _first_word(line: _Line) -> str:
    """Return what a line is about: in a table the column's or the constraint's name."""
    found = _FIRST_WORD.match(line[1])
    return found[1] if found else ""


_KEYS = (_text, _first_word)


def _folded(pairs: list[_Pair]) -> Iterator[str]:
    """Yield the rows; of a long unchanged stretch only the lines next to a change."""
    position = 0
    for same, stretch in ((same, list(its)) for same, its in groupby(pairs, _is_same)):
        head = CONTEXT if position else 0
        position += len(stretch)
        tail = len(stretch) - (CONTEXT if position < len(pairs) else 0)
        if not same or tail - head <= 1:
            yield from map(_row, stretch)
        else:
            yield from map(_row, stretch[:head])
            yield _across(f"{tail - head:,} unchanged lines")
            yield from map(_row, stretch[tail:])


def _is_same(pair: _Pair) -> bool:
    return bool(pair[0] and pair[1] and pair[0][1] == pair[1][1])


def _row(pair: _Pair) -> str:
    of_a, of_b = pair
    if of_a and of_b and of_a[1] == of_b[1]:
        shown_a = shown_b = _shown(of_a[1])
        cells = _cell("", of_a[0], shown_a) + _cell("", of_b[0], shown_b)
    elif of_a and of_b:
        shown_a, shown_b = _marked(_words(of_a), _words(of_b))
        cells = _cell("a", of_a[0], shown_a) + _cell("b", of_b[0], shown_b)
    else:
        cells = _only("a", of_a) + _only("b", of_b)
    return f"<tr>{cells}</tr>\n"


def _only(side: str, line: _Line | None) -> str:
    return _cell(side, line[0], _line(_words(line))) if line else _cell("x", "", "")


def _words(line: _Line) -> list[str]:
    return _WORDS.findall(line[1])


def _marked(a: list[str], b: list[str]) -> tuple[str, str]:
    """Return two lines' words, the changed ones marked; as they are if the lines have next to nothing in common."""
    changes = _changes(a, b)
    kept = _weight(a) - sum(_weight(a[start:end]) for start, end, _, _ in changes)
    if kept * 4 < min(_weight(a), _weight(b)):
        return _line(a), _line(b)
    of_a, of_b = ([change[side : side + 2] for change in changes] for side in (0, 2))
    return _line(a, of_a, "del"), _line(b, of_b, "ins")


def _weight(words: list[str]) -> int:
    return sum(len(word) for word in words if not word.isspace())


def _changes(a: list[str], b: list[str]) -> list[tuple[int, int, int, int]]:
    """Return from where to where the words differ, in A and in B."""
    start, rest = _common(a, b)
    end_a, end_b = len(a) - rest, len(b) - rest
    if max(end_a, end_b) - start > _MOST_WORDS:
        return [(start, end_a, start, end_b)]
    matcher = SequenceMatcher(None, a[start:end_a], b[start:end_b], autojunk=False)
    found = [change for tag, *change in matcher.get_opcodes() if tag != "equal"]
    return [(a1 + start, a2 + start, b1 + start, b2 + start) for a1, a2, b1, b2 in found]


def _line(words: list[str], marks: Sequence[Sequence[int]] = (), tag: str = "") -> str:
    """Return a changed line; blanks at its end, and marked ones, are visible."""
    parts, position = [], 0
    for start, end in marks:
        if start < end:
            parts += [_shown("".join(words[position:start])), f"<{tag}>{_word(''.join(words[start:end]))}</{tag}>"]
            position = end
    *rest, last = words[position:] or [""]
    return "".join([*parts, _shown("".join(rest)), _word(last)])


def _word(word: str) -> str:
    """Return words, or blanks alone as signs."""
    if not word.isspace():
        return _shown(word)
    return f'<span class="u">{_title(word.translate({32: "·", 9: "→"}))}</span>'


def _shown(text: str) -> str:
    """Return text as HTML, what can't be seen spelled out; line by line, so a line feed is spelled out too."""
    if text.isprintable():
        return escape(text)
    return "".join(
        escape(each) if each.isprintable() or each == "\t" else f'<span class="u">{_spelled(each)}</span>'
        for each in text
    )


def _title(text: str) -> str:
    """Return text as HTML for where no markup can be."""
    return escape("".join(each if each.isprintable() else _spelled(each) for each in text))


def _spelled(character: str) -> str:
    # Not Unicode's pictures of control characters: many fonts lack them.
    return {"\n": "[LF]", "\r": "[CR]"}.get(character, f"[U+{ord(character):04X}]")
