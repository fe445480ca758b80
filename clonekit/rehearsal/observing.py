"""Watch what a migration does to a database, whichever tool runs it: the tool is not asked, the server is.

Three sources: the server's log, if it is the one of `dev.up`; looks at sessions and locks, a hundred a second; the
catalogs before and after. On the server nothing changes but settings of the watched database, and these only meanwhile.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise

from clonekit import names
from clonekit.errors import DatabaseError
from clonekit.interrupts import cleaning
from clonekit.postgres import databases, embedded
from clonekit.postgres.embedded import Embedded
from clonekit.postgres.server import Server
from clonekit.rehearsal import observations, relations, sentences, serverlog, violations
from clonekit.rehearsal.observations import Failure, Observation
from clonekit.rehearsal.relations import Relation, State
from clonekit.rehearsal.samples import Timeline
from clonekit.rehearsal.sampling import APPLICATION, Sampler
from clonekit.rehearsal.serverlog import Sent

_LEAVING_SECONDS = 2.0  # for the tool's sessions to end, which is when they hand in their statistics
_ECHOES = ("25P02", "57P01")  # errors that only follow another one, or a shutdown
_RELATIONS = """
    SELECT c.oid::bigint, nspname, c.relname, relkind::text, coalesce(indrelid, 0)::bigint, relfilenode::bigint,
        reltuples::bigint, coalesce(pg_relation_size(c.oid), 0), coalesce(pg_total_relation_size(c.oid), 0),
        coalesce(seq_scan, 0), coalesce(seq_tup_read, 0)
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace LEFT JOIN pg_index ON indexrelid = c.oid
    LEFT JOIN pg_stat_all_tables ON relid = c.oid
    WHERE relkind IN ('r', 'p', 'm', 'v', 'f', 'i', 'I') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
"""
_TOTALS = "SELECT pg_database_size(current_database()), (pg_current_wal_lsn() - '0/0')::bigint"
_PIDS = "SELECT pid FROM pg_stat_activity WHERE datname::text = %s AND backend_type = 'client backend'"
_SETTINGS = """
    SELECT split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1)
    FROM pg_db_role_setting, unnest(setconfig) AS setting
    WHERE setrole = 0 AND setdatabase = (SELECT oid FROM pg_database WHERE datname::text = %s)
"""


class Watch:
    """One watched database; `observation` is whole once the watching has ended."""

    def __init__(self, server: Server, dbname: str, own: Embedded | None, *, show_values: bool, slowest: int) -> None:
        self.server, self.dbname, self.own = server, dbname, own
        self.show_values, self.slowest = show_values, slowest
        self.observation = Observation(limits=[observations.MACHINE])
        self._sampler = Sampler(server, dbname)
        self._samples = self._sampler.samples
        self._others: list[int] = []  # the processes of sessions that were there before
        self._before: State | None = None
        self._undo: dict[str, str | None] = {}
        self._logged_from: int | None = None
        self._sent: list[Sent] = []

    def start(self) -> None:
        """Begin to watch; whatever can't be watched is told in the observation's limits."""
        self._attempt("What the database held before is not known", self._look_before)
        self._attempt("The server's log is not read", self._log)
        self._sampler.start(self._others)

    def finish(self, *, whole: bool) -> None:
        """Stop watching and undo the settings; with `whole`, put the observation together."""
        if whole:
            self._await_leaving()
        self._sampler.stop()
        if self._sampler.failure:
            self.observation.limits.append(
                f"Sessions and locks were not watched, or not to the end. {self._sampler.failure}"
            )
        self._attempt("The database's settings for its log were not reset", self._reset)
        if whole:
            self._attempt("What was sent is not known", self._read_log)
            self._attempt("What the database holds now is not known", self._look_after)
            self._attempt("The last error is not known", self._explain)
            self._conclude()

    def _attempt(self, otherwise: str, action: Callable[[], None]) -> None:
        try:
            action()
        except (DatabaseError, OSError) as error:
            self.observation.limits.append(f"{otherwise}. {error}")

    def _look_before(self) -> None:
        self._before = _state(self.server, self.dbname)
        self._others = [pid for (pid,) in databases.rows(self.server, _PIDS, self.dbname)]

    def _log(self) -> None:
        """Let the database's sessions log what they do, where that log can be read."""
        running = embedded.address(self.own) if self.own else None
        if self.own is None or running is None or str(running) != str(self.server):
            raise DatabaseError(
                "It is no server of dev.up: statements shorter than two looks, and errors, are missing."
            )
        if databases.rows(self.server, "SHOW log_line_prefix") != [(embedded.LOG_PREFIX,)]:
            raise DatabaseError("The server was started by an older version; run: inv dev.down, then inv dev.up")
        self._logged_from = self.own.log.stat().st_size
        before = dict(databases.rows(self.server, _SETTINGS, self.dbname))
        self._undo = {name: before.get(name) for name in serverlog.SETTINGS}
        _set(self.server, self.dbname, dict(serverlog.SETTINGS))

    def _reset(self) -> None:
        if self._undo:
            _set(self.server, self.dbname, self._undo)

    def _await_leaving(self) -> None:
        until = time.monotonic() + _LEAVING_SECONDS
        try:
            while time.monotonic() < until:
                pids = {pid for (pid,) in databases.rows(self.server, _PIDS, self.dbname)}
                if pids <= set(self._others):
                    return
                time.sleep(0.02)
        except DatabaseError:
            return  # what comes next says so

    def _read_log(self) -> None:
        """Take what was sent from the log; without one, from what was looked at."""
        looked = sorted(self._samples.sent.values(), key=lambda each: each.end)
        if self.own is None or self._logged_from is None:
            self._sent = looked
            return
        with self.own.log.open("rb") as log:
            log.seek(self._logged_from)
            sent = serverlog.sent(log.read().decode(errors="replace"), self.dbname)
        self._sent = self._samples.timed([each for each in sent if each.pid not in self._others])
        long = {each.pid for each in looked if each.end - each.start > 2 * serverlog.SHORTEST_MS / 1000}
        silent = long - {each.pid for each in self._sent}
        if silent:
            self.observation.limits.append(
                f"Sessions that did not log what they ran, by settings of theirs: {len(silent)}."
            )

    def _look_after(self) -> None:
        if self._before is None:
            return
        seen, before, after = self.observation, self._before, _state(self.server, self.dbname)
        seen.bytes_before, seen.bytes_after, seen.wal_bytes = before.bytes, after.bytes, after.wal - before.wal
        seen.indexes = relations.indexes(before, after)
        seen.tables = relations.tables(before, after, self._samples.holds(), self._sent)
        self._count_rows(after)

    def _conclude(self) -> None:
        seen, sent = self.observation, self._sent
        seen.statement_count, seen.transaction_count = len(sent), len({each.transaction for each in sent})
        seen.statement_seconds = round(sum(each.end - each.start for each in sent), 3)
        named = {table.statement for table in seen.tables}
        if every := [*sent, *self._samples.sent.values()]:
            began, ended = min(each.start for each in every), max(each.end for each in every)
            seen.began, seen.seconds = names.time_text(datetime.fromtimestamp(began, UTC)), round(ended - began, 3)
            seen.statements = observations.statements(sent, began, self.slowest, named, show_values=self.show_values)
        seen.limits += self._gaps(Timeline(sent).missed(self._samples.times), self._samples.times)
        for table in seen.tables:
            table.says = sentences.say(table)
        for index in seen.indexes:
            index.says = sentences.say_index(index)

    def _gaps(self, missed: list[float], times: list[float]) -> Iterator[str]:
        """Yield what the looks may not have seen."""
        gaps = sorted(after - before for before, after in pairwise(times))
        if gaps:
            usual, longest = (sentences.seconds(gap) for gap in (gaps[len(gaps) // 2], gaps[-1]))
            yield f"Locks were looked at every {usual} (longest gap: {longest}); what was held for less may be missing."
        if missed:
            most = sentences.seconds(max(missed))
            yield f"Transactions between two looks, of which no lock was seen: {len(missed)}, none over {most}."
        if self._logged_from is not None:
            yield f"Statements under {serverlog.SHORTEST_MS} ms that change no schema are neither listed nor counted."
        yield "WAL is what the whole server wrote."

    def _count_rows(self, after: State) -> None:
        """Count the rows of tables that PostgreSQL has no estimate of, if it matters how many they are."""
        from psycopg.sql import SQL, Identifier

        unknown = {t.name: t for t in self.observation.tables if t.rows is None and (t.writes_blocked or t.rewritten)}
        with databases.connect(self.server, self.dbname, APPLICATION) as connection:
            for relation in after.relations.values():
                table = unknown.get(relation.label)
                if table and not table.dropped and relation.kind in ("r", "p", "m"):
                    query = SQL("SELECT count(*) FROM {}").format(Identifier(relation.schema, relation.name))
                    table.rows = (connection.execute(query).fetchone() or (0,))[0]
        self.observation.tables.sort(key=observations.hurt, reverse=True)

    def _explain(self) -> None:
        """Keep the last error that is no echo of another, with how many rows are like the one that caused it.

        A tool may go on after an error that it expects: whether it failed is for its exit code to say.
        """
        failed = [each for each in self._sent if each.error and each.error.sqlstate not in _ECHOES]
        if not failed or failed[-1].error is None:
            return
        last, error = failed[-1], failed[-1].error
        before = [each for each in self._sent if each.transaction == last.transaction and each.end <= last.end]
        telling = [each.text for each in before if each is last or serverlog.changes_schema(each.text)]
        texts = [part for text in telling for part in serverlog.parts(text)]
        text = violations.culprit(error, texts) or serverlog.failing(last)
        failure = Failure(error.sqlstate, serverlog.said(error), serverlog.masked(text))
        if self.show_values:
            failure.message, failure.statement, failure.row = error.message, text, error.detail or None
        with databases.connect(self.server, self.dbname, APPLICATION) as connection:
            count = violations.count(connection, error, texts, show_values=self.show_values)
        if count:
            failure.like_it, failure.keys, failure.row = count.rows, count.keys, count.row or failure.row
        failure.says = sentences.say_failure(failure)
        self.observation.failure = failure


@contextmanager
def observed(
    server: Server, dbname: str, own: Embedded | None = None, *, show_values: bool = False, slowest: int = 50
) -> Iterator[Watch]:
    """Watch what other sessions do to a database while the body runs; `watch.observation` is whole afterwards.

    `own` is the server of `dev.up`, whose log can be read if it is this one. Nothing that goes wrong with watching is
    an error: it is among the observation's `limits`. After a signal it is not put together. A thread runs meanwhile:
    start the tool with `app.run`, which does not fork in Python.
    """
    watch = Watch(server, dbname, own, show_values=show_values, slowest=slowest)
    whole = False
    try:
        watch.start()
        yield watch
        whole = True
    except Exception:
        whole = True
        raise
    finally:
        with cleaning():
            watch.finish(whole=whole)


def _state(server: Server, dbname: str) -> State:
    with databases.connect(server, dbname, APPLICATION) as connection:
        connection.execute("SET lock_timeout = '5s'")
        relations = [Relation(*row) for row in connection.execute(_RELATIONS.encode())]
        size, wal = connection.execute(_TOTALS).fetchone() or (0, 0)
    return State({relation.oid: relation for relation in relations}, size, wal)


def _set(server: Server, dbname: str, wanted: Mapping[str, str | None]) -> None:
    """Give a database these settings, those that are None none, all at once."""
    from psycopg.sql import SQL, Identifier, Literal

    with databases.connect(server, application=APPLICATION) as connection, connection.transaction():
        for name, value in wanted.items():
            change = SQL("RESET {}") if value is None else SQL("SET {} = {}")
            parts = [Identifier(name), *([] if value is None else [Literal(value)])]
            connection.execute(SQL("ALTER DATABASE {} ").format(Identifier(dbname)) + change.format(*parts))
