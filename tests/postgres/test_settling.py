"""Letting PostgreSQL print two schemas once more: what is loaded for that, and what is left when it fails."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clonekit import comparing, settling, sides
from clonekit.postgres import databases
from clonekit.postgres.clients import Client
from clonekit.postgres.server import Server
from clonekit.schema.classes import Sort
from clonekit.schema.verdicts import Options, Verdict
from clonekit.settings import Settings
from tests.conftest import SERVER_MAJOR

# A view in the two forms in which PostgreSQL prints it, with a function that it needs.
NEEDED = "CREATE TABLE t (kind varchar(9)); CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT 1::text';"
FRESH = "CREATE VIEW v AS SELECT kind, f() FROM t WHERE kind IN ('a', 'b');"
CLONED = "CREATE VIEW v AS SELECT kind, f() FROM t WHERE kind::text = ANY (ARRAY['a'::varchar, 'b'::varchar]::text[]);"
OTHER = CLONED.replace("v AS", "w AS")
# Dumped as it is, and refused when it is loaded.
UNLOADABLE = "CREATE EXTENSION citext; UPDATE pg_extension SET extname = 'gone' WHERE extname = 'citext';"

Compare = Callable[..., Verdict]


@pytest.fixture
def compare(server: Server, database: Callable[..., str], tmp_path: Path) -> Compare:
    """A function that makes two databases and compares them; it fails if one of ours is left behind."""

    def run(a: str, b: str, version_of_a: int = SERVER_MAJOR, asking: Server = server) -> Verdict:
        before = _names(server)
        both = sides.sides(database(NEEDED + a), database(NEEDED + b), asking)
        both = replace(both[0], major=version_of_a), both[1]
        try:
            verdict = comparing.compare(Settings(root=tmp_path), *both, Options())
        finally:
            with databases.connect(server) as connection:
                connection.execute("DELETE FROM pg_subscription")  # or its database can't be dropped
        assert _names(server) - before == {side.dbname for side in both}
        return verdict

    return run


def _names(server: Server) -> set[str]:
    with databases.connect(server) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


def test_another_form_of_the_same_view_is_no_difference(compare: Compare) -> None:
    verdict = compare(FRESH, CLONED)
    assert (verdict.equal, verdict.reprinted) == (True, 1)


def test_a_role_that_may_make_databases_is_enough(compare: Compare, server: Server) -> None:
    """It can't switch off event triggers for itself, nor need it: it can make none."""
    with databases.connect(server) as connection:
        connection.execute("CREATE ROLE maker LOGIN CREATEDB PASSWORD 'x' IN ROLE pg_read_all_data")
    verdict = compare(FRESH, CLONED, asking=replace(server.as_user("maker"), password="x"))
    assert (verdict.equal, verdict.reprinted) == (True, 1)


def test_what_only_a_server_of_another_version_prints_so_is_told_apart(compare: Compare) -> None:
    """One server plays both: what is settled counts as its version's where the versions differ."""
    verdict = compare(FRESH, CLONED, version_of_a=SERVER_MAJOR - 1)
    assert (verdict.equal, verdict.reprinted) == (True, 0)
    assert [(sort, difference.title) for sort, difference in verdict.harmless] == [(Sort.SERVER_VERSION, "public.v")]


def test_a_real_difference_is_found_across_versions(compare: Compare) -> None:
    verdict = compare(FRESH, CLONED.replace("'b'", "'c'"), version_of_a=SERVER_MAJOR - 1)
    assert [difference.title for _, difference in verdict.failing] == ["public.v"]


def test_only_what_differs_and_what_it_needs_is_loaded(compare: Compare) -> None:
    assert compare(FRESH + UNLOADABLE, CLONED + UNLOADABLE).equal


def test_where_less_than_everything_can_not_be_loaded_everything_is(
    compare: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "needed", lambda wanted, _: wanted)
    assert compare(FRESH, CLONED).equal


def test_where_nothing_can_be_loaded_all_stays_a_difference(
    compare: Compare, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settling, "needed", lambda wanted, _: wanted)
    assert not compare(FRESH + UNLOADABLE, CLONED + UNLOADABLE).equal
    assert "so every difference counts" in capsys.readouterr().err


def test_a_subscription_that_is_never_loaded_stays_a_difference(compare: Compare) -> None:
    made = "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p WITH (connect = false, slot_name = NONE, {});"
    a, b = made.format("binary = true, streaming = off"), made.format("binary = false, streaming = true")
    verdict = compare(FRESH + a, CLONED + b)
    assert [difference.title for _, difference in verdict.failing] == ["s"]


def test_settings_of_the_database_do_not_change_how_a_side_prints(
    server: Server, database: Callable[..., str], client: Client
) -> None:
    """Money follows `lc_monetary`; another locale than C need not be installed to see that it is pinned."""
    name = database("CREATE TABLE t (a money DEFAULT 1234)")
    with databases.connect(server, name) as connection:
        connection.execute(f"ALTER DATABASE {name} SET lc_monetary = 'C.utf8'".encode())
    side = sides.Side(server, name, name, SERVER_MAJOR)
    argv = [*side.query(client)[1][:1], "--no-psqlrc", "--tuples-only", "--command=SHOW lc_monetary"]
    with sides.reading([(side, [*argv, side.query(client)[1][-1]], "")]) as texts:
        assert next(texts).strip() == "C"
