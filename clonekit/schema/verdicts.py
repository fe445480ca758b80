"""What a comparison says in the end: which differences fail the gate, which are only told. Pure."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from clonekit.errors import UsageError
from clonekit.postgres.sqltext import IDENTIFIER, unquoted
from clonekit.schema import Entry, classes
from clonekit.schema.catalogs import NOT_READABLE
from clonekit.schema.classes import Sort
from clonekit.schema.differences import ON_ANOTHER, Change, Difference
from clonekit.schema.renames import renames
from clonekit.schema.suggestions import suggest
from clonekit.schema.validity import joined
from clonekit.schema.versions import AT_DEFAULT

_INTERNAL_TRIGGER = re.compile(
    rf"ALTER TABLE (?:{IDENTIFIER})\.(?:{IDENTIFIER}) (?:ENABLE|DISABLE)(?: ALWAYS| REPLICA)? TRIGGER "
    r'"RI_ConstraintTrigger_[ac]_[0-9]+";'
)
_NEVER = {"DEFAULT ACL", AT_DEFAULT, NOT_READABLE}
_OF_PRIVILEGES = {"OWNER", "PRIVILEGES"}  # asked from the catalogs in any case
_OF_OTHER_SCHEMAS = "INHERITED PARTS"  # which tell it themselves where all are compared


@dataclass(frozen=True)
class Options:
    """What is compared, and what of it is passed over."""

    schemas: tuple[str, ...] = ()  # none: all
    ignore: frozenset[Sort] = frozenset()
    privileges: bool = False
    strict: bool = False


@dataclass(frozen=True)
class Verdict:
    """What was found: what fails the gate, and what does not but is told."""

    failing: tuple[tuple[Sort, Difference], ...]
    harmless: tuple[tuple[Sort, Difference], ...]  # these fail only with `--strict`
    ignored: dict[Sort, int]  # how many differences each `--ignore` hid
    reprinted: int  # how many were only another way to print the same
    not_compared: tuple[str, ...]
    renames: tuple[str, ...] = ()  # probable unfinished renames, a sentence each
    suggestions: tuple[str, ...] = ()  # statements that bring A nearer to B, in an order that runs

    @property
    def equal(self) -> bool:
        """Whether the gate is open."""
        return not self.failing


def chosen(found: Iterable[Difference], options: Options) -> list[Difference]:
    """Return the differences that were asked for: of these schemas, and privileges or not.

    Left out is what the catalogs tell better: default privileges (whatever the flags), states of internal triggers.
    So is what only explains another difference.
    """
    kept = [difference for difference in found if options.privileges or difference.kind not in _OF_PRIVILEGES]
    kept = [difference for difference in kept if difference.kind not in _NEVER and not _is_internal(difference)]
    if not options.schemas:
        return [difference for difference in kept if difference.kind != _OF_OTHER_SCHEMAS]
    return [difference for difference in kept if _schema_of(difference) in options.schemas]


def _is_internal(difference: Difference) -> bool:
    """Return whether this is a constraint's own trigger, named by an OID; the catalogs tell its state without one."""
    definition = difference.definition_a or difference.definition_b
    return difference.kind == "TRIGGER" and _INTERNAL_TRIGGER.fullmatch(definition) is not None


def require_schemas(entries: Iterable[Entry], options: Options) -> None:
    """Raise UsageError for a schema that neither side has: comparing nothing would look like a match."""
    missing = set(options.schemas)
    missing -= set(map(_schema_of, entries)) if missing else set()
    if missing:
        raise UsageError(f"--schema {', '.join(sorted(missing))}: neither database has it.")


def _schema_of(item: Entry | Difference) -> str:
    if item.kind in ("SCHEMA", "PUBLIC SCHEMA"):
        return item.name
    of_schema = item.kind in ON_ANOTHER and item.schema == "-" and item.name.startswith("SCHEMA ")
    return unquoted(item.name.removeprefix("SCHEMA ")) if of_schema else item.schema


def others(of_a: Iterable[Entry], of_b: Iterable[Entry], options: Options) -> dict[str, set[str]]:
    """Return the schemas that were not asked for, if any were, with the names of what is the same on both sides."""
    if not options.schemas:
        return {}
    a, b = set(of_a), set(of_b)
    found = {name: set[str]() for name in set(map(_schema_of, a | b)).difference(options.schemas)}
    for entry in a & b:
        found.get(entry.schema, set()).add(entry.name.partition("(")[0])
    return found


def left_out(entries: Iterable[Entry], options: Options) -> list[str]:
    """Say what there is and was not compared."""
    told = [] if options.privileges else ["ownership and privileges (--privileges compares them)"]
    others = {entry.identity: _schema_of(entry) for entry in entries} if options.schemas else {}
    for name, number in sorted(Counter(others.values()).items()):
        if name not in options.schemas:
            told.append(f"schema {name}: {number} objects" if name.strip("-") else f"{number} objects in no schema")
    return [*told, "rows, and roles and tablespaces themselves, which belong to the server"]


def judge(
    found: list[Difference],
    of_a: Iterable[Entry],
    options: Options,
    reprinted: int,
    not_compared: Iterable[str],
    by_version: Container[Difference] = (),
    *,
    others: Mapping[str, Container[str]] | None = None,
) -> Verdict:
    """Sort what was found into what fails the gate and what does not.

    `of_a` are all of A's objects, `by_version` the differences that only the servers' versions cause, `others` what
    there is in schemas that were not asked for.
    """
    found = joined(found)
    pairs = renames((difference for difference in found if difference not in by_version), of_a)
    renamed = {definition for pair in pairs for definition in pair.definitions}
    sorted_out = [
        (Sort.SERVER_VERSION if difference in by_version else classes.sort_of(difference, renamed), difference)
        for difference in _once(found)
    ]
    ignored = Counter(sort for sort, _ in sorted_out if sort in options.ignore)
    rest = [(sort, difference) for sort, difference in sorted_out if sort not in options.ignore]
    harmless = set() if options.strict else classes.HARMLESS
    failing = tuple(item for item in rest if item[0] not in harmless)
    said = {difference for _, difference in sorted_out}
    unsaid = [difference for difference in found if _is_of_parts(difference) and difference not in said]
    return Verdict(
        failing=failing,
        harmless=tuple(item for item in rest if item[0] in harmless),
        ignored=dict(ignored),
        reprinted=reprinted,
        not_compared=(*_members_left_out(found, said), *not_compared),
        renames=tuple(map(str, pairs)),
        suggestions=tuple(suggest([*(item[1] for item in failing), *unsaid], of_a, others or {})) if failing else (),
    )


def _is_of_parts(difference: Difference) -> bool:
    """Return whether this is a partitioned table's index, which, though it is invalid, has its statement here only."""
    return difference.kind == "INDEX" and " ON ONLY " in (difference.definition_a or difference.definition_b)


def _once(found: list[Difference]) -> list[Difference]:
    """Leave out what only says again what another difference says."""
    titles = {(difference.kind, difference.title) for difference in found if _tells_more(difference)}
    tables = {(kind, title.rpartition(".")[0]) for kind, title in titles if kind == "NOT NULL"}
    gone = [difference for difference in found if difference.change != Change.CHANGED]
    lacking = {(d.change, d.schema, _named(d)) for d in gone if d.kind not in classes.CONSTRAINTS}
    told: set[object] = {*titles, *tables, *lacking}
    return [difference for difference in found if not _is_told(difference, told)]


def _members_left_out(found: Iterable[Difference], said: Container[Difference]) -> list[str]:
    """Say whose members were not compared: what another version changed can't be told from what somebody altered."""
    found = [each for each in found if each.change == Change.CHANGED or each.kind == "EXTENSION MEMBER"]
    left_out = [each.title for each in found if each.kind == "EXTENSION MEMBER" and each not in said]
    extensions = {unquoted(name[0]) for title in left_out if (name := re.match(IDENTIFIER, title))}
    extensions &= {each.name for each in found if each.kind == "EXTENSION VERSION"}
    return [f"members of extension {name}, of which each side has another version" for name in sorted(extensions)]


def _named(difference: Difference) -> str:
    """Return what a comment on this object is called."""
    return f"{difference.kind} {difference.name.removeprefix(f'{difference.kind} ')}"


def _tells_more(difference: Difference) -> bool:
    if difference.kind == "COLUMN ORDER":
        return _is_new_order(difference)
    return difference.change == Change.CHANGED or difference.kind != "NOT NULL"


def _is_told(difference: Difference, told: Container[object]) -> bool:
    kind, title = difference.kind, difference.title
    if kind in ("COLUMN ORDER", "NOT NULL"):
        return (kind, title) not in told
    if kind == "EXTENSION MEMBER":  # another version has other members
        extension = re.match(IDENTIFIER, title)
        return extension is not None and ("EXTENSION VERSION", unquoted(extension[0])) in told
    if kind in ("COMMENT", "EXTENSION VERSION"):  # of what is itself on one side only
        about = difference.name if kind == "COMMENT" else f"EXTENSION {difference.name}"
        return (difference.change, difference.schema, about) in told
    if kind == "INDEX" and ("INDEX STATE", title) in told:  # pg_dump does not print an invalid index
        return True
    same_said = {Sort.COLUMN_ORDER: ("COLUMN ORDER", title), Sort.NOT_NULL_NAMES: ("NOT NULL", title)}
    return same_said.get(classes.sort_of(difference)) in told


def _is_new_order(difference: Difference) -> bool:
    """Return whether the columns that both sides have stand in another order."""
    of_a, of_b = (re.findall(IDENTIFIER, text) for text in (difference.definition_a, difference.definition_b))
    both = set(of_a) & set(of_b)
    return [column for column in of_a if column in both] != [column for column in of_b if column in both]
