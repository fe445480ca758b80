"""A comparison's verdict as one HTML page, the two sides next to each other. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

from clonekit.markup import document, shown
from clonekit.schema import sidebyside
from clonekit.schema.classes import Sort
from clonekit.schema.differences import Change, Difference
from clonekit.schema.verdicts import Verdict

_MOST_OPEN = 200  # differences up to which the table of contents is unfolded
_Item = tuple[Sort, Difference]


def page(verdict: Verdict, a: str, b: str, renames: Iterable[str] = (), suggestions: Iterable[str] = ()) -> str:
    """Return the page; `a` and `b` are what the two sides are called on it, so they must hold no password.

    `renames` are sentences on what was probably renamed; `suggestions` are statements that would bring A nearer to B.
    """
    parts = [
        _head(verdict, a, b),
        _summary(verdict),
        list_renames(renames),
        list_suggestions(suggestions),
        _notes(verdict),
    ]
    parts.append(_contents(verdict))
    parts.append(_section("Differences", "d", verdict.failing, a, b))
    parts.append(_section("Not counted: these fail only with --strict", "h", verdict.harmless, a, b))
    return document(f"{_word(verdict)}: {a} vs {b}", "".join(parts))


def _word(verdict: Verdict) -> str:
    return "OK" if verdict.equal else "DIFF"


def _head(verdict: Verdict, a: str, b: str) -> str:
    number, word = len(verdict.failing), _word(verdict)
    said = "schemas match" if verdict.equal else f"{_objects(number)} differ{'s'[number - 1 :]}"
    return f"""<h1 class="{word.lower()}">{word}: {said}</h1>
<p class="note">A is <b>{shown(a)}</b>, B is <b>{shown(b)}</b>.</p>
"""


def _objects(number: int) -> str:
    return "1 object" if number == 1 else f"{number:,} objects"


def _summary(verdict: Verdict) -> str:
    if verdict.equal:
        return ""
    counts = Counter((difference.kind, difference.change) for _, difference in verdict.failing)
    kinds = list(dict.fromkeys(difference.kind for _, difference in verdict.failing))
    rows = [_counts(shown(kind), [counts[kind, change] for change in _CHANGES]) for kind in kinds]
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


def list_renames(renames: Iterable[str]) -> str:
    """Return sentences on renames as a part of a page; nothing if there is none."""
    items = "".join(f"<li>{shown(text)}</li>\n" for text in renames)
    return f"<h2>Probable unfinished renames</h2>\n<ul>\n{items}</ul>\n" if items else ""


def list_suggestions(statements: Iterable[str]) -> str:
    """Return statements as a part of a page; nothing if there is none."""
    lines = "\n".join(shown(line) for statement in statements for line in statement.split("\n"))
    return f"<h2>Suggestions: in A this would leave less to differ</h2>\n<pre>{lines}\n</pre>\n" if lines else ""


def _notes(verdict: Verdict) -> str:
    harmless = Counter(sort for sort, _ in verdict.harmless)
    ignored = [f"{number:,} {shown(sort)} (--ignore {shown(sort)})" for sort, number in sorted(verdict.ignored.items())]
    reprinted = [f"{verdict.reprinted:,}"] if verdict.reprinted else []
    notes = {
        "Ignored": ignored,
        "Not counted (--strict counts them)": [f"{number:,} {shown(sort)}" for sort, number in harmless.items()],
        "Printed differently, but the same to PostgreSQL": reprinted,
        "Not compared": [shown(text) for text in verdict.not_compared],
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
        f"<details{state}><summary>{shown(group)} ({len(its):,})</summary><ol>\n{''.join(its)}</ol></details>\n"
        for group, its in links.items()
    ]
    return f'<nav id="contents"><h2>Contents</h2>\n{"".join(groups)}</nav>\n' if groups else ""


def _link(target: str, sort: Sort, difference: Difference) -> str:
    said = sidebyside.what(sort, difference)
    return f'<li><a href="#{target}">{shown(difference.title)}</a> <small>{said}</small></li>\n'


def _section(title: str, mark: str, items: Sequence[_Item], a: str, b: str) -> str:
    up = ' <a href="#contents" title="to the contents">↑</a>'
    articles = [
        sidebyside.article(f"{mark}{number}", sort, difference, (a, b), up)
        for number, (sort, difference) in enumerate(items, 1)
    ]
    return f"<section><h2>{title}</h2>\n{''.join(articles)}</section>\n" if articles else ""
