"""The gate: read the schemas of two databases at once and compare them object by object."""

import re

from clonekit import files, schema, settling
from clonekit.errors import ClientError, Error
from clonekit.output import say
from clonekit.postgres import clients, databases
from clonekit.postgres.clients import Client
from clonekit.postgres.dumps import prepare_folder
from clonekit.postgres.server import Server
from clonekit.schema import Entry, catalogs, classes, differences, verdicts, versions
from clonekit.schema.differences import Difference
from clonekit.schema.masking import Mask
from clonekit.schema.verdicts import Options, Verdict
from clonekit.settings import Settings
from clonekit.settling import Pair
from clonekit.sides import Side, reading


def compare(settings: Settings, a: Side, b: Side, options: Options) -> Verdict:
    """Compare the schemas of two databases; their canonical forms are written to `dump/schema-<db>.sql`.

    Raises an Error, and never returns a verdict, if anything kept it from comparing.
    """
    newer = max(a, b, key=lambda side: side.major)
    client = clients.choose(newer.major, settings.local.client_dir, newer.server.sslmode)
    mask, known = Mask(), dict[str, Entry]()
    dumps = [side.dump(client, with_privileges=options.privileges) for side in (a, b)]
    with reading([a.query(client), b.query(client), *dumps]) as texts:
        facts = next(texts), next(texts)
        rows = [mask.hide(its) for its in catalogs.differing(*facts)]
        printed_a = _entries(next(texts), a, known)  # while the other one may still be being dumped
        of_a = mask.hide(printed_a)
        canonical_a = schema.canonical(of_a)
        printed_b = _entries(next(texts), b, known)
    of_b = mask.hide(printed_b)
    verdicts.require_schemas([*of_a, *of_b], options)
    _write_canonical(settings, {a: canonical_a, b: canonical_a if of_a == of_b else schema.canonical(of_b)})
    found = [each for each in differences.compare(of_a, of_b) if not classes.is_none(each)]
    found = verdicts.chosen(found, options)
    told = differences.compare(*rows)
    settled = set(_settled(found, (printed_a, printed_b), (a, b), client, options))
    reprinted, by_version = (settled, set()) if a.major == b.major else (set(), {*settled, *versions.caused(told)})
    kept = [difference for difference in found if difference not in reprinted] + verdicts.chosen(told, options)
    left_out = catalogs.unreadable(*facts) + verdicts.left_out([*of_a, *of_b], options)
    others = verdicts.others(of_a, of_b, options)
    return verdicts.judge(kept, of_a, options, len(reprinted), left_out, by_version, others=others)


def on_server(settings: Settings, server: Server, a: str, b: str, label: str = "") -> Verdict:
    """Compare two databases of one server by the default rules; `label` is what `b` is called, if not by its name."""
    major = databases.major(server)
    return compare(settings, Side(server, a, a, major), Side(server, b, label or b, major), Options())


def _entries(text: str, side: Side, known: dict[str, Entry]) -> list[Entry]:
    try:
        return schema.entries(text, known)
    except ValueError as error:
        raise ClientError(f"What pg_dump printed of {side.label} can't be read. {error}") from None


def _settled(
    found: list[Difference], printed: Pair, both: tuple[Side, Side], client: Client, options: Options
) -> list[Difference]:
    try:
        return settling.settle(found, printed, both, client, with_privileges=options.privileges)
    except Error as error:
        say(f"PostgreSQL could not print the schemas again, so every difference counts. {error}")
        return []


def _write_canonical(settings: Settings, texts: dict[Side, str]) -> None:
    prepare_folder(settings.dump_dir)
    for side, text in texts.items():
        files.replace(settings.dump_dir / schema_file(side.label), text)


def schema_file(label: str) -> str:
    """Return the file name for a database's schema; what could leave the folder is escaped.

    >>> schema_file("../x")
    'schema-..%2Fx.sql'
    """
    return "schema-" + re.sub(r"[^\w.-]", lambda found: f"%{ord(found[0]):02X}", label) + ".sql"
