"""What nobody waits for: used databases dropped and copies made ready, by a process that outlives the task."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from clonekit import files
from clonekit.postgres import clones, databases, dumps
from clonekit.postgres.server import Server, without_pg_variables
from clonekit.processes import start_apart

_RECORD = "CLONEKIT_RECORD"  # where the process writes what it does


def prepare(server: Server, name: str, wanted: int, runs: Path) -> "subprocess.Popen[bytes]":
    """Start the process that drops what is used up and makes `wanted` spares ready; it is not waited for.

    Its record is in the folder `runs`, one for each clone. The password is in its environment only.
    """
    dumps.prepare_folder(runs)
    record = runs / f"spare-{hashlib.sha256(f'{server} {name}'.encode()).hexdigest()[:8]}.json"
    environ = {**without_pg_variables(os.environ), **server.environment(databases.MAINTENANCE_DB), _RECORD: str(record)}
    return start_apart("clonekit.postgres.spares", name, str(wanted), environ=environ)


def main() -> None:
    """Do it, one process at a time for each clone, and keep the record."""
    name, wanted, record = sys.argv[1], int(sys.argv[2]), Path(os.environ[_RECORD])
    started = f"{datetime.now(UTC):%FT%TZ}"

    def write(state: str) -> None:
        said = {"id": record.stem, "kind": "spare", "pid": os.getpid(), "database": name, "started": started}
        files.replace(record, json.dumps({**said, "state": state}))

    write("running")
    try:
        _work(_server(), name, wanted)
    except BaseException as error:
        write(f"failed: {error}")
        raise
    write("done")


def _server() -> Server:
    of = os.environ.get
    address = of("PGHOST", ""), int(of("PGPORT", "0")), of("PGUSER", "")
    return Server(*address, of("PGPASSWORD"), of("PGHOSTADDR"), of("PGSSLMODE"))


def _work(server: Server, name: str, wanted: int) -> None:
    with databases.connect(server, application=clones.maker(name)) as lock:
        lock.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [clones.maker(name)])
        while (source := clones.pristine(server, name)) and len(clones.ready(server, name, source)) < wanted:
            lock.execute("SELECT 1")  # fails when we were told to stop
            clones.make(server, name, source, clones.maker(name))
        clones.clear(server, name, wanted)


if __name__ == "__main__":
    main()
