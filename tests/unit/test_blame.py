"""Whose fault a difference between the migrated clone and a fresh database is."""

from clonekit.rehearsal.blame import blamed, drifted
from clonekit.rehearsal.rehearsals import Blame
from clonekit.schema.classes import Sort
from clonekit.schema.differences import Change, Difference
from clonekit.schema.verdicts import Verdict


def only_a(kind: str, name: str, area: str = "public") -> Difference:
    return Difference(Change.ONLY_A, kind, area, name, f"CREATE {kind} {name};", "")


def verdict(*failing: Difference, harmless: tuple[Difference, ...] = ()) -> Verdict:
    return Verdict(
        failing=tuple((Sort.DEFINITION, one) for one in failing),
        harmless=tuple((Sort.NOT_NULL_NAMES, one) for one in harmless),
        ignored={},
        reprinted=0,
        not_compared=(),
    )


HOTFIX = only_a("INDEX", "hotfix")


def test_what_differed_before_the_migration_is_old_drift() -> None:
    assert [one.blame for one in blamed(verdict(HOTFIX), drifted(verdict(HOTFIX)), {})] == [Blame.DRIFT]


def test_what_did_not_differ_before_is_the_migrations() -> None:
    assert [one.blame for one in blamed(verdict(HOTFIX), set(), {})] == [Blame.MIGRATION]


def test_another_type_of_object_with_the_same_name_is_the_migrations() -> None:
    drift = drifted(verdict(only_a("VIEW", "hotfix")))
    assert [one.blame for one in blamed(verdict(HOTFIX), drift, {})] == [Blame.MIGRATION]


def test_drift_is_known_again_after_its_table_was_renamed() -> None:
    before, after = only_a("TABLE", "legal_entity"), only_a("TABLE", "tenant")
    renamed = {"public.legal_entity": "public.tenant"}
    assert [one.blame for one in blamed(verdict(after), drifted(verdict(before)), renamed)] == [Blame.DRIFT]


def test_drift_on_a_renamed_table_is_known_again() -> None:
    before, after = only_a("CONSTRAINT", "legal_entity odd"), only_a("CONSTRAINT", "tenant odd")
    renamed = {"public.legal_entity": "public.tenant"}
    assert [one.blame for one in blamed(verdict(after), drifted(verdict(before)), renamed)] == [Blame.DRIFT]


def test_a_name_that_only_begins_like_a_renamed_one_is_left_alone() -> None:
    before, after = only_a("TABLE", "legal_entity_log"), only_a("TABLE", "tenant_log")
    renamed = {"public.legal_entity": "public.tenant"}
    assert [one.blame for one in blamed(verdict(after), drifted(verdict(before)), renamed)] == [Blame.MIGRATION]


def test_harmless_differences_are_cosmetic_and_come_last() -> None:
    found = blamed(verdict(HOTFIX, harmless=(only_a("NOT NULL", "t c"),)), set(), {})
    assert [one.blame for one in found] == [Blame.MIGRATION, Blame.COSMETIC]


def test_without_a_comparison_before_nobody_knows() -> None:
    assert [one.blame for one in blamed(verdict(HOTFIX), None, {})] == [Blame.UNKNOWN]
