"""Look at a database's sessions and their locks, a hundred times a second, in a thread of its own."""

import time
from collections.abc import Collection
from threading import Event, Thread
from typing import Any

from clonekit.errors import DatabaseError
from clonekit.postgres import databases
from clonekit.postgres.server import CONNECT_SECONDS, Server
from clonekit.rehearsal.samples import Samples, Session

APPLICATION = "clonekit observer"
_EVERY_SECONDS = 0.01
_SHARE = 4  # looks take at most a fifth of the time, however long one takes
_LOOK = """
    SELECT extract(epoch FROM clock_timestamp())::float8, pid, state, extract(epoch FROM query_start)::float8,
        extract(epoch FROM state_change)::float8, extract(epoch FROM xact_start)::float8, query, locks
    FROM (SELECT) AS always LEFT JOIN pg_stat_activity ON datname::text = %s AND backend_type = 'client backend'
        AND NOT pid = ANY (%s)
    LEFT JOIN (
        SELECT pid AS holder, array_agg(relation::text || ' ' || mode) AS locks FROM pg_locks
        WHERE locktype = 'relation' AND granted AND relation >= 16384 GROUP BY pid
    ) AS held ON holder = pid
"""


class Sampler:
    """The looks at one database; `failure` says why they ended early, if they did."""

    def __init__(self, server: Server, dbname: str) -> None:
        self._server, self._dbname = server, dbname
        self._looked, self._stop = Event(), Event()
        self._thread: Thread | None = None
        self.samples, self.failure = Samples(), ""

    def start(self, others: Collection[int]) -> None:
        """Look until `stop`, at all sessions but the `others`; return after the first look."""
        self._thread = Thread(target=self._watch, args=(list(others),), daemon=True)
        self._thread.start()
        self._looked.wait(CONNECT_SECONDS)

    def stop(self) -> None:
        """End the looks; fine if they never began."""
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _watch(self, others: list[int]) -> None:
        """Look again and again, from another database so as not to be in the way."""
        import psycopg

        try:
            with databases.login(self._server, databases.MAINTENANCE_DB, APPLICATION) as connection:
                while not self._stop.is_set():
                    began = time.monotonic()
                    found = connection.execute(_LOOK, [self._dbname, others], prepare=True).fetchall()
                    self.samples.add(found[0][0], [_session(row) for row in found if row[1] is not None])
                    self._looked.set()
                    self._stop.wait(max(_EVERY_SECONDS, _SHARE * (time.monotonic() - began)))
        except (DatabaseError, psycopg.Error) as error:
            self.failure = " ".join(str(error).split())
        finally:
            self._looked.set()


def _session(row: tuple[Any, ...]) -> Session:
    _, pid, state, statement, change, transaction, text, locks = row
    pairs = [lock.split(" ") for lock in locks or ()]
    return Session(pid, state, statement, change, transaction, text, [(int(of), mode) for of, mode in pairs])
