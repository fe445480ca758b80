"""What pg_restore's messages mean. The samples were written by pg_restore 18.6, shortened by whole lines only."""

import pytest

from clonekit.postgres import restoring
from clonekit.postgres.restoring import Contents, Problem

IGNORED = "pg_restore: warning: errors ignored on restore: 1\n"
CLEAN = """\
pg_restore: connecting to database for restore
pg_restore: creating TABLE "public.t"
pg_restore: processing data for table "public.t"
"""
MISSING_ROLE = """\
pg_restore: creating POLICY "public.t only_reader"
pg_restore: while PROCESSING TOC:
pg_restore: from TOC entry 2811; 3256 16396 POLICY t only_reader postgres
pg_restore: error: could not execute query: ERROR:  role "reader" does not exist
Command was: CREATE POLICY only_reader ON public.t TO reader USING (true);


pg_restore: creating ROW SECURITY "public.t"
pg_restore: warning: errors ignored on restore: 1
"""
MISSING_EXTENSION = """\
pg_restore: creating EXTENSION "vector"
pg_restore: while PROCESSING TOC:
pg_restore: from TOC entry 2; 3079 16397 EXTENSION vector (no owner)
pg_restore: error: could not execute query: ERROR:  extension "vector" is not available
HINT:  The extension must first be installed on the system where PostgreSQL is running.
Command was: CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;


pg_restore: creating COMMENT "EXTENSION vector"
pg_restore: from TOC entry 2822; 0 0 COMMENT EXTENSION vector
pg_restore: error: could not execute query: ERROR:  extension "vector" does not exist
Command was: COMMENT ON EXTENSION vector IS 'vector data type and ivfflat and hnsw access methods';


"""
TABLE_OF_MISSING_TYPE = """\
pg_restore: creating TABLE "public.e"
pg_restore: from TOC entry 221; 1259 16725 TABLE e postgres
pg_restore: error: could not execute query: ERROR:  type "public.vector" does not exist
LINE 3:     v public.vector(3)
              ^
Command was: CREATE TABLE public.e (
    id integer NOT NULL,
    v public.vector(3)
);


pg_restore: processing data for table "public.e"
pg_restore: from TOC entry 2815; 0 16725 TABLE DATA e postgres
pg_restore: error: could not execute query: ERROR:  relation "public.e" does not exist
Command was: COPY public.e (id, v) FROM stdin;
"""
COPY_FAILED = """\
pg_restore: processing data for table "public.b"
pg_restore: while PROCESSING TOC:
pg_restore: from TOC entry 2577; 0 16743 TABLE DATA b postgres
pg_restore: error: COPY failed for table "b": ERROR:  new row for relation "b" violates check constraint "b_id_check"
DETAIL:  Failing row contains (1).
CONTEXT:  COPY b, line 1: "1"
pg_restore: processing data for table "public.child"
pg_restore: warning: errors ignored on restore: 1
"""
CUT_SHORT = """\
pg_restore: processing data for table "public.e"
pg_restore: processing data for table "public.t"
pg_restore: error: could not read from input file: end of file
"""
LISTING = """\
;
; Archive created at 2026-11-23 00:01:22 UTC
;     dbname: src
;     TOC Entries: 17
;     Compression: gzip
;
; Selected TOC Entries:
;
2; 3079 16397 EXTENSION - vector
2822; 0 0 COMMENT - EXTENSION vector
347; 1255 16735 FUNCTION public f() postgres
221; 1259 16725 TABLE public e postgres
220; 1259 16388 TABLE public t postgres
223; 1259 16755 FOREIGN TABLE public far postgres
224; 1259 16760 VIEW public v postgres
225; 1259 16762 SEQUENCE public s postgres
2663; 0 0 TABLE ATTACH public t_2026 postgres
2815; 0 16725 TABLE DATA public e postgres
2814; 0 16388 TABLE DATA public t postgres
2660; 2606 16395 CONSTRAINT public t t_pkey postgres
"""


def only(stderr: str) -> Problem:
    found = restoring.problems(stderr)
    assert len(found) == 1
    return found[0]


def test_a_clean_restore_has_no_problems() -> None:
    assert restoring.problems(CLEAN) == []


def test_a_problem_names_its_object_and_postgresqls_message() -> None:
    assert only(MISSING_ROLE) == Problem("POLICY t only_reader postgres", 'role "reader" does not exist')


def test_a_policy_for_a_missing_role_is_benign() -> None:
    assert only(MISSING_ROLE).benign == "a role that is not here"


def test_an_extension_that_is_not_available_is_benign_and_so_is_its_comment() -> None:
    reasons = [problem.benign for problem in restoring.problems(MISSING_EXTENSION)]
    assert reasons == ["an extension that is not here"] * 2


def test_a_table_of_a_missing_type_is_lost_and_so_is_its_data() -> None:
    found = restoring.problems(TABLE_OF_MISSING_TYPE)
    assert [(problem.entry, problem.benign) for problem in found] == [
        ("TABLE e postgres", ""),
        ("TABLE DATA e postgres", ""),
    ]


def test_data_that_could_not_be_copied_is_lost() -> None:
    problem = only(COPY_FAILED)
    assert (problem.entry, problem.benign) == ("TABLE DATA b postgres", "")


def test_the_message_of_failed_data_says_why() -> None:
    assert only(COPY_FAILED).message == 'new row for relation "b" violates check constraint "b_id_check"'


def test_problems_come_in_order() -> None:
    found = restoring.problems(MISSING_EXTENSION + TABLE_OF_MISSING_TYPE + MISSING_ROLE)
    kinds = [problem.entry.split(" ")[0] for problem in found]
    assert kinds == ["EXTENSION", "COMMENT", "TABLE", "TABLE", "POLICY"]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("EVENT TRIGGER watch postgres", 'permission denied to create event trigger "watch"'),
        ("PUBLICATION p postgres", "must be superuser to create FOR ALL TABLES publication"),
        ("SCHEMA public postgres", 'schema "public" already exists'),
        ("COMMENT EXTENSION plpgsql ", "must be owner of extension plpgsql"),
    ],
)
def test_what_every_developers_machine_refuses_is_benign(entry: str, message: str) -> None:
    assert Problem(entry, message).benign


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("TABLE t postgres", 'relation "t" already exists'),
        ("TABLE t postgres", "permission denied for schema public"),
        ("SCHEMA audit postgres", 'schema "audit" already exists'),
        ("INDEX i postgres", "out of shared memory"),
        ("FUNCTION f() postgres", 'type "vector" does not exist'),
        ("FK CONSTRAINT child fk postgres", 'insert or update on table "child" violates foreign key constraint "fk"'),
        ("CONSTRAINT t t_pkey postgres", 'could not create unique index "t_pkey"'),
        ("", "something new"),
    ],
)
def test_whatever_is_not_known_to_be_benign_is_lost(entry: str, message: str) -> None:
    assert Problem(entry, message).benign == ""


def test_exit_code_0_came_to_the_end() -> None:
    assert restoring.gave_up(0, CLEAN) == ""


@pytest.mark.parametrize("stderr", [MISSING_ROLE, COPY_FAILED])
def test_exit_code_1_with_ignored_errors_came_to_the_end(stderr: str) -> None:
    assert restoring.gave_up(1, stderr) == ""


def test_exit_code_1_without_ignored_errors_gave_up() -> None:
    assert restoring.gave_up(1, CUT_SHORT) == "could not read from input file: end of file"


def test_errors_before_a_cut_do_not_hide_it() -> None:
    assert restoring.gave_up(1, MISSING_ROLE.replace(IGNORED, "") + CUT_SHORT).startswith("could not read")


@pytest.mark.parametrize("code", [-9, 2, 139])
def test_any_other_exit_code_gave_up(code: int) -> None:
    assert restoring.gave_up(code, "") == f"exit code {code}"


def test_a_signal_after_ignored_errors_gave_up() -> None:
    assert restoring.gave_up(-9, MISSING_ROLE)


def test_contents_count_tables_and_foreign_tables_but_not_their_data() -> None:
    assert restoring.contents(LISTING).tables == 3


def test_contents_count_what_is_restored() -> None:
    assert restoring.contents(LISTING).entries == 12


def test_grants_are_not_restored_but_default_privileges_are() -> None:
    acl, default = "3; 0 0 ACL public TABLE t x\n", "4; 826 1 DEFAULT ACL public DEFAULT PRIVILEGES FOR TABLES x\n"
    assert restoring.contents(acl + default).to_restore == default


def test_an_empty_listing_has_no_contents() -> None:
    assert restoring.contents("") == Contents("", "", 0)


def test_settings_and_comment_of_the_dumped_database_are_given_to_another() -> None:
    text = """ALTER DATABASE "a b" SET search_path TO 'x', 'y;';
        ALTER ROLE r IN DATABASE "a b" SET x TO '1';
        COMMENT ON DATABASE "a b" IS 'it''s';"""
    expected = ["ALTER DATABASE c SET search_path TO 'x', 'y;';", "COMMENT ON DATABASE c IS 'it''s';"]
    assert restoring.database_settings(text, "c") == expected


def test_errors_in_another_language_are_not_taken_for_none() -> None:
    said = """pg_restore: from TOC entry 221; 2606 16725 CONSTRAINT e e_pkey postgres
pg_restore: error: could not execute query: FEHLER:  konnte Unique-Index nicht erstellen
pg_restore: warning: errors ignored on restore: 1
"""
    assert restoring.gave_up(1, said)
