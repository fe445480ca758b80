"""`inv doctor`: all checks at once, in seconds; and some of them before a task that is expensive."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from textwrap import shorten

from clonekit.checks import CHECKS, NOT_LOOKED_AT, Case, Level, UnknownError
from clonekit.errors import Error, NotReadyError
from clonekit.output import result, say
from clonekit.settings import Settings

_LONGEST = 400  # characters of a finding: a proxy may answer with a page


@dataclass(frozen=True)
class Finding:
    """What was found of one thing, with the command that mends it where something is to be mended."""

    about: str
    level: Level
    said: str


def examine(settings: Settings) -> list[Finding]:
    """Return what each check found; they run at once, and none of them raises."""
    with ThreadPoolExecutor(2 * len(CHECKS)) as pool:
        case = Case.asked(settings, pool)
        return list(pool.map(lambda name: _examined(case, name), CHECKS))


def tell(case: Case, *abouts: str) -> None:
    """Say what these checks found that is not as it should be, before something expensive begins."""
    for about in abouts:
        found = _examined(case, about)
        if found.level != Level.OK and not found.said.startswith(NOT_LOOKED_AT):
            say(f"{found.level}, {about}: {found.said}")


def _examined(case: Case, about: str) -> Finding:
    try:
        level, said = CHECKS[about](case)
    except UnknownError as error:
        level, said = Level.WARNING, str(error)
    except Error as error:
        level, said = Level.FAILED, str(error)
    return Finding(about, level, shorten(said, _LONGEST))


def show(settings: Settings, *, as_json: bool) -> None:
    """Print what was found, its last line the verdict; raise NotReadyError if something failed."""
    say(f"Looking at {len(CHECKS)} things ...")
    found = examine(settings)
    failed = [one.about for one in found if one.level == Level.FAILED]
    if as_json:
        result(json.dumps({"ready": not failed, "findings": [asdict(one) for one in found]}, indent=2))
    else:
        width = max(len(one.about) for one in found)
        for one in found:
            result(f"{one.level:<8} {one.about:<{width}}  {one.said}")
        result("not ready" if failed else "ready")
    if failed:
        raise NotReadyError(f"Not as it must be: {', '.join(failed)}.")
