"""What only the servers' versions cause, told apart from what somebody changed. Pure.

Whether a definition is only printed differently is not decided here: the newer server prints both (`settling`).
"""

from collections.abc import Iterable, Sequence

from clonekit.postgres.sqltext import words
from clonekit.schema.differences import Change, Difference

AT_DEFAULT = "EXTENSION DEFAULT"  # says of an extension that it has the version that its server installs by default


def caused(told: Iterable[Difference]) -> list[Difference]:
    """Return those differences between what the catalogs of two servers tell that only the servers' versions cause.

    An extension's version is one if each side has its server's default. So is a member's definition if the same is
    printed with and without the names of tables before those of columns: since 16 only where they are needed.
    """
    changed = [difference for difference in told if difference.change == Change.CHANGED]
    at_default = {difference.name for difference in changed if difference.kind == AT_DEFAULT}
    return [
        difference
        for difference in changed
        if (difference.kind == "EXTENSION VERSION" and difference.name in at_default)
        or (difference.kind == "EXTENSION MEMBER" and _same_but_for_tables(difference))
    ]


def _same_but_for_tables(difference: Difference) -> bool:
    a, b = ((*words(text), "") for text in (difference.definition_a, difference.definition_b))
    place_a = place_b = 0
    while place_a < len(a) - 1 and place_b < len(b) - 1:
        if (of_table := _is_before_dot(a, place_a)) != _is_before_dot(b, place_b):
            place_a, place_b = (place_a + 2, place_b) if of_table else (place_a, place_b + 2)
        elif a[place_a] != b[place_b]:
            return False
        else:
            place_a, place_b = place_a + 1, place_b + 1
    return place_a == len(a) - 1 and place_b == len(b) - 1


def _is_before_dot(found: Sequence[str], place: int) -> bool:
    return found[place + 1] == "." and not found[place].isdecimal()
