"""Where a PostgreSQL server is and how to log in to it. Pure: nothing is opened here."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

CONNECT_SECONDS = 15
TLS_MODES = ("require", "verify-ca", "verify-full")
# A peer that vanished is noticed within about a minute instead of the kernel's two hours.
# https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-KEEPALIVES
KEEPALIVES = {"keepalives": 1, "keepalives_idle": 20, "keepalives_interval": 10, "keepalives_count": 4}


@dataclass(frozen=True)
class Server:
    """A server's address and login; the password is never part of its text or of an argument."""

    host: str
    port: int
    user: str
    password: str | None = field(default=None, repr=False)
    hostaddr: str | None = None  # connect here, but expect `host` in the certificate
    sslmode: str | None = None
    sslrootcert: str | None = None  # the certificates that may sign the server's

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    def as_user(self, user: str) -> "Server":
        """Return the same server with another login name and no password."""
        return self if user == self.user else replace(self, user=user, password=None)

    def parameters(self, dbname: str) -> dict[str, str | int]:
        """Return libpq's connection parameters without the password."""
        parameters: dict[str, str | int] = {"host": self.host, "port": self.port, "user": self.user}
        parameters |= {"dbname": dbname, "connect_timeout": CONNECT_SECONDS, **KEEPALIVES}
        optional = {"hostaddr": self.hostaddr, "sslmode": self.sslmode, "sslrootcert": self.sslrootcert}
        return parameters | {name: value for name, value in optional.items() if value}

    def environment(self, dbname: str) -> dict[str, str]:
        """Return the `PG*` variables with which any libpq program reaches `dbname`."""
        variables = {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGDATABASE": dbname,
            "PGCONNECT_TIMEOUT": str(CONNECT_SECONDS),
            "PGPASSWORD": self.password,
            "PGHOSTADDR": self.hostaddr,
            "PGSSLMODE": self.sslmode,
            "PGSSLROOTCERT": self.sslrootcert,
        }
        return {name: value for name, value in variables.items() if value}

    def url(self, dbname: str, *, with_password: bool = False) -> str:
        """Return a `postgresql://` URL; the password only where the reader needs it to log in."""
        secret = f":{quote(self.password, safe='')}" if with_password and self.password else ""
        host = f"[{self.host}]" if ":" in self.host else quote(self.host, safe="")
        login = f"{quote(self.user, safe='')}{secret}"
        return f"postgresql://{login}@{host}:{self.port}/{quote(dbname, safe='')}"


def without_pg_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` without the variables that would lead a client to another server or database."""
    misleading = {"PGDATABASE", "PGHOSTADDR", "PGSERVICE"}
    return {name: value for name, value in environ.items() if name not in misleading}
