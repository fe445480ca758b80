"""Where the sandbox keeps what it has: everything is under one folder, so that removing it removes all. Pure."""

from pathlib import Path

from clonekit.postgres.embedded import Embedded

ACCOUNT = "123456789012"
REGION = "eu-central-1"
PROFILE = "orcha-prod"
SOURCE = "v1-orcha-db"
MASTER_USER = DATABASE = "orcha"
PACKAGE = Path(__file__).parent


class Layout:
    """The sandbox's files and servers under `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = self.instance(SOURCE)  # the server that plays production
        self.nightly = self.snapshot("nightly")  # the one copy that all automated snapshots share
        self.local = Embedded(folder / "local")  # the developer's own server
        self.app = folder / "app"  # the app's checkout: its command line and its migrations
        # A file per open SSM session, holding its plugin's process id; a session without its file has ended.
        self.sessions = folder / "plugins"
        self.program = folder / "bin" / "session-manager-plugin"  # where the shell finds it
        self.aws_config = folder / "aws" / "config"  # for AWS_CONFIG_FILE
        self.aws_credentials = folder / "aws" / "credentials"  # for AWS_SHARED_CREDENTIALS_FILE
        self.pgpass = folder / "pgpass"  # for PGPASSFILE; the last thing `up` writes
        self.cloud = folder / "cloud.json"  # the cloud process's URL and process id, written when it answers
        self.cloud_log = folder / "cloud.log"  # what the cloud process says: a line per AWS call

    def instance(self, identifier: str) -> Embedded:
        """The server that plays an RDS instance."""
        return Embedded(self.folder / "instances" / identifier)

    def snapshot(self, identifier: str) -> Embedded:
        """A snapshot: the data and the superuser's password of a server, at rest."""
        return Embedded(self.folder / "snapshots" / identifier.replace(":", "-"))
