"""What other users of the machine could see: the arguments of every process that a test has started, sampled."""

import base64
import html
import json
import os
import re
import threading
from pathlib import Path
from typing import Self
from urllib.parse import quote, quote_plus, unquote

_SECONDS = 0.01
# Where a child is told its secrets: so a test need not know how the password of a throwaway was made up.
_PASSWORD = re.compile(rb"^PGPASSWORD=(.+)$")
_URL = re.compile(rb"^DATABASE_URL=\w+://[^:/@]*:([^@]+)@")
_TOKEN = re.compile(rb'^AWS_SSM_START_SESSION_RESPONSE=.*"TokenValue": "([^"]+)"')


class Watch:
    """A thread that reads, every few milliseconds, the processes in whose environment a mark stands.

    A mark is inherited, so that a process is known as a descendant also when its parent has ended.
    """

    def __init__(self, mark: str) -> None:
        self.seen = set[str]()  # command lines, a NUL after each argument
        self.secrets = set[str]()
        self._mark = mark.encode()
        self._lines = dict[str, str]()  # of each process when it was last looked at
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        strangers = set[str]()
        while not self._over.wait(_SECONDS):
            there = {name for name in os.listdir("/proc") if name.isdigit()}  # noqa: PTH208 - a hundred times a second
            strangers &= there
            strangers |= {pid for pid in there - strangers if not self._is_ours(pid)}

    def _is_ours(self, pid: str) -> bool:
        """Look at a process; whether to look again."""
        try:
            line = Path("/proc", pid, "cmdline").read_bytes().decode(errors="replace")
            if self._lines.get(pid) == line:
                return True
            environ = Path("/proc", pid, "environ").read_bytes().split(b"\0")
        except OSError:
            return True
        if self._mark not in environ:
            return not line  # it is just ending
        self._lines[pid] = line
        self.seen.add(line)
        for pattern in (_PASSWORD, _URL, _TOKEN):
            self.secrets |= {unquote(found[1].decode()) for item in environ if (found := pattern.match(item))}
        return True


def spellings(secret: str) -> set[str]:
    """Return how a secret may stand in a text: as it is, or escaped for a URL, Python, JSON or HTML, or in base64."""
    escaped = {quote(secret, safe=""), quote(secret), quote_plus(secret), html.escape(secret)}
    written = {repr(secret)[1:-1], ascii(secret)[1:-1], json.dumps(secret)[1:-1]}
    return {secret, *escaped, *written, base64.b64encode(secret.encode()).decode().rstrip("=")}


def found(secrets: set[str], text: str) -> set[str]:
    """Return the secrets that stand in a text in one of these ways."""
    return {secret for secret in secrets if any(spelt in text for spelt in spellings(secret))}


def exposed(folder: Path, own: set[Path]) -> list[Path]:
    """Return the files of a folder that anybody may read, and the private ones but for those in `own`."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path for path in files if path.stat().st_mode & 0o077 or not any(path.is_relative_to(each) for each in own)]
