"""What pg_restore said, and what it means: damaged, incomplete, or only without what can't exist here. Pure.

pg_restore prints `pg_restore: error:` for ignored errors too and exits 1 for both
(https://www.postgresql.org/docs/18/app-pgrestore.html), so the text alone decides nothing: what is missing does.
"""

import re
from dataclasses import dataclass

_ENTRY = re.compile(r"^pg_restore: from TOC entry \d+; \d+ \d+ (.*)$")
_ERROR = re.compile(r"^pg_restore: (?:error|\[archiver[^]]*\]): (.*)$")
_IGNORED = re.compile(r"^pg_restore: warning: errors ignored on restore: \d+$", re.MULTILINE)
_STATEMENT_FAILED = "could not execute query: ERROR:"
_COPY_FAILED = "COPY failed for table"

_BENIGN = (
    ("a role that is not here", "", r'role ".*" does not exist'),
    ("an extension that is not here", "EXTENSION", r"extension .* is not available|could not open extension control"),
    ("an extension that is not here", "COMMENT", r'extension ".*" does not exist'),
    (
        "what only a superuser may make",
        "EVENT TRIGGER|PUBLICATION|SUBSCRIPTION",
        r"permission denied|must be superuser",
    ),
    ("a comment only its owner may set", "COMMENT", r"must be owner of"),
    ("what every database has", "SCHEMA", r'schema "public" already exists'),
    ("a setting this server does not know", "", r"unrecognized configuration parameter"),
)


@dataclass(frozen=True)
class Problem:
    """One error of pg_restore: the object (type, schema, name, owner, as in the dump's contents) and the message."""

    entry: str
    message: str

    @property
    def benign(self) -> str:
        """Why the loss does not matter on a developer's machine; empty if it does."""
        for reason, kind, pattern in _BENIGN:
            if re.match(kind, self.entry) and re.search(pattern, self.message):
                return reason
        return ""


def problems(stderr: str) -> list[Problem]:
    """Return the errors about single objects in what pg_restore wrote, in order."""
    found, entry = [], ""
    for line in stderr.splitlines():
        if about := _ENTRY.match(line):
            entry = about[1]
        elif (error := _ERROR.match(line)) and (_STATEMENT_FAILED in line or error[1].startswith(_COPY_FAILED)):
            found.append(Problem(entry, error[1].split("ERROR:", 1)[-1].strip()))
    return found


def gave_up(code: int, stderr: str) -> str:
    """Return why pg_restore stopped before the dump's end, or an empty text if it came to the end."""
    if code == 0 or (code == 1 and _IGNORED.search(stderr)):
        return ""
    errors = [error[1] for line in stderr.splitlines() if (error := _ERROR.match(line))]
    return errors[-1] if errors else f"exit code {code}"


@dataclass(frozen=True)
class Contents:
    """A dump's table of contents, as `pg_restore --list` prints it."""

    entries: int  # what pg_restore will create or fill
    tables: int
    dbname: str


def contents(listing: str) -> Contents:
    """Return what is in the dump: only lines that don't begin with `;` are entries."""
    entries = [line for line in listing.splitlines() if re.match(r"\d+; ", line)]
    tables = [line for line in entries if re.match(r"\d+; 1259 \d+ (TABLE|FOREIGN TABLE) (?!DATA |ATTACH )", line)]
    name = re.search(r"^;\s+dbname: (.*)$", listing, re.MULTILINE)
    return Contents(len(entries), len(tables), name[1] if name else "")
