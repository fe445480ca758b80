"""The tunnel: the bastion, the plugin, and the session that is ended on both sides."""

import json
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import boto3
import pytest

from clonekit.aws import Cloud, tunnels
from clonekit.aws.tunnels import Route
from clonekit.errors import AwsError, ClientError, Interrupted, TunnelError
from clonekit.settings import Ssm

from ..waiting import ended, ended_early
from . import Edge

# Writes down how it was called, says the port of its request (as the real one does) and waits for the end.
WORKING = """#!/bin/sh
[ "$1" = --version ] && exec echo 1.2.707.0
here=$(dirname "$0")
for word; do printf '%s\\n' "$word"; done > "$here/argv"
printf '%s' "$AWS_SSM_START_SESSION_RESPONSE" > "$here/response"
echo $$ > "$here/pid"
echo "Starting session with SessionId: s-1"
echo "Port 4711 opened for sessionId s-1."
exec sleep 60
"""
IN_USE = """
echo "Starting session with SessionId: s-1"
echo "Unable to start tunnel: listen tcp 127.0.0.1:25432: bind: address already in use" >&2
"""


ROUTE = Route("i-1", "clone.host", 5433, "0123456789abcdef")


def open_and_close(cloud: Cloud, settings: Ssm | None = None) -> int:
    with tunnels.opened(cloud, ROUTE, settings or Ssm()) as tunnel:
        return tunnel.port


# --- the bastion ------------------------------------------------------------------------------------------------------


def test_the_bastion_is_the_running_instance_of_that_name(cloud: Cloud, bastion: str) -> None:
    assert tunnels.bastion(cloud, "v1-orcha-app") == bastion


def test_a_name_that_no_instance_has_is_told_with_the_setting(cloud: Cloud, bastion: str) -> None:
    with pytest.raises(AwsError, match=r"No running EC2 instance is tagged Name=nobody; .*ssm\.bastion"):
        tunnels.bastion(cloud, "nobody")


def test_a_stopped_bastion_does_not_count(cloud: Cloud, bastion: str) -> None:
    boto3.client("ec2", region_name="eu-central-1").stop_instances(InstanceIds=[bastion])
    with pytest.raises(AwsError, match="No running EC2 instance"):
        tunnels.bastion(cloud, "v1-orcha-app")


def test_a_bastion_whose_agent_is_away_is_told_apart(cloud: Cloud, bastion: str, edge: Edge) -> None:
    lost = {"InstanceId": bastion, "PingStatus": "ConnectionLost"}
    edge.answer("DescribeInstanceInformation", {"InstanceInformationList": [lost]})
    with pytest.raises(AwsError, match=f"{bastion}.* is running, but its SSM agent is not online"):
        tunnels.bastion(cloud, "v1-orcha-app")


# --- the plugin -------------------------------------------------------------------------------------------------------


def test_a_missing_plugin_is_told_with_where_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ClientError, match=r"not on PATH\. Install it: https://docs\.aws\.amazon\.com/"):
        tunnels.plugin()


def test_a_plugin_that_would_show_the_token_is_refused(plugin: Path) -> None:
    plugin.write_text("#!/bin/sh\necho 1.2.463.0\n")
    with pytest.raises(ClientError, match=r"version 1\.2\.463\.0; 1\.2\.497\.0 or later is needed"):
        tunnels.plugin()


def test_the_plugin_on_path_is_taken(plugin: Path) -> None:
    assert tunnels.plugin() == str(plugin)


# --- the session ------------------------------------------------------------------------------------------------------


def test_the_session_is_asked_for_with_the_remote_host_and_port(
    bastion: str, cloud: Cloud, edge: Edge, plugin: Path
) -> None:
    plugin.write_text(WORKING)
    open_and_close(cloud)
    request = edge.sent("StartSession")[0]
    assert (request["Target"], request["DocumentName"]) == ("i-1", "AWS-StartPortForwardingSessionToRemoteHost")
    assert (request["Parameters"]["host"], request["Parameters"]["portNumber"]) == (["clone.host"], ["5433"])


def test_a_signal_right_after_the_plugin_was_started_ends_it(
    listening: None, bastion: str, cloud: Cloud, plugin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin.write_text(WORKING)
    started, start = list[subprocess.Popen[bytes]](), tunnels._start

    def start_and_be_interrupted(*about: Any) -> subprocess.Popen[bytes]:
        started.append(start(*about))
        signal.raise_signal(signal.SIGTERM)
        return started[0]

    monkeypatch.setattr(tunnels, "_start", start_and_be_interrupted)
    with pytest.raises(Interrupted):
        open_and_close(cloud)
    assert started[0].poll() is not None


def test_the_port_is_the_one_that_the_plugin_says(bastion: str, cloud: Cloud, plugin: Path) -> None:
    plugin.write_text(WORKING)
    assert open_and_close(cloud) == 4711


def test_the_configured_port_is_asked_for_if_it_is_free(bastion: str, cloud: Cloud, edge: Edge, plugin: Path) -> None:
    plugin.write_text(WORKING)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        free = probe.getsockname()[1]
    open_and_close(cloud, Ssm(local_port=free))
    assert edge.sent("StartSession")[0]["Parameters"]["localPortNumber"] == [str(free)]


def test_another_port_is_asked_for_if_it_is_not(bastion: str, cloud: Cloud, edge: Edge, plugin: Path) -> None:
    plugin.write_text(WORKING)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        used = taken.getsockname()[1]
        open_and_close(cloud, Ssm(local_port=used))
    assert edge.sent("StartSession")[0]["Parameters"]["localPortNumber"] != [str(used)]


def test_the_plugin_is_called_as_the_aws_cli_calls_it(bastion: str, cloud: Cloud, edge: Edge, plugin: Path) -> None:
    plugin.write_text(WORKING)
    open_and_close(cloud)
    variable, region, word, profile, request, endpoint = (plugin.parent / "argv").read_text().split("\n")[:6]
    assert (variable, region, word, profile) == ("AWS_SSM_START_SESSION_RESPONSE", "eu-central-1", "StartSession", "")
    assert json.loads(request) == edge.sent("StartSession")[0]
    assert endpoint == "https://ssm.eu-central-1.amazonaws.com"


def test_the_sessions_token_goes_through_the_environment_only(bastion: str, cloud: Cloud, plugin: Path) -> None:
    plugin.write_text(WORKING)
    open_and_close(cloud)
    assert "session-token" not in (plugin.parent / "argv").read_text()
    assert json.loads((plugin.parent / "response").read_text()) == {
        "SessionId": "s-1",
        "TokenValue": "session-token",
        "StreamUrl": "wss://stream",
    }


def test_the_session_is_ended_on_both_sides(bastion: str, cloud: Cloud, edge: Edge, plugin: Path) -> None:
    plugin.write_text(WORKING)
    open_and_close(cloud)
    assert ended(plugin.parent / "pid")
    assert edge.sent("TerminateSession") == [{"SessionId": "s-1"}]


def test_the_session_is_ended_on_both_sides_after_an_error_too(
    bastion: str, cloud: Cloud, edge: Edge, plugin: Path
) -> None:
    plugin.write_text(WORKING)
    with pytest.raises(KeyError), tunnels.opened(cloud, ROUTE, Ssm()):
        raise KeyError
    assert ended(plugin.parent / "pid")
    assert edge.sent("TerminateSession") == [{"SessionId": "s-1"}]


def test_a_plugin_that_ends_is_quoted_though_it_exits_with_0(
    bastion: str, cloud: Cloud, edge: Edge, plugin: Path
) -> None:
    plugin.write_text(WORKING.partition("here=")[0] + IN_USE)
    with pytest.raises(
        TunnelError, match=r"session-manager-plugin ended\. It said: (?s:.*)address already in use"
    ) as failed:
        open_and_close(cloud)
    assert "session-token" not in str(failed.value)
    assert len(edge.sent("TerminateSession")) == 2


def test_a_port_that_was_taken_in_the_meantime_is_asked_of_the_system(
    bastion: str, cloud: Cloud, edge: Edge, plugin: Path
) -> None:
    plugin.write_text(WORKING.partition("here=")[0] + IN_USE)
    with pytest.raises(TunnelError):
        open_and_close(cloud)
    assert [sent["Parameters"]["localPortNumber"] for sent in edge.sent("StartSession")][1:] == [["0"]]


def test_a_plugin_that_opens_no_port_is_given_up_and_ended(
    bastion: str, cloud: Cloud, edge: Edge, plugin: Path
) -> None:
    plugin.write_text(WORKING.replace('echo "Port', ': "Port'))
    with pytest.raises(TunnelError, match=r"opened no port within 0\.3 s \(ssm\.open_seconds\)"):
        open_and_close(cloud, Ssm(open_seconds=0.3))
    assert ended_early(plugin.parent / "pid")
    assert len(edge.sent("TerminateSession")) == 1


# Each with its own port and record; all of them open their ports only when so many have begun.
SEVERAL = r"""#!/bin/sh
[ "$1" = --version ] && exec echo 1.2.707.0
here=$(dirname "$0")
echo $$ >> "$here/pids"
while [ "$(wc -l < "$here/pids")" -lt 3 ]; do sleep 0.02; done
[ "$(sed -n 2p "$here/pids")" = $$ ] && FAILS
echo "Port $((4711 + $(grep -n "^$$\$" "$here/pids" | cut -d: -f1))) opened for sessionId s-1."
exec sleep 60
"""


def several(edge: Edge, plugin: Path, fails: str = "false") -> Path:
    plugin.write_text(SEVERAL.replace("FAILS", fails))
    named = [{"SessionId": f"s-{number}", "TokenValue": "t", "StreamUrl": "wss://stream"} for number in (1, 2, 3)]
    edge.answer("StartSession", *named)
    return plugin.parent / "pids"


def all_ended(edge: Edge, pids: Path) -> bool:
    terminated = sorted(sent["SessionId"] for sent in edge.sent("TerminateSession"))
    return terminated == ["s-1", "s-2", "s-3"] and ended_early(pids)


def test_more_tunnels_open_side_by_side_each_with_a_port_that_the_system_picks(
    bastion: str, cloud: Cloud, edge: Edge, plugin: Path
) -> None:
    pids = several(edge, plugin)
    with tunnels.more(cloud, ROUTE, Ssm(), 3) as opened:
        assert sorted(tunnel.port for tunnel in opened) == [4712, 4713, 4714]
        assert all(tunnel.is_open() for tunnel in opened)
    assert [sent["Parameters"]["localPortNumber"] for sent in edge.sent("StartSession")] == [["0"]] * 3
    assert all_ended(edge, pids)


@pytest.mark.parametrize("fails", ["exit 0", "exec sleep 60"])
def test_when_one_of_them_does_not_open_all_are_ended(
    fails: str, bastion: str, cloud: Cloud, edge: Edge, plugin: Path
) -> None:
    pids = several(edge, plugin, fails)
    with pytest.raises(TunnelError), tunnels.more(cloud, ROUTE, Ssm(open_seconds=1), 3):
        pass
    assert all_ended(edge, pids)


@pytest.mark.parametrize("error", [Interrupted(15), KeyError()])
def test_an_interruption_while_they_open_ends_those_that_have_begun(
    error: BaseException, bastion: str, cloud: Cloud, edge: Edge, plugin: Path
) -> None:
    def interrupt(_: object) -> None:
        raise error

    plugin.write_text(WORKING)
    edge.answer("StartSession", {"SessionId": "s-1", "TokenValue": "t", "StreamUrl": "wss://stream"}, interrupt)
    with pytest.raises(type(error)), tunnels.more(cloud, ROUTE, Ssm(), 3):
        pass
    assert edge.sent("TerminateSession") == [{"SessionId": "s-1"}]
    assert ended_early(plugin.parent / "pid")


def test_a_denied_session_names_the_action_and_starts_no_plugin(
    bastion: str, cloud: Cloud, edge: Edge, plugin: Path
) -> None:
    plugin.write_text(WORKING)
    edge.refuse("StartSession", "AccessDeniedException", status=400)
    with pytest.raises(AwsError, match="ssm:StartSession"):
        open_and_close(cloud)
    assert not (plugin.parent / "argv").exists()


def test_a_session_that_can_not_be_terminated_is_told_and_no_error(
    bastion: str, cloud: Cloud, edge: Edge, plugin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plugin.write_text(WORKING)
    edge.refuse("TerminateSession", "AccessDeniedException", status=400)
    assert open_and_close(cloud) == 4711
    assert "The SSM session s-1 was not terminated" in capsys.readouterr().err


def test_a_plugin_that_prints_the_token_is_quoted_without_it(bastion: str, cloud: Cloud, plugin: Path) -> None:
    plugin.write_text(WORKING.partition("here=")[0] + 'echo "can not parse $AWS_SSM_START_SESSION_RESPONSE"\n')
    with pytest.raises(TunnelError, match=r"can not parse .*s-1") as failed:
        open_and_close(cloud)
    assert "session-token" not in str(failed.value)


def test_a_message_of_the_plugin_cannot_drive_the_terminal(bastion: str, cloud: Cloud, plugin: Path) -> None:
    plugin.write_text(WORKING.partition("here=")[0] + "printf '\\033[2J gone\\n'\n")
    with pytest.raises(TunnelError) as failed:
        open_and_close(cloud)
    assert "\x1b" not in str(failed.value)
