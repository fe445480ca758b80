"""What is told of a client program that failed."""

from clonekit.postgres import dumps
from clonekit.processes import Finished


def test_what_failed_is_told_also_where_two_workers_write_at_once() -> None:
    said = """pg_dump: dumping contents of table "public.a"
pg_dump: error: pg_dump: executing SELECT pg_catalog.set_config('search_path', '', false);
Dumping the contents of table "a" failed: PQgetCopyData() failed.
pg_dump: error: a worker process died unexpectedly
"""
    assert "PQgetCopyData() failed" in dumps.errors(Finished(1, "", said))


def test_a_row_that_speaks_of_failing_is_not_told() -> None:
    said = """pg_restore: error: COPY failed for table "log": ERROR:  invalid byte sequence
CONTEXT:  COPY log, line 3: "login failed: somebody@example.com"
"""
    assert "somebody" not in dumps.errors(Finished(1, "", said))
