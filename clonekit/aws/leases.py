"""Until when a run's things are its own: marked on each, put off while the run lives, and then up to AWS's switch."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from clonekit import names, plan
from clonekit.aws import Cloud, lifecycles, switches
from clonekit.aws.lifecycles import Kind
from clonekit.errors import AwsError, Error, LeftoverError, NotOursError
from clonekit.output import say
from clonekit.plan import Wanted

_TRIES = 20  # to put the expiry off, in the time that it lasts


class Lease:
    """The expiry of what one run makes, and the schedules that delete it then (none without a role)."""

    def __init__(self, cloud: Cloud, wanted: Wanted, hours: float, role: str) -> None:
        self.role = role
        self._cloud, self._wanted, self._period = cloud, wanted, timedelta(hours=hours)
        self._kept: list[tuple[Kind[Any], str]] = []
        self._due = wanted.expires - self._period / 2

    @property
    def fate(self) -> str:
        """What becomes of what is left, as a sentence."""
        at = names.time_text(self._wanted.expires)
        alone = f"AWS deletes it by itself after {at}" if self.role else f"No switch is set; it expires at {at}"
        return f"{alone}. To remove it: inv db.reap-clones. To go on with it: inv db.clone-prod --resume"

    @property
    def tags(self) -> list[dict[str, str]]:
        """The tags of what is made now, as RDS takes them."""
        return plan.listed(plan.tags(self._wanted))

    def keep(self, kind: Kind[Any], identifier: str) -> None:
        """Set the switch of something that is about to be made, and put its expiry off from now on."""
        self.renew()
        self._kept.append((kind, identifier))
        self._set_switch(kind, identifier)

    def drop(self, identifier: str) -> None:
        """Take the switch off what is gone."""
        self._kept = [one for one in self._kept if one[1] != identifier]
        if not self.role:
            return
        try:
            switches.remove(self._cloud, identifier, self._wanted.run_id)
        except NotOursError:
            return  # ours is gone, or was never made
        except AwsError as error:
            by_hand = switches.delete_command(self._cloud, identifier)
            raise LeftoverError(f"The schedule {identifier} could not be removed. {error}\n  {by_hand}") from None

    def renew(self) -> None:
        """Put the expiry off when half of the time is over.

        That it can't be is said, tried again while there is time left, and not the end of the run.
        """
        now, before = datetime.now(UTC), self._wanted
        if now < self._due:
            return
        self._wanted, self._due = replace(before, expires=now + self._period), now + self._period / 2
        try:
            for kind, identifier in self._kept:
                self._set_switch(kind, identifier)
                self.mark(kind, identifier)
        except Error as error:
            say(f"The expiry could not be put off. {error}")
            self._wanted, self._due = before, now + self._period / _TRIES

    def _set_switch(self, kind: Kind[Any], identifier: str) -> None:
        if self.role:
            tags = plan.tags(self._wanted)
            switches.set_to(self._cloud, switches.request(kind, identifier, self._wanted.expires, self.role, tags))

    def mark(self, kind: Kind[Any], identifier: str) -> None:
        """Write the expiry on something that is there, if it is this run's."""
        found = lifecycles.find(self._cloud, kind, identifier)
        if found and found.is_of_run(self._wanted.run_id):
            mark = plan.listed({names.EXPIRY_TAG: names.time_text(self._wanted.expires)})
            self._cloud.call("rds", "add_tags_to_resource", ResourceName=found.arn, Tags=mark)
