"""Which differences are gone when PostgreSQL has printed both sides again, and what has to be loaded for that."""

from clonekit.schema import Entry
from clonekit.schema.differences import Change, Difference
from clonekit.settling import is_settled, may_go, needed, script

# As `pg_restore --verbose` prints it.
NEEDS = """
--
-- TOC entry 6 (class 2615 OID 16385)
-- Name: app; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA app;


--
-- TOC entry 220 (class 1259 OID 16386)
-- Dependencies: 6
-- Name: t; Type: TABLE; Schema: app; Owner: -
--

CREATE TABLE app.t (
    a integer
);


--
-- TOC entry 221 (class 1259 OID 16389)
-- Dependencies: 220 6
-- Name: v; Type: VIEW; Schema: app; Owner: -
--

CREATE VIEW app.v AS
 SELECT a
   FROM app.t;


--
-- TOC entry 222 (class 1255 OID 16393)
-- Dependencies: 6 223
-- Name: f(); Type: FUNCTION; Schema: app; Owner: -
--

CREATE FUNCTION app.f() RETURNS integer LANGUAGE sql AS 'SELECT 1';


--
-- TOC entry 223 (class 1255 OID 16394)
-- Dependencies: 222 99
-- Name: g(); Type: FUNCTION; Schema: app; Owner: -
--

CREATE FUNCTION app.g() RETURNS integer LANGUAGE sql AS 'SELECT 1';
"""


def view(query: str) -> Entry:
    return Entry("VIEW", "app", "v", f"CREATE VIEW app.v AS\n {query};")


def test_an_object_needs_what_it_depends_on_and_what_that_depends_on() -> None:
    assert needed({("VIEW", "app", "v")}, NEEDS) == {
        ("VIEW", "app", "v"),
        ("TABLE", "app", "t"),
        ("SCHEMA", "-", "app"),
    }


def test_objects_that_need_each_other_and_what_is_not_there_are_no_endless_road() -> None:
    assert {name for _, _, name in needed({("FUNCTION", "app", "f()")}, NEEDS)} == {"f()", "g()", "app"}


def test_what_is_printed_again_the_same_is_settled() -> None:
    assert is_settled([view("SELECT 1")], [view("SELECT 1")])
    assert not is_settled([view("SELECT 1")], [view("SELECT 2")])


def test_a_list_in_another_order_is_settled_too() -> None:
    one, other = (f"CREATE VIEW app.v WITH ({options}) AS SELECT 1;" for options in ("a='1', b='2'", "b='2', a='1'"))
    assert is_settled([view("")._replace(definition=one)], [view("")._replace(definition=other)])


def test_what_a_side_does_not_print_again_stays_a_difference() -> None:
    assert not is_settled([], [])
    assert not is_settled([view("SELECT 1")], [])
    assert not is_settled([view("SELECT 1")], [view("SELECT 1"), view("SELECT 1")])


def test_a_subscription_is_not_loaded() -> None:
    subscription = Entry("SUBSCRIPTION", "-", "s", "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p;")
    comment = Entry("COMMENT", "-", "SUBSCRIPTION s", "COMMENT ON SUBSCRIPTION s IS 'x';")
    assert "SUBSCRIPTION" not in script([subscription, comment])


def test_objects_are_loaded_where_they_are_stored() -> None:
    text = script([Entry("TABLE", "app", "t", "CREATE TABLE app.t ();", "slow", "heap2"), view("SELECT 1")])
    places = [line for line in text.splitlines() if line.startswith("SET default_table")]
    assert places == [
        "SET default_tablespace = slow;",
        "SET default_table_access_method = heap2;",
        "SET default_tablespace = '';",
        "SET default_table_access_method = heap;",
    ]


def test_other_words_may_mean_the_same_to_another_version_only() -> None:
    found = Difference(Change.CHANGED, "VIEW", "app", "v", "SELECT t.a FROM t;", "SELECT a FROM t;")
    other = Difference(Change.CHANGED, "VIEW", "app", "v", "SELECT a FROM t;", "SELECT b FROM t;")
    assert may_go(found, across_versions=False)
    assert not may_go(other, across_versions=False)
    assert may_go(other, across_versions=True)


def test_how_columns_are_stored_is_no_matter_of_printing() -> None:
    """Columns that a table has from its parent are stored as the parent's once both are loaded."""
    table = "CREATE TABLE app.c (a text, b text) INHERITS (app.p);\nALTER TABLE ONLY app.c ALTER COLUMN {} SET {};"
    for storage in ("STORAGE EXTERNAL", "COMPRESSION pglz"):
        texts = (table.format(column, storage) for column in "ab")
        found = Difference(Change.CHANGED, "TABLE", "app", "c", *texts)
        assert not may_go(found, across_versions=False)
        assert not may_go(found, across_versions=True)


def test_what_one_side_lacks_never_goes() -> None:
    missing = Difference(Change.ONLY_A, "VIEW", "app", "v", "SELECT 1;", "")
    assert not may_go(missing, across_versions=True)
