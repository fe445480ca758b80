"""The definitions of an object in A and in B next to each other, as HTML. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from html import escape
from itertools import groupby, takewhile, zip_longest

from clonekit.markup import plain, shown
from clonekit.schema.differences import Change, Difference

CONTEXT = 3  # unchanged lines kept around a change
MOST_LINES = 2000  # of one object and side; what is beyond them is counted, not shown
_MOST_WORDS = 400  # of one line's changed part; difflib takes the square of it

_Line = tuple[int, str]  # its number, from 1, and its text
_Pair = tuple[_Line | None, _Line | None]  # what stands side by side

_WORDS = re.compile(r"\w+|\s+|[\s\S]")
_FIRST_WORD = re.compile(r"\s*(?:CONSTRAINT\s+)?(\w+|\S|)")


def article(target: str, sort: str, difference: Difference, names: tuple[str, str], more: str = "") -> str:
    """Return an object that differs, for links to `target`; `names` of A and B are text, `more` of its head is HTML."""
    return (
        f'<article id="{target}"><h3>{shown(difference.kind)} {shown(difference.title)} '
        f"<small>{what(sort, difference)}</small>{more}</h3>\n"
        '<table class="sides"><colgroup><col class="number"><col><col class="number"><col></colgroup><thead><tr>'
        f'<th colspan="2" scope="col">A: {shown(names[0])}</th><th colspan="2" scope="col">B: {shown(names[1])}</th>'
        f"</tr></thead><tbody>\n{''.join(_body(difference))}</tbody></table></article>\n"
    )


def what(sort: str, difference: Difference) -> str:
    """Return what happened to an object, and of which sort that is, as HTML."""
    return shown(f"{difference.change}, {sort}")


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
        shown_a = shown_b = shown(of_a[1])
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
            parts += [shown("".join(words[position:start])), f"<{tag}>{_word(''.join(words[start:end]))}</{tag}>"]
            position = end
    *rest, last = words[position:] or [""]
    return "".join([*parts, shown("".join(rest)), _word(last)])


def _word(word: str) -> str:
    """Return words, or blanks alone as signs."""
    if not word.isspace():
        return shown(word)
    return f'<span class="u">{escape(plain(word.translate({32: "·", 9: "→"})))}</span>'
