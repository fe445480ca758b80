"""What a user can get wrong with `db.clone-prod` and the gate: one sentence, an exit code, nothing changed."""

import json
import os
from pathlib import Path

import pytest

from clonekit import errors
from tests.e2e.conftest import Inv


def refused(inv: Inv, error: type[errors.Error], *arguments: str, stdin: str = "", **changes: str) -> str:
    """Run it, expect this kind of failure, and return its sentence."""
    finished = inv(*arguments, stdin=stdin, **changes)
    said = finished.stderr + finished.stdout
    assert finished.returncode == error.exit_code, said
    assert "Traceback" not in said
    assert json.loads(inv("db.list-clones", "--json").stdout) == []
    return next(line for line in finished.stderr.splitlines() if line.startswith("Error: "))


def test_the_plan_alone_changes_nothing_and_exits_0(inv: Inv, project: Path) -> None:
    finished = inv("db.clone-prod", "--skip-restore")
    assert finished.returncode == 0, finished.stderr
    assert "v1-orcha-db-clone-" in finished.stdout
    assert "DeletionProtection no" in finished.stdout
    assert not (project / "dump").exists()


def test_the_plan_without_aws_says_what_could_not_be_looked_up(inv: Inv) -> None:
    finished = inv("db.clone-prod", "--skip-restore", AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1")
    assert finished.returncode == 0, finished.stderr
    assert "throwaway:    v1-orcha-db-clone-" in finished.stdout
    assert "Could not look up the source instance" in finished.stderr


def test_the_answer_n_changes_nothing(inv: Inv) -> None:
    assert "Nothing was changed" in refused(inv, errors.Declined, "db.clone-prod", stdin="n\n")


def test_no_answer_is_no(inv: Inv) -> None:
    refused(inv, errors.Declined, "db.clone-prod")


def test_another_account_is_refused(inv: Inv) -> None:
    assert "999999999999" in refused(inv, errors.AwsError, "db.clone-prod", "--yes", INVOKE_AWS_ACCOUNT="999999999999")


def test_yes_without_a_configured_account_is_refused(inv: Inv) -> None:
    assert "aws.account" in refused(inv, errors.UsageError, "db.clone-prod", "-y", INVOKE_AWS_ACCOUNT="")


def test_an_unknown_instance_class_is_refused_and_nothing_is_left(inv: Inv) -> None:
    said = refused(inv, errors.AwsError, "db.clone-prod", "--yes", "--instance-class", "db.enormous")
    assert "RestoreDBInstanceFromDBSnapshot" in said or "restore_db_instance_from_db_snapshot" in said


def test_an_unknown_source_is_named(inv: Inv) -> None:
    assert "no-such-db" in refused(inv, errors.AwsError, "db.clone-prod", "--yes", INVOKE_RDS_SOURCE="no-such-db")


def test_a_missing_bastion_is_named_before_anything_is_made(inv: Inv) -> None:
    assert "no-bastion" in refused(inv, errors.AwsError, "db.clone-prod", "--yes", INVOKE_SSM_BASTION="no-bastion")


def test_a_missing_plugin_is_named_before_anything_is_made(inv: Inv) -> None:
    path = os.pathsep.join(["/usr/bin", "/bin", "/usr/sbin", "/sbin"])
    assert "session-manager-plugin is not on PATH" in refused(
        inv, errors.ClientError, "db.clone-prod", "--yes", PATH=path
    )


def test_a_missing_credentials_parameter_is_an_aws_error(inv: Inv) -> None:
    told = {"INVOKE_RDS_CREDENTIALS": "parameter", "INVOKE_SSM_CREDENTIALS_PARAMETER": "/nothing/here"}
    refused(inv, errors.AwsError, "db.clone-prod", "--yes", **told)


@pytest.mark.parametrize("variable", ["INVOKE_RDS_POLL_SECONDS", "INVOKE_LOCAL_PORT"])
def test_a_setting_of_the_wrong_type_is_named(inv: Inv, variable: str) -> None:
    finished = inv("db.drop-clone", **{variable: "soon"})
    assert finished.returncode == errors.UsageError.exit_code
    assert variable.removeprefix("INVOKE_").lower().replace("_", ".", 1) in finished.stderr


def test_an_unknown_setting_in_the_environment_is_named(inv: Inv) -> None:
    assert "INVOKE_RDS_SAUCE" in refused(inv, errors.UsageError, "db.drop-clone", INVOKE_RDS_SAUCE="x")


def test_an_unknown_setting_in_invoke_yaml_is_named(inv: Inv, project: Path) -> None:
    (project / "invoke.yaml").write_text("rds:\n  sauce: x\n")
    try:
        assert "rds.sauce" in inv("db.drop-clone").stderr
    finally:
        (project / "invoke.yaml").unlink()


@pytest.mark.parametrize("flags", [(), ("-a", "x"), ("-b", "x"), ("-a", "", "-b", "x"), ("-a", "x", "-b")])
def test_the_gate_without_two_databases_is_a_usage_error(inv: Inv, flags: tuple[str, ...]) -> None:
    assert inv("db.schema-diff", *flags).returncode == errors.UsageError.exit_code


@pytest.mark.parametrize("name", ["nowhere", 'x"; drop database y; --', "x' OR '1'='1"])
def test_the_gate_on_an_unknown_database_names_it(inv: Inv, name: str) -> None:
    assert "There is no database" in refused(inv, errors.DatabaseError, "db.schema-diff", "-a", name, "-b", "postgres")


def test_an_unreachable_server_is_named(inv: Inv) -> None:
    said = refused(inv, errors.DatabaseError, "db.schema-diff", "-a", "x", "-b", "y", "--host=127.0.0.1", "--port=9")
    assert "127.0.0.1:9" in said


def test_an_empty_dump_folder_says_how_to_make_a_dump(inv: Inv) -> None:
    assert "inv db.clone-prod" in refused(inv, errors.DumpError, "db.load-clone")


def test_a_missing_dump_file_is_named(inv: Inv) -> None:
    assert "nowhere.dump" in refused(inv, errors.DumpError, "db.load-clone", "--dump-file", "nowhere.dump")


def test_migrating_a_missing_database_names_it(inv: Inv) -> None:
    assert "nowhere" in refused(inv, errors.DatabaseError, "migrate", "migrate", "--db", "nowhere")


def test_an_app_command_that_does_not_exist_is_named(inv: Inv) -> None:
    assert "/no/such/tool" in refused(inv, errors.AppError, "db.fresh", INVOKE_APP_MIGRATE="/no/such/tool {action}")


def test_the_override_variable_leads_migrate_to_its_database(inv: Inv) -> None:
    said = refused(inv, errors.DatabaseError, "migrate", "migrate", ORCHA_LOCAL_DB_NAME_OVERRIDE="elsewhere")
    assert "elsewhere" in said


def test_the_gate_on_one_database_twice_is_refused(inv: Inv) -> None:
    assert "same database" in refused(inv, errors.UsageError, "db.schema-diff", "-a", "postgres", "-b", "postgres")


def test_the_gate_on_a_schema_that_neither_side_has_is_refused(inv: Inv) -> None:
    flags = ("-a", "postgres", "-b", "template1", "--schema", "nope")
    assert "nope" in refused(inv, errors.UsageError, "db.schema-diff", *flags)


def test_a_page_that_can_not_be_written_is_refused_before_anything_is_compared(inv: Inv) -> None:
    flags = ("-a", "postgres", "-b", "template1", "--html", "/nonexistent/x.html")
    assert "--html" in refused(inv, errors.UsageError, "db.schema-diff", *flags)


@pytest.mark.parametrize("text", ["- rds\n", "rds:\n", "rds: 5\n", "aws: [1,2", "awss:\n  account: '1'\n"])
def test_an_unusable_invoke_yaml_is_one_line(inv: Inv, project: Path, text: str) -> None:
    (project / "invoke.yaml").write_text(text)
    try:
        finished = inv("db.drop-clone")
    finally:
        (project / "invoke.yaml").unlink()
    assert finished.returncode == errors.UsageError.exit_code
    assert finished.stderr.startswith("Error: ")
    assert finished.stderr.count("\n") == 1


@pytest.mark.parametrize(("value", "code"), [("soon", errors.UsageError.exit_code), ("", 2), ("2.5", 0)])
def test_a_variable_of_another_type_than_in_invoke_yaml_is_judged_as_ever(
    inv: Inv, project: Path, value: str, code: int
) -> None:
    (project / "invoke.yaml").write_text("rds:\n  restore_minutes: 180\n")
    try:
        finished = inv("db.runs", INVOKE_RDS_RESTORE_MINUTES=value)
    finally:
        (project / "invoke.yaml").unlink()
    assert finished.returncode == code, finished.stderr
    assert ("rds.restore_minutes must be a number" in finished.stderr) == bool(code)


def test_help_on_an_unknown_task_is_a_usage_error(inv: Inv) -> None:
    finished = inv("--help", "db.nope")
    assert finished.returncode == errors.UsageError.exit_code
    assert "db.nope" in finished.stderr
    assert "inv --list" in finished.stderr


def test_an_empty_source_is_refused(inv: Inv) -> None:
    assert "rds.source" in refused(inv, errors.UsageError, "db.clone-prod", "-y", INVOKE_RDS_SOURCE="")


@pytest.mark.parametrize("name", ["postgres", "orcha_fresh"])
def test_a_clone_database_that_is_another_ones_is_refused(inv: Inv, name: str) -> None:
    assert "local.clone_db" in refused(inv, errors.UsageError, "db.drop-clone", INVOKE_LOCAL_CLONE_DB=name)


def test_an_endpoint_that_is_no_address_is_a_sentence(inv: Inv) -> None:
    finished = inv("db.clone-prod", "-y", AWS_ENDPOINT_URL="foo")
    assert finished.returncode == errors.AwsError.exit_code
    assert "Traceback" not in finished.stderr


def test_a_report_that_a_script_left_empty_starts_no_rehearsal(inv: Inv) -> None:
    assert "is no report.json" in refused(inv, errors.UsageError, "rehearse", "--verify", "")


def test_a_report_is_verified_and_nothing_else_is_done_beside(inv: Inv) -> None:
    flags = ("--verify", "report.json", "--drop")
    assert "no other flag goes with it" in refused(inv, errors.UsageError, "rehearse", *flags)
