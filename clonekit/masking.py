"""Passwords in a schema's definitions, replaced by what still tells two of them apart. Pure."""

import re
from collections.abc import Iterable

from clonekit.schema import Entry
from clonekit.sqltext import tokens

# Where PostgreSQL keeps secrets in a schema: options of user mappings and servers, and a subscription's connection.
_KINDS = {"USER MAPPING", "SERVER", "FOREIGN DATA WRAPPER", "SUBSCRIPTION"}
_SECRET = re.compile(r"(?i)passw|secret|token|credential|api_?key|private_?key")
_IN_CONNECTION = re.compile(r"(?i)(passw\w*\s*=\s*)('(?:[^'\\]|\\.)*'|''(?:[^'\\]|\\.|'(?!'))*''|[^\s']+)")


class Mask:
    """Secrets seen so far, each with a number: equal ones get the same, in every schema that passes through."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def hide(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return the entries with `(hidden 1)` in place of a password."""
        return [self._hidden(entry) if entry.kind in _KINDS else entry for entry in entries]

    def _hidden(self, entry: Entry) -> Entry:
        words, option = [], ""
        for token in tokens(entry.definition):
            words.append(self._word(option, token))
            option = option if token.isspace() else token
        return entry._replace(definition="".join(words))

    def _word(self, option: str, token: str) -> str:
        if not token.startswith("'"):
            return token
        if _SECRET.search(option):
            return f"'{self._number(token)}'"
        return _IN_CONNECTION.sub(lambda found: found[1] + self._number(found[2]), token)

    def _number(self, secret: str) -> str:
        return f"(hidden {self._numbers.setdefault(secret, len(self._numbers) + 1)})"
