"""The pretend app's own command line: manage.py migrate|rollback|baseline|status|seed|ingest [FILE]."""

import os
import sys
from pathlib import Path
from typing import Any

import psycopg
from yoyo import exceptions, get_backend, read_migrations

HERE = Path(__file__).resolve().parent
IN_PRODUCTION = "0009"  # the last migration that was deployed: `baseline` stops there


def connect() -> Any:
    """Open yoyo's backend for DATABASE_URL; the URL never reaches a message."""
    scheme, _, rest = os.environ.get("DATABASE_URL", "").partition("://")
    if scheme not in {"postgresql", "postgres"}:
        sys.exit("DATABASE_URL must be set to a postgresql:// address")
    try:
        return get_backend(f"postgresql+psycopg://{rest}")
    except ValueError:  # a port that is no number; what stands there may be half a password
        sys.exit("DATABASE_URL is not a valid address")


def explain(error: psycopg.Error) -> str:
    """Tell what PostgreSQL said, with its DETAIL and HINT."""
    diag = error.diag
    extra = {"DETAIL": diag.message_detail, "HINT": diag.message_hint}
    return "\n  ".join([diag.message_primary or str(error), *(f"{k}: {v}" for k, v in extra.items() if v)])


def step(backend: Any, migrations: Any, back: bool = False, last: str = "") -> None:
    """Apply the pending migrations, up to `last` if it is given, or take the last applied one back."""
    act, verb = (backend.rollback_one, "rolled back") if back else (backend.apply_one, "applied")
    with backend.lock():
        for migration in list(backend.to_rollback(migrations))[:1] if back else backend.to_apply(migrations):
            if last and migration.id[: len(last)] > last:
                break
            try:
                act(migration)
            except psycopg.Error as error:
                sys.exit(f"{migration.id} failed: {explain(error)}")
            sys.stdout.write(f"{verb} {migration.id}\n")
            sys.stdout.flush()


def run(backend: Any, command: str, files: list[str]) -> None:
    """Carry out one command."""
    migrations = read_migrations(str(HERE / "migrations"))
    if command == "status":
        for m in migrations:
            sys.stdout.write(f"{'applied' if backend.is_applied(m) else 'pending'} {m.id}\n")
    elif command == "ingest":
        sql, invoice = (HERE / "ingest.sql").read_text("utf-8"), Path(files[0]).read_text("utf-8")
        row = backend.cursor().execute(sql, {"invoice": invoice}).fetchone()
        sys.stdout.write(f"invoice {row[0]}\n" if row else sys.exit(f"{files[0]}: no such tenant"))
    else:
        step(backend, migrations, command == "rollback", IN_PRODUCTION if command == "baseline" else "")
        if command == "seed":
            backend.cursor().execute((HERE / "seed.sql").read_text("utf-8"))


if __name__ == "__main__":
    name, *rest = sys.argv[1:] or [""]
    if name not in {"migrate", "rollback", "baseline", "status", "seed", "ingest"} or len(rest) != (name == "ingest"):
        sys.exit(__doc__)
    try:
        with connect() as opened:
            run(opened, name, rest)
    except (psycopg.Error, exceptions.LockTimeout, OSError) as problem:
        sys.exit(f"{name} failed: {explain(problem) if isinstance(problem, psycopg.Error) else problem}")
