"""The fault matrix as data: what is made to fail, and what has to come of it."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from signal import SIGHUP, SIGINT, SIGKILL, SIGTERM
from typing import Any

from clonekit.sandbox.faults import Fault

Faults = tuple[Fault, ...]
CREATING, OPENING = "creating, at most", "Opening the SSM tunnel ..."
DUMPING, DELETING = "Dumping orcha", "deleting, at most"
BUSY, AGAIN = "RDS deletes it only when that is over", "Another Ctrl-C stops waiting"
LEFT = "may still exist and cost money"
RESTORE, DESCRIBE, DELETE = "RestoreDBInstanceFromDBSnapshot", "DescribeDBInstances", "DeleteDBInstance"
THROWAWAY = "throwaway schedule"  # what is left of one that can't be deleted: its switch stays on


@dataclass(frozen=True)
class Act:
    """Once stderr says `at`: send a signal (`again` until it says what is left), tell other faults."""

    at: str
    send: signal.Signals | None = None
    again: bool = False
    faults: Faults | None = None


@dataclass(frozen=True, eq=False)  # each is itself: pytest hashes it
class Case:
    """One thing that happens. Those with the same `group` and `what` are one row of the table."""

    group: str
    what: str
    does: str
    code: int
    says: tuple[str, ...] = ()  # on stderr
    faults: Faults = ()
    acts: tuple[Act, ...] = ()
    flags: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)  # and variables, with a leading underscore
    file_size: int | None = None  # the longest file that may be written
    left: str = ""  # the kinds of what is left in AWS, and
    finish: str = ""  # how that is removed afterwards: `reap` or `resume`
    dumps: int = -1  # whole ones afterwards; -1: one if the code is 0, or the run is resumed
    restores: int | None = None  # how often a restore was asked for, resumed or not
    play: str = ""  # the function of plays.py that does it, where there is more to it
    name: str = ""  # of the test, where `what` is not enough


def refuse(at: str, code: str, times: int = 0, **more: Any) -> Faults:
    return (Fault(at, "refuse", code, times=times, **more),)


def not_found_yet(times: int = 0) -> Faults:
    return refuse(DESCRIBE, "DBInstanceNotFound", times, status=404, holding="-clone-", after=RESTORE)


def denied(at: str, **more: Any) -> Faults:
    return refuse(at, "AccessDenied", status=403, **more)


def lost(at: str, **more: Any) -> Faults:
    return (Fault(at, "lose", times=1, **more),)


def held(step: str) -> Faults:
    return (Fault(step, "hold"),)


def tunnel(trouble: str, times: int = 0) -> Faults:
    return (Fault("tunnel", trouble, times=times),)


# --- signals ----------------------------------------------------------------------------------------------------------

_TWO = {"SSM_SESSIONS": "2"}
_ENDING = ((SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129))
_S = "Signals: Ctrl-C, SIGTERM, SIGHUP; SIGKILL"


def _signals() -> list[Case]:
    found = []
    for signum, code in _ENDING:
        on = signum.name
        found += [
            Case(_S, "INT, TERM or HUP while the throwaway is being created", "asks for the deletion again and again "
                 "until RDS allows it, waits until it is gone", code, (BUSY, "Interrupted."), held("creating"),
                 (Act(CREATING, signum), Act(BUSY, faults=())), name=f"{on} creating"),
            Case(_S, "... while the tunnel opens", "ends plugin and session, deletes the throwaway", code,
                 ("A second Ctrl-C stops waiting",), tunnel("mute"), (Act(OPENING, signum),), name=f"{on} opening"),
            Case(_S, "... while it dumps", "ends pg_dump, removes the unfinished file, then as before", code,
                 ("A second Ctrl-C stops waiting",), tunnel("stall"), (Act(DUMPING, signum),), settings=_TWO,
                 name=f"{on} dumping"),
            Case(_S, "... while it deletes", "waits on until it is gone; the dump is whole", code, (AGAIN,),
                 held("deleting"), (Act(DELETING, signum), Act(AGAIN, faults=())), dumps=1, name=f"{on} deleting"),
            Case(_S, "... while it takes its own snapshot", "deletes that as soon as RDS allows it", code, (BUSY,),
                 held("snapshot"), (Act("creating, 0 %", signum), Act(BUSY, faults=())), ("--fresh-snapshot",),
                 name=f"{on} snapshot"),
        ]  # fmt: skip
    return found


_GIVEN_UP = ("The clean-up was given up", "AWS deletes it by itself after", "inv db.reap-clones")
_RESUMED = "nothing can be done then; the record names it, `--resume` goes on with it and restores nothing again"
_REAPED = "the record names it, `inv db.reap-clones` removes it"
SIGNALS = [
    *_signals(),
    Case(_S, "INT while RDS does not list the new throwaway yet", "goes on looking for a minute, then as above", 130,
         (), not_found_yet(), (Act("not listed yet", SIGINT), Act("not listed, at most", faults=()))),
    Case(_S, "a second Ctrl-C while it is being created", "stops waiting, prints the command, says that the switch "
         "stays on", 10, _GIVEN_UP, held("creating"),
         (Act(CREATING, SIGINT), Act("A second Ctrl-C stops waiting", SIGINT, again=True)), left=THROWAWAY,
         finish="reap"),
    Case(_S, "a second Ctrl-C while it deletes", "the same; the dump is whole, and `--resume` only waits", 10,
         _GIVEN_UP, held("deleting"), (Act(DELETING, SIGINT), Act(AGAIN, SIGINT, again=True)), left=THROWAWAY,
         finish="resume", restores=1, dumps=1),
    Case(_S, "KILL while it is being created", _RESUMED, -9, (), held("creating"), (Act(CREATING, SIGKILL),),
         left=THROWAWAY, finish="resume", restores=1),
    Case(_S, "KILL while the tunnel opens", _REAPED, -9, (), tunnel("mute"), (Act(OPENING, SIGKILL),),
         left=f"{THROWAWAY} session", finish="reap"),
    Case(_S, "KILL while it dumps", "`--resume` ends its session, removes its unfinished file and dumps anew", -9, (),
         tunnel("stall"), (Act(DUMPING, SIGKILL),), settings=_TWO, left=f"{THROWAWAY} session", finish="resume",
         restores=1),
    Case(_S, "KILL while it dumps, reaped", "the reaper ends its session too and removes the file", -9, (),
         tunnel("stall"), (Act(DUMPING, SIGKILL),), ("--fresh-snapshot",), left=f"{THROWAWAY} snapshot session",
         finish="reap"),
    Case(_S, "KILL while it deletes", "the reaper waits until it is gone and removes the switch", -9, (),
         held("deleting"), (Act(DELETING, SIGKILL),), left=THROWAWAY, finish="reap", dumps=1),
    Case(_S, "KILL while it takes its own snapshot", "`--resume` waits for that snapshot and uses it", -9, (),
         held("snapshot"), (Act("creating, 0 %", SIGKILL),), ("--fresh-snapshot",), left="snapshot schedule",
         finish="resume", restores=1),
]  # fmt: skip

# --- what AWS answers -------------------------------------------------------------------------------------------------

_T = "AWS throttles, is away for a moment, or its reply is lost"
_ASKED_AGAIN = "asks again after growing, random pauses"
_DONE_ONCE = "asks again; what is there with this run's tag is taken for its own"
ANSWERS = [
    Case(_T, "throttling while it looks, restores, connects or deletes", _ASKED_AGAIN, 0,
         faults=refuse(DESCRIBE, "Throttling", 2), name="throttled looking"),
    Case(_T, "throttling while it looks, restores, connects or deletes", _ASKED_AGAIN, 0,
         faults=refuse(RESTORE, "Throttling", 2), restores=3, name="throttled restoring"),
    Case(_T, "throttling while it looks, restores, connects or deletes", _ASKED_AGAIN, 0,
         faults=refuse("StartSession", "ThrottlingException", 2), name="throttled connecting"),
    Case(_T, "throttling while it looks, restores, connects or deletes", _ASKED_AGAIN, 0,
         faults=refuse(DELETE, "Throttling", 2), name="throttled deleting"),
    Case(_T, "AWS answers 503, or not at all, for a moment", _ASKED_AGAIN, 0,
         faults=refuse(DESCRIBE, "ServiceUnavailable", 2, status=503, after=RESTORE), name="503"),
    Case(_T, "AWS answers 503, or not at all, for a moment", _ASKED_AGAIN, 0,
         faults=(Fault("*", "cut", times=2, after=RESTORE),), name="cut"),
    Case(_T, "the reply to the restore or the snapshot is lost", _DONE_ONCE, 0, faults=lost(RESTORE), restores=2,
         name="lost restore"),
    Case(_T, "the reply to the restore or the snapshot is lost", _DONE_ONCE, 0, faults=lost("CreateDBSnapshot"),
         flags=("--fresh-snapshot",), name="lost snapshot"),
    Case(_T, "... and the next try is refused (a quota)", "says why, looks whether it is there after all, deletes it",
         6, ("AWS refused rds:RestoreDBInstanceFromDBSnapshot: InstanceQuotaExceeded",),
         (*lost(RESTORE), *refuse(RESTORE, "InstanceQuotaExceeded")), restores=2),
    Case(_T, "... to the new password", "waits while RDS is busy with it, sets it again", 0,
         faults=lost("ModifyDBInstance"), name="lost password"),
    Case(_T, "... to the deletion of either", "asks again; waits until it is gone", 0, faults=lost(DELETE),
         name="lost delete"),
    Case(_T, "... to the deletion of either", "asks again; waits until it is gone", 0, faults=lost("DeleteDBSnapshot"),
         flags=("--fresh-snapshot",), name="lost delete of a snapshot"),
    Case(_T, "... to the start of the session", "asks again; at the end finds the other one by the run's id in its "
         "reason and ends it", 0, faults=lost("StartSession"), name="lost session"),
    Case(_T, "... to making or deleting the schedule", "asks again", 0, faults=lost("CreateSchedule"),
         name="lost schedule"),
    Case(_T, "... to making or deleting the schedule", "asks again", 0, faults=lost("DeleteSchedule"),
         name="lost schedule's deletion"),
    Case(_T, "a stranger's instance has the throwaway's name", "leaves it alone, stops", 6, ("AlreadyExists",),
         lost(RESTORE, swap=("clone-prod-db", "somebody-else")), play="strangers_instance"),
    Case(_T, "the new instance is not to be found at first", "goes on looking for a minute", 0,
         faults=not_found_yet(3), name="not found yet"),
    Case(_T, "the new snapshot is not to be found at first", "the same", 0, flags=("--fresh-snapshot",),
         faults=refuse("DescribeDBSnapshots", "DBSnapshotNotFound", 3, status=404, holding="-clone-src-"),
         name="no snapshot yet"),
    Case(_T, "RDS is busy with the available instance once more", "asks for the password again until it is not", 0,
         ("busy (available)",), refuse("ModifyDBInstance", "InvalidDBInstanceState", 3)),
]  # fmt: skip

_D = "AWS denies, or the login expires"
_NAMED = "stops, names the action that the policy lacks"
_LOGIN = ("AWS does not accept the login", "Log in again: aws sso login", "inv db.clone-prod --resume")


def _denied(what: str, at: str, does: str = _NAMED, code: int = 6, **more: Any) -> Case:
    says = more.pop("says", (f":{at}: ", "Your role needs this action."))
    faults = more.pop("faults", denied(at))
    return Case(_D, what, does, code, says, faults, name=f"denied {more.pop('name', at)}", **more)


_BEFORE = "looking, the schedule, the snapshot or the restore is denied"
_AFTER = "the password or the session is denied"
_KEPT = "says so, prints the command; the switch stays on"
DENIALS = [
    _denied(_BEFORE, DESCRIBE, restores=0),
    _denied(_BEFORE, "CreateSchedule", restores=0),
    _denied(_BEFORE, "CreateDBSnapshot", flags=("--fresh-snapshot",), restores=0),
    _denied(_BEFORE, RESTORE),
    _denied(_BEFORE, RESTORE, flags=("--fresh-snapshot",), name="restore of its own snapshot"),
    _denied(_AFTER, "ModifyDBInstance", "the same, and deletes the throwaway"),
    _denied(_AFTER, "StartSession", "the same, and deletes the throwaway"),
    _denied("looking is denied after the restore", DESCRIBE, _KEPT, 10, faults=denied(DESCRIBE, after=RESTORE),
            left=THROWAWAY, finish="resume", restores=1, name="looking later"),
    _denied("the deletion is denied", DELETE, _KEPT, 10, left=THROWAWAY, finish="reap", dumps=1),
    _denied("the snapshot's deletion is denied", "DeleteDBSnapshot", _KEPT, 10, flags=("--fresh-snapshot",),
            left="snapshot schedule", finish="reap", dumps=1),
    _denied("the schedule's deletion is denied", "DeleteSchedule", "says so, prints the command", 10,
            left="schedule", finish="reap", dumps=1),
    _denied("ending the session is denied", "TerminateSession", "says that it ends by itself when idle", 0,
            left="session", finish="reap", says=("ends by itself when idle",)),
    Case(_D, "the login has expired before the start", "says how to log in", 6, _LOGIN[:2],
         refuse("*", "ExpiredToken"), restores=0),
    Case(_D, "the login expires while it waits for the throwaway", "says how to log in and to go on; `--resume` "
         "restores nothing again", 10, _LOGIN, refuse("*", "ExpiredToken", after=RESTORE), left=THROWAWAY,
         finish="resume", restores=1),
    Case(_D, "the login expires while it dumps", "the dump is whole; `--resume` only deletes", 10, _LOGIN,
         refuse("*", "ExpiredToken", after="StartSession"), left=f"{THROWAWAY} session", finish="resume",
         restores=1, dumps=1),
]  # fmt: skip

_X = "A state from which nothing follows"
_DOOMED = (
    *("failed", "incompatible-parameters", "incompatible-network", "inaccessible-encryption-credentials"),
    *("restore-error", "storage-full", "insufficient-capacity", "stopped"),
)
_NEVER = "gives up at `rds.restore_minutes`; RDS refuses the deletion as long, so it says what is left"
STATES = [
    *(Case(_X, "the throwaway becomes `failed`, `incompatible-*`, `inaccessible-*`, `restore-error`, `storage-full`, "
           "`insufficient-*` or `stopped`", "stops at once, deletes it", 6, (f"the state is '{status}'",),
           (Fault("creating", "end", status),), name=status) for status in _DOOMED),
    Case(_X, "the snapshot becomes `failed`", "stops at once, deletes it", 6, ("the state is 'failed'",),
         (Fault("snapshot", "end", "failed"),), flags=("--fresh-snapshot",), restores=0),
    Case(_X, "the throwaway stays `creating`", _NEVER, 10, ("rds.restore_minutes sets", "Before that:"),
         held("creating"), settings={"RDS_RESTORE_MINUTES": "0.05"}, left=THROWAWAY, finish="resume", restores=1),
    Case(_X, "the snapshot stays `creating`", _NEVER, 10, ("rds.restore_minutes sets", "Before that:"),
         held("snapshot"), flags=("--fresh-snapshot",), settings={"RDS_RESTORE_MINUTES": "0.03"},
         left="snapshot schedule", finish="reap", restores=0),
    Case(_X, "the throwaway stays `deleting`", "gives up at `rds.restore_minutes`, says what is left; the dump is "
         "whole", 10, ("rds.restore_minutes sets",), held("deleting"), settings={"RDS_RESTORE_MINUTES": "0.25"},
         left=THROWAWAY, finish="reap", dumps=1),
]  # fmt: skip

# --- the way there and the machine here -------------------------------------------------------------------------------

_W = "The tunnel"
_ONCE, _ALWAYS = "dumps again through new tunnels, restores nothing again", "gives up after `ssm.attempts`, cleans up"
_QUICK = {"SSM_STALL_SECONDS": "3"}
_TWICE = {**_QUICK, "SSM_ATTEMPTS": "2", "SSM_SESSIONS": "2"}
_TRYING = ("Trying again through new tunnels",)
_NOBODY = Fault("DescribeInstanceInformation", "answer", text='{"InstanceInformationList": []}')
_LOST = "the tunnel {} in the middle of the dump"


def _breaking(what: str, trouble: str, says: str) -> list[Case]:
    return [
        Case(_W, f"{what}, once", _ONCE, 0, (*_TRYING, says), tunnel(trouble, 1), settings=_QUICK, restores=1),
        Case(_W, f"{what}, each time", _ALWAYS, 7, (*_TRYING, says), tunnel(trouble), settings=_TWICE, restores=1),
    ]


TUNNELS = [
    Case(_W, "no bastion runs, or its agent is offline", "says so before anything is made", 6,
         ("No running EC2 instance is tagged Name=nowhere",), settings={"SSM_BASTION": "nowhere"}, restores=0,
         name="no bastion"),
    Case(_W, "no bastion runs, or its agent is offline", "says so before anything is made", 6,
         ("its SSM agent is not online",), (_NOBODY,),
         restores=0, name="agent offline"),
    Case(_W, "the agent goes offline after that, for a moment", _ONCE, 0, _TRYING,
         refuse("StartSession", "TargetNotConnected", 1), settings=_QUICK, restores=1),
    Case(_W, "the agent goes offline after that, for good", _ALWAYS, 7, ("SSM agent is not connected",),
         refuse("StartSession", "TargetNotConnected"), settings=_TWICE, restores=1),
    Case(_W, "AWS allows no second session", "dumps through one", 0, ("Going on with one SSM session.",),
         denied("StartSession", after="StartSession"), settings={"SSM_SESSIONS": "2"}, restores=1),
    *_breaking("the plugin exits with 0 and has opened no port", "quiet", "session-manager-plugin ended"),
    Case(_W, "the plugin opens no port and does not end", "gives up after `ssm.open_seconds` and `ssm.attempts`", 7,
         ("ssm.open_seconds",), tunnel("mute"), settings={**_TWICE, "SSM_OPEN_SECONDS": "1"}),
    Case(_W, "the port opens, but nobody answers behind it", "gives up after `rds.login_seconds`, tells what to check",
         7, ("check that the security groups",), tunnel("refused"), settings={"RDS_LOGIN_SECONDS": "2"}),
    *_breaking(_LOST.format("ends"), "close", "The SSM"),
    *_breaking(_LOST.format("drops the connections"), "drop", "lost"),
    *_breaking(_LOST.format("stalls"), "stall", "ssm.stall_seconds"),
]  # fmt: skip

_H = "This machine"
_YOUNG, _OLD = ("--freshness-hours", "3.9"), ("--freshness-hours", "3.1")  # the newest snapshot is 3.2 hours old
_ZONES = ("Asia/Tokyo", "America/Los_Angeles")
_EAST_WEST = "a clock zone east or west of UTC, "
MACHINE = [
    Case(_H, "no plugin, or one that would show the token in argv", "says so before anything is made", 5,
         ("session-manager-plugin is not on PATH",), settings={"_PATH": "/usr/bin:/bin"}, restores=0, name="no plugin"),
    Case(_H, "no plugin, or one that would show the token in argv", "says so before anything is made", 5,
         ("1.2.497.0 or later is needed",), restores=0, play="old_plugin"),
    Case(_H, "the local port is taken", "takes another", 0, play="port_in_use"),
    Case(_H, "the local port is taken in the moment before the plugin has it", "takes another", 0,
         faults=tunnel("taken"), settings={"SSM_LOCAL_PORT": "25432"}),
    Case(_H, "no room for the dump", "stops, removes what was written, deletes the throwaway", 4,
         ("has no room for the dump",), file_size=100_000, restores=1),
    Case(_H, "no room for the run's record", "stops before anything is made", 4, ("can't be written",), file_size=300,
         restores=0),
    *(Case(_H, f"{_EAST_WEST}a snapshot just young enough", "uses it", 0, ("use the automated snapshot",),
           flags=_YOUNG, settings={"_TZ": zone}, name=f"young in {zone}") for zone in _ZONES),
    *(Case(_H, f"{_EAST_WEST}a snapshot just too old", "takes a new one", 0, ("make the snapshot",),
           flags=_OLD, settings={"_TZ": zone}, name=f"old in {zone}") for zone in _ZONES),
]  # fmt: skip

_R = "Several runs, and what one has left"
RUNS = [
    Case(_R, "two runs at once", "two throwaways, two whole dumps", 0, dumps=2, restores=2, play="two_runs"),
    Case(_R, "a new run after a killed one", "says what that has left, leaves it alone", 0, ("Left by an earlier run",),
         left=THROWAWAY, finish="reap", dumps=1, restores=2, play="run_after_a_killed_one"),
    Case(_R, "the reaper beside a run in progress", "leaves that alone, even with `--all`", 0, restores=1,
         play="reaper_beside_a_run"),
    Case(_R, "the reaper on another machine, beside a run in progress", "keeps what has not expired", 0, restores=1,
         play="reaper_elsewhere"),
    Case(_R, "the reaper on another machine, after a killed run", "`--older-than` takes also what is still being "
         "created, its schedule, session and snapshot", -9, play="reaper_by_age"),
    Case(_R, "the reaper is denied a deletion", "says what stays; the switch stays on", 10, left=THROWAWAY,
         finish="reap", play="reaper_denied"),
    Case(_R, "a second `--resume` while one goes on", "is refused", 2, ("There is no unfinished run",), dumps=1,
         restores=1, play="resume_twice"),
]  # fmt: skip

CASES = [*SIGNALS, *ANSWERS, *DENIALS, *STATES, *TUNNELS, *MACHINE, *RUNS]


def title(case: Case) -> str:
    """Return the name of a case's test."""
    return case.name or case.what
