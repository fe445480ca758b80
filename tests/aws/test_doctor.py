"""`inv doctor`: each check says ok, warning or failed, and none of them changes anything."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest

from clonekit import doctor
from clonekit.aws import Cloud, permissions
from clonekit.checks import CHECKS, Level
from clonekit.doctor import Finding
from clonekit.errors import NotReadyError
from clonekit.postgres import databases, dumps, manifests
from clonekit.postgres.clients import Client
from clonekit.postgres.manifests import Manifest
from clonekit.postgres.server import Server
from clonekit.settings import App, Local, Settings

from . import ACCOUNT, OURS, SOURCE, Edge

HOURLY = {"terms": {"OnDemand": {"t": {"priceDimensions": {"d": {"pricePerUnit": {"USD": "0.0370000000"}}}}}}}


@pytest.fixture
def ready(production: Edge, project: Settings, server: Server, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A project in which nothing is wrong."""
    monkeypatch.setenv("PGPASSWORD", server.password or "")
    production.answer("GetProducts", {"PriceList": [json.dumps(HOURLY)]})
    here = Local(host=server.host, port=server.port, user=server.user)
    rds = replace(project.rds, sslmode="disable")  # the client programs of the wheel have no TLS
    return replace(project, local=here, rds=rds, app=App(migrate="true"))


def examined(settings: Settings) -> dict[str, Finding]:
    return {one.about: one for one in doctor.examine(settings)}


def test_a_project_in_which_nothing_is_wrong_is_ready(
    ready: Settings, production: Edge, capsys: pytest.CaptureFixture[str]
) -> None:
    doctor.show(ready, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "ready"
    assert [line.split()[0] for line in lines[:-1]].count("failed") == 0
    assert len(lines) == len(CHECKS) + 1
    assert production.changes == []


def test_each_line_says_what_was_found(ready: Settings) -> None:
    found = examined(ready)
    assert ACCOUNT in found["login"].said
    assert found["source"].said == f"{SOURCE}, PostgreSQL 16.3, 20 GB."
    assert found["snapshot"].said.startswith("nightly, ")
    assert "PostgreSQL 18" in found["local server"].said
    assert found["time and money"].said.endswith("An hour of db.t4g.small costs 0.037 USD, its storage comes on top.")


def test_what_is_wrong_fails_and_what_depends_on_it_is_not_looked_at(
    ready: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = replace(ready, rds=replace(ready.rds, source="nowhere"))
    with pytest.raises(NotReadyError, match=r"source\.$"):
        doctor.show(wrong, as_json=True)
    told = json.loads(capsys.readouterr().out)
    levels = {one["about"]: one["level"] for one in told["findings"]}
    assert (told["ready"], levels["source"]) == (False, "failed")
    assert levels["client programs"] == levels["snapshot"] == "warning"


def test_a_login_to_another_account_fails(ready: Settings) -> None:
    other = replace(ready, aws=replace(ready.aws, account="210987654321"))
    assert examined(other)["login"].level == Level.FAILED


@pytest.mark.parametrize(("hours", "level"), [(1, Level.WARNING), (9, Level.OK)])
def test_a_login_that_soon_ends_is_a_warning(
    ready: Settings, monkeypatch: pytest.MonkeyPatch, hours: int, level: Level
) -> None:
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", (datetime.now(UTC) + timedelta(hours=hours)).isoformat())
    found = examined(ready)["login"]
    assert found.level == level
    assert ("Log in again" in found.said) == (level == Level.WARNING)


def test_a_login_by_sso_ends_with_its_token(cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, cache = tmp_path / "config", tmp_path / ".aws" / "sso" / "cache"
    config.write_text("[profile acme]\nsso_session = work\n[sso-session work]\nsso_start_url = https://acme\n")
    cache.mkdir(parents=True)
    name = sha1(b"work", usedforsecurity=False).hexdigest()  # how the AWS CLI calls it
    (cache / f"{name}.json").write_text('{"expiresAt": "2026-11-25T09:00:00Z"}')
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    ends = permissions.login_ends(Cloud(replace(cloud.settings, profile="acme")))
    assert ends == datetime(2026, 11, 25, 9, tzinfo=UTC)


def test_an_action_that_the_simulator_denies_fails_and_is_named(ready: Settings, production: Edge) -> None:
    result = {"EvalActionName": "rds:DeleteDBInstance", "EvalDecision": "implicitDeny"}
    production.answer("SimulatePrincipalPolicy", {"EvaluationResults": [result]})
    found = examined(ready)["permissions"]
    assert found.level == Level.FAILED
    assert "rds:DeleteDBInstance" in found.said


def test_the_simulator_is_asked_with_names_and_tags_such_as_a_clone_has(ready: Settings, production: Edge) -> None:
    examined(ready)
    asked = {action: one for one in production.sent("SimulatePrincipalPolicy") for action in one["ActionNames"]}
    delete = asked["rds:DeleteDBInstance"]
    assert f":db:{SOURCE}-clone-" in delete["ResourceArns"][0]
    assert {"aws:ResourceTag/CreatedBy"} <= {entry["ContextKeyName"] for entry in delete["ContextEntries"]}


def test_who_may_not_ask_the_simulator_is_told(ready: Settings, production: Edge) -> None:
    production.refuse("SimulatePrincipalPolicy", "AccessDenied", status=403)
    found = examined(ready)["permissions"]
    assert (found.level, "iam:SimulatePrincipalPolicy" in found.said) == (Level.WARNING, True)


def test_an_old_snapshot_is_a_warning(ready: Settings) -> None:
    strict = replace(ready, rds=replace(ready.rds, freshness_hours=0))
    assert examined(strict)["snapshot"].level == Level.WARNING


def test_a_bastion_that_is_offline_fails(ready: Settings, production: Edge) -> None:
    production.answer("DescribeInstanceInformation", {"InstanceInformationList": []})
    assert examined(ready)["bastion"].level == Level.FAILED


def test_a_missing_plugin_fails_with_where_to_get_it(ready: Settings, plugin: Path) -> None:
    plugin.unlink()
    found = examined(ready)["SSM plugin"]
    assert (found.level, "Install it" in found.said) == (Level.FAILED, True)


def test_a_local_server_that_does_not_answer_fails_with_the_command_that_starts_one(ready: Settings) -> None:
    found = examined(replace(ready, local=replace(ready.local, port=1)))["local server"]
    assert (found.level, "inv dev.up" in found.said) == (Level.FAILED, True)


def test_a_local_server_older_than_the_source_fails(
    ready: Settings, production: Edge, instance: Callable[..., None], rds: Any
) -> None:
    rds.modify_db_instance(DBInstanceIdentifier=SOURCE, EngineVersion="19.1", AllowMajorVersionUpgrade=True)
    assert examined(ready)["local server"].level == Level.FAILED


def dumped(settings: Settings, client: Client, server: Server, dbname: str, size: int = 1) -> Path:
    """Make a dump with a manifest that says how large its one table is."""
    dumps.prepare_folder(settings.dump_dir)
    tables = [{"schema": "public", "name": "t", "rows": 1, "bytes": size}]
    return dumps.write(
        client,
        server,
        dbname,
        settings.dump_dir / "prod.dump",
        about=lambda facts, part: Manifest("", 1, "", "", "", "", "", "", "18", {}, tables),
    )


def test_an_extension_that_the_dump_has_and_the_server_lacks_is_a_warning(
    ready: Settings, client: Client, server: Server, database: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dumped(ready, client, server, database("CREATE EXTENSION vector; CREATE EXTENSION hstore"))
    rows = databases.rows
    without = "SELECT name FROM pg_available_extensions WHERE name <> 'vector'"
    monkeypatch.setattr(
        databases,
        "rows",
        lambda here, query, *values: rows(here, without if "extensions" in str(query) else query, *values),
    )
    assert "lacks vector, which prod.dump has" in examined(ready)["extensions"].said


def test_a_server_with_all_extensions_of_the_dump_is_ok(
    ready: Settings, client: Client, server: Server, database: Callable[..., str]
) -> None:
    dumped(ready, client, server, database("CREATE EXTENSION vector"))
    assert examined(ready)["extensions"].level == Level.OK


def test_too_little_room_for_what_the_last_dump_told_fails(
    ready: Settings, client: Client, server: Server, database: Callable[..., str]
) -> None:
    path = dumped(ready, client, server, database(), size=10**18)
    assert manifests.path_of(path).is_file()
    assert examined(ready)["disk"].level == Level.FAILED


def test_what_an_ended_run_has_left_is_a_warning(ready: Settings, instance: Callable[..., None]) -> None:
    instance(f"{SOURCE}-clone-20260424093839", Tags=OURS)
    found = examined(ready)["leftovers"]
    assert (found.level, "inv db.reap-clones" in found.said) == (Level.WARNING, True)


def test_a_price_that_may_not_be_asked_is_no_failure(ready: Settings, production: Edge) -> None:
    production.refuse("GetProducts", "AccessDeniedException", status=403)
    found = examined(ready)["time and money"]
    assert (found.level, "is not known" in found.said) == (Level.OK, True)


def test_without_a_migrate_command_there_is_a_warning(ready: Settings) -> None:
    assert examined(replace(ready, app=App()))["app"].level == Level.WARNING


def test_threads_share_one_client_of_each_service(cloud: Cloud, ready: Settings) -> None:
    assert cloud.client("rds") is cloud.client("rds")
