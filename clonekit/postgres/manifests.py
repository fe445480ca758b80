"""What is known of a dump, in a small file beside it: from when its data is, and its checksum. No secret, no row."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from clonekit import names
from clonekit.errors import DumpError


@dataclass(frozen=True)
class Facts:
    """A database before it is dumped: its size in bytes, its server's version, its tables with estimates."""

    bytes: int
    version: str
    tables: list[dict[str, Any]]  # schema, name, rows (an estimate), bytes
    connections: int = 100  # how many more the server lets in


@dataclass(frozen=True)
class Manifest:
    """One dump."""

    sha256: str
    size: int
    run: str
    source: str
    dbname: str
    snapshot: str
    snapshot_at: str  # when the data was production's; as `names.time_text` writes it
    dumped_at: str
    server_version: str
    tools: dict[str, str] = field(default_factory=dict)
    tables: list[dict[str, Any]] = field(default_factory=list)


def path_of(dump: Path) -> Path:
    """Return where the manifest of a dump is."""
    return dump.with_name(f"{dump.name}.json")


def text(manifest: Manifest) -> str:
    """Return the manifest as it is written."""
    return json.dumps(asdict(manifest), indent=1) + "\n"


def parse(written: str) -> Manifest:
    """Return the manifest that `text` wrote; ValueError if it is none."""
    try:
        told = json.loads(written)
        manifest = Manifest(**told)
    except (TypeError, RecursionError):
        raise ValueError("not a dump's manifest") from None
    texts = [getattr(manifest, name) for name in ("sha256", "run", "source", "snapshot", "snapshot_at", "dumped_at")]
    if not (all(isinstance(value, str) for value in texts) and isinstance(manifest.size, int)):
        raise ValueError("not a dump's manifest")
    return manifest


def of(dump: Path) -> Manifest | None:
    """Return the manifest of a dump; None if it has none that can be read."""
    try:
        return parse(path_of(dump).read_text())
    except (OSError, ValueError):
        return None


def verified(dump: Path, checksum: Callable[[], str]) -> Manifest | None:
    """Return the manifest of a dump whose `checksum` is as it says, None if it has none; DumpError if it is another."""
    try:
        manifest = parse(path_of(dump).read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise DumpError(
            f"The manifest {path_of(dump)} can't be read; remove it to load {dump.name} unverified."
        ) from None
    if manifest.sha256 != checksum():
        raise DumpError(
            f"{dump} is not what its manifest {path_of(dump).name} describes: it was damaged or replaced since. "
            "Make another: inv db.clone-prod"
        )
    return manifest


def says(manifest: Manifest) -> str:
    """Return from when and where the data is, as a sentence; foreign text made printable."""
    when = manifest.snapshot_at or manifest.dumped_at
    return names.printable(f"The data is {manifest.source}'s of {when} (snapshot {manifest.snapshot}).")
