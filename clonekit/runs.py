"""What each `db.clone-prod` did and made, a file a run: written before anything exists, so a kill loses nothing."""

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clonekit import files, names
from clonekit.errors import DumpError
from clonekit.output import result, say, table
from clonekit.postgres import parts

RUNNING, DONE, FAILED = "running", "done", "failed"
ASKED, THERE, GONE = "asked for", "there", "gone"
_NAMING = "names.lock"  # held while a run takes its dump's name
DUMPED = "dumped"  # the step after which only the cleaning is left


@dataclass
class Made:
    """One thing of a run in AWS, and what is known of it."""

    kind: str
    id: str
    state: str = ASKED


@dataclass
class Run:
    """One run as its record tells it; `save` writes that anew, whole or not at all."""

    id: str
    source: str
    started: str
    dump: str
    folder: Path
    state: str = RUNNING
    said: str = ""
    snapshot: str = ""  # what the data is from, and when that was taken
    snapshot_at: str = ""
    where: str = ""  # the account and the region of what it makes; empty in records of before
    made: list[Made] = field(default_factory=list)
    steps: list[dict[str, str]] = field(default_factory=list)

    def save(self) -> None:
        """Write the record; DumpError if that fails."""
        told = {name: value for name, value in asdict(self).items() if name != "folder"}
        files.replace(_path(self.folder, self.id), json.dumps({"kind": "clone", **told}, indent=2), durable=True)

    def _save_if_possible(self) -> None:
        """Write what is only good to know: no full disk may keep us from going on, or from cleaning up."""
        try:
            self.save()
        except DumpError as error:
            say(str(error))

    def ask(self, kind: str, identifier: str) -> None:
        """Record that something is about to be asked for; DumpError if that can't be written down."""
        self.set(kind, identifier, ASKED)
        self.save()

    def set(self, kind: str, identifier: str, state: str) -> None:
        """Record the state of one of its things."""
        there = next((one for one in self.made if (one.kind, one.id) == (kind, identifier)), None)
        if there is None:
            self.made.append(there := Made(kind, identifier))
        there.state = state
        self._save_if_possible()

    def note(self, step: str) -> None:
        """Record that a step is done."""
        self.steps.append({"at": names.time_text(datetime.now(UTC)), "step": step})
        self._save_if_possible()

    def end(self, state: str, said: str = "") -> None:
        """Record how it ended."""
        self.state, self.said = state, said
        self._save_if_possible()

    def is_in(self, where: str) -> bool:
        """Whether what it makes is there, as far as is known."""
        return self.where in ("", where)

    def remove_unfinished(self) -> None:
        """Remove what it has left of its dump, unless a run that goes on writes one of the same name."""
        if not any(one.dump == self.dump and one.is_alive for one in every(self.folder) if one.id != self.id):
            parts.remove_unfinished(Path(self.dump))

    def has_done(self, step: str) -> bool:
        """Whether a step is done."""
        return any(one.get("step") == step for one in self.steps)

    @property
    def left(self) -> list[Made]:
        """What it made, or asked for, and has not seen gone."""
        return [one for one in self.made if one.state != GONE]

    @property
    def is_alive(self) -> bool:
        """Whether its process still runs: a lock dies with whoever holds it, and no number is mistaken for it."""
        try:
            handle = os.open(_lock(self.folder, self.id), os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
        return False


def _path(folder: Path, run_id: str) -> Path:
    return folder / f"{run_id}.json"


def _lock(folder: Path, run_id: str) -> Path:
    return folder / f"{run_id}.lock"


@contextmanager
def held(run: Run) -> Iterator[None]:
    """Write the record and say that the run is alive, until this is left or the process dies."""
    try:
        run.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        run.folder.chmod(0o700)
        handle, naming = (_open(path) for path in (_lock(run.folder, run.id), run.folder / _NAMING))
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(naming, fcntl.LOCK_EX)
    except OSError as error:
        raise DumpError(f"The run can't be recorded in {run.folder}: {error.strerror}.") from None
    try:
        try:
            _name(run)
            run.save()
        finally:
            os.close(naming)
        yield
    finally:
        _lock(run.folder, run.id).unlink(missing_ok=True)
        os.close(handle)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _name(run: Run) -> None:
    """Let a new run's dump have no other one's name: who resumes that one would remove what this one writes."""
    if _path(run.folder, run.id).exists():
        return
    taken = {one.dump for one in every(run.folder) if one.started == run.started or one.is_alive}
    if run.dump in taken:
        run.dump = next(str(path) for path in parts.alike(Path(run.dump)) if str(path) not in taken)
        say(f"Another run has the dump's name, so this one's is {run.dump}.")


def every(folder: Path) -> list[Run]:
    """Return the runs that have a readable record, the newest first."""
    found = [run for path in folder.glob("*.json") if (run := _read(path))]
    return sorted(found, key=lambda run: (run.started, run.id), reverse=True)


def show(folder: Path, *, as_json: bool) -> None:
    """Print the runs as a table or as JSON, the newest first."""
    told = [*(_told(run) for run in every(folder)), *spares(folder)]
    if as_json:
        result(json.dumps(told, indent=2))
        return
    columns = ("id", "started", "state", "step", "left", "dump")
    with table("Runs", columns) as rows:
        rows.extend([", ".join(one[key]) if key == "left" else str(one[key]) for key in columns] for one in told)


def spares(folder: Path) -> list[dict[str, Any]]:
    """Return what the processes that make spare copies of a clone have recorded of themselves."""
    found = list[dict[str, Any]]()
    for path in folder.glob("spare-*.json"):
        with suppress(OSError, ValueError, TypeError):
            found.append({"step": "", "left": [], "dump": "", **json.loads(path.read_text())})
    return [one for one in found if {"id", "started", "state", "database"} <= one.keys()]


def _told(run: Run) -> dict[str, Any]:
    state = run.state if run.state != RUNNING or run.is_alive else "killed"
    left = [f"{one.kind} {one.id}" for one in run.left]
    step = run.steps[-1].get("step", "") if run.steps else ""
    about = {"id": run.id, "source": run.source, "started": run.started, "state": state, "step": step}
    dump = run.dump if Path(run.dump).exists() else ""
    return {**about, "said": run.said, "left": left, "dump": dump, "snapshot": run.snapshot, "steps": run.steps}


def _read(path: Path) -> Run | None:
    try:
        run = parse(path.read_text(), path.parent)
    except (OSError, ValueError):
        return None
    return run if _path(path.parent, run.id) == path else None


def parse(text: str, folder: Path) -> Run:
    """Return the run that a record tells; ValueError if it tells none."""
    try:
        told = json.loads(text)
        if told.pop("kind") != "clone":
            raise ValueError(text)
        run = Run(**{**told, "folder": folder, "made": [Made(**one) for one in told.get("made", [])]})
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"not a run's record: {error}") from None
    texts = [run.id, run.source, run.started, run.dump, run.state, run.said, run.snapshot, run.snapshot_at, run.where]
    texts += [text for one in run.made for text in (one.kind, one.id, one.state)]
    steps: Any = run.steps
    is_right = isinstance(steps, list) and all(isinstance(step, dict) for step in steps)
    is_right &= all(isinstance(text, str) and "\0" not in text for text in texts)
    if not (is_right and names.parse_time(run.started) and re.fullmatch(r"\w+", run.id) and Path(run.dump).name):
        raise ValueError("not a run's record")
    return run
