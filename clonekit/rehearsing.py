"""`inv rehearse`: load, migrate under observation, compare, and say whether the migration can be deployed."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from clonekit import app, checks, claims, cloning, comparing, doctor, files, leaving, local, names, output, preparing
from clonekit.aws import Cloud
from clonekit.errors import AppError, RehearsalError, UsageError
from clonekit.output import say
from clonekit.postgres import clones, databases, dumps
from clonekit.rehearsal import (
    blame,
    contents,
    evidence,
    findings,
    kept,
    observing,
    page,
    recounts,
    rehearsals,
    survival,
    text,
)
from clonekit.rehearsal.baselines import Baselines
from clonekit.rehearsal.kept import Before
from clonekit.rehearsal.rehearsals import Command, Outcome, Rehearsal, Schema, Step
from clonekit.rehearsal.survival import Fate
from clonekit.rehearsal.tallies import Contents
from clonekit.roundtrips import TITLE, Roundtrip
from clonekit.schema.verdicts import Verdict
from clonekit.settings import Settings, lines

STARTS = ("load", "migrate")


@dataclass(frozen=True)
class Options:
    """The flags of `inv rehearse`."""

    dump_file: str = ""
    clone: bool = False
    yes: bool = False
    start: str = "load"
    renamed: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    roundtrip: bool = False
    show_values: bool = False


def renames(pairs: Iterable[str]) -> dict[str, str]:
    """Return the tables that `--renamed old=new` names; UsageError for what names none."""
    found = dict(pair.partition("=")[::2] for pair in pairs)
    if not all(old.strip() and new.strip() for old, new in found.items()):
        raise UsageError("--renamed takes a table's names before and after: --renamed public.old=public.new")
    return found


def rehearse(settings: Settings, options: Options, *, as_json: bool) -> None:
    """Rehearse the pending migrations, write the report and print the verdict; raise RehearsalError unless it passed.

    Raises another Error, without a report, if the rehearsal itself could not be made.
    """
    now = datetime.now(UTC)
    folder = settings.dump_dir / "rehearsals" / names.session_stamp(now)
    here, made = local.server(settings), (settings.local.clone_db, settings.local.fresh_db)
    with (
        claims.claimed(settings.runs_dir, here, "inv rehearse", *made),
        Baselines(settings, here, drop=options.drop) as fresh,
    ):
        rehearsing = _Rehearsing(settings, options, fresh)
        with _room(settings, folder), leaving.left(settings, rehearsing.here, drop=options.drop):
            _tell(folder, rehearsing.carry_out(), options, as_json=as_json)


@contextmanager
def _room(settings: Settings, folder: Path) -> Iterator[None]:
    """Make what will be written to, so that a place where nothing can be is told now; leave no empty folder."""
    for place in (settings.state_dir, folder.parent.parent, folder.parent, folder):
        dumps.prepare_folder(place)
    try:
        yield
    finally:
        with suppress(OSError):
            folder.rmdir()


def _tell(folder: Path, found: Rehearsal, options: Options, *, as_json: bool) -> None:
    """Write the report and print the verdict; raise RehearsalError unless it passed."""
    files.replace(folder / "report.json", rehearsals.as_json(found))
    files.replace(folder / "report.md", text.markdown(found))
    files.replace(folder / "report.html", page.page(found))
    say(f"The report: {folder / 'report.html'}")
    output.result(rehearsals.as_json(found).rstrip("\n") if as_json else text.summary(found))
    if found.verdict != Outcome.PASS:
        if not options.drop:
            say("After a fix, on a reset clone: inv rehearse --from migrate")
        raise RehearsalError.of(found.verdict)(f"The rehearsal did not pass: {found.verdict}. {' '.join(found.why)}")


def _shown_by(failure: AppError) -> str:
    """Return what failed on an empty database, and how to see it fail."""
    return f"{failure.sentence}. To see that alone: inv db.fresh"


class _Rehearsing:
    """One rehearsal under way."""

    def __init__(self, settings: Settings, options: Options, fresh: Baselines) -> None:
        if options.start not in STARTS:
            raise UsageError(f"--from takes {' or '.join(STARTS)}, not {options.start}.")
        self.settings, self.options, self.fresh = settings, options, fresh
        self.migrate = app.command(settings.app.migrate, "app.migrate", action="migrate")
        self.down = app.command(settings.app.down, "app.down") if options.roundtrip else []
        self.expected = survival.parse_expected(lines(settings.rehearse.expected))
        self.smoke = [app.command(line, "app.smoke") for line in lines(settings.app.smoke)]
        self.here, self.clone = local.server(settings), settings.local.clone_db
        self.began, self.steps = time.monotonic(), list[Step]()
        evidence.migrations(settings)  # a pattern that fits nothing is told now

    def carry_out(self) -> Rehearsal:
        """Take every step, up to the first after which the rest means nothing, and return what was found."""
        dump = self._load()
        before = self._before(dump)
        found = Rehearsal(Outcome.PASS, [], self._evidence(dump), self.steps)
        if self._migrated(found):
            fates = self._survived(dump, before.contents, found)
            if self.fresh.failure:
                self._not_compared(found, self.fresh.failure)
            else:
                self._gate(found, before.drift, fates)
            self._smoke(found)
            if self.options.roundtrip:
                self._roundtrip(dump, before.drift, found)
        found.seconds = round(time.monotonic() - self.began, 1)
        return found

    @contextmanager
    def _step(self, name: str) -> Iterator[Step]:
        began = time.monotonic()
        step = Step(name, round(began - self.began, 1), 0.0, "")
        self.steps.append(step)
        try:
            yield step
        except BaseException:
            step.ok = False
            raise
        finally:
            step.seconds = round(time.monotonic() - began, 1)

    def _load(self) -> Path:
        """Fetch a new dump if asked for, and make the clone of it; return the dump."""
        dump_file = self.options.dump_file
        if self.options.clone:
            with self._step("clone") as step:
                self.fresh.begin()  # RDS takes its time
                dump_file = str(cloning.clone(self.settings, preparing.Options(yes=self.options.yes)))
                step.said = dump_file
            self.fresh.wait()  # loading may restart the server
        chosen = local.chosen_dump(self.settings, dump_file)
        dumps.check(chosen)
        case = checks.Case(self.settings, Cloud(self.settings.aws), dump=lambda: chosen)
        doctor.tell(case, "extensions", "dump folder")
        with self._step("load") as step:
            step.said = local.load_clone(self.settings, dump_file, spares=False)
        return chosen

    def _before(self, dump: Path) -> Before:
        """Return what there is to compare with later: what the clone holds, and where it has drifted."""
        self.fresh.begin()
        source = clones.known(self.here, self.clone, dump)
        earlier = kept.read(self.settings, source) if self.options.start == "migrate" else None
        measured = self._measured(earlier)
        with self._step("build from nothing") as step:
            self.fresh.wait()
            step.said = self.fresh.fresh
            if self.fresh.failure:
                step.ok, step.said = False, self.fresh.failure.sentence
                say(str(self.fresh.failure))
        found = Before(measured, self._drift(earlier))
        kept.write(self.settings, source, found)
        return found

    def _measured(self, earlier: Before | None) -> Contents:
        with self._step("measure") as step:
            measured = earlier.contents if earlier else contents.measure(self.here, self.clone)
            step.said = (
                "as measured by the rehearsal before" if earlier else findings.number(len(measured.tables), "table")
            )
        there = {name for table in measured.tables for name in (table.tree, table.tree.partition(".")[2])}
        if unknown := [old for old in self.options.renamed if old not in there]:
            raise UsageError(
                f"--renamed: there is no table {names.printable(', '.join(unknown))} before the migration."
            )
        return measured

    def _drift(self, earlier: Before | None) -> "blame.Titles | None":
        """Return on what the clone does not agree with production's own migrations, if there is a database of these."""
        if not self.fresh.has_old or (earlier and earlier.drift is not None):
            return earlier.drift if earlier else None
        with self._step("compare with production's revision") as step:
            verdict = self._compared(self.clone, self.fresh.old)
            step.said = f"{findings.number(len(verdict.failing), 'object')} had drifted"
        return blame.drifted(verdict)

    def _migrated(self, found: Rehearsal) -> bool:
        with self._step("migrate") as step:
            own = local.embedded_server(self.settings, self.here)
            values = self.options.show_values
            try:
                with observing.observed(self.here, self.clone, own, show_values=values) as watch:
                    app.run_on_stderr(self.migrate, self.settings, self.here, self.clone)
            except AppError as error:
                step.ok, failure = False, watch.observation.failure
                step.said = failure.says if failure else error.sentence
                self._judge(found, Outcome.MIGRATION_FAILED, step.said)
                if self.fresh.failure:
                    also = f"The migrations fail on an empty database, too. {_shown_by(self.fresh.failure)}"
                    self._judge(found, Outcome.MIGRATION_FAILED, also)
        if step.ok:
            watch.observation.failure = None  # an error that the tool got over
            step.said = findings.number(watch.observation.statement_count, "statement")
        found.migration = watch.observation.as_json()
        return step.ok

    def _survived(self, dump: Path, before: Contents, found: Rehearsal) -> list[Fate]:
        with self._step("measure again") as step:
            after = contents.measure(self.here, self.clone, like=before)
            try:
                fates = self._fates(dump, before, after, self.options.renamed)
            except UsageError as error:  # that far, a wrong name is worth a report
                fates = self._fates(dump, before, after, {})
                self._judge(found, Outcome.DATA_LOST, str(error))
            verdict = survival.unexpected(fates, self.expected)
            step.ok, step.said = not verdict.lost, f"{len(verdict.lost)} of {len(fates)} lost something"
        found.data = [fate.json() for fate in verdict.fates]
        for fate in verdict.lost:
            self._judge(found, Outcome.DATA_LOST, str(fate))
        for listed in verdict.unmet:
            say(f"rehearse.expected: nothing was lost that {listed!r} expects.")
        return fates

    def _fates(self, dump: Path, before: Contents, after: Contents, renamed: Mapping[str, str]) -> list[Fate]:
        """Return what became of the data; where sums show a loss, rows are counted against a copy of what was there."""
        fates = survival.compare(before, after, renamed)
        source = clones.known(self.here, self.clone, dump)
        if not source.oid or not any(fate.match for fate in fates):
            return fates
        of_before = clones.copy_of(self.here, self.clone, source)  # the spare of the next try, too
        return recounts.compare(self.here, of_before, self.clone, before, after, renamed)

    def _not_compared(self, found: Rehearsal, failure: AppError) -> None:
        why = "The migrations fail on an empty database, so there was none to compare the clone's schema with."
        self._judge(found, Outcome.NOT_COMPARED, f"{why} {_shown_by(failure)}")

    def _gate(self, found: Rehearsal, drift: "blame.Titles | None", fates: list[Fate]) -> None:
        with self._step("compare") as step:
            calibration = self._compared(self.fresh.fresh, self.fresh.again)
            verdict = self._compared(self.clone, self.fresh.fresh)
            renamed = {fate.name: fate.now for fate in fates if fate.now not in ("", fate.name)}
            told = blame.blamed(verdict, drift, renamed)
            failing = len(verdict.failing)
            step.ok, step.said = verdict.equal and calibration.equal, findings.objects(failing)
        found.schema = Schema(
            equal=verdict.equal,
            a=self.clone,
            b=self.fresh.fresh,
            calibrated=calibration.equal,
            drift=None if drift is None else len(drift),
            differences=told,
            renames=list(verdict.renames),
            suggestions=list(verdict.suggestions),
            not_compared=list(verdict.not_compared),
        )
        if not calibration.equal:
            told_of = ", ".join(each.title for _, each in calibration.failing)
            self._judge(found, Outcome.SCHEMA_DIFFERS, f"Two fresh databases are not equal: {told_of}.")
        if not verdict.equal:
            counts = {fault: sum(one.blame == fault for one in told[:failing]) for fault in rehearsals.Blame}
            whose = ", ".join(f"{number} {fault}" for fault, number in counts.items() if number)
            self._judge(found, Outcome.SCHEMA_DIFFERS, f"{findings.objects(failing)} from a fresh database: {whose}.")

    def _smoke(self, found: Rehearsal) -> None:
        for argv in self.smoke:
            code = 0
            with self._step("smoke") as step:
                step.said = app.shown(argv)
                try:
                    app.run_on_stderr(argv, self.settings, self.here, self.clone)
                except AppError as error:
                    step.ok, code = False, error.code
                    self._judge(found, Outcome.SMOKE_FAILED, error.sentence)
            found.smoke.append(Command(step.said, code, step.seconds))

    def _roundtrip(self, dump: Path, drift: "blame.Titles | None", found: Rehearsal) -> None:
        """Take the migration back and apply it again: the schema must be the same."""
        with self._step(TITLE.lower()) as step:
            source = clones.known(self.here, self.clone, dump)
            way = Roundtrip(self.settings, self.here, self.fresh.old if self.fresh.has_old else "", source, drift)
            way.make(self.down, self.migrate)
            found.roundtrip, found.not_taken_back = way.same, way.not_taken_back
            step.ok, step.said = way.same, way.said
        if not way.same:
            self._judge(found, Outcome.SCHEMA_DIFFERS, f"{TITLE}: {step.said}.")
        if way.not_taken_back:
            partial = findings.partial(way.not_taken_back)
            step.said += f"; {partial}"
            say(f"{TITLE}: {partial}. That is right if it takes back only the last of several migrations.")

    def _judge(self, found: Rehearsal, outcome: Outcome, why: str) -> None:
        """Note a reason; of several verdicts the first of `Outcome` counts, and its reason comes first."""
        ranks = list(Outcome)
        is_worse = ranks.index(outcome) < ranks.index(found.verdict)
        found.verdict = outcome if is_worse else found.verdict
        found.why.insert(0 if is_worse else len(found.why), why)

    def _compared(self, a: str, b: str) -> Verdict:
        return comparing.on_server(self.settings, self.here, a, b)

    def _evidence(self, dump: Path) -> rehearsals.Evidence:
        known = clones.known(self.here, self.clone, dump)
        version = databases.rows(self.here, "SELECT current_setting('server_version')")[0][0]
        return evidence.gather(self.settings, dump, known.sha256, {"PostgreSQL": version})
