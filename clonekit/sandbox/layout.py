"""Where the sandbox keeps what it has: everything is under one folder, so that removing it removes all. Pure."""

from dataclasses import dataclass
from pathlib import Path

from clonekit.postgres.embedded import Embedded

ACCOUNT = "123456789012"
REGION = "eu-central-1"
PROFILE = "orcha-prod"
SOURCE = "v1-orcha-db"
MASTER_USER = DATABASE = "orcha"
PACKAGE = Path(__file__).parent


@dataclass(frozen=True)
class Layout:
    """The sandbox's files and servers under `folder`."""

    folder: Path

    def instance(self, identifier: str) -> Embedded:
        """The server that plays an RDS instance."""
        return Embedded(self.folder / "instances" / identifier)

    def snapshot(self, identifier: str) -> Embedded:
        """A snapshot: the data and the superuser's password of a server, at rest."""
        return Embedded(self.folder / "snapshots" / identifier.replace(":", "-"))

    @property
    def source(self) -> Embedded:
        """The server that plays production."""
        return self.instance(SOURCE)

    @property
    def nightly(self) -> Embedded:
        """The one copy that all automated snapshots share."""
        return self.snapshot("nightly")

    @property
    def local(self) -> Embedded:
        """The developer's own server."""
        return Embedded(self.folder / "local")

    @property
    def app(self) -> Path:
        """The app's checkout: its command line and its migrations."""
        return self.folder / "app"

    @property
    def sessions(self) -> Path:
        """A file per open SSM session, holding its plugin's process id; a session without its file has ended."""
        return self.folder / "plugins"

    @property
    def program(self) -> Path:
        """What the shell finds as `session-manager-plugin`."""
        return self.folder / "bin" / "session-manager-plugin"

    @property
    def aws_config(self) -> Path:
        """The file for AWS_CONFIG_FILE."""
        return self.folder / "aws" / "config"

    @property
    def aws_credentials(self) -> Path:
        """The file for AWS_SHARED_CREDENTIALS_FILE."""
        return self.folder / "aws" / "credentials"

    @property
    def pgpass(self) -> Path:
        """The file for PGPASSFILE; the last thing `up` writes."""
        return self.folder / "pgpass"

    @property
    def cloud(self) -> Path:
        """The cloud process's URL and process id, written when it answers."""
        return self.folder / "cloud.json"

    @property
    def cloud_log(self) -> Path:
        """What the cloud process says: a line per AWS call."""
        return self.folder / "cloud.log"
