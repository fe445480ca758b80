"""No secret is seen: every task is run, failing and with debug logs too, while its processes are watched."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import boto3
import psycopg
import pytest
from psycopg import sql

from clonekit import errors
from clonekit.postgres.embedded import address
from clonekit.postgres.server import Server
from clonekit.sandbox.layout import Layout
from tests.e2e import watching
from tests.e2e.conftest import Inv
from tests.e2e.watching import Watch
from tests.test_docs import TASKS

MARK = "CLONEKIT_TEST_MARK"
TYPED = "ty ped/p@ss\"w'ord\\%"  # in a URI on the command line
WRONG = "wrong-but-secret-4711"
OLD = "old-but-secret-4712"
KEY, TOKEN = "wJalrSecretKey0123456789", "FwoGZSessionToken+/0123456789"
SECRETS = {TYPED, WRONG, OLD, KEY, TOKEN}


class Run(Protocol):
    """Runs `inv` with these words and expects this exit code."""

    def __call__(self, *words: str, code: int = 0, **changes: str) -> None: ...


@dataclass
class Seen:
    """What was run, what it printed, and every secret that was in use."""

    secrets: set[str] = field(default_factory=set)
    ended: list[tuple[tuple[str, ...], "subprocess.CompletedProcess[str]"]] = field(default_factory=list)
    lines: set[str] = field(default_factory=set)
    files: dict[Path, str] = field(default_factory=dict)

    @property
    def tasks(self) -> set[str]:
        """The names of the tasks that were run."""
        return {word for words, _ in self.ended for word in words}


@pytest.fixture(scope="module")
def watch() -> Iterator[Watch]:
    mark = f"{MARK}={os.getpid()}"
    with pytest.MonkeyPatch.context() as patch, Watch(mark) as watching:
        patch.setenv(*mark.split("=", 1))
        yield watching


@pytest.fixture(scope="module")
def seen(watch: Watch, inv: Inv, project: Path) -> Seen:
    """Run everything, once for all tests here."""
    found, layout = Seen(), Layout(project / ".clonekit/sandbox")
    local = address(layout.local)
    assert local
    role(local)
    layout.aws_credentials.write_text(
        f"[orcha-prod]\naws_access_key_id = AKIA\naws_secret_access_key = {KEY}\naws_session_token = {TOKEN}\n"
    )
    production = keep_secrets(inv)

    def run(*words: str, code: int = 0, **changes: str) -> None:
        finished = inv(*words, **changes)
        found.ended.append((words, finished))
        assert finished.returncode == code, (words, finished.stderr[-1500:])
        assert "Traceback" not in finished.stderr

    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(clone, run), pool.submit(work_locally, run, local)]:
            done.result()
    found.secrets = SECRETS | watch.secrets | {production, str(local.password)}
    found.secrets |= {(project / ".clonekit/postgres/password").read_text()}
    own = {layout.folder, project / ".clonekit/postgres"}
    found.files = {path: path.read_text(errors="replace") for path in watching.exposed(project, own)}
    run("-d", "sandbox.down")
    found.lines = watch.seen
    return found


def role(local: Server) -> None:
    """Make the role of the URI that is typed."""
    with psycopg.connect(**local.parameters("postgres"), password=local.password) as connection:  # type: ignore[arg-type]
        connection.execute(sql.SQL("CREATE ROLE typist LOGIN SUPERUSER PASSWORD {}").format(sql.Literal(TYPED)))


def keep_secrets(inv: Inv) -> str:
    """Put production's login into Secrets Manager too, with an old one and a broken one; return its password."""
    login = {"aws_access_key_id": "AKIA", "aws_secret_access_key": KEY, "region_name": "eu-central-1"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", inv.environ["NO_PROXY"])
        at = inv.environ["AWS_ENDPOINT_URL"]
        ssm, kept = (boto3.client(name, endpoint_url=at, **login) for name in ("ssm", "secretsmanager"))
    text = ssm.get_parameter(Name="/v1-orcha/db-credentials", WithDecryption=True)["Parameter"]["Value"]
    told = json.loads(text)
    kept.create_secret(Name="right", SecretString=text)
    kept.create_secret(Name="old", SecretString=json.dumps({**told, "password": OLD}))
    kept.create_secret(Name="broken", SecretString=text[:-1])
    return str(told["password"])


def clone(run: Run) -> None:
    """Clone with each sort of credentials, with those that do not work too, and load what came of it."""
    usage, tunnel = errors.UsageError.exit_code, errors.TunnelError.exit_code

    def begin(*words: str, code: int = 0, secret: str = "", **changes: str) -> None:
        told: dict[str, Any] = {"INVOKE_RDS_CREDENTIALS": "secret", "INVOKE_RDS_SECRET": secret} if secret else {}
        run("-d", "db.clone-prod", "--yes", *words, code=code, **told, **changes)

    with ThreadPoolExecutor() as pool:
        calls = [
            pool.submit(begin, "--output", "x.dump", INVOKE_DEBUG="1"),
            pool.submit(begin, INVOKE_RDS_CREDENTIALS="parameter"),
            pool.submit(begin, secret="old", code=tunnel),
        ]
        for done in calls:
            done.result()
    begin(secret="broken", code=usage)
    begin("--instance-class", "db.none", secret="right", code=errors.AwsError.exit_code)
    begin("--resume", code=usage)
    run("-d", "db.load-clone", "--dump-file", "x.dump")
    run("-d", "migrate", "migrate", code=errors.AppError.exit_code)
    run("-d", "rehearse", "--dump-file", "x.dump", "--show-values", code=errors.MigrationError.exit_code)
    run("-d", "db.runs", "--json")
    run("-d", "db.list-clones", "--json")
    run("-d", "db.reap-clones", "--yes")


def work_locally(run: Run, local: Server) -> None:
    """Run the tasks that need no clone, on the sandbox's server and on one of `dev.up`."""
    uri = f"postgresql://typist:{quote(TYPED, safe='')}@{local.host}:{local.port}/"
    usage, refused = errors.UsageError.exit_code, errors.DatabaseError.exit_code
    gate = ("-d", "db.schema-diff", "-a", f"{uri}postgres")
    own: dict[str, Any] = {"INVOKE_LOCAL_HOST": "", "INVOKE_LOCAL_PORT": "0", "PGPASSFILE": ""}
    known: dict[str, Any] = {"PGPASSFILE": "", "PGPASSWORD": str(local.password)}
    run("-d", "dev.up", **own)
    run("-d", "db.psql", "--db", "postgres", "--command", "SELECT 1", **own)
    run("-d", "db.logs", **own)
    run("-d", "dev.down", **own)
    run("-d", "doctor", "--json", INVOKE_SSM_BASTION="nobody", code=errors.NotReadyError.exit_code)
    run("-d", "demo", code=usage)  # here is a sandbox already; what it runs is run here
    run("-d", "sandbox.up")
    run("-d", "sandbox.env")
    run("-d", "dev.seed", **known)
    run("-d", "migrate", "rollback", "--db", "orcha", **known)
    run("-d", "ingest", "nothing.json", "--db", "orcha", code=errors.AppError.exit_code)
    run("-d", "db.fresh", INVOKE_APP_MIGRATE="false {action}", code=errors.AppError.exit_code)
    run("-d", "db.drop-clone", PGPASSFILE="", PGPASSWORD=WRONG, code=refused)
    run(*gate, "-b", f"{uri}orcha", "--html", "page.html", code=errors.DIFFERENT)
    run(*gate, "-b", "template1", "--json", code=errors.DIFFERENT)
    run(*gate[1:], "-b", f"postgresql://typist:{WRONG}@{local.host}:{local.port}/orcha", code=refused)
    run(*gate, "-b", f"postgresql://typist:{WRONG}@127.0.0.1:9/orcha", code=refused)
    run(*gate, "-b", f"postgres:/typist:{WRONG}@far/orcha", code=refused)
    run("-d", "db.schema-diff", f"{uri}orcha", code=usage)
    run("-d", "db.psql", "--db", f"{uri}orcha", code=usage)


def test_every_task_was_run(seen: Seen) -> None:
    assert set(TASKS) - seen.tasks == set()


def test_the_secrets_of_throwaways_and_sessions_are_known(seen: Seen, watch: Watch) -> None:
    """Else the search below would find nothing because it looks for nothing."""
    made_up = {secret for secret in watch.secrets - SECRETS if len(secret) == 40}  # of 30 random bytes
    tokens = {secret for secret in watch.secrets - SECRETS if len(secret) == 64}  # of 48
    assert made_up
    assert len(tokens) >= 3


def test_the_processes_were_watched(seen: Seen) -> None:
    for program in ("pg_dump\0", "pg_restore\0", "psql\0", "plugin.py\0", "manage.py\0", "postgres\0"):
        assert any(program in line for line in seen.lines), program


def test_no_secret_is_printed(seen: Seen) -> None:
    shown = {words: watching.found(seen.secrets, done.stdout + done.stderr) for words, done in seen.ended}
    assert {words: found for words, found in shown.items() if found} == {}


def test_no_secret_is_in_the_arguments_of_a_process(seen: Seen) -> None:
    """But in those of inv itself, where the user has typed a URI."""
    typed = f"{sys.executable}\0-m\0invoke\0"
    own = {line for line in seen.lines if line.startswith(typed)}
    shown = {
        line: watching.found(seen.secrets - ({TYPED, WRONG} if line in own else set()), line) for line in seen.lines
    }
    assert {line: found for line, found in shown.items() if found} == {}


def test_no_secret_is_in_a_file_that_others_may_read_nor_in_a_record_or_report(seen: Seen) -> None:
    names = {path.name for path in seen.files}
    assert {"page.html", "toc.dat", "x.dump.json", "schema-orcha.sql", "report.json"} <= names, names
    assert any(path.parent.name == "runs" for path in seen.files)
    shown = {path: watching.found(seen.secrets, text) for path, text in seen.files.items()}
    assert {path: found for path, found in shown.items() if found} == {}


@pytest.mark.parametrize("spelt", sorted(watching.spellings(TYPED)))
def test_a_secret_in_a_file_would_be_found_however_it_is_spelt(spelt: str, tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    for name, mode in (("a", 0o644), ("private/b", 0o600), ("private/c", 0o640)):
        (tmp_path / name).write_text(f"x{spelt}x")
        (tmp_path / name).chmod(mode)
    files = watching.exposed(tmp_path, {tmp_path / "private"})
    assert sorted(path.name for path in files) == ["a", "c"]
    assert all(watching.found({TYPED}, path.read_text()) == {TYPED} for path in files)


def test_a_secret_in_an_argument_would_be_found() -> None:
    mark = f"{MARK}=control"
    environ = {**os.environ, MARK: "control", "PGPASSWORD": "hunter3"}
    with Watch(mark) as watch, subprocess.Popen(["/bin/sh", "-c", "sleep 0.5; :", KEY], env=environ):
        pass
    assert any(watching.found({KEY}, line) for line in watch.seen)
    assert watch.secrets == {"hunter3"}
