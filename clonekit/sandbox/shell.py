"""What the user's shell needs to find the sandbox: a few small files and the variables that name them."""

import os
import shlex
import sys

from clonekit.files import write_private
from clonekit.postgres.embedded import HOST
from clonekit.postgres.server import Server
from clonekit.sandbox.layout import ACCOUNT, PACKAGE, PROFILE, REGION, Layout


def write_program(layout: Layout) -> None:
    """Put the stand-in for `session-manager-plugin` where PATH will find it."""
    call = [sys.executable, "-I", "-S", str(PACKAGE / "plugin.py"), "--records", str(layout.sessions)]
    layout.program.parent.mkdir()
    layout.program.write_text(f'#!/bin/sh\nexec {shlex.join(call)} "$@"\n')
    layout.program.chmod(0o755)


def write_aws_files(layout: Layout) -> None:
    """Write the profile and its keys, which open nothing but the sandbox."""
    layout.aws_config.parent.mkdir()
    write_private(layout.aws_config, f"[profile {PROFILE}]\nregion = {REGION}\n")
    keys = "aws_access_key_id = SANDBOX\naws_secret_access_key = sandbox\n"
    write_private(layout.aws_credentials, f"[{PROFILE}]\n{keys}")


def variables(layout: Layout, url: str, local: Server) -> dict[str, str]:
    """Return what a shell needs to take the sandbox at `url` for AWS and `local` for the developer's server."""
    where = {"HOST": local.host, "PORT": str(local.port), "USER": local.user}
    of_local = {"PGPASSFILE": str(layout.pgpass), **{f"INVOKE_LOCAL_{name}": value for name, value in where.items()}}
    return {**_aws(layout, url), **of_local, **_app(layout)}


def _aws(layout: Layout, url: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_CONFIG_FILE": str(layout.aws_config),
        "AWS_SHARED_CREDENTIALS_FILE": str(layout.aws_credentials),
        "AWS_EC2_METADATA_DISABLED": "true",
        "PATH": _first(str(layout.program.parent), "PATH", os.pathsep),
        "NO_PROXY": _first(HOST, "NO_PROXY", ","),
        "no_proxy": _first(HOST, "no_proxy", ","),
        "INVOKE_AWS_ACCOUNT": ACCOUNT,
        "INVOKE_RDS_POLL_SECONDS": "0.5",
        "INVOKE_RDS_SSLMODE": "disable",  # the wheel's server has no TLS
    }


def _first(item: str, variable: str, separator: str) -> str:
    """Return a list variable's value with `item` in front, where it may be already."""
    others = os.environ.get(variable, "").split(separator)
    return separator.join(dict.fromkeys([item, *filter(None, others)]))


def _app(layout: Layout) -> dict[str, str]:
    manage = shlex.join([sys.executable, str(layout.app / "manage.py")])
    calls = {"MIGRATE": "{action}", "DOWN": "rollback", "BASELINE": "baseline", "SMOKE": "status"}
    calls |= {"SEED": "seed", "INGEST": "ingest {file}"}
    migrations = layout.app.relative_to(layout.folder.parents[1]) / "migrations" / "*.sql"
    return {
        **{f"INVOKE_APP_{name}": f"{manage} {call}" for name, call in calls.items()},
        "INVOKE_REHEARSE_MIGRATIONS": str(migrations),
        "INVOKE_REHEARSE_EXPECTED": (layout.app / "expected.txt").read_text(),
    }
