"""How a case is played, and what has to hold after each."""

import socket
from pathlib import Path
from signal import SIGKILL

from tests.waiting import until

from .cases import BUSY, CREATING, DELETE, LEFT, OPENING, RESTORE, THROWAWAY, Case, denied, held
from .world import Child, Project, World, repeat

_CLONE = ("db.clone-prod", "--yes")
_REAP = ("db.reap-clones", "--yes")
_FINISHING = {"reap": _REAP, "resume": (*_CLONE, "--resume")}
_COMMANDS = {
    "throwaway": "aws rds delete-db-instance ",
    "snapshot": "aws rds delete-db-snapshot ",
}


def play(world: World, case: Case, folder: Path) -> None:
    """Play one case; nothing is left of it for the next."""
    project = world.project(folder)
    world.calls()
    world.tell(*case.faults)
    try:
        _PLAYS[case.play](project, case)
        assert world.left() == {}
        calls = world.calls()
        world.source_is_untouched(calls)
        names = [name for name, _ in calls]
        assert case.restores is None or names.count(RESTORE) == case.restores
        project.is_quiet()
        _check_files(project, case)
    finally:
        world.tell()
        project.kill_all()
        if world.left():
            project.start(*_REAP, "--all").ended()


def _check_files(project: Project, case: Case) -> None:
    dumps = project.dumps
    whole = case.dumps if case.dumps >= 0 else int(case.code == 0 or case.finish == "resume")
    assert len(dumps) == whole, dumps
    for path in dumps:
        assert path.suffix == ".dump"
        assert path.with_name(f"{path.name}.json").exists()
    for run in project.runs():
        assert [one for one in run["made"] if one["state"] != "gone"] == [], "the record still says that it is there"


def run(project: Project, case: Case, **more: str) -> None:
    """Start a run, do what is to be done while it goes on, look how it ended, and finish what it has left."""
    child = project.start(*_CLONE, *case.flags, file_size=case.file_size, **{**case.settings, **more})
    _act(project, child, case)
    code = child.ended()
    assert code == case.code, child.said
    for text in case.says:
        assert text in child.said, child.said
    if case.code >= 0:
        assert not list(project.processes()), child.said
    _check_left(project, case, child)
    if case.finish:
        project.world.tell()
        project.finish(*_FINISHING[case.finish])


def _act(project: Project, child: Child, case: Case) -> None:
    for act in case.acts:
        child.says(act.at)
        if act.at == OPENING:
            project.world.carries()
        if act.send and act.again:
            signum = act.send
            repeat(lambda: child.process.send_signal(signum), lambda: LEFT not in child.said)  # noqa: B023
        elif act.send:
            child.process.send_signal(act.send)
        if act.faults is not None:
            project.world.tell(*act.faults)


def _check_left(project: Project, case: Case, child: Child) -> None:
    """Fail unless just the expected is left, the run's record names it, and so did the run, with the command."""
    project.world.let_us_look()
    left = project.world.left()
    assert set(left.values()) == set(case.left.split()), (left, child.said)
    for name, kind in left.items():
        if kind in _COMMANDS:
            assert name in [one["id"] for one in project.runs()[-1]["made"] if one["state"] != "gone"]
            told = [line for line in child.said.splitlines() if line.startswith(f"  {_COMMANDS[kind]}")]
            assert case.code < 0 or any(name in line.split() for line in told), child.said


# --- where there is more to it ----------------------------------------------------------------------------------------


def strangers_instance(project: Project, case: Case) -> None:
    """What another one has made under our name stays; it goes only now, by the hand of its owner."""
    child = project.start(*_CLONE)
    assert child.ended() == case.code, child.said
    assert case.says[0] in child.said
    (name,) = [name for name, kind in project.world.left().items() if kind == "throwaway"]
    until(lambda: project.world.cloud.status(name) == "available")
    project.world.cloud.remove(name)


def old_plugin(project: Project, case: Case) -> None:
    """A plugin of a version that takes its token as an argument."""
    program = project.folder / "old" / "session-manager-plugin"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 1.2.463.0\n")
    program.chmod(0o755)
    run(project, case, _PATH=f"{program.parent}:/usr/bin:/bin")


def port_in_use(project: Project, case: Case) -> None:
    """Somebody listens where the tunnel should be."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run(project, case, SSM_LOCAL_PORT=str(taken.getsockname()[1]))


def two_runs(project: Project, case: Case) -> None:
    """Two in the same folder, the one beside the other all the time."""
    project.world.tell(*held("creating"))
    both = [project.start(*_CLONE) for _ in range(2)]
    for child in both:
        child.says(CREATING)
    assert list(project.world.left().values()).count("throwaway") == len(both)
    project.world.tell()
    for child in both:
        assert child.ended() == case.code, child.said
    assert {project.folder / child.stdout.strip() for child in both} == set(project.dumps)


def _killed(project: Project, at: str, *flags: str) -> None:
    child = project.start(*_CLONE, *flags)
    child.says(at)
    child.process.send_signal(SIGKILL)
    assert child.ended() == -SIGKILL


def run_after_a_killed_one(project: Project, case: Case) -> None:
    """The second has its own throwaway; the first one's stays until the reaper comes."""
    project.world.tell(*held("creating"))
    _killed(project, CREATING)
    before = project.world.left()
    project.world.tell()
    assert case.says[0] in project.finish(*_CLONE).said
    assert project.world.left() == before
    project.finish(*_REAP)


def reaper_beside_a_run(project: Project, case: Case) -> None:
    """It knows by the run's lock that it goes on."""
    _beside(project, project, case, "--all")


def reaper_elsewhere(project: Project, case: Case) -> None:
    """It knows nothing of the run but its tags."""
    _beside(project, project.another(), case)


def _beside(project: Project, other: Project, case: Case, *flags: str) -> None:
    project.world.tell(*held("creating"))
    child = project.start(*_CLONE)
    child.says(CREATING)
    assert "removed 0, kept 2" in other.finish(*_REAP, *flags).stdout
    project.world.tell()
    assert child.ended() == case.code, child.said


def reaper_by_age(project: Project, case: Case) -> None:
    """Who finds it has no record of the run; RDS refuses the deletion until it is created."""
    project.world.tell(*held("creating"))
    _killed(project, CREATING, "--fresh-snapshot")
    elsewhere = project.another()
    assert "removed 0, kept 4" in elsewhere.finish(*_REAP, "--older-than", "1").stdout
    reaper = elsewhere.start(*_REAP, "--older-than", "0")
    reaper.says(BUSY)
    project.world.tell()
    assert reaper.ended() == 0, reaper.said
    assert "removed 4, kept 0" in reaper.stdout
    for record in project.folder.glob(".clonekit/runs/*"):  # of the machine that is at the bottom of a lake
        record.unlink()


def reaper_denied(project: Project, case: Case) -> None:
    """What can't be removed keeps its schedule; the next time all of it goes."""
    project.world.tell(*held("creating"))
    _killed(project, CREATING)
    project.world.tell(*denied(DELETE))
    reaper = project.start(*_REAP)
    assert reaper.ended() == case.code, reaper.said
    assert "aws rds delete-db-instance" in reaper.said
    assert set(project.world.left().values()) == set(THROWAWAY.split())
    project.world.tell()
    project.finish(*_REAP)


def resume_twice(project: Project, case: Case) -> None:
    """The lock of the one keeps the other from it."""
    project.world.tell(*held("creating"))
    _killed(project, CREATING)
    first = project.start(*_CLONE, "--resume")
    first.says(CREATING)
    second = project.start(*_CLONE, "--resume")
    assert second.ended() == case.code, second.said
    assert case.says[0] in second.said
    project.world.tell()
    assert first.ended() == 0, first.said


_PLAYS = {
    "": run,
    **{
        play.__name__: play
        for play in (
            *(strangers_instance, old_plugin, port_in_use, two_runs, run_after_a_killed_one, reaper_beside_a_run),
            *(reaper_elsewhere, reaper_by_age, reaper_denied, resume_twice),
        )
    },
}
