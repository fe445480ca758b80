"""What a rehearsal's verdict rests on: the dump, the migrations, the commit; and whether that still holds."""

import os
import platform
import shutil
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from clonekit import names
from clonekit.errors import RehearsalError, StaleError, UsageError
from clonekit.hiding import hidden
from clonekit.postgres import commands, manifests
from clonekit.processes import ended
from clonekit.rehearsal import rehearsals
from clonekit.rehearsal.rehearsals import Evidence, Outcome
from clonekit.settings import Settings, lines


def gather(settings: Settings, dump: Path, checksum: str, versions: dict[str, str]) -> Evidence:
    """Return what there is to say of this dump and of the working tree as it is now."""
    about = manifests.of(dump)
    return Evidence(
        at=names.time_text(datetime.now(UTC)),
        clonekit=version("clonekit"),
        dump=dump.name,
        sha256=checksum,
        source=about.source if about else "",
        snapshot=about.snapshot if about else "",
        snapshot_at=about.snapshot_at if about else "",
        commit=_git(settings, "rev-parse", "HEAD"),
        dirty=bool(_git(settings, "status", "--porcelain")),
        migrate=hidden(settings.app.migrate, commands.app(settings.app.migrate, {})),
        migrations=migrations(settings),
        versions={"Python": platform.python_version(), **versions},
    )


def migrations(settings: Settings) -> dict[str, str]:
    """Return the checksum of each migration file, by its path below the project's folder.

    The files are those that `rehearse.migrations` names: a pattern a line; none if it is empty. UsageError if one names
    none: whatever was meant by it would never be compared.
    """
    found = {path for pattern in lines(settings.rehearse.migrations) for path in _named(settings.root, pattern)}
    return {path.relative_to(settings.root).as_posix(): sha256(path.read_bytes()).hexdigest() for path in sorted(found)}


def _named(root: Path, pattern: str) -> list[Path]:
    try:
        found = [path for path in root.glob(pattern) if path.is_file() and "__pycache__" not in path.parts]
    except (NotImplementedError, ValueError):  # absolute, or no pattern at all
        found = []
    if not found:
        raise UsageError(f"rehearse.migrations names no file below {root}: {pattern}")
    return found


def verify(settings: Settings, report: Path, now: datetime) -> str:
    """Return a sentence if the report's verdict is a pass and still holds for the working tree.

    Raises RehearsalError of its kind for another verdict, StaleError with each reason why it does not hold any more.
    """
    path = report / "report.json" if report.is_dir() else report
    try:
        verdict, evidence = rehearsals.evidence(path.read_text())
    except (OSError, ValueError):
        raise UsageError(f"{names.printable(str(path))} is no report.json of inv rehearse.") from None
    if verdict != Outcome.PASS:
        raise RehearsalError.of(verdict)(f"The rehearsal of {evidence.at} did not pass: {verdict}.")
    if reasons := stale(evidence, migrations(settings), settings.rehearse.max_days, now):
        raise StaleError(f"The rehearsal of {evidence.at} does not count any more. {' '.join(reasons)}")
    return f"The rehearsal of {evidence.at} holds: its migrations are those of the working tree."


def stale(evidence: Evidence, migrations: dict[str, str], max_days: float, now: datetime) -> list[str]:
    """Return why a rehearsal does not hold any more, a sentence each. Pure."""
    reasons = []
    if not migrations:
        reasons.append("rehearse.migrations is not set, so nobody can tell whether the migrations are the same.")
    old = evidence.migrations
    for path in sorted(old.keys() | migrations.keys()):
        if old.get(path) != migrations.get(path):
            how = "is new" if path not in old else "is gone" if path not in migrations else "has changed"
            reasons.append(f"{path} {how}.")
    taken = names.parse_time(evidence.snapshot_at or evidence.at)
    if taken is None or now - taken > timedelta(days=max_days):
        age = names.age(taken, now) if taken else "of unknown age"
        reasons.append(f"Its data is {age} old, more than {max_days:g} days (rehearse.max_days).")
    return reasons


def _git(settings: Settings, *question: str) -> str:
    git = shutil.which("git")
    if not git:
        return ""
    done = ended([git, "-C", str(settings.root), *question], os.environ)
    return done.stdout.strip() if done.code == 0 else ""
