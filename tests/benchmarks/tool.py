"""A migration tool as small as can be, run as a child: `python -m tests.benchmarks.tool saves`, or statements on stdin.

It prints how long its transaction took, and how long its session was on a processor (Linux only), in seconds.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

SAVES = 5_000  # rows that a data migration reads, changes and saves one by one


def _statements() -> Callable[[], None]:
    from django.db import connection

    wanted = json.load(sys.stdin)

    def run() -> None:
        with connection.cursor() as cursor:
            for statement in wanted:
                cursor.execute(statement)

    return run


def _saves() -> Callable[[], None]:
    from django.db import models

    class Item(models.Model):  # type: ignore[misc]  # django has no types
        id = models.IntegerField(primary_key=True)
        name = models.TextField()

        class Meta:
            app_label = "bench"
            db_table = "item"
            managed = False

    def run() -> None:
        for item in Item.objects.filter(id__lte=SAVES).iterator():
            item.name = item.name.title()
            item.save(update_fields=["name"])

    return run


def main() -> None:
    """Configure Django by libpq's variables and run what is asked for in one transaction, as its migrations do."""
    import django
    from django.conf import settings
    from django.db import connection, transaction

    names = {"NAME": "PGDATABASE", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "HOST": "PGHOST", "PORT": "PGPORT"}
    login = {key: os.environ.get(variable, "") for key, variable in names.items()}
    settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", **login}})
    django.setup()
    work = _saves() if sys.argv[1:] == ["saves"] else _statements()
    connection.ensure_connection()
    session = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")  # man 5 proc
    before, began = _used(session), perf_counter()
    with transaction.atomic():
        work()
    print(perf_counter() - began, _used(session) - before)  # noqa: T201


def _used(session: Path) -> float:
    return int(session.read_text().split()[0]) / 1e9


if __name__ == "__main__":
    main()
