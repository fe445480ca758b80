"""What a rehearsal found before it migrated, kept for the next one of the same data: `inv rehearse --from migrate`."""

import json
from dataclasses import dataclass

from clonekit import files
from clonekit.postgres import dumps
from clonekit.postgres.clones import Pristine
from clonekit.rehearsal import tallies
from clonekit.rehearsal.blame import Titles
from clonekit.rehearsal.tallies import Contents
from clonekit.settings import Settings

_FILE = "rehearsal.json"  # in `.clonekit`


@dataclass(frozen=True)
class Before:
    """What the clone held, and on what it did not agree with production's own migrations (None: it was not asked)."""

    contents: Contents
    drift: Titles | None


def read(settings: Settings, source: Pristine) -> Before | None:
    """Return what the last rehearsal found, if its clone was of this pristine state."""
    try:
        told = json.loads((settings.state_dir / _FILE).read_text())
        if not source.oid or told["pristine"] != _named(source):
            return None
        drift = told["drift"]
        titles = None if drift is None else {(kind, title) for kind, title in drift}
        return Before(tallies.parse(told["contents"]), titles)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(settings: Settings, source: Pristine, found: Before) -> None:
    """Keep what was found of a clone of this pristine state."""
    titles = None if found.drift is None else sorted(found.drift)
    told = {"pristine": _named(source), "contents": tallies.text(found.contents), "drift": titles}
    dumps.prepare_folder(settings.state_dir)
    files.replace(settings.state_dir / _FILE, json.dumps(told))


def _named(source: Pristine) -> list[int | str]:
    """Return what no other pristine state has: on another server one may have the same OID, and its tables others."""
    return [source.oid, source.sha256, source.loaded]
