"""Copies of a running server's data: what a snapshot keeps and what a restore starts from.

`python -m clonekit.sandbox.copies take|restore FOLDER SNAPSHOT INSTANCE` does the same in a process of its own:
the cloud process has threads, and forking in such a process can deadlock.
"""

import os
import shutil
import sys
from pathlib import Path

from clonekit.errors import DatabaseError
from clonekit.postgres.embedded import Embedded, binaries, start
from clonekit.processes import run
from clonekit.sandbox.layout import Layout
from clonekit.sandbox.logins import environment, login


def take(server: Embedded, copy: Embedded) -> None:
    """Copy a server's data, consistent and without stopping it; raise DatabaseError if that fails."""
    where = login(server)
    copy.folder.mkdir(parents=True, mode=0o700)
    quick = ["--checkpoint=fast", "--wal-method=stream", "--no-sync", "--no-manifest"]
    argv = [str(binaries() / "pg_basebackup"), f"--pgdata={copy.data}", *quick]
    finished = run(argv, environment(where, "postgres"))
    if finished.code:
        raise DatabaseError(f"pg_basebackup failed for {server.folder}: {finished.stderr.strip()}")
    shutil.copyfile(server.password_file, copy.password_file)
    copy.password_file.chmod(0o600)


def restore(copy: Embedded, server: Embedded) -> None:
    """Start a server on a copy of `copy`, which stays as it was."""
    shutil.rmtree(server.folder, ignore_errors=True)
    shutil.copytree(copy.folder, server.folder, symlinks=True)
    server.folder.chmod(0o700)
    server.log.touch(mode=0o600)
    if os.geteuid() == 0:  # PostgreSQL runs as nobody then
        for path in (server.log, server.password_file, server.data, *server.data.rglob("*")):
            shutil.chown(path, "nobody")
    start(server)


def main(argv: list[str]) -> None:
    """Read the arguments and do the copy."""
    action, folder, snapshot, instance = argv
    layout = Layout(Path(folder))
    server, copy = layout.instance(instance), layout.snapshot(snapshot)
    if action == "take":
        take(server, copy)
    else:
        restore(copy, server)


if __name__ == "__main__":
    main(sys.argv[1:])
