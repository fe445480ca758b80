"""A real browser without a window, and what can be told from its pictures."""

import re
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--enable-logging=stderr",
    "--v=0",
]
SECONDS = 120
ATTACK = """</style></title><script>document.title='taken'</script><img src=x onerror="document.title='taken'">"""

DARK = ["--blink-settings=preferredColorScheme=0"]
Browse = Callable[..., tuple[str, list[str]]]


def find() -> str | None:
    """Return the browser's program, or None if there is none here."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def run(browser: str, profile: Path, file: Path, *flags: str) -> tuple[str, list[str]]:
    """Open a file and return what the browser printed (a page's elements, say) and the errors on its console."""
    argv = [browser, *FLAGS, f"--user-data-dir={profile}", *flags, file.as_uri()]
    done = subprocess.run(argv, capture_output=True, timeout=SECONDS, check=True, encoding="utf-8")
    return done.stdout, re.findall(r":CONSOLE[:(].*", done.stderr)


def colours(png: bytes) -> tuple[int, int, int]:
    """Return a picture's width, height, and number of different bytes in it."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    position, data = 8, b""
    while position < len(png):
        length, kind = struct.unpack(">I4s", png[position : position + 8])
        data += png[position + 8 : position + 8 + length] if kind == b"IDAT" else b""
        position += length + 12
    width, height = struct.unpack(">II", png[16:24])
    return width, height, len(set(zlib.decompress(data)))
