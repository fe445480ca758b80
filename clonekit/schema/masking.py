"""Passwords in a schema's definitions, replaced by what still tells two of them apart. Pure."""

import re
from collections.abc import Iterable

from clonekit.postgres.sqltext import literal, tokens, unquoted
from clonekit.schema import Entry

# Where PostgreSQL keeps secrets: options of user mappings, servers and foreign tables; subscriptions; settings.
_WITH_OPTIONS = {"USER MAPPING", "SERVER", "FOREIGN DATA WRAPPER", "FOREIGN TABLE", "SUBSCRIPTION"}
_TOLD = {"DATABASE SETTING", "ROLE IN DATABASE SETTING", "EXTENSION MEMBER"}
_WITH_SECRETS = _WITH_OPTIONS | _TOLD
_USERS = {"user", "username"}  # all else in a user mapping may be a secret, whatever a wrapper calls it
_SECRET = re.compile(r"(?i)passw|passphrase|secret|token|credential|jwt|(?:access|api|private|encryption).?key")
_IN_CONNECTION = re.compile(
    r"(?i)(passw\w*\s*=\s*)('(?:[^'\\]|\\[\s\S])*'|(?:[^\s'\\]|\\[\s\S])+)"
    r"|(://[^\s:/@]*:)([^\s@/]+)(?=@)"
)
_LIKE_A_MASK = re.compile(r"\(hidden [0-9]+\)")
_CHECKSUM = re.compile(r"\(hidden, checksum ([0-9a-f]+)\)")  # `catalog.sql` prints it for a secret


class Mask:
    """Secrets seen so far, each with a number: equal ones get the same, in every schema that passes through."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def hide(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return the entries with `(hidden 1)` in place of a password or of its checksum."""
        return [self._hidden(entry) if entry.kind in _WITH_SECRETS else entry for entry in entries]

    def _hidden(self, entry: Entry) -> Entry:
        if entry.kind in _TOLD:
            shown = self._connection(entry.definition)
            return entry._replace(definition=_CHECKSUM.sub(lambda found: self._number(found[1]), shown))
        words, option = [], ""
        for token in tokens(entry.definition):
            words.append(self._word(option, token, is_mapping=entry.kind == "USER MAPPING"))
            option = option if token.isspace() else token
        return entry._replace(definition="".join(words))

    def _word(self, option: str, token: str, *, is_mapping: bool) -> str:
        value = literal(token)
        if value is None:
            return token
        is_secret = unquoted(option) not in _USERS if is_mapping else _SECRET.search(option)
        hidden = self._number(value) if is_secret else self._connection(value)
        return token if hidden == value else "'" + hidden.replace("'", "''") + "'"

    def _connection(self, text: str) -> str:
        text = _LIKE_A_MASK.sub(lambda found: self._number(found[0]), text)  # or it could equal a password's mask
        return _IN_CONNECTION.sub(lambda found: (found[1] or found[3]) + self._number(found[2] or found[4]), text)

    def _number(self, secret: str) -> str:
        return f"(hidden {self._numbers.setdefault(secret, len(self._numbers) + 1)})"
