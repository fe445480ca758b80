"""The settings: their names, defaults and types, and the one place where they are checked. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

from clonekit.errors import UsageError
from clonekit.names import is_beside
from clonekit.postgres.splitting import AUTO, FORMATS, SESSIONS

_KNOWN = {
    "rds.sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "rds.credentials": ("generated", "parameter", "secret"),
    "rds.format": FORMATS,
    "ssm.sessions": SESSIONS,
    "local.spares": ("auto", "0", "1", "2"),
}
MAX_PORT = 65535
_MOST = 1_000_000  # of anything: so many hours are a century, and dates end somewhere
_RESERVED = {"postgres", "template0", "template1"}
_REQUIRED = ("aws.region", "rds.source", "rds.instance_class", "ssm.bastion", "ssm.credentials_parameter", "local.user")
OVERRIDE_VARIABLE = "ORCHA_LOCAL_DB_NAME_OVERRIDE"


@dataclass(frozen=True)
class Aws:
    """Which account, as whom."""

    profile: str = "orcha-prod"  # empty: boto3's own default chain
    region: str = "eu-central-1"
    account: str = ""  # empty: the account is shown and confirmed by hand


@dataclass(frozen=True)
class Rds:
    """The source instance and its throwaway."""

    source: str = "v1-orcha-db"
    instance_class: str = "db.t4g.small"
    freshness_hours: float = 24
    poll_seconds: float = 15
    restore_minutes: float = 90  # the longest wait for a snapshot, a restore or a deletion
    login_seconds: float = 300  # the longest wait for the throwaway's new password to work
    storage_type: str = ""  # empty: the source's
    sslmode: str = "require"  # at least; verify-full where the CA bundle is there
    ca_bundle: str = ""  # empty: PGSSLROOTCERT, or global-bundle.pem in the project's folder
    credentials: str = "generated"  # or parameter, or secret
    secret: str = ""  # the name or ARN of the Secrets Manager secret
    dbname: str = ""  # empty: what the credentials say, else the source's first database
    format: str = "directory"  # or custom: a single file
    expiry_hours: float = 4  # after this without a word from us a throwaway is nobody's
    expiry_role_arn: str = ""  # the role with which EventBridge Scheduler deletes it then; empty: no switch


@dataclass(frozen=True)
class Ssm:
    """The way to the throwaway."""

    bastion: str = "v1-orcha-app"
    credentials_parameter: str = "/v1-orcha/db-credentials"
    local_port: int = 25432
    open_seconds: float = 30  # the longest wait for the session's local port
    stall_seconds: float = 60  # a tunnel through which nothing comes for so long is dead
    attempts: int = 3  # how often a dump is tried, each time through new tunnels
    sessions: str = AUTO  # over how many sessions side by side: as many as help, or a number


@dataclass(frozen=True)
class Local:
    """The developer's PostgreSQL. Host and port empty: the server of `dev.up`, else localhost:5432."""

    host: str = ""
    port: int = 0
    user: str = "postgres"
    clone_db: str = "orcha_prod_clone"
    fresh_db: str = "orcha_fresh"
    dev_db: str = "orcha"
    spares: str = "auto"  # how many copies to keep ready: auto (1 if there is room), 0, 1, 2
    client_dir: str = ""  # where to look for pg_dump, pg_restore and psql first


@dataclass(frozen=True)
class App:
    """The app's own commands; `{action}` and `{file}` are filled in."""

    override_env: str = OVERRIDE_VARIABLE
    migrate: str = ""
    down: str = ""  # takes back what `migrate` applied last, for `inv rehearse --roundtrip`
    baseline: str = ""  # brings an empty database to production's own revision, for `inv rehearse`
    smoke: str = ""  # commands, one a line, that must succeed on the migrated clone
    seed: str = ""
    ingest: str = ""


@dataclass(frozen=True)
class Rehearse:
    """What `inv rehearse` goes by. Lists have an item a line."""

    expected: str = ""  # what the migration may lose: `schema.table.column: dropped|rewritten` ...
    migrations: str = ""  # patterns of the migration files, below the project's folder
    max_days: float = 14  # how old the data may be for `--verify`


@dataclass(frozen=True)
class Settings:
    """Everything a task can be told by `invoke.yaml` or `INVOKE_*`."""

    aws: Aws = field(default_factory=Aws)
    rds: Rds = field(default_factory=Rds)
    ssm: Ssm = field(default_factory=Ssm)
    local: Local = field(default_factory=Local)
    app: App = field(default_factory=App)
    rehearse: Rehearse = field(default_factory=Rehearse)
    root: Path = field(default_factory=Path)  # the project's folder: where tasks.py is

    @property
    def dump_dir(self) -> Path:
        """The folder of dumps and schema files."""
        return self.root / "dump"

    @property
    def sandbox_dir(self) -> Path:
        """The folder of the sandbox."""
        return self.state_dir / "sandbox"

    @property
    def runs_dir(self) -> Path:
        """The folder of the runs' records."""
        return self.state_dir / "runs"

    @property
    def state_dir(self) -> Path:
        """The folder of what clonekit runs or remembers."""
        return self.root / ".clonekit"


def lines(text: str) -> list[str]:
    """Return the items of a setting that holds one a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


SECTIONS: dict[str, type[Any]] = {"aws": Aws, "rds": Rds, "ssm": Ssm, "local": Local, "app": App, "rehearse": Rehearse}


def defaults() -> dict[str, dict[str, str]]:
    """Return every key with its default as text.

    As text, because invoke casts an environment variable to the type of the declared default and fails with a
    traceback where it can't; text reaches `read` as it was typed.
    """
    return {name: {key: str(value) for key, value in asdict(section()).items()} for name, section in SECTIONS.items()}


def read(config: Mapping[str, Any], environ: Mapping[str, str], root: Path) -> Settings:
    """Return the settings of `config` (invoke's merged configuration).

    Raises UsageError, naming the key, for an unknown key (in the file or an `INVOKE_*` variable) and for a value
    of the wrong type.
    """
    _refuse_unknown_variables(environ)
    for name in config:
        if name not in SECTIONS:
            raise UsageError(f"Unknown section {name} in the settings; known are: {', '.join(SECTIONS)}.")
    sections = {name: _section(name, section, config.get(name, {})) for name, section in SECTIONS.items()}
    _check_values(sections)
    return Settings(root=root, **sections)


def _check_values(sections: Mapping[str, Any]) -> None:
    def of(name: str) -> Any:
        section, _, key = name.partition(".")
        return getattr(sections[section], key)

    for name, known in _KNOWN.items():
        one_of(name, of(name), known)
    for name in (*_REQUIRED, *(["rds.secret"] if of("rds.credentials") == "secret" else [])):
        if not of(name).strip():
            raise UsageError(f"{name} must not be empty.")
    if not of("app.override_env").isidentifier():
        told = repr(of("app.override_env"))
        raise UsageError(f"app.override_env must be the name of an environment variable, not {told}.")
    databases = [of(f"local.{kind}_db") for kind in ("clone", "fresh", "dev")]
    if len(set(databases)) < len(databases) or _RESERVED.intersection(databases):
        raise UsageError(
            "local.clone_db, local.fresh_db and local.dev_db must be three databases, none PostgreSQL's own."
        )
    if not (of("rds.expiry_hours") and of("ssm.attempts")):
        raise UsageError("rds.expiry_hours and ssm.attempts must be more than zero.")
    if clash := [name for name in databases for other in databases if is_beside(name, other)]:
        raise UsageError(f"{clash[0]!r} is a name that clonekit gives to databases of its own; choose another.")
    for name in ("ssm.local_port", "local.port"):
        if of(name) > MAX_PORT:
            raise UsageError(f"{name} must be a port number, at most {MAX_PORT}, not {of(name)}.")


def _section(name: str, section: type[Any], values: Any) -> Any:
    if not isinstance(values, Mapping):
        raise UsageError(f"The setting {name} must be a section with keys, not {values!r}.")
    types = get_type_hints(section)
    for key in values:
        if key not in types:
            raise UsageError(f"Unknown setting {name}.{key}; known are: {', '.join(types)}.")
    return section(**{key: convert(f"{name}.{key}", values[key], types[key]) for key in values})


def convert(name: str, value: Any, wanted: type[Any]) -> Any:
    """Return `value` as `wanted` (str, int or float, zero to a million); raise UsageError naming the key otherwise."""
    if wanted is str:
        if isinstance(value, str):
            return value
        raise UsageError(f"{name} must be text, not {value!r}; write it in quotes.")
    try:
        if isinstance(value, bool):
            raise ValueError(value)
        number = wanted(value)
        if not 0 <= number <= _MOST or (wanted is int and isinstance(value, float)):
            raise ValueError(value)
    except (TypeError, ValueError):
        kind = "a whole number" if wanted is int else "a number"
        raise UsageError(f"{name} must be {kind}, zero or more (to a million), not {value!r}.") from None
    return number


def one_of(name: str, value: str, known: Sequence[str]) -> str:
    """Return the value if it is a known one; raise UsageError naming the key otherwise."""
    if value not in known:
        raise UsageError(f"{name} must be one of {', '.join(known)}, not {value!r}.")
    return value


def _refuse_unknown_variables(environ: Mapping[str, str]) -> None:
    known = {f"{name}_{item.name}" for name, section in SECTIONS.items() for item in fields(section)}
    for variable in environ:
        name = variable.removeprefix("INVOKE_").lower()
        ours = variable.startswith("INVOKE_") and name.split("_", 1)[0] in SECTIONS
        if ours and name not in known:
            raise UsageError(f"Unknown setting {variable}: there is no {name.replace('_', '.', 1)}.")
