"""Reading a schema's text: what an entry is, what is dropped, and that no character of a definition ever is."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clonekit import schema
from clonekit.postgres import sqltext
from clonekit.schema import Entry, canonical, canonicalize, entries

KITCHEN = (Path(__file__).parents[1] / "data" / "schema" / "kitchen.sql").read_bytes().decode()
GHOST = "--\n-- Name: ghost; Type: TABLE; Schema: app; Owner: -\n--\n\n"


def headed(kind: str, name: str, definition: str, area: str = "app") -> str:
    return f"--\n-- Name: {name}; Type: {kind}; Schema: {area}; Owner: -\n--\n\n{definition}\n\n\n"


def function(body: str) -> str:
    return headed("FUNCTION", "f()", f"CREATE FUNCTION app.f() RETURNS void LANGUAGE sql AS $_$\n{body}\n$_$;")


def only(text: str) -> Entry:
    (entry,) = entries(text)
    return entry


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sqltext.statements(text)]


# The plan's own cases.


def test_comments_between_statements_are_dropped() -> None:
    text = "-- this is a comment\nCREATE TABLE foo (id int);\n-- another\n/* and /* one */ more */"
    assert entries(text) == [Entry("TABLE", "", "foo", "CREATE TABLE foo (id int);")]


def test_session_settings_are_dropped() -> None:
    text = "SET statement_timeout = 0;\nSET client_encoding = 'UTF8';\nCREATE TABLE foo (id int);\n"
    assert "SET" not in canonicalize(text)


def test_setval_is_dropped() -> None:
    text = "CREATE TABLE foo (id int);\nSELECT pg_catalog.setval('foo_id_seq', 42, true);\n"
    assert "setval" not in canonicalize(text)


def test_function_bodies_are_kept() -> None:
    text = (
        "CREATE FUNCTION foo() RETURNS trigger AS $$\nBEGIN\n  PERFORM 1;\n  RETURN NEW;\nEND;\n$$ LANGUAGE plpgsql;\n"
    )
    assert only(text).definition == text.rstrip("\n")


def test_a_real_difference_shows() -> None:
    assert canonicalize("CREATE TABLE foo (id int);") != canonicalize("CREATE TABLE foo (id bigint);")


# What line filters lose.

BODY_LINES = [
    "SET x = 5;",
    "UPDATE t\nSET statement_timeout = 0;",
    "-- a comment",
    "SELECT pg_catalog.setval('x', 1, true);",
    "SELECT pg_catalog.set_config('search_path', '', false);",
    "\\restrict abc",
    "SET default_tablespace = slow;",
    "\n\n\n",
    "x   ",
    "x\r\ny",
    GHOST,
    f"x;\n\n\n{GHOST}CREATE TABLE ghost ();",
    "/* not closed",
    "it's",
    "$a$ ; $$ ; $b$",
    '"',
]


@pytest.mark.parametrize("line", BODY_LINES)
def test_a_line_of_a_body_is_part_of_the_definition(line: str) -> None:
    entry = only(function(f"a\n{line}\nb"))
    assert f"\n{line}\n" in entry.definition
    assert only(canonicalize(function(f"a\n{line}\nb"))) == entry


@pytest.mark.parametrize("line", BODY_LINES)
def test_a_line_of_a_literal_is_part_of_the_definition(line: str) -> None:
    literal = "'a\n" + line.replace("'", "''") + "\nb'"
    entry = only(headed("COMMENT", "TABLE t", f"COMMENT ON TABLE app.t IS {literal};"))
    assert literal in entry.definition


@pytest.mark.parametrize("line", [*BODY_LINES, "a$b", "END; BEGIN ATOMIC"])
def test_a_line_of_a_quoted_name_is_part_of_the_definition(line: str) -> None:
    name = '"a\n' + line.replace('"', '""') + '\nb"'
    assert name in only(headed("TABLE", "odd", f"CREATE TABLE app.{name} (a integer);")).definition


def test_a_functions_own_settings_are_kept() -> None:
    definition = "CREATE FUNCTION app.f() RETURNS void\n    LANGUAGE sql\n    SET row_security TO 'off'\n    AS $$x$$;"
    assert only(headed("FUNCTION", "f()", definition)).definition == definition


def test_tablespace_and_access_method_belong_to_what_follows_them() -> None:
    text = (
        headed("INDEX", "i", "CREATE INDEX i ON app.t USING btree (a);")
        + "SET default_tablespace = slow;\n\nSET default_table_access_method = heap2;\n\n"
        + headed("TABLE", "t", "CREATE TABLE app.t (\n    a integer\n);")
        + headed("VIEW", "v", "CREATE VIEW app.v AS\n SELECT 1;")
        + "SET default_tablespace = '';\n\n"
        + headed("MATERIALIZED VIEW", "m", "CREATE MATERIALIZED VIEW app.m AS\n SELECT 1;")
    )
    stored = {entry.name: (entry.tablespace, entry.access_method) for entry in entries(text)}
    assert stored == {"i": ("", ""), "t": ("slow", "heap2"), "v": ("", ""), "m": ("", "heap2")}
    assert sorted(entries(canonicalize(text))) == sorted(entries(text))


def test_a_partitioned_table_has_no_access_method_of_the_object_before() -> None:
    definition = "CREATE TABLE app.p (\n    a text DEFAULT '(;'::text\n)\nPARTITION BY RANGE (a);"
    text = "SET default_table_access_method = heap2;\n\n" + headed("TABLE", "p", definition)
    assert only(text).access_method == ""


def test_a_not_null_constraint_has_no_tablespace_of_the_object_before() -> None:
    text = "SET default_tablespace = slow;\n\n" + headed(
        "CONSTRAINT", "t q", "ALTER TABLE app.t\n    ADD CONSTRAINT q NOT NULL a NOT VALID;"
    )
    assert only(text).tablespace == ""
    assert only(text.replace("NOT NULL a NOT VALID", "UNIQUE NULLS NOT DISTINCT (a)")).tablespace == "slow"


def test_an_entry_keeps_all_its_statements() -> None:
    definition = (
        "CREATE TABLE app.t (a text);\nALTER TABLE ONLY app.t ALTER a SET STORAGE MAIN;\n\nALTER TABLE x ADD y int;"
    )
    assert only(headed("TABLE", "t", definition)).definition == definition


def test_an_entry_goes_on_after_a_comment_that_is_no_header() -> None:
    text = headed("TABLE", "t", "CREATE TABLE app.t ();\n\n--\n-- Name: nothing\n--\nALTER TABLE app.t ADD a int;")
    assert only(text).definition.endswith("ADD a int;")


def test_an_unknown_statement_is_an_entry() -> None:
    assert only("SET enable_seqscan = off;").definition == "SET enable_seqscan = off;"
    assert only("SET statement_timeout = 5;").kind == "SET"


def test_the_random_key_is_dropped() -> None:
    assert canonicalize("\\restrict abc\n\nCREATE TABLE t ();\n\n\\unrestrict abc\n") == canonicalize(
        "CREATE TABLE t ();"
    )


def test_verbose_dumps_numbers_are_dropped() -> None:
    plain = headed("TABLE", "t", "CREATE TABLE app.t ();")
    verbose = plain.replace("-- Name", "-- TOC entry 7 (class 1259 OID 16386)\n-- Dependencies: 5\n-- Name")
    assert canonicalize(f"-- Started on 2026-01-01\n{verbose}-- Completed\n") == canonicalize(plain)


def test_owners_and_tablespaces_in_headers_do_not_show() -> None:
    plain = headed("TABLE", "t", "CREATE TABLE app.t ();")
    assert canonicalize(plain.replace("Owner: -", "Owner: me; Tablespace: slow")) == canonicalize(plain)


def test_equal_entries_do_not_collapse() -> None:
    one = headed("OPERATOR", "-*", "CREATE OPERATOR app.-* (FUNCTION = app.same);")
    assert len(entries(one + one)) == 2
    assert canonicalize(one + one) != canonicalize(one)


def test_the_same_name_on_another_table_is_another_object() -> None:
    identities = {entry.identity for entry in entries(KITCHEN)}
    assert {("TRIGGER", "app", "orders touched"), ("TRIGGER", "app", "people touched")} <= identities


# Where statements end.


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE RULE r AS ON DELETE TO t DO INSTEAD (DELETE FROM a; DELETE FROM b; NOTIFY c);",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN a THEN 1 ELSE CASE b END END; END;",
        'create or replace procedure "BEGIN" () begin /* ; */ atomic select \'END;\'; select 1 AS "end"; end;',
        "CREATE FUNCTION begin() RETURNS int AS 'x;';",
        "ALTER TABLE t ADD COLUMN begin atomic;",
        "SELECT a$b$c, 1$$x;$$, $1$a$;$a$, é$a$;",
        "SELECT E'\\';', e'a''\\\\', N'\\', U&'\\', nameE, tablee'\\';",
        "SELECT E'a' -- and on\n  '\\';';",
        'SELECT "a"";", U&";";',
        "SELECT $a$ $b$ ; $$;$$ $a $A$ $b$a$;",
        "SELECT 1 -- ;\n, 2 /* ; /* ; */ ; */;",
        "SELECT 4 - -3 / 2 $ 3;",
        "DO $$ BEGIN; $$;",
    ],
)
def test_a_statement_ends_where_postgresql_ends_it(statement: str) -> None:
    assert split(f"SELECT 0;{statement} -- ;\nSELECT 2;") == ["SELECT 0;", statement, "SELECT 2;"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("CREATE TABLE t (a int)", "statement"),
        ("CREATE TABLE t (a int;", "statement"),
        ("CREATE FUNCTION f() BEGIN ATOMIC SELECT 1;", "statement"),
        ("SELECT 'a;", "literal"),
        ("SELECT E'a\\';", "literal"),
        ('SELECT "a;', "literal"),
        ("SELECT $a$ x; $b$;", "literal"),
        ("SELECT 1; /* /* */", "comment"),
        (function("x").replace("$_$;", ""), "literal"),
    ],
)
def test_a_text_that_ends_too_early_is_refused(text: str, where: str) -> None:
    with pytest.raises(ValueError, match=f"ends inside a {where}"):
        entries(text)


@pytest.mark.parametrize("text", ["SET standard_conforming_strings = off;", "COPY t (a) FROM stdin;\n1\n\\.\n"])
def test_a_text_that_would_be_misread_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="The text "):
        entries(text)


def test_the_excerpt_of_a_message_is_short() -> None:
    with pytest.raises(ValueError) as refused:
        entries("SELECT " + "x " * 10_000)
    assert len(str(refused.value)) < 150


@pytest.mark.parametrize(
    ("statement", "identity"),
    [
        ("CREATE UNLOGGED TABLE IF NOT EXISTS a.foo ();", ("TABLE", "a", "foo")),
        ('create unique index concurrently "I x" on a (b);', ("INDEX", "", "I x")),
        ("CREATE OR REPLACE FUNCTION a.f(x int, y bit(1)) RETURNS int AS '';", ("FUNCTION", "a", "f(x int, y bit(1))")),
        ("CREATE MATERIALIZED  VIEW v AS SELECT 1;", ("MATERIALIZED VIEW", "", "v")),
        ("CREATE CONSTRAINT TRIGGER g AFTER UPDATE OF a ON s.t EXECUTE FUNCTION f();", ("TRIGGER", "s", "t g")),
        ("CREATE POLICY p ON t USING (true);", ("POLICY", "", "t p")),
        ("ALTER TABLE ONLY t ADD a int;", ("ALTER TABLE", "", "t")),
        ("COMMENT ON TABLE a.t IS 'x';", ("COMMENT", "", "TABLE a.t")),
        ("DO $$x$$;", ("DO", "", "")),
        ('CREATE TABLE "a\nb" ();', ("TABLE", "", "a b")),
    ],
)  # fmt: skip
def test_a_statement_without_a_header_is_named_after_its_first_words(
    statement: str, identity: tuple[str, str, str]
) -> None:
    assert only(statement).identity == identity


# A real dump.


def test_a_real_dump_is_read_whole() -> None:
    found = entries(KITCHEN)
    assert len(found) == 68
    assert {entry.name for entry in found if entry.tablespace} == {"far_away", "far_index"}
    assert {entry.name for entry in found if entry.access_method} == {"other_kept", "other_method"}
    assert not [entry for entry in found if entry.name == "ghost" or entry.definition.startswith(("SET", "\\", "--"))]


def test_a_real_dumps_canonical_form_says_all_of_it() -> None:
    assert sorted(entries(canonicalize(KITCHEN))) == sorted(entries(KITCHEN))
    assert canonicalize(canonicalize(KITCHEN)) == canonicalize(KITCHEN)


@given(st.data())
def test_any_change_inside_a_definition_shows(data: st.DataObject) -> None:
    entry = data.draw(st.sampled_from(entries(KITCHEN)))
    at = data.draw(st.integers(0, len(entry.definition) - 1))
    put = data.draw(
        st.sampled_from(["", " ", "\n", "\r", "x", "'", '"', "$", ";", "-", "\\", "(", entry.definition[at] * 2])
    )
    changed = entry.definition[:at] + put + entry.definition[at + 1 :]
    text = KITCHEN.replace(entry.definition, changed, 1)
    if changed == entry.definition or text == KITCHEN:
        return
    try:
        assert canonicalize(text) != canonicalize(KITCHEN)
    except ValueError as refused:
        assert "ends inside" in str(refused)


@given(st.permutations(entries(KITCHEN)))
def test_the_order_of_entries_does_not_show(shuffled: list[Entry]) -> None:
    assert canonical(shuffled) == canonicalize(KITCHEN)


# Any text.

ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12) | st.sampled_from(
    BODY_LINES
)
WORDS = st.sampled_from(
    ["a", "a$b$c", "é$x$", "CASE", "END", "BEGIN", "e", "SET", "1", "$1", "=", "-", "/", "*", ",", "\n", "\t"]
)


@st.composite
def dollars(draw: st.DrawFn) -> str:
    tag = "$" + draw(st.sampled_from(["", "a", "_", "é1"])) + "$"
    body = draw(ANY)
    return tag + (body if (body + tag).index(tag) == len(body) else "") + tag


def doubled(quote: str, text: str) -> str:
    return quote + text.replace(quote, quote * 2) + quote


ATOMS = st.one_of(
    WORDS,
    ANY.map(lambda text: doubled("'", text)),
    ANY.map(lambda text: "E" + doubled("'", text.replace("\\", "\\\\"))),
    ANY.map(lambda text: "e'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"),
    ANY.map(lambda text: doubled('"', text + "x")),
    ANY.map(lambda text: "--" + re.sub(r"[\n\r]", "", text) + "\n"),
    ANY.map(lambda text: "/*" + re.sub(r"[*/]", "", text) + "*/"),
    dollars(),
)
PARENTHESISED = st.lists(ATOMS | st.just(";"), max_size=3).map(lambda atoms: f"( {' '.join(atoms)} )")
STATEMENTS = st.lists(ATOMS | PARENTHESISED, max_size=5).map(lambda atoms: " ".join(["CREATE TABLE x", *atoms, ";"]))
SCRIPTS = st.lists(STATEMENTS, max_size=4)
GAPS = st.sampled_from(["", " ", "\n\n", "\t-- '\n", "/* ; ' $$ */", "\n--\n"])


@given(st.lists(st.tuples(GAPS, STATEMENTS)))
def test_statements_and_gaps_are_the_whole_text(pieces: list[tuple[str, str]]) -> None:
    text = "".join(gap + statement for gap, statement in pieces)
    assert split(text) == [statement for _, statement in pieces]


@given(STATEMENTS)
def test_tokens_are_the_whole_statement(statement: str) -> None:
    assert "".join(sqltext.tokens(statement)) == statement


@given(SCRIPTS, st.booleans())
def test_the_canonical_form_is_its_own_canonical_form(script: list[str], with_headers: bool) -> None:
    text = "".join(headed("TABLE", "x", statement) if with_headers else statement for statement in script)
    assert canonicalize(canonicalize(text)) == canonicalize(text)
    assert sorted(entries(canonicalize(text))) == sorted(entries(text))
    assert [entry.definition for entry in entries(text)] == script


@given(st.lists(st.tuples(st.sampled_from(["TABLE", "FUNCTION"]), ANY, SCRIPTS)))
def test_the_short_way_of_reading_agrees_with_the_long_one(objects: list[tuple[str, str, list[str]]]) -> None:
    text = "".join(headed(kind, re.sub(r"[\n\r]", " ", name), "\n".join(script)) for kind, name, script in objects)
    short = entries(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "_COMMON_ENTRY", re.compile("(?!)"))
        assert entries(text) == short


@given(SCRIPTS, SCRIPTS)
def test_equal_canonical_forms_mean_equal_definitions(one: list[str], other: list[str]) -> None:
    assert (canonicalize("".join(one)) == canonicalize("".join(other))) == (sorted(one) == sorted(other))


@given(st.permutations(entries(KITCHEN)), st.lists(st.sampled_from(entries(KITCHEN)), max_size=5))
def test_what_is_known_of_another_text_does_not_change_what_is_read(order: list[Entry], more: list[Entry]) -> None:
    known: dict[str, Entry] = {}
    entries(KITCHEN, known)
    text = canonical(order[::2]) + canonical(more)
    assert entries(text, known) == entries(text)


@example(["CREATE TABLE app.x (a text DEFAULT '", GHOST, "');"])
@given(st.lists(st.sampled_from([GHOST, "CREATE TABLE app.x (a text DEFAULT '", "');", "$$", ";", "\n"]), max_size=12))
def test_a_known_section_is_no_object_inside_a_literal(pieces: list[str]) -> None:
    real = headed("TABLE", "ghost", "CREATE TABLE app.ghost (\n    a integer\n);")
    known: dict[str, Entry] = {}
    entries(real + real, known)
    text = headed("TABLE", "x", "".join(pieces).replace(GHOST, real)) + real
    try:
        read = entries(text)
    except ValueError:
        with pytest.raises(ValueError):
            entries(text, known)
    else:
        assert entries(text, known) == read


def test_a_routine_with_statements_of_its_own_is_read_whole() -> None:
    body = "BEGIN ATOMIC\n SELECT 1;\n SELECT 2;\nEND;"
    entry = only(headed("FUNCTION", "f()", f"CREATE FUNCTION app.f() RETURNS integer\n    LANGUAGE sql\n    {body}"))
    assert entry.definition.endswith(body)


POSING = "x; Type: DEFAULT ACL; Schema: y; Owner: z"


@pytest.mark.parametrize(
    ("header", "definition", "identity"),
    [
        (f"t; Type: TABLE; Schema: {POSING}", f'CREATE TABLE "{POSING}".t ();', ("TABLE", POSING, "t")),
        (f"{POSING}; Type: INDEX; Schema: app", f'CREATE INDEX "{POSING}" ON app.t (a);', ("INDEX", "app", POSING)),
        (
            f"t c; Type: CONSTRAINT; Schema: {POSING}",
            f'ALTER TABLE ONLY "{POSING}".t\n    ADD CONSTRAINT c UNIQUE (a);',
            ("CONSTRAINT", POSING, "t c"),
        ),
        (
            f'CAST (integer AS "{POSING}".e); Type: CAST; Schema: -',
            f'CREATE CAST (integer AS "{POSING}".e) WITH INOUT;',
            ("CREATE", "", ""),  # nothing says which of the readings is the right one
        ),
    ],
)
def test_a_name_that_looks_like_the_rest_of_a_header_is_not_taken_for_it(
    header: str, definition: str, identity: tuple[str, str, str]
) -> None:
    found = schema.entries(f"--\n-- Name: {header}; Owner: -\n--\n\n{definition}\n")
    assert found == [Entry(*identity, definition)]
    assert schema.entries(schema.canonical(found)) == found
