"""Whatever stands in a name, a tag or a message from AWS, it is text: no terminal and no shell obeys it."""

import shlex
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from invoke.exceptions import Exit

from clonekit import cloning, leftovers, names
from clonekit.aws import Cloud
from clonekit.aws.resources import Resource
from clonekit.errors import AwsError, Error
from clonekit.leftovers import Leftover
from clonekit.preparing import Options
from clonekit.settings import Settings
from tests.test_docs import load_tasks

from . import OURS, SOURCE, Edge

EVIL = "-x;\x1b[2J\x9b31m\x07\r\n$(id) `id` '\u202e../../etc"
CONTROLS = set("\x1b\x9b\x07\r\u202e")


def is_harmless(text: str) -> bool:
    return bool(text) and not CONTROLS & set(text)


@pytest.fixture
def evil(production: Edge, rds: Any) -> Edge:
    """Production with a source, a throwaway, a schedule and a session in all of whose texts there is evil."""
    described = rds.describe_db_instances(DBInstanceIdentifier=SOURCE)["DBInstances"][0]
    tags = [*(tag for tag in OURS if tag["Key"] != "RunId"), {"Key": "RunId", "Value": EVIL}]
    texts = {"DBInstanceStatus": EVIL, "MasterUsername": EVIL, "DBName": EVIL, "StorageType": EVIL}
    throwaway = {**described, **texts, "DBInstanceIdentifier": f"{SOURCE}-clone-{EVIL}", "TagList": tags}
    source = {**described, **texts, "DBSubnetGroup": {"DBSubnetGroupName": EVIL}}
    production.answer(
        "DescribeDBInstances",
        lambda asked: {"DBInstances": [source if asked.get("DBInstanceIdentifier") else throwaway]},
    )
    production.answer("ListSchedules", {"Schedules": []})
    session = {"SessionId": EVIL, "Status": EVIL, "Reason": f"clonekit run {EVIL}"}
    production.answer("DescribeSessions", {"Sessions": [session]})
    return production


@pytest.mark.parametrize("as_json", [True, False])
def test_names_from_aws_cannot_drive_the_terminal(
    as_json: bool, evil: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    leftovers.show(project, as_json=as_json)
    leftovers.tell(project, Cloud(project.aws))
    cloning.show_plan(project, Options())
    said = capsys.readouterr()
    assert "../../etc" in said.out
    assert is_harmless(said.out)
    assert is_harmless(said.err)


def test_a_name_from_aws_in_an_error_cannot_drive_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = load_tasks()
    monkeypatch.setattr(tasks.interrupts, "listen", lambda: None)
    with pytest.raises(Exit) as ended, tasks.outcome():
        raise AwsError(EVIL)
    assert ended.value.code == AwsError.exit_code
    assert is_harmless(str(ended.value.message))


def test_not_even_the_traceback_of_a_fault_drives_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tasks = load_tasks()
    monkeypatch.setattr(tasks.interrupts, "listen", lambda: None)
    with pytest.raises(Exit), tasks.outcome():
        raise KeyError(names.CLONE, f"{EVIL}") from ValueError(EVIL)
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert is_harmless(said)


@pytest.mark.parametrize("kind", ["session", "instance", "snapshot", "schedule"])
def test_a_command_to_be_copied_takes_a_name_as_one_word(kind: str, cloud: Cloud) -> None:
    found = Leftover(kind, Resource(id=EVIL, state="", created=None, tags={}))
    assert EVIL in shlex.split(found.command(cloud))


def test_a_profile_is_one_word_of_a_command_too(cloud: Cloud) -> None:
    evil = replace(cloud, settings=replace(cloud.settings, profile=EVIL))
    assert shlex.split(evil.login_flags) == ["--profile", EVIL, "--region", "eu-central-1"]


def test_what_only_looks_like_ours_is_not_removed(
    production: Edge, project: Settings, rds: Any, instance: Callable[..., None]
) -> None:
    """A name or a tag alone, or the tag of another source, is not enough."""
    others = [tag | {"Value": "other-db"} if tag["Key"] == "CloneOf" else tag for tag in OURS]
    for number, tags in enumerate(([], others, OURS[:1], OURS[1:])):
        instance(f"{SOURCE}-clone-2026042409383{number}", Tags=tags)
    instance("precious-db", Tags=OURS)
    production.calls.clear()
    leftovers.reap(project, leftovers.Reaping(everything=True), yes=True)
    assert [change for change in production.changes if change.startswith("Delete")] == []


@pytest.mark.parametrize("code", ["AccessDenied", "ExpiredToken", "Throttling", "Whatever"])
def test_a_message_from_aws_is_harmless_in_each_sort_of_error(code: str, cloud: Cloud, edge: Edge) -> None:
    edge.refuse("DescribeDBInstances", code, EVIL)
    with pytest.raises(Error) as refused:
        cloud.call("rds", "describe_db_instances")
    assert is_harmless(str(refused.value))
