"""One request to AWS, and its errors as sentences."""

import logging
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    TokenRetrievalError,
)
from botocore.parsers import ResponseParserError

from clonekit.aws import Cloud, LoginError, RequestError, asked
from clonekit.errors import AwsError
from clonekit.settings import Aws

from . import ACCOUNT, Edge, Parameters


def test_the_account_is_the_logins(cloud: Cloud) -> None:
    assert cloud.account() == ACCOUNT


def test_an_answer_that_is_not_in_awss_form_is_told_as_such(edge: Edge) -> None:
    def page(_: Parameters) -> Parameters:
        raise ResponseParserError("Unable to parse response: <!doctype html>")

    edge.answer("GetCallerIdentity", page)
    with pytest.raises(AwsError, match=r"answers for AWS to sts:GetCallerIdentity is not AWS \(a proxy\?\): Unable"):
        Cloud(Aws(profile="")).account()


def test_an_unknown_profile_is_named(edge: Edge) -> None:
    with pytest.raises(AwsError, match=r"profile \(nobody\).*aws\.profile"):
        Cloud(Aws(profile="nobody")).account()


def test_a_broken_config_file_is_an_aws_error(edge: Edge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text("no section\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    with pytest.raises(AwsError, match="config"):
        Cloud(Aws(profile="orcha-prod")).account()


def test_a_profile_of_the_config_file_is_used(edge: Edge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "[profile orcha-prod]\naws_access_key_id = a\naws_secret_access_key = b\n"
    (tmp_path / "config").write_text(text)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert Cloud(Aws(profile="orcha-prod")).account() == ACCOUNT


def test_without_any_login_the_user_is_told_to_log_in(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    # moto puts a login of its own in place
    monkeypatch.setattr("botocore.credentials.CredentialResolver.load_credentials", lambda _: None)
    with pytest.raises(AwsError, match="Log in again as your organisation does"):
        Cloud(Aws(profile="")).account()


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId"])
def test_an_expired_login_is_told_with_the_command_that_renews_it(
    code: str, edge: Edge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("[profile orcha-prod]\naws_access_key_id = a\naws_secret_access_key = b\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    edge.refuse("GetCallerIdentity", code, "The security token included in the request is expired")
    with pytest.raises(AwsError, match="Log in again: aws sso login --profile orcha-prod"):
        Cloud(Aws(profile="orcha-prod")).account()


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"])
def test_a_denied_request_names_the_action(code: str, cloud: Cloud, edge: Edge) -> None:
    edge.refuse("DeleteDBInstance", code, "User is not authorized.", status=403)
    with pytest.raises(RequestError, match="AWS denied rds:DeleteDBInstance: User is not authorized"):
        cloud.call("rds", "delete_db_instance", DBInstanceIdentifier="x")


def test_a_refused_request_keeps_its_code(cloud: Cloud) -> None:
    with pytest.raises(RequestError, match="rds:DescribeDBInstances: DBInstanceNotFound") as refused:
        cloud.call("rds", "describe_db_instances", DBInstanceIdentifier="missing")
    assert refused.value.code == "DBInstanceNotFound"


@pytest.mark.parametrize(("status", "is_final"), [(400, True), (403, True), (500, False), (503, False)])
def test_only_a_clients_error_is_sure_to_have_changed_nothing(
    status: int, is_final: bool, cloud: Cloud, edge: Edge
) -> None:
    edge.refuse("DeleteDBInstance", "Whatever", status=status)
    with pytest.raises(RequestError) as refused:
        cloud.call("rds", "delete_db_instance", DBInstanceIdentifier="x")
    assert refused.value.is_final is is_final


def test_a_refusal_of_a_second_try_says_nothing_of_the_first(cloud: Cloud, edge: Edge) -> None:
    about = {"HTTPStatusCode": 400, "RetryAttempts": 1}
    edge.answer("DeleteDBInstance", {"Error": {"Code": "Whatever"}, "ResponseMetadata": about})
    with pytest.raises(RequestError) as refused:
        cloud.call("rds", "delete_db_instance", DBInstanceIdentifier="x")
    assert not refused.value.is_final


def test_a_login_that_ends_before_a_second_try_says_nothing_of_the_first(cloud: Cloud) -> None:
    cloud, signed = replace(cloud, attempts=2), list[object]()

    def sign(**_: object) -> None:
        signed.append(_)
        if len(signed) > 1:
            raise TokenRetrievalError(provider="sso", error_msg="Token has expired")

    def lose(**_: object) -> None:
        raise ConnectionClosedError(endpoint_url="https://rds.eu-central-1.amazonaws.com/")

    events = cloud.client("rds").meta.events
    events.register_first("request-created.rds", sign)
    events.register_first("before-send.rds", lose)
    with pytest.raises(LoginError) as refused:
        cloud.call("rds", "delete_db_instance", DBInstanceIdentifier="x")
    assert len(signed) == 2
    assert not refused.value.is_final


def test_an_unreachable_aws_is_one_sentence_and_not_a_refusal(cloud: Cloud, edge: Edge) -> None:
    def fail(_: Parameters) -> None:
        raise EndpointConnectionError(endpoint_url="https://rds.eu-central-1.amazonaws.com/")

    edge.answer("DeleteDBInstance", fail)
    with pytest.raises(AwsError, match="AWS can't be reached for rds:DeleteDBInstance") as failed:
        cloud.call("rds", "delete_db_instance", DBInstanceIdentifier="x")
    assert not isinstance(failed.value, RequestError)


def test_a_message_of_aws_cannot_drive_the_terminal(cloud: Cloud, edge: Edge) -> None:
    edge.refuse("DeleteDBInstance", "Whatever", "\x1b[2J\x07gone")
    with pytest.raises(AwsError) as refused:
        cloud.call("rds", "delete_db_instance", DBInstanceIdentifier="x")
    assert not {"\x1b", "\x07"} & set(str(refused.value))


@pytest.mark.parametrize("variable", ["AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID"])
def test_a_line_break_in_the_login_is_told_without_the_login(
    variable: str, edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "hunter2\nhunter2")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # never reached; moto does not play it
    monkeypatch.setattr("botocore.handlers.BUILTIN_HANDLERS", [])
    with pytest.raises(AwsError, match="a line break in a key or token") as failed:
        Cloud(Aws(profile=""), attempts=1).account()
    assert "hunter2" not in str(failed.value)
    assert "Signature" not in str(failed.value)


def test_all_pages_are_followed(cloud: Cloud, edge: Edge) -> None:
    page = {"DBInstances": [{"DBInstanceIdentifier": "a"}], "Marker": "more"}
    edge.answer("DescribeDBInstances", page, {"DBInstances": [{"DBInstanceIdentifier": "b"}]})
    items = list(cloud.pages("rds", "describe_db_instances", "DBInstances"))
    assert [item["DBInstanceIdentifier"] for item in items] == ["a", "b"]
    assert edge.sent("DescribeDBInstances")[1]["Marker"] == "more"


def test_an_error_on_a_later_page_is_an_aws_error(cloud: Cloud, edge: Edge) -> None:
    denied = {"Error": {"Code": "AccessDenied", "Message": "No."}, "ResponseMetadata": {"HTTPStatusCode": 403}}
    edge.answer("DescribeDBInstances", {"DBInstances": [], "Marker": "more"}, denied)
    with pytest.raises(AwsError, match="AWS denied rds:DescribeDBInstances"):
        list(cloud.pages("rds", "describe_db_instances", "DBInstances"))


def test_a_service_has_one_client(cloud: Cloud) -> None:
    assert cloud.client("rds") is cloud.client("rds")


@pytest.mark.parametrize("kind", [ReadTimeoutError, ConnectionClosedError])
def test_a_lost_reply_is_a_sentence(kind: type[HTTPClientError], cloud: Cloud, edge: Edge) -> None:
    def fail(_: object) -> None:
        raise kind(endpoint_url="https://x")

    edge.answer("DeleteDBInstance", fail)
    with pytest.raises(AwsError, match="can't be reached"):
        cloud.call("rds", "delete_db_instance", DBInstanceIdentifier="x")


def test_a_debug_log_of_everything_holds_no_secret(edge: Edge, cloud: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("botocore").setLevel(logging.NOTSET)  # as if nobody had quietened it yet
    cloud.call("ssm", "put_parameter", Name="/p", Value="hunter2", Type="SecureString")
    assert "hunter2" in cloud.call("ssm", "get_parameter", Name="/p", WithDecryption=True)["Parameter"]["Value"]
    assert "hunter2" not in caplog.text


def test_questions_are_asked_at_once_and_each_has_its_own_answer() -> None:
    all_are_asked = Barrier(3, timeout=20)

    def fail() -> None:
        all_are_asked.wait()
        raise AwsError("no")

    answers = asked({"a": lambda: all_are_asked.wait() >= 0, "b": fail, "c": lambda: all_are_asked.wait() < 3})
    assert (answers["a"](), answers["c"]()) == (True, True)
    with pytest.raises(AwsError, match="no"):
        answers["b"]()
