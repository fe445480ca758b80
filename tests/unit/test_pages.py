"""The HTML page of a comparison, and the published schema of its JSON."""

import json
import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonekit.schema import pages, reports
from clonekit.schema.classes import HARMLESS, IGNORABLE, Sort
from clonekit.schema.differences import Change, Difference
from clonekit.schema.pages import page
from clonekit.schema.sidebyside import CONTEXT, MOST_LINES
from clonekit.schema.verdicts import Verdict

SCHEMA = json.loads(Path(pages.__file__).with_name("schema-diff.schema.json").read_text())
NOT_COMPARED = ("rows, and roles and tablespaces themselves, which belong to the server",)
EQUAL = Verdict((), (), {}, 0, NOT_COMPARED)
VOID = {"br", "col", "meta"}
HOSTILE = """</script><script>alert(1)</script></style></title>--><img src=x onerror='alert("1")'> &amp; &#60; ${x}"""
FOREIGN = st.text(st.sampled_from("""ab <>&"'`\n\r\t\0\x1b\x85\xa0\u200b\u2028\u202e\ud800=/-!;$""")) | st.text()


class Reader(HTMLParser):
    """Reads a page: which elements are where, and the text of each cell that shows a line."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.text += data
        if "td" in self.open:
            self.rows[-1][-1] += data


def changed(a: str, b: str, kind: str = "FUNCTION", name: str = "f()") -> Difference:
    return Difference(Change.CHANGED, kind, "app", name, a, b)


def only_a(name: str, text: str, kind: str = "TABLE") -> Difference:
    return Difference(Change.ONLY_A, kind, "app", name, text, "")


def only_b(name: str, text: str, kind: str = "TABLE") -> Difference:
    return Difference(Change.ONLY_B, kind, "app", name, "", text)


def verdict(*found: Difference, sort: Sort = Sort.DEFINITION) -> Verdict:
    return Verdict(tuple((sort, difference) for difference in found), (), {}, 0, NOT_COMPARED)


def lines(count: int, **others: str) -> str:
    return "\n".join(others.get(f"line_{number}", f"line {number}") for number in range(1, count + 1))


def body_of(found: Difference) -> list[list[str]]:
    """Return the rows that stand under the difference's name."""
    shown = page(verdict(found), "one", "two")
    section = shown[shown.index("<section>") : shown.index("</section>")] + "</section>"
    head, *rows = Reader(section).rows
    assert head == []  # its cells are no `td`
    return rows


@pytest.fixture(scope="session")
def validate() -> Callable[[Any], None]:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(SCHEMA)
    return Draft202012Validator(SCHEMA).validate


def test_equal_schemas() -> None:
    read = Reader(page(EQUAL, "clone", "fresh"))
    assert "OK: schemas match" in read.text
    assert "A is clone, B is fresh." in read.text
    assert not {"table", "nav", "section"} & set(read.tags)
    assert NOT_COMPARED[0] in read.text


def test_the_verdict_counts_objects() -> None:
    one, two = only_a("t", "CREATE TABLE app.t ();"), only_b("u", "CREATE TABLE app.u (a int);")
    assert "DIFF: 1 object differs" in page(verdict(one), "a", "b")
    assert "DIFF: 2 objects differ" in page(verdict(one, two), "a", "b")


def test_the_summary_counts_by_type() -> None:
    found = [only_a("t", "x"), only_b("u", "y"), only_b("v", "z"), changed("x", "y")]
    rows = Reader(page(verdict(*found), "a", "b")).rows
    assert rows[:4] == [[], ["2", "1", "", "3"], ["", "", "1", "1"], ["2", "1", "1", "4"]]


def test_what_did_not_count_is_told() -> None:
    harmless = ((Sort.NOT_NULL_NAMES, changed("t_a_nn", "u_a_nn", "NOT NULL", "t.a")),)
    text = Reader(page(Verdict((), harmless, {Sort.COMMENTS: 3}, 7, ("schema <audit>",)), "a", "b")).text
    assert "3 comments (--ignore comments)" in text
    assert "1 not-null-names" in text
    assert "Printed differently, but the same to PostgreSQL7" in text
    assert "schema <audit>" in text
    assert "NOT NULL app.t.a changed, not-null-names" in text


def test_each_link_leads_to_a_difference() -> None:
    harmless = ((Sort.NOT_NULL_NAMES, changed("t_a_nn", "u_a_nn", "NOT NULL", "t.a")),)
    found = Verdict(verdict(only_a("t", "x"), changed("x", "y")).failing, harmless, {}, 0, ())
    read = Reader(page(found, "a", "b"))
    targets = [value for name, value in read.attributes if name == "id"]
    links = [value for name, value in read.attributes if name == "href"]
    assert targets == ["contents", "d1", "d2", "h1"]
    assert set(links) == {f"#{target}" for target in targets}


def test_a_difference_stands_under_its_name_with_its_sort() -> None:
    text = Reader(page(verdict(changed("a", "b"), sort=Sort.WHITESPACE), "a", "b")).text
    assert "FUNCTION app.f() changed, whitespace" in text


def test_renames_and_suggestions_are_shown_if_there_are_any() -> None:
    found = verdict(only_a("i", "x"))
    statements = ("ALTER INDEX app.old RENAME TO new;", "ALTER TABLE app.t\n    DROP COLUMN x;")
    shown = page(found, "a", "b", ["`old` on the left is `new` on the right"], statements)
    assert "<li>`old` on the left is `new` on the right</li>" in shown
    assert "<pre>{}\n{}\n</pre>".format(*statements) in shown
    assert not {"ul", "pre"} & set(Reader(page(found, "a", "b")).tags)


def test_lines_are_aligned_by_what_they_are_about() -> None:
    a = "CREATE TABLE t (\n    id int,\n    amount numeric(10,2),\n    note text\n);"
    b = "CREATE TABLE t (\n    id bigint,\n    currency text,\n    amount numeric(12,2),\n    note text\n);"
    assert body_of(changed(a, b)) == [
        ["1", "CREATE TABLE t (", "1", "CREATE TABLE t ("],
        ["2", "    id int,", "2", "    id bigint,"],
        ["", "", "3", "    currency text,"],
        ["3", "    amount numeric(10,2),", "4", "    amount numeric(12,2),"],
        ["4", "    note text", "5", "    note text"],
        ["5", ");", "6", ");"],
    ]


def test_changed_words_are_marked() -> None:
    shown = page(verdict(changed("amount numeric(10,2) DEFAULT 0", "amount numeric(12,2)")), "a", "b")
    assert "amount numeric(<del>10</del>,2)<del> DEFAULT 0</del>" in shown
    assert "amount numeric(<ins>12</ins>,2)" in shown


def test_lines_with_nothing_in_common_are_not_marked() -> None:
    shown = page(verdict(changed("RETURN one;", "PERFORM two()")), "a", "b")
    assert not {"ins", "del"} & set(Reader(shown).tags)


def test_a_long_lines_change_is_marked_whole() -> None:
    a, b = ("SELECT " + ", ".join(words) + ";" for words in (["a", *["b", "c"] * 500], ["b", *["c", "a"] * 500]))
    assert Reader(page(verdict(changed(a, b)), "a", "b")).tags.count("del") <= 1


def test_unchanged_stretches_are_folded() -> None:
    rows = body_of(changed(lines(40), lines(40, line_10="line X", line_25="line Y")))
    assert [row[0] for row in rows] == [
        "6 unchanged lines",
        *map(str, range(7, 14)),
        "8 unchanged lines",
        *map(str, range(22, 29)),
        "12 unchanged lines",
    ]
    assert rows[1 + CONTEXT] == ["10", "line 10", "10", "line X"]


def test_a_single_line_is_not_folded() -> None:
    rows = body_of(changed(lines(9), lines(9, line_1="line X", line_9="line Y")))
    assert [row[0] for row in rows] == list("123456789")


def test_objects_of_one_side_stand_on_their_side() -> None:
    assert body_of(only_a("t", "x\ny")) == [["", "x\ny", "", "not in B"]]
    assert body_of(only_b("t", "x\ny")) == [["", "not in A", "", "x\ny"]]


def test_blanks_at_the_end_of_changed_lines_are_visible() -> None:
    (row,) = body_of(changed("same \t", "same\r"))
    assert row == ["1", "same·→", "1", "same[CR]"]
    assert body_of(changed("x = 1;  ", "x = 2;  ")) == [["1", "x = 1;··", "1", "x = 2;··"]]
    assert body_of(only_a("t", "x \ny\r")) == [["", "x·\ny[CR]", "", "not in B"]]
    assert body_of(changed("old x ", "old x y"))[0][1] == "old x·"


def test_changed_blanks_are_visible() -> None:
    assert body_of(changed("SELECT\tx", "SELECT  x")) == [["1", "SELECT→x", "1", "SELECT··x"]]


def test_what_can_not_be_seen_is_spelled_out() -> None:
    (row,) = body_of(changed("a\x01b\u202ec", "a\xa0b\u200bc"))
    assert row == ["1", "a[U+0001]b[U+202E]c", "1", "a[U+00A0]b[U+200B]c"]
    assert "app.x[LF]y" in Reader(page(verdict(only_a("x\ny", "z")), "a", "b")).text


def test_a_definition_may_be_empty_on_both_sides() -> None:
    assert body_of(changed("", "on")) == [["", "", "1", "on"]]
    assert body_of(only_a("p", "")) == [["", "", "", "not in B"]]


@pytest.mark.parametrize("change", list(Change))
def test_a_very_long_object_is_cut(change: Change) -> None:
    a = "" if change == Change.ONLY_B else lines(3 * MOST_LINES - 1).replace("line", "a") + "\nEND"
    b = "" if change == Change.ONLY_A else lines(2 * MOST_LINES - 1).replace("line", "b") + "\nEND"
    *rows, note = body_of(Difference(change, "FUNCTION", "app", "f()", a, b))
    same = 1 if change == Change.CHANGED else 0
    told = [f"{number * MOST_LINES - same:,} of {side}" for number, side in ((2, "A"), (1, "B"))]
    beyond = {Change.ONLY_A: told[0], Change.ONLY_B: told[1], Change.CHANGED: " and ".join(told)}[change]
    assert note == [f"Too long to show whole. More lines that are not on this page: {beyond}."]
    assert max(sum(row[side].count("\n") + 1 for row in rows) for side in (1, 3)) == MOST_LINES


def test_a_change_far_into_a_long_object_is_shown() -> None:
    rows = body_of(changed(lines(50_000), lines(50_000, line_49000="line X")))
    assert ["49000", "line 49000", "49000", "line X"] in rows
    assert len(rows) == 1 + 2 * CONTEXT + 2


def test_a_line_added_to_a_long_object_is_all_that_is_shown() -> None:
    rows = body_of(changed(lines(50_000), lines(50_000, line_9="line 9\nmore")))
    assert ["", "", "10", "more"] in rows
    assert rows[-2:] == [["12", "line 12", "13", "line 12"], ["49,988 unchanged lines"]]


def page_of_all(text: str) -> Reader:
    """Return a page with `text` wherever a database, or a user, can have put it."""
    found = [
        Difference(Change.CHANGED, text, text, text, f"one {text}", f"two {text}"),
        Difference(Change.ONLY_A, text, text, text, text, ""),
        Difference(Change.ONLY_B, text, text, text, "", text),
    ]
    whole = Verdict(verdict(*found).failing, verdict(found[0]).failing, {}, 1, (text,))
    return Reader(page(whole, text, text, [text], [text]))


def test_what_comes_from_the_database_stays_text() -> None:
    hostile, plain = page_of_all(HOSTILE), page_of_all("x")
    assert hostile.tags == plain.tags
    assert {name for name, _ in hostile.attributes} == {name for name, _ in plain.attributes}
    assert hostile.text.count(HOSTILE) > 20


@given(FOREIGN, FOREIGN, FOREIGN)
def test_any_text_makes_a_whole_page(name: str, a: str, b: str) -> None:
    found = verdict(Difference(Change.CHANGED, "TABLE", name, name, a, b), only_a(name, a), only_b(name, b))
    shown = page(found, name, name)
    Reader(shown)
    shown.encode()
    assert not re.search(r"[^\n\t -~\xa1-\U0010ffff]", shown)


@given(FOREIGN, FOREIGN)
def test_the_page_shows_every_line_of_both_sides(a: str, b: str) -> None:
    rows = body_of(changed(a, b)) if a != b else []
    numbers = [[int(row[side]) for row in rows if row[side : side + 1] and row[side].isdecimal()] for side in (0, 2)]
    assert all(its == sorted(set(its)) for its in numbers)
    if max(a.count("\n"), b.count("\n")) <= CONTEXT and a and b and a != b:
        assert [len(its) for its in numbers] == [a.count("\n") + 1, b.count("\n") + 1]


def test_the_page_needs_nothing_but_itself() -> None:
    shown = page(verdict(changed("a", "b")), "a", "b")
    read = Reader(shown)
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & set(read.tags)
    assert not {"src", "style", "onclick"} & {name for name, _ in read.attributes}
    assert not re.search(r"https?:|url\(|@import", shown)
    assert all((value or "").startswith("#") for name, value in read.attributes if name == "href")


def test_the_policy_allows_the_pages_own_style_and_nothing_else() -> None:
    shown = page(EQUAL, "a", "b")
    style = shown[shown.index("<style>") + len("<style>") : shown.index("</style>")]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', shown)
    assert policy
    assert policy[1] == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_the_json_is_what_its_schema_describes(validate: Callable[[Any], None]) -> None:
    found = verdict(changed("x", "y"), only_a("t", HOSTILE), only_b("u", "z")).failing
    harmless = ((Sort.NOT_NULL_NAMES, changed("t_a_nn", "u_a_nn", "NOT NULL", "t.a")),)
    ignored: dict[Sort, int] = dict.fromkeys(IGNORABLE, 2)
    for each in (EQUAL, Verdict(found, harmless, ignored, 7, NOT_COMPARED), Verdict((), harmless, {}, 1, ())):
        validate(json.loads(reports.as_json(each, "a", "postgresql://host/b")))


def test_the_schema_allows_nothing_else(validate: Callable[[Any], None]) -> None:
    from jsonschema import ValidationError

    good = json.loads(reports.as_json(verdict(only_a("t", "x")), "a", "b"))
    difference = good["differences"][0]
    for bad in (
        {**good, "more": 1},
        {key: value for key, value in good.items() if key != "reprinted"},
        {**good, "equal": True},
        {**good, "differences": []},
        {**good, "ignored": {"definition": 1}},
        {**good, "harmless": [difference]},
        {**good, "differences": [{**difference, "sort": "else"}]},
        {**good, "differences": [{**difference, "change": "only in B"}]},
        {**good, "differences": [{**difference, "more": 1}]},
    ):
        with pytest.raises(ValidationError):
            validate(bad)


def test_the_schema_names_what_the_code_names() -> None:
    difference = SCHEMA["$defs"]["difference"]["properties"]
    assert difference["sort"]["enum"] == list(Sort)
    assert difference["change"]["enum"] == list(Change)
    assert SCHEMA["properties"]["harmless"]["items"]["properties"]["sort"]["enum"] == sorted(HARMLESS)
    assert list(SCHEMA["properties"]["ignored"]["properties"]) == IGNORABLE


def test_the_schema_describes_and_closes_everything() -> None:
    printed = json.loads(reports.as_json(verdict(only_a("t", "x")), "a", "b"))
    described = (SCHEMA, printed), (SCHEMA["$defs"]["difference"], printed["differences"][0])
    for part, example in described:
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"]) == list(example)
        assert all(its["description"] for its in part["properties"].values())
