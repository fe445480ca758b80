"""What the login may do, asked of IAM's simulator, and how long it lasts."""

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clonekit import names
from clonekit.aws import Cloud, tunnels
from clonekit.settings import Settings

_SSO_CACHE = Path(".aws/sso/cache")  # https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html


@dataclass(frozen=True)
class Need:
    """Actions that are needed on these resources, and the tags that request and resource have then."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    tagged: bool = False


def needs(settings: Settings, account: str, bastion: str) -> list[Need]:
    """Return what `db.clone-prod` needs beyond looking, with names such as it gives. Pure."""
    rds, region = settings.rds, settings.aws.region
    of_rds, of_scheduler = (f"arn:aws:{service}:{region}:{account}" for service in ("rds", "scheduler"))
    now = datetime.fromtimestamp(0, UTC)
    clone = f"{of_rds}:db:{names.clone_identifier(rds.source, now)}"
    snapshot = f"{of_rds}:snapshot:{names.snapshot_identifier(rds.source, now)}"
    document = f"arn:aws:ssm:{region}::document/{tunnels.DOCUMENT}"
    found = [
        Need(("rds:CreateDBSnapshot",), (f"{of_rds}:db:{rds.source}", snapshot), tagged=True),
        Need(("rds:RestoreDBInstanceFromDBSnapshot",), (clone,), tagged=True),
        Need(("rds:AddTagsToResource", "rds:ModifyDBInstance", "rds:DeleteDBInstance"), (clone,), tagged=True),
        Need(("rds:DeleteDBSnapshot",), (snapshot,), tagged=True),
        Need(("ssm:StartSession",), (f"arn:aws:ec2:{region}:{account}:instance/{bastion}", document)),
    ]
    if rds.expiry_role_arn:
        schedule = f"{of_scheduler}:schedule/default/{names.clone_identifier(rds.source, now)}"
        found.append(Need(("scheduler:CreateSchedule", "scheduler:DeleteSchedule"), (schedule,)))
        found.append(Need(("iam:PassRole",), (rds.expiry_role_arn,)))
    return found


def denied(cloud: Cloud, settings: Settings, account: str, bastion: str) -> list[str]:
    """Return the actions that IAM's simulator says are denied; RequestError if the login may not ask it.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
    """
    principal = _principal(cloud)
    return [
        action for need in needs(settings, account, bastion) for action in _denied(cloud, principal, need, settings)
    ]


def _denied(cloud: Cloud, principal: str, need: Need, settings: Settings) -> list[str]:
    tags = {"CreatedBy": names.CREATED_BY, "CloneOf": settings.rds.source} if need.tagged else {}
    context = {f"aws:{of}Tag/{key}": value for key, value in tags.items() for of in ("Request", "Resource")}
    context |= {"ssm:resourceTag/Name": settings.ssm.bastion, "iam:PassedToService": "scheduler.amazonaws.com"}
    entries = [
        {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for key, value in context.items()
    ]
    answer = cloud.call(
        "iam",
        "simulate_principal_policy",
        PolicySourceArn=principal,
        ActionNames=list(need.actions),
        ResourceArns=list(need.resources),
        ContextEntries=entries,
    )
    results = answer["EvaluationResults"]
    return list(dict.fromkeys(one["EvalActionName"] for one in results if one["EvalDecision"] != "allowed"))


def _principal(cloud: Cloud) -> str:
    """Return the user or role behind the login; a session's ARN does not tell a role's path."""
    arn = str(cloud.identity["Arn"])
    if ":assumed-role/" not in arn:
        return arn
    return str(cloud.call("iam", "get_role", RoleName=arn.split("/")[1])["Role"]["Arn"])


def login_ends(cloud: Cloud) -> datetime | None:
    """Return when somebody has to log in again, or None if that is not known or never.

    Credentials that are renewed by themselves last as long as what they are renewed from: with SSO, its token.
    """
    session = cloud.session._session  # botocore's own, which knows the profile
    profile = session.get_scoped_config()
    login = session.full_config.get("sso_sessions", {}).get(profile.get("sso_session"), profile)
    if key := profile.get("sso_session") or login.get("sso_start_url"):
        return _ends(_token(key).get("expiresAt", ""))
    return _ends(os.environ.get("AWS_CREDENTIAL_EXPIRATION", ""))


def _token(key: str) -> dict[str, Any]:
    name = hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest()
    try:
        told = json.loads((Path.home() / _SSO_CACHE / f"{name}.json").read_text())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _ends(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
