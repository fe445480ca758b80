"""Unfinished renames: what is paired, and what is left alone because it would be a guess."""

from clonekit.schema import Entry, entries
from clonekit.schema.differences import compare
from clonekit.schema.renames import Rename, renames
from clonekit.schema.suggestions import suggest


def index(name: str, column: str = "a") -> Entry:
    return Entry("INDEX", "app", name, f"CREATE INDEX {name} ON app.t USING btree ({column});")


def table(name: str, columns: str) -> Entry:
    return Entry("TABLE", "app", name, f"CREATE TABLE app.{name} (\n    {columns}\n);")


def pairs(a: list[Entry], b: list[Entry]) -> list[tuple[str, str, str]]:
    return [(each.kind, each.name_a, each.name_b) for each in renames(compare(a, b))]


def statements(a: str, b: str) -> list[str]:
    return suggest(compare(entries(a), entries(b)))


def test_a_renamed_index() -> None:
    (found,) = renames(compare([index("legal_entity_pkey")], [index("tenant_pkey")]))
    statement = "ALTER INDEX app.legal_entity_pkey RENAME TO tenant_pkey;"
    assert found == Rename("INDEX", "app.legal_entity_pkey", "app.tenant_pkey", statement)
    assert str(found) == "`app.legal_entity_pkey` on the left is `app.tenant_pkey` on the right; same definition"


def test_a_renamed_table_with_all_its_statements() -> None:
    definition = "CREATE TABLE app.{0} (a text);\nALTER TABLE ONLY app.{0} FORCE ROW LEVEL SECURITY;"
    a, b = (Entry("TABLE", "app", name, definition.format(name)) for name in ("legal", "tenant"))
    assert pairs([a], [b]) == [("TABLE", "app.legal", "app.tenant")]


def test_a_renamed_constraint_with_an_odd_name() -> None:
    a, b = (
        Entry("CONSTRAINT", "app", f"t {name}", f"ALTER TABLE ONLY app.t\n    ADD CONSTRAINT {written} UNIQUE (a);")
        for name, written in (('a "b;', '"a ""b;"'), ("c", "c"))
    )
    assert pairs([a], [b]) == [("CONSTRAINT", 'app.t a "b;', "c on app.t")]
    assert suggest(compare([a], [b])) == ['ALTER TABLE app.t RENAME CONSTRAINT "a ""b;" TO c;']


def test_an_index_on_another_column_is_no_rename() -> None:
    assert pairs([index("a", "a")], [index("b", "b")]) == []


def test_a_name_inside_a_literal_is_no_rename() -> None:
    a, b = (Entry("VIEW", "app", name, f"CREATE VIEW app.{name} AS\n SELECT 'app.{name}'::text AS x;") for name in "ab")
    assert pairs([a], [b]) == []


def test_nothing_is_guessed_where_two_objects_fit() -> None:
    assert pairs([index("i")], [index("j"), index("k")]) == []
    a, b = table("t", "a int,\n    b int"), table("u", "c int,\n    d int")
    assert pairs([a], [b]) == []
    assert suggest(compare([a], [b])) == []


def test_one_rename_explains_another() -> None:
    a = [table("legal", "id int NOT NULL"), Entry("INDEX", "app", "i", "CREATE INDEX i ON app.legal USING btree (id);")]
    b = [
        table("tenant", "id int NOT NULL"),
        Entry("INDEX", "app", "j", "CREATE INDEX j ON app.tenant USING btree (id);"),
    ]
    assert suggest(compare(a, b)) == [
        "ALTER TABLE app.legal RENAME TO tenant;",
        "ALTER INDEX app.i RENAME TO j;",
    ]


def test_a_column_that_explains_an_index_is_renamed_and_nothing_else() -> None:
    a, b = ([table("t", f"id int,\n    {name} bigint"), index("i", name)] for name in ("legal_id", "tenant_id"))
    assert suggest(compare(a, b)) == ["ALTER TABLE app.t RENAME COLUMN legal_id TO tenant_id;"]


def test_a_column_of_the_same_type_elsewhere_is_no_rename_and_is_not_dropped() -> None:
    a, b = table("t", "a int,\n    b text"), table("t", "b text,\n    c int")
    assert pairs([a], [b]) == []
    assert suggest(compare([a], [b])) == []


def test_what_is_gone_goes_after_what_used_it() -> None:
    view = "CREATE VIEW app.{0} AS\n SELECT {1}.a\n   FROM app.{1};\n"
    assert statements("CREATE TABLE app.t (a int);\n" + view.format("v", "t") + view.format("w", "v"), "") == [
        "DROP VIEW app.w;",
        "DROP VIEW app.v;",
        "DROP TABLE app.t;",
    ]


def test_a_type_that_does_not_convert_on_its_own_is_left() -> None:
    assert suggest(compare([table("t", "a boolean")], [table("t", "a integer")])) == []
    (found,) = suggest(compare([table("t", "a integer")], [table("t", "a bigint")]))
    assert found == "ALTER TABLE app.t ALTER COLUMN a TYPE bigint;"


def test_what_an_unchanged_view_uses_keeps_its_type() -> None:
    view = Entry("VIEW", "app", "v", "CREATE VIEW app.v AS\n SELECT t.a\n   FROM app.t;")
    a, b = [table("t", "a integer"), view], [table("t", "a bigint"), view]
    assert suggest(compare(a, b), a) == []


def test_a_part_follows_its_parent() -> None:
    sides = []
    for name in ("old", "new"):
        whole = Entry("TABLE", "app", "t", f"CREATE TABLE app.t (\n    {name} int\n)\nPARTITION BY LIST ({name});")
        sides.append([whole, table("part", f"{name} int")])
    assert suggest(compare(*sides)) == ["ALTER TABLE app.t RENAME COLUMN old TO new;"]


def test_what_the_catalogs_tell_is_no_statement() -> None:
    a, b = [Entry("COLUMN ORDER", "app", "t", "a, b")], [Entry("COMMENT", "-", "DATABASE", "CREATE TABLE x ();")]
    assert suggest(compare(a, b)) == []


def test_each_of_thousands_of_differences_has_its_suggestion() -> None:
    a, b = ([table(f"{word}{n}", f"id int NOT NULL,\n    c{n} text") for n in range(2500)] for word in ("old", "new"))
    assert len(suggest(compare(a, b))) == 2500
