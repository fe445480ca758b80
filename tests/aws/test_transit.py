"""Who is at the tunnel's other end: a real TLS server, asked for its certificate by the real libpq."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from clonekit import cloning, preparing
from clonekit.aws import Cloud, tunnels
from clonekit.aws.tunnels import Route
from clonekit.errors import TunnelError
from clonekit.postgres import clients, commands, databases, dumps
from clonekit.postgres.server import Server
from clonekit.preparing import Options
from clonekit.processes import run
from clonekit.settings import Settings

from . import SOURCE, Edge
from .tls import Authority, Front

DOMAIN = "aaaaaaaaaa.eu-central-1.rds.amazonaws.com"  # of moto's instances
HOST = f"{SOURCE}-clone-1.{DOMAIN}"
# libpq in psycopg has TLS; of the client programs here, perhaps some: whichever version, they must agree with it.
LIBPQ = ["psycopg", *[str(folder) for folder in clients.folders() if clients._has_tls(folder)][:1]]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def settings(
    production: Edge,
    project: Settings,
    server: Server,
    database: Callable[..., str],
    make_clients: Callable[..., Path],
    authority: Authority,
) -> Settings:
    """A project that has the authority's bundle, and whose throwaways hold a database of ours."""
    boto3.client("rds", region_name="eu-central-1").modify_db_instance(
        DBInstanceIdentifier=SOURCE, EngineVersion="18.1", ApplyImmediately=True
    )
    login = json.dumps({"username": server.user, "password": server.password, "dbname": database("CREATE TABLE t ()")})
    boto3.client("ssm", region_name="eu-central-1").put_parameter(
        Name="/v1-orcha/db-credentials", Value=login, Type="SecureString", Overwrite=True
    )
    rds = replace(project.rds, login_seconds=5, credentials="parameter", ca_bundle=str(authority.bundle))
    local = replace(project.local, client_dir=str(make_clients("with-tls", "18.6")))
    return replace(project, rds=rds, local=local)


@contextmanager
def fronted(plugin: Path, server: Server, authority: Authority | None, host: str = f"*.{DOMAIN}") -> Iterator[Front]:
    """Let the tunnel lead to a server that says it is `host`; without an authority, to one without TLS."""
    with Front((server.host, server.port), authority.context(host) if authority else None) as front:
        plugin.write_text(
            '#!/bin/sh\n[ "$1" = --version ] && exec echo 1.2.707.0\n'
            f'echo "Port {front.port} opened for sessionId s-1."\nexec sleep 60\n'
        )
        yield front


def reach(settings: Settings, server: Server, dbname: str, how: str, port: int) -> str:
    """Log in as to a throwaway, with psycopg or a `pg_dump`; return what went wrong."""
    mode, bundle = preparing.transit(settings)
    there = Server(HOST, port, server.user, server.password, cloning.LOOPBACK, mode, bundle)
    if how == "psycopg":
        with databases.connect(there, dbname) as connection:
            return "" if connection.pgconn.ssl_in_use else "no TLS"
    argv = commands.dump(Path(how) / "pg_dump", there.parameters(dbname), settings.root / "x.dump")
    finished = run(argv, dumps.environment(there, dbname))
    return "" if finished.code == 0 or "server version mismatch" in finished.stderr else finished.stderr


@pytest.mark.parametrize("how", LIBPQ)
def test_a_server_that_proves_its_name_is_logged_in_to(
    how: str, settings: Settings, server: Server, database: Callable[..., str], plugin: Path, authority: Authority
) -> None:
    assert preparing.transit(settings)[0] == "verify-full"
    with fronted(plugin, server, authority, HOST) as front:
        with tunnels.opened(Cloud(settings.aws), Route("i-1", HOST, 5432), settings.ssm) as tunnel:
            assert tunnel.port == front.port
            assert reach(settings, server, database(), how, tunnel.port) == ""
        assert front.encrypted


@pytest.mark.parametrize("how", LIBPQ[1:] or ["psycopg"])
def test_a_client_program_refuses_a_server_of_another_name_too(
    how: str, settings: Settings, server: Server, database: Callable[..., str], plugin: Path, authority: Authority
) -> None:
    with fronted(plugin, server, authority, "elsewhere.example") as front:
        try:
            said = reach(settings, server, database(), how, front.port)
        except Exception as error:
            said = str(error)
    assert "does not match host name" in said


def refused(production: Edge, settings: Settings, match: str) -> None:
    """Assert that the clone ends with one sentence, at the first login, and leaves nothing."""
    with pytest.raises(TunnelError, match=match) as failed:
        cloning.clone(settings, Options(yes=True))
    assert failed.value.exit_code == 7
    assert "\n" not in str(failed.value)
    assert len(production.sent("StartSession")) == 1
    assert production.changes[-1] == "DeleteDBInstance"
    assert list(settings.dump_dir.iterdir()) == []


def test_a_server_of_another_name_is_refused(
    production: Edge, settings: Settings, server: Server, plugin: Path, authority: Authority
) -> None:
    with fronted(plugin, server, authority, "elsewhere.example"):
        refused(production, settings, r"elsewhere\.example.* does not match host name .*Check rds\.ca_bundle")


@pytest.mark.parametrize("name", ["Another", "A test's authority"])
def test_a_server_whose_certificate_another_authority_signed_is_refused(
    name: str, production: Edge, settings: Settings, server: Server, plugin: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    with fronted(plugin, server, Authority(tmp_path / "other", name)):
        refused(production, settings, r"(certificate verify failed|signature failure).*Check rds\.ca_bundle")


@pytest.mark.parametrize("bundled", [True, False])
def test_a_server_without_tls_is_refused(
    bundled: bool, production: Edge, settings: Settings, server: Server, plugin: Path
) -> None:
    settings = settings if bundled else replace(settings, rds=replace(settings.rds, ca_bundle=""))
    assert preparing.transit(settings)[0] == ("verify-full" if bundled else "require")
    with fronted(plugin, server, None) as front:
        refused(production, settings, r"does not support SSL.*It must: the password does not travel unencrypted")
    assert front.encrypted == 0


def test_a_bundle_that_holds_no_certificate_is_told(
    production: Edge, settings: Settings, server: Server, plugin: Path, authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "empty.pem").touch()
    settings = replace(settings, rds=replace(settings.rds, ca_bundle=str(tmp_path / "empty.pem")))
    with fronted(plugin, server, authority):
        refused(production, settings, r"root certificate file.*Check rds\.ca_bundle")


def test_a_bundle_in_another_place_of_the_project_is_found_and_used(
    production: Edge, settings: Settings, server: Server, plugin: Path, authority: Authority, tmp_path: Path
) -> None:
    """The name in the certificate is right here and the authority is not: so the file was used."""
    (tmp_path / "other").mkdir()
    (settings.root / preparing.BUNDLE).write_bytes(Authority(tmp_path / "other", "Another").bundle.read_bytes())
    settings = replace(settings, rds=replace(settings.rds, ca_bundle=""))
    with fronted(plugin, server, authority):
        refused(production, settings, "certificate verify failed")
