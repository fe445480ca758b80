"""The app's database credentials, as it keeps them: one JSON text. Pure."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from clonekit.errors import UsageError
from clonekit.postgres.server import Server
from clonekit.settings import OVERRIDE_VARIABLE

_KEYS = ("username", "host", "port", "dbname")


@dataclass(frozen=True)
class Credentials:
    """What the JSON says; the password never appears in its text."""

    url: str  # jdbc:postgresql://host:port/dbname, without login
    user: str
    password: str = field(repr=False)
    host: str
    port: int
    dbname: str

    def server(self) -> Server:
        """Return the server that these credentials name."""
        return Server(self.host, self.port, self.user, self.password or None)


def parse_credentials(
    text: str, environ: Mapping[str, str] = os.environ, override: str = OVERRIDE_VARIABLE
) -> Credentials:
    """Return the credentials in `text`; a non-blank `override` variable in `environ` replaces the dbname.

    Production's are read with an empty `environ`: an override meant for the local clone must not redirect it.
    Raises UsageError on anything that is not a JSON object with username, host, port and dbname; the error never
    repeats a value, since any of them may be the secret.
    """
    values = _object(text)
    missing = [key for key in _KEYS if values.get(key) in (None, "")]
    if missing:
        raise UsageError(f"The database credentials lack {', '.join(missing)}.")
    if not all(isinstance(values[key], str) for key in ("username", "host", "dbname")):
        raise UsageError("In the database credentials username, host and dbname must be text.")
    password = values.get("password") or ""
    if not isinstance(password, str):
        raise UsageError("In the database credentials password must be text.")
    dbname = (environ.get(override) or "").strip() or str(values["dbname"])
    port = _port(values["port"])
    host = str(values["host"])
    url = f"jdbc:postgresql://{host}:{port}/{dbname}"
    return Credentials(url, str(values["username"]), password, host, port, dbname)


@dataclass(frozen=True)
class Login:
    """A role, the database it logs in to, and its password, which never appears in the text of this."""

    user: str
    dbname: str  # empty: not known
    password: str = field(default="", repr=False)


def parse_login(text: str) -> Login:
    """Return the login in a JSON object of username, password and perhaps dbname; UsageError, without any value."""
    values = _object(text)
    user, password, dbname = (values.get(key, "") for key in ("username", "password", "dbname"))
    if not (isinstance(user, str) and isinstance(password, str) and isinstance(dbname, str) and user and password):
        raise UsageError("The database credentials must have username and password, and dbname if any, as text.")
    if any("\0" in text or text != text.encode(errors="replace").decode() for text in (user, password, dbname)):
        raise UsageError("The database credentials hold a character that PostgreSQL does not take.")
    return Login(user, dbname, password)


def _object(text: str) -> dict[str, object]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise UsageError("The database credentials are not a JSON object.")
    return values


def _port(value: object) -> int:
    try:
        port = int(value) if isinstance(value, int | str) and not isinstance(value, bool) else 0
    except ValueError:
        port = 0
    if not 0 < port < 65536:  # noqa: PLR2004 - TCP's own limit
        raise UsageError("In the database credentials port is not a port number.")
    return port
