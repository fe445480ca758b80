"""Passwords among the arguments of a command line, kept out of what is printed. Pure."""

import re
from collections.abc import Iterable

# In a URI all from the user's colon to the last `@`, in a connection string or a query all after `password=`.
_PASSWORD = re.compile(r"(/[^:/@]*:)(.+)(?=@)|(passw\w*\s*=\s*)(.+)", re.IGNORECASE | re.DOTALL)


def hidden(text: str, arguments: Iterable[str]) -> str:
    """Return `text` with `***` in place of each password that an argument holds, as it is or as Python writes it.

    >>> hidden("No idea what 'postgres://me:secret@far/shop' is!", ["postgres://me:secret@far/shop"])
    "No idea what 'postgres://me:***@far/shop' is!"
    """
    for argument in arguments:
        for found in _PASSWORD.finditer(argument):
            before = found[1] or found[3]
            for spelt in {found[0], repr(found[0])[1:-1]}:
                text = text.replace(spelt, f"{before}***")
    return text
