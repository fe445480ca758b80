"""Names and ages: what things are called, and how old is too old. Pure."""

import hashlib
import re
from datetime import UTC, datetime

from clonekit.errors import UsageError

CREATED_BY = "clone-prod-db"  # the value of the tag CreatedBy on everything clonekit makes in AWS
CLONE = "-clone-"  # between the source's name and ours in the name of all that
RUN_TAG = "RunId"
EXPIRY_TAG = "ExpiresAt"
MAX_IDENTIFIER = 63  # RDS: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
MAX_DATABASE_NAME = 63  # bytes: PostgreSQL's NAMEDATALEN - 1
_LONGEST_KIN = "__spare4294967295_4194304"  # with an OID and a process id


def clone_identifier(source: str, now: datetime, suffix: str = "") -> str:
    """Return the throwaway's identifier, `<source>-clone-<yyyyMMddHHmmss>`, in UTC; `suffix` tells two runs apart."""
    return _identifier(f"{clone_prefix(source)}{now.astimezone(UTC):%Y%m%d%H%M%S}", suffix)


def snapshot_identifier(source: str, now: datetime, suffix: str = "") -> str:
    """Return the temporary snapshot's identifier, `<source>-clone-src-<yyyyMMddHHmmss>`, in UTC."""
    return _identifier(f"{clone_prefix(source)}src-{now.astimezone(UTC):%Y%m%d%H%M%S}", suffix)


def clone_prefix(source: str) -> str:
    """Return what the identifier of everything clonekit makes from `source` begins with."""
    return f"{source}{CLONE}"


def _identifier(name: str, suffix: str) -> str:
    name = f"{name}-{suffix}" if suffix else name
    if len(name) > MAX_IDENTIFIER:
        raise UsageError(f"{name} is longer than the {MAX_IDENTIFIER} characters that RDS allows; see rds.source.")
    return name


def session_stamp(now: datetime) -> str:
    """Return `<yyyyMMdd-HHmmss>` in UTC: the name of one run, in its header and its dump's name."""
    return f"{now.astimezone(UTC):%Y%m%d-%H%M%S}"


def parse_stamp(text: str) -> datetime | None:
    """Return the moment that `session_stamp` wrote, or None if the text is none."""
    try:
        return datetime.strptime(text, "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def dump_name(now: datetime) -> str:
    """Return the dump's file name, `prod-<yyyyMMdd-HHmmss>.dump`, in UTC."""
    return f"prod-{session_stamp(now)}.dump"


def is_fresh(created: datetime, now: datetime, hours: float) -> bool:
    """Return whether something created then is at most `hours` old now, to the microsecond."""
    return (now - created).total_seconds() <= hours * 3600


def age(created: datetime, now: datetime) -> str:
    """Return an age as a person says it: `3 h 20 min`, `2 days 4 h`."""
    return duration((now - created).total_seconds())


def time_text(moment: datetime) -> str:
    """Return a moment to the second as `2026-11-24T21:00:00Z`."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def parse_time(text: str) -> datetime | None:
    """Return the moment that `time_text` wrote, or None if the text is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def duration(seconds: float) -> str:
    """Return a duration in its two largest units, `59 s`, `3 h 20 min`, `2 days 4 h`."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} day{'s' if days > 1 else ''} {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def size(number: float) -> str:
    """Return a number of bytes as a person says it: `3.4 MB`, in powers of 1000."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:  # noqa: PLR2004
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"


def check_database_name(name: str, what: str = "database") -> str:
    """Return `name` if PostgreSQL would take it as it is (any text but empty, NUL, or over 63 bytes)."""
    if not name.strip():
        raise UsageError(f"The name of the {what} is empty.")
    if "\0" in name or len(name.encode(errors="surrogateescape")) > MAX_DATABASE_NAME or not _is_text(name):
        raise UsageError(
            f"{printable(name)} can't be a {what} name: at most {MAX_DATABASE_NAME} bytes of UTF-8, no NUL."
        )
    return name


def beside(name: str, kind: str) -> str:
    """Return the name of a database that clonekit makes beside `name`; no other database's is the same.

    >>> beside("shop", "building")
    'shop__building'
    """
    whole, room = name.encode(), MAX_DATABASE_NAME - len(_LONGEST_KIN)
    if len(whole) > room:
        digest = hashlib.sha256(whole).hexdigest()[:8]
        name = f"{whole[: room - len(digest) - 1].decode(errors='ignore')}_{digest}"
    return f"{name}__{kind}"


def is_beside(other: str, name: str, kinds: str = "building|replaced|pristine|making|spare") -> bool:
    """Return whether `other` is what `beside` makes of `name` and one of these kinds, with or without a number."""
    start = beside(name, "")
    return other.startswith(start) and re.fullmatch(rf"(?:{kinds})[0-9_]*", other[len(start) :]) is not None


def _is_text(name: str) -> bool:
    return name == name.encode(errors="replace").decode()


def printable(text: str) -> str:
    """Return foreign text without control characters: none that drives the terminal or turns the writing around."""
    return re.sub(r"[^\S \n\t]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "�", text)
