"""A rehearsal's reports: the page, the Markdown, the lines for the terminal, the published schema of the JSON."""

import json
import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from clonekit.rehearsal import findings, rehearsals
from clonekit.rehearsal.changes import Change as Became
from clonekit.rehearsal.observations import Failure, Index, Observation, Statement, Table
from clonekit.rehearsal.page import page
from clonekit.rehearsal.rehearsals import (
    Blame,
    Command,
    Evidence,
    Outcome,
    Rehearsal,
    Schema,
    SchemaDifference,
    Step,
    as_json,
)
from clonekit.rehearsal.text import markdown, summary
from clonekit.schema.classes import Sort
from clonekit.schema.differences import Change, Difference
from clonekit.schema.verdicts import Verdict
from tests.examples import broken, failing, fate, migration, passing, statement
from tests.unit.test_pages import FOREIGN, HOSTILE, Reader

SCHEMA = json.loads(Path(rehearsals.__file__).with_name("rehearsal.schema.json").read_text())
MOST = 65_536  # characters of a pull request's text on GitHub
HARD = HOSTILE + "`` ` | \\| **b** _i_ ~~s~~ [a](http://b) @you #1 www.a.b </details>\n\n# h\n- [ ] x\n```\n"


@pytest.fixture(scope="session")
def validate() -> Callable[[Any], None]:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(SCHEMA)
    return Draft202012Validator(SCHEMA).validate


def html(text: str) -> str:
    """Return Markdown as GitHub shows it, all HTML let through."""
    return str(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))


def structure(text: str) -> list[str]:
    """Return the elements of rendered Markdown; backticks in a sentence may make code."""
    return [tag for tag in Reader(html(text)).tags if tag != "code"]


def with_everywhere(text: str) -> Rehearsal:
    """Return a rehearsal with `text` wherever something from outside can stand."""

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: each if key in ("state", "lock") else filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [filled(each) for each in value]
        return text if isinstance(value, str) else value

    found, but = failing(), broken()
    assert found.schema and but.migration
    one = replace(found.schema.differences[0], kind=text, schema=text, name=text, title=text, a=text, b=f"{text}!")
    evidence = Evidence(text, text, text, text, text, text, text, text, False, text, {text: text}, {text: text})
    return replace(
        found,
        why=[text],
        evidence=evidence,
        steps=[Step(text, 0.0, 1.0, text)],
        migration=filled(but.migration),
        data=filled(found.data),
        schema=Schema(False, text, text, False, None, [one], [text], [text], [text]),
        smoke=[Command(text, 1, 1.0)],
        not_taken_back=[text],
    )


def large() -> Rehearsal:
    """Return a rehearsal of a database with a thousand of everything."""
    found, seen, long = failing(), migration(), "long " * 1000
    assert found.schema
    tables = [replace(seen.tables[0], name=f"t{n}", says=f"`t{n}`: {long}") for n in range(1000)]
    sent = [statement(n, 0.1 * n, 0.1, f"SELECT {n} {long}") for n in range(1, 1001)]
    return replace(
        found,
        why=[long] * 1000,
        migration=replace(seen, tables=tables, statements=sent).as_json(),
        data=[fate(f"public.t{n}", 1, Became("rows", long, True)) for n in range(1000)],
        schema=replace(found.schema, differences=found.schema.differences * 400),
        smoke=[Command(long, 0, 1.0)] * 1000,
        not_taken_back=[long] * 1000,
    )


def test_the_summary_ends_with_the_verdict() -> None:
    last = [summary(found()).rsplit("\n", maxsplit=1)[-1] for found in (passing, failing, broken)]
    assert last[0].startswith("PASS: migrated in 46 s; no data lost that was not expected to be; ")
    assert last[1].startswith("FAIL (data lost): public.notification (842117 rows): column payload: null now in 1204")
    assert last[1].endswith(" And 1 more.")
    assert last[2].startswith('FAIL (migration failed): column "tenant_id" of relation')


def test_a_name_can_not_forge_the_summary() -> None:
    lines = summary(with_everywhere("x\nPASS: all is well\r\x1b[2K")).split("\n")
    assert not [line for line in lines if line.startswith("PASS")]
    assert lines[-1].startswith("FAIL (data lost): ")
    assert not re.search(r"[\x00-\x1f]", "".join(lines))


def test_the_summary_of_a_large_database_fits_a_screen() -> None:
    lines = summary(large()).split("\n")
    assert len(lines) < 60
    assert "  and 990 more, in the report" in lines


def test_what_would_hurt_stands_in_the_observations_order() -> None:
    for text in (summary(failing()), markdown(failing()), Reader(page(failing())).text):
        found = [text.index(said) for said in ("reads and writes for 38 s", "for 21 s", "for 2.1 s", "built, 36.1 MB")]
        assert found == sorted(found)
        assert "1 more table locked without blocking reads or writes" in text


@pytest.mark.parametrize("report", [markdown, page])
def test_a_report_says_what_there_is_to_say(report: Callable[[Rehearsal], str]) -> None:
    text = re.sub(r"[`\\*]|<[^>]*>", "", report(failing()))
    for said in (
        "FAIL: data lost",
        "null now in 1204 rows",
        "212 rows gone",
        "4 unchanged",
        "1 this migration, 1 old drift, 1 cosmetic",
        "hotfix_invoice_due_2024",
        "UPDATE document SET",
        "python manage.py check",
        "with uncommitted changes" if report is page else "changes that were not committed",
        "migrations/0010-rename-tenant.sql",
        "Times are this machine",
    ):
        assert said in text


def test_the_terminal_names_the_database_that_has_an_object_alone() -> None:
    assert "hotfix_invoice_due_2024 only in orcha_clone" in summary(failing())


def test_of_many_objects_that_became_others_the_first_are_named() -> None:
    found = tuple((Sort.DEFINITION, Difference(change, "INDEX", "public", change, "", "")) for change in [*Change] * 3)
    assert findings.became(Verdict(found, (), {}, 0, ())) == (
        "9 objects differ: INDEX public.only in A is new, INDEX public.only in B is gone, "
        "INDEX public.changed has changed, INDEX public.only in A is new, INDEX public.only in B is gone and 4 more"
    )


def test_what_app_down_does_not_take_back_is_named_in_every_form() -> None:
    objects = [f"INDEX public.i{number} is new" for number in range(7)]
    said = f"app.down takes back only a part: against before the migration {', '.join(objects[:5])} and 2 more"
    assert findings.partial(objects) == said
    found = replace(passing(), roundtrip=True, not_taken_back=objects)
    assert summary(found).endswith("the same schema, but app.down takes back only a part of it.")
    for form, most in ((summary, 5), (markdown, 7), (page, 7)):
        text = re.sub(r"[`\\*]|<[^>]*>", "", form(found))
        assert "After app.down, against before the migration" in text
        assert sum(each in text for each in objects) == most, text


def test_a_migration_that_failed_is_shown_with_its_statement_and_the_rows_like_it() -> None:
    for text in (markdown(broken()), page(broken())):
        assert "3,112 rows like it" in text
        assert "SET NOT NULL" in text
        assert "The data" not in text and "### Data" not in text
    seen = migration(Failure("23502", "null", "ALTER TABLE t", row="(id)=(17)")).as_json()
    assert "(id)=(17)" in page(replace(broken(), migration=seen))


def test_a_pass_gives_no_reason_against_it() -> None:
    assert markdown(passing()).startswith("## PASS\n\n- migrated in 46 s; ")
    assert '<header class="pass"><h1>PASS</h1>' in page(passing())
    nothing = Rehearsal(Outcome.PASS, [], passing().evidence)
    assert summary(nothing) == "PASS: nothing to migrate; no data lost that was not expected to be."
    assert "PASS" in markdown(nothing) and "PASS" in page(nothing)


def test_schema_differences_stand_under_whose_fault_they_are() -> None:
    shown = page(failing())
    heads = re.findall(r"<details( open)?><summary>([A-Z][a-z ]+ \(\d\))</summary>\n<article", shown)
    assert heads == [(" open", "This migration (1)"), (" open", "Old drift (1)"), ("", "Cosmetic (1)")]
    assert "tenant_id bigint<ins> NOT NULL</ins>" in shown


def test_bars_stay_within_their_chart() -> None:
    bars = re.findall(r'x="([\d.]+)%" width="([\d.]+)%"', page(failing()))
    assert len(bars) > 15
    assert all(float(x) >= 0 and float(width) > 0 and float(x) + float(width) < 100.5 for x, width in bars)


def test_what_comes_from_outside_stays_text_on_the_page() -> None:
    hostile, plain = Reader(page(with_everywhere(HOSTILE))), Reader(page(with_everywhere("x")))
    assert hostile.tags == plain.tags
    assert {name for name, _ in hostile.attributes} == {name for name, _ in plain.attributes}
    assert hostile.text.count(HOSTILE) > 40


def test_what_comes_from_outside_stays_text_in_markdown() -> None:
    shown = markdown(with_everywhere(HARD))
    assert structure(shown) == structure(markdown(with_everywhere("x")))
    hostile = Reader(html(shown))
    assert hostile.text.count("""onerror='alert("1")'> &amp; &#60; ${x}`""") > 5


@pytest.mark.parametrize(
    "text", ["- x", "1. x", "+ x", "> x", "# x", "---", "<script x", "<!-- x", "     x", "~~~", "[ ] x"]
)
def test_no_text_begins_a_part_of_the_markdown(text: str) -> None:
    assert structure(markdown(with_everywhere(text))) == structure(markdown(with_everywhere("x")))


def test_a_name_in_markdown_calls_nobody() -> None:
    shown = html(markdown(with_everywhere("@you #1 http://a www.b")))
    outside_of_code = re.sub("<(code|pre)>.*?</\\1>", "", shown, flags=re.DOTALL)
    assert "you" in outside_of_code
    assert not re.search(r"@you|#1|http://|www\.b", outside_of_code)


@settings(max_examples=30, deadline=None)
@given(FOREIGN.filter(str.strip))
def test_any_text_makes_whole_reports(text: str) -> None:
    found = with_everywhere(text)
    Reader(page(found))
    assert structure(markdown(found)) == structure(markdown(with_everywhere("x")))
    for report in (page(found), markdown(found), summary(found)):
        report.encode()
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", report)


def test_a_large_rehearsal_stays_readable() -> None:
    assert len(markdown(large())) < MOST
    shown = page(large())
    before_folding = re.sub(r"<details>.*?</details>", "", shown, flags=re.DOTALL)
    assert 5 * len(before_folding) < len(shown)
    assert "975 more" in shown


def test_the_page_needs_nothing_but_itself() -> None:
    shown = page(failing())
    read = Reader(shown)
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & set(read.tags)
    assert not {"src", "style", "onclick", "xlink:href"} & {name for name, _ in read.attributes}
    assert not re.search(r"https?:|url\(|@import", shown)


# The published schema -------------------------------------------------------------------------------------------------


def test_the_json_is_what_its_schema_describes(validate: Callable[[Any], None]) -> None:
    for found in (failing(), passing(), broken(), with_everywhere(HOSTILE)):
        validate(json.loads(as_json(found)))
        assert rehearsals.evidence(as_json(found)) == (found.verdict, found.evidence)


def test_the_schema_allows_nothing_else(validate: Callable[[Any], None]) -> None:
    from jsonschema import ValidationError

    good = json.loads(as_json(failing()))
    table = good["migration"]["tables"][0]
    for bad in (
        {**good, "more": 1},
        {**good, "verdict": "pass"},
        {**good, "why": []},
        {**good, "smoke": [{"command": "x", "code": True, "seconds": 1}]},
        {**good, "data": [{**good["data"][0], "state": "else"}]},
        {**good, "migration": {**good["migration"], "tables": [{**table, "rows": "many"}]}},
    ):
        with pytest.raises(ValidationError):
            validate(bad)


_KINDS = {
    "evidence": Evidence,
    "step": Step,
    "command": Command,
    "schema": Schema,
    "difference": SchemaDifference,
    "migration": Observation,
    "statement": Statement,
    "table": Table,
    "index": Index,
    "failure": Failure,
}


def test_the_schema_names_what_the_code_names() -> None:
    defined = SCHEMA["$defs"]
    difference = defined["difference"]["properties"]
    assert SCHEMA["properties"]["verdict"]["enum"] == list(Outcome)
    assert SCHEMA["properties"]["format"]["const"] == rehearsals.FORMAT
    assert [difference[name]["enum"] for name in ("blame", "sort", "change")] == [list(Blame), list(Sort), list(Change)]
    for name, kind in _KINDS.items():
        assert list(defined[name]["properties"]) == [each.name for each in fields(kind)]
    assert list(SCHEMA["properties"]) == ["format", *(each.name for each in fields(Rehearsal))]


def test_the_schema_describes_and_closes_everything() -> None:
    for part in (SCHEMA, *SCHEMA["$defs"].values()):
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"])
        assert all(its["description"] for its in part["properties"].values())
