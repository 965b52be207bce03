"""The command line. Every command asks the stages and ends with one of four exit statuses; nothing that a user does shows a traceback."""

import contextlib
import enum
import functools
import io
import os
import signal
import sys
import time
import traceback
from dataclasses import replace
from pathlib import Path

import click
import typer

from . import bench as benching
from . import bench_exploring, document, explore as exploring, explored, hunting, ledger as keeping, matrix as planning, mutants as breaking, places as locating, schedulers, suite, sweeps
from .build import build as build_presets
from .campaign import Campaign, batch_way, binary_way, foreign_levels, opened, scratch_folder, tool_opened
from .cases import case_files, collect, predict, read_list
from .execute import Setting
from .judging import Result, without_running
from .launcher import choose
from .places import Places
from .purposes import disagreements as disagreements_of
from .report import Report, alike, closing_line
from .stops import Interrupted, OutputClosed, Status, Stop, WrongRequest
from .tool import Judgement
from .verdicts import Verdict

HELP = """Keeps the 32-bit Windows SEH exception chain true, and proves it.

Exit status: 0 as expected, 1 not, 2 the request is wrong, 3 the machine's trouble.
"""

app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]})



class Rules(str, enum.Enum):
    all = "all"
    none = "none"


class Profile(str, enum.Enum):
    core = "core"
    faults = "faults"
    threads = "threads"
    all = "all"


class OneForeign(str, enum.Enum):
    O2 = "O2"
    O0 = "O0"


class Foreign(str, enum.Enum):
    O2 = "O2"
    O0 = "O0"
    both = "both"


TEXT = typer.Argument(..., metavar="TEXT", help="A scenario, or the case file that holds it.")
TARGET = typer.Option("i386", "--target", help="The platform to run for.")
RUNTIME = typer.Option("reference", "--runtime", help="The runtime under test.")
MUTANT = typer.Option(None, "--mutant", show_default=False, metavar="NAME", help="Instead of a runtime: the reference runtime, broken as cases/mutants/NAME.patch says.")
RULES = typer.Option("all", "--rules", help="none: nothing is checked, only survived.")
NO_CLOBBER = typer.Option(False, "--no-clobber/--clobber", help="Leave dead stack as it is, or overwrite it after every recover (the default).")
TIMEOUT = typer.Option(10.0, "--timeout", metavar="SECONDS", min=0.1, help="Nothing moved for so long: HANG.")
ATTACHED = typer.Option(False, "--attached/--alone", help="Run under a debugger that only looks and passes everything on.")
JOBS = typer.Option(os.cpu_count() or 1, "--jobs", "-j", min=1, help="Processes at a time.")
JSON = typer.Option(None, "--json", show_default=False, metavar="FILE", help="Write the result as JSON; - for standard output, and everything else to standard error.")
QUIET = typer.Option(False, "--quiet", "-q", help="Findings only.")


def foreign_option(default: str):
    return typer.Option(default, "--foreign", help="The build of the foreign C frames.")


def command(function):
    """Registers a command under its name. Click would answer Ctrl-C in its own way; we have ours."""

    @functools.wraps(function)
    def guarded(*words, **options):
        try:
            return function(*words, **options)
        except KeyboardInterrupt:
            raise Interrupted("interrupted") from None

    app.command()(guarded)
    return function


def setting_of(places: Places, runtime: str, mutant: str | None, rules: str, no_clobber: bool, timeout: float, attached: bool = False) -> Setting:
    if mutant is not None:
        if runtime != Setting.runtime:
            raise WrongRequest("--mutant breaks the reference runtime: it goes with no other --runtime")
        breaking.check_slug(places, mutant)
    return Setting(runtime, mutant, rules, not no_clobber, timeout, attached)


def status_of(passes: bool) -> int:
    return Status.AS_EXPECTED if passes else Status.NOT_AS_EXPECTED


@command
def run(
    what: list[str] = typer.Argument(None, metavar="[CASE|DIR|TEXT]...", help="Case files, folders of them, scenarios; all cases when nothing is named.", show_default=False),
    list_file: Path = typer.Option(None, "--list", show_default=False, metavar="FILE", help="A file with a scenario on each line."),
    foreign: Foreign = foreign_option("both"),
    target: str = TARGET, runtime: str = RUNTIME, mutant: str = MUTANT, rules: Rules = RULES, no_clobber: bool = NO_CLOBBER,
    attached: bool = ATTACHED, timeout: float = TIMEOUT, jobs: int = JOBS, json: str = JSON, quiet: bool = QUIET,
):
    """Run scenarios: in batches, and cases also each as its own binary.

    Whatever fails in a batch is run again alone, and both verdicts are told.

    \b
    Examples:
      exchain run
      exchain run cases/panic cases/seh/catch.txt --foreign O0
      exchain run 'recover { call { seh pass { back { panic } } } } clobber'
      exchain run --list texts.list --mutant head-not-restored --json -
    """
    report = Report(quiet, json == "-")
    document.check_target(json)
    places = locating.find(target)
    setting = setting_of(places, runtime, mutant, rules.value, no_clobber, timeout, attached)
    started = time.monotonic()
    with tool_opened(places, report.show) as (tool, scratch):
        named = what or ([] if list_file else [str(file) for file in case_files(places.cases)])
        cases = collect(named, places, tool, scratch) + (read_list(list_file, places) if list_file else [])
        cases, predictions = predict(cases, tool, scratch)
        if not cases:
            report.finding("nothing was collected, so nothing ran", "red")
            document.write(document.document("run", (), (), passes=False), json)
            return Status.NOT_AS_EXPECTED
        with opened(places, tool, scratch, setting, report.show, jobs) as campaign, telling_what_is_done(campaign):
            levels = foreign_levels(foreign.value)
            with report.progress("running", campaign.results_of(cases, levels, binaries=True)) as advance:
                campaign.on_result = lambda result: advance(result.fails)
                results = campaign.run(cases, predictions, levels, binaries=True)
    ledger = keeping.rows(places, results)
    if not what and not list_file:
        report.ledger(ledger)
    report.results(results, campaign, time.monotonic() - started)
    passes = not any(result.fails for result in results)
    document.write(document.of_results("run", results, campaign, passes, ledger=keeping.document(ledger)), json)
    return status_of(passes)


@contextlib.contextmanager
def telling_what_is_done(campaign: Campaign):
    """Interrupted: what there is so far, in one line."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted; so far {closing_line(campaign.results)}") from None


@command
def repro(
    text: str = TEXT,
    binary: bool = typer.Option(False, "--binary", help="As the case's own binary; TEXT is then a case file."),
    foreign: Foreign = foreign_option("O2"),
    target: str = TARGET, runtime: str = RUNTIME, mutant: str = MUTANT, rules: Rules = RULES, no_clobber: bool = NO_CLOBBER,
    attached: bool = ATTACHED, timeout: float = TIMEOUT, json: str = JSON, quiet: bool = QUIET,
):
    """Run one scenario alone in a fresh process and show everything.

    \b
    Examples:
      exchain repro 'recover { call { back { panic 7 } } }'
      exchain repro --mutant head-not-restored cases/panic/recover.txt
    """
    report = Report(quiet, json == "-")
    document.check_target(json)
    places = locating.find(target)
    setting = setting_of(places, runtime, mutant, rules.value, no_clobber, timeout, attached)
    with tool_opened(places, report.show) as (tool, scratch):
        cases = one_case(text, places, tool, scratch)
        if binary and (cases[0].file is None or places.case_binary(cases[0].file) is None):
            raise WrongRequest(f"--binary: {cases[0].name} is not one of cases/AREA/NAME.txt and has no binary of its own")
        cases, predictions = predict(cases, tool, scratch)
        with opened(places, tool, scratch, setting, report.show) as campaign:
            not_run = without_running(predictions[0])
            results = []
            for level in foreign_levels(foreign.value):
                way = binary_way(level) if binary else batch_way(level)
                if not_run:
                    results.append(Result(cases[0], way, not_run))
                elif binary:
                    results.append(campaign.binary(cases[0], way))
                else:
                    results.append(Result(cases[0], way, campaign.alone(campaign.write_list(cases, "repro"), way)))
    for result in results:
        report.repro(result, campaign)
    document.write(document.of_repro(results, campaign), json)
    return status_of(not any(result.fails for result in results))


def one_case(text: str, places: Places, tool, scratch: Path):
    cases = collect([text], places, tool, scratch)
    if len(cases) != 1:
        raise WrongRequest(f"{text} is a folder with {len(cases)} cases: name one of them")
    return cases


@command
def model(text: str = TEXT, json: str = JSON, quiet: bool = QUIET):
    """Say what must happen, without running anything.

    \b
    Examples:
      exchain model 'call { seh catch { raise 0xE0000001 } }'
      exchain model cases/panic/recover.txt --json -
    """
    report = Report(quiet, json == "-")
    document.check_target(json)
    places = locating.find()
    with tool_opened(places, report.show) as (tool, scratch):
        cases = one_case(text, places, tool, scratch)
        _, (prediction,) = predict(cases, tool, scratch)
        said = tool.expect([cases[0].file]) if cases[0].file else ""
    report.prediction(prediction)
    if said:
        report.finding(said, "red")
    judgement = Judgement(Verdict.FAIL, reason=said) if said else without_running(prediction) or Judgement(Verdict.PASS)
    document.write(document.of_prediction(prediction, judgement), json)
    return status_of(not judgement.verdict.fails)


@command
def matrix(
    names: list[str] = typer.Argument(None, metavar="[CELL]...", help="Cells; all that can run here when none is named.", show_default=False),
    listed: bool = typer.Option(False, "--list", help="Only say which cells there are."),
    target: str = TARGET, timeout: float = TIMEOUT, jobs: int = JOBS, json: str = JSON, quiet: bool = QUIET,
):
    """Run all cases in cells of ci/matrix.json: platform / build of the foreign frames / debugger attached or not.

    \b
    Examples:
      exchain matrix --list
      exchain matrix
      exchain matrix wine-8/O0/attached --json cell.json
    """
    report = Report(quiet, json == "-")
    document.check_target(json)
    places = locating.find(target)
    known = planning.cells(places)
    if listed:
        for cell in known:
            report.finding(cell.name)
        return Status.AS_EXPECTED
    ran = []
    with tool_opened(places, report.show) as (tool, scratch):
        cases, predictions = predict(collect([str(file) for file in case_files(places.cases)], places, tool, scratch), tool, scratch)
        with opened(places, tool, scratch, Setting(timeout=timeout), report.show, jobs) as campaign, telling_what_is_done(campaign):
            for cell in planning.choose(known, names or [], planning.platform_here(campaign.launcher, places, scratch)):
                started = time.monotonic()
                within = campaign.with_setting(replace(campaign.setting, attached=cell.attached))
                with report.progress(cell.name, campaign.results_of(cases, [cell.foreign], binaries=True)) as advance:
                    within.on_result = lambda result, advance=advance: advance(result.fails)
                    results = within.run(cases, predictions, [cell.foreign], binaries=True)
                ran.append(planning.Ran(cell, results, time.monotonic() - started))
                report.cell(ran[-1], within)
    document.write(document.of_matrix(ran, within), json)
    return status_of(not any(one.fails for one in ran))


@command
def mutants(
    names: list[str] = typer.Argument(None, metavar="[NAME]...", help="Mutants; all when none is named.", show_default=False),
    foreign: Foreign = foreign_option("both"),
    target: str = TARGET, rules: Rules = RULES, no_clobber: bool = NO_CLOBBER,
    timeout: float = TIMEOUT, jobs: int = JOBS, json: str = JSON, quiet: bool = QUIET,
):
    """The kill matrix: every mutant against every case. Each must be killed by a case, by the rule in its head.

    The case that is named is the shortest; a kill counts when the text kills alone, in a fresh process, and not by hanging. A case that
    kills no mutant that another does not kill must say in its comment what else it is for.

    \b
    Examples:
      exchain mutants
      exchain mutants head-not-restored --json kills.json
    """
    report = Report(quiet, json == "-")
    document.check_target(json)
    places = locating.find(target)
    found = [breaking.read(places, name) for name in names or breaking.slugs(places)]
    started = time.monotonic()
    levels = foreign_levels(foreign.value)
    with tool_opened(places, report.show) as (tool, scratch):
        texts = [mutant.text for mutant in found if mutant.text]
        cases, predictions = predict(collect([*map(str, case_files(places.cases)), *texts], places, tool, scratch), tool, scratch)
        if not found or not cases:
            report.finding(f"nothing was collected, so nothing ran: {len(found)} mutants, {len(cases)} cases", "red")
            document.write(document.document("mutants", (), (), passes=False, mutants={}), json)
            return Status.NOT_AS_EXPECTED
        setting = Setting(rules=rules.value, clobber=not no_clobber, timeout=timeout)
        with opened(places, tool, scratch, setting, report.show, jobs, mutants=True) as campaign:
            with report.progress("reference", campaign.results_of(cases, levels, binaries=False)) as advance:
                campaign.on_result = lambda result: advance(result.fails)
                control = campaign.run(cases, predictions, levels, binaries=False)
            unfit = {result.case for result in control if result.verdict is not Verdict.PASS}
            good = [case for case in cases if case not in unfit]
            with report.progress("mutants", len(found)) as advance:
                hunts = [lambda mutant=mutant: breaking.hunt(campaign, mutant, good, levels) for mutant in found]
                kills = campaign.together(hunts, lambda kill: advance(not kill.matches))
    for group in alike([result for result in control if result.fails]):
        report.failure(group, campaign)
    report.kills(kills, good, time.monotonic() - started)
    disagreements = [] if names else list(disagreements_of(good, kills))
    for line in disagreements:
        report.finding(line, "red")
    written = document.of_mutants(kills, control, good, disagreements, campaign)
    document.write(written, json)
    return status_of(written["verdict"] == "pass")


@command
def sweep(
    text: str = TEXT,
    step: bool = typer.Option(False, "--step", help="A trap before every instruction, dispatched through the chain as it is there."),
    suspend: bool = typer.Option(False, "--suspend", help="The thread suspended at every instruction, its context and chain read from outside."),
    nth: bool = typer.Option(False, "--nth", help="Windows refuses the runtime's N-th request, for each N."),
    schedule: str = typer.Option("", "--schedule", metavar="WORDS", help="Which of the sites: nth=N every=K one-in=K seed=S times=M depth=A-B phase=WORD point=NAME, joined by commas."),
    plan: bool = typer.Option(False, "--plan", help="Inject nothing: count the sites, say how long it will take."),
    foreign: Foreign = foreign_option("O2"),
    target: str = TARGET, runtime: str = RUNTIME, mutant: str = MUTANT, rules: Rules = RULES, no_clobber: bool = NO_CLOBBER,
    timeout: float = TIMEOUT, json: str = JSON, quiet: bool = QUIET,
):
    """Inject at every place of one scenario, one after another.

    \b
    Examples:
      exchain sweep --step 'recover { call { seh pass { back { panic } } } } clobber recover { fault nil-write }'
      exchain sweep --nth 'call { thread { back { check } } }'
      exchain sweep --nth --schedule point=memory_take,phase=text cases/thread/many.txt
    """
    report = Report(quiet, json == "-")
    document.check_target(json)
    kinds = [word for word, chosen in (("step", step), ("suspend", suspend), ("nth", nth)) if chosen]
    if len(kinds) != 1:
        raise WrongRequest("sweep: say what to inject: one of --step, --suspend, --nth")
    if foreign is Foreign.both:
        raise WrongRequest("--foreign both: a sweep runs against one build of the foreign frames: O2 or O0")
    places = locating.find(target)
    setting = setting_of(places, runtime, mutant, rules.value, no_clobber, timeout)
    started = time.monotonic()
    with tool_opened(places, report.show) as (tool, scratch):
        (case,), (prediction,) = predict(one_case(text, places, tool, scratch), tool, scratch)
        not_run = without_running(prediction)
        if not_run:
            report.finding(f"{not_run.verdict} {not_run.reason}", not_run.verdict.colour)
            document.write(document.document("sweep", [not_run.verdict], [], text=case.text, sites=0, injected=0, survived=0), json)
            return status_of(not not_run.verdict.fails)
        with opened(places, tool, scratch, setting, report.show) as campaign:
            way = batch_way(foreign.value)
            if nth:
                swept = sweeps.by_count(campaign, case, way, schedule, plan, report)
            else:
                swept = sweeps.by_instruction(campaign, case, way, kinds[0], schedule, plan, report)
    for line in sweeps.closing_lines(swept, time.monotonic() - started):
        report.line(line)
    document.write(sweeps.document_of(swept, campaign), json)
    return status_of(swept.passes)


@command
def explore(
    max_ops: int = typer.Option(6, "--max-ops", metavar="N", min=1, max=24, help="Every text of up to so many operations."),
    profile: Profile = typer.Option("core", "--profile", help="Which operations take part."),
    random: int = typer.Option(None, "--random", show_default=False, metavar="COUNT", min=1, help="Instead of all: so many random texts, the sooner the less was covered of what is in them."),
    seed: int = typer.Option(1, "--seed", metavar="S", min=0, help="Of the random texts."),
    min_ops: int = typer.Option(None, "--min-ops", show_default=False, metavar="N", min=1, max=24, help="Of the random texts; half of --max-ops where it is not said."),
    range_: str = typer.Option(None, "--range", show_default=False, metavar="FIRST:END", help="Only these numbers of the space."),
    failures: int = typer.Option(20, "--failures", metavar="COUNT", min=0, help="Stop behind so many; 0: never."),
    store: Path = typer.Option(None, "--store", show_default=False, metavar="FILE", help="The SQLite file for what is found; build/explored.sqlite where it is not said."),
    resume: bool = typer.Option(False, "--resume", help="Go on with the last run in that file that did not come to its end."),
    mutants: bool = typer.Option(False, "--mutants", help="Hunt every mutant: how long it takes to find it, and its smallest text."),
    scheduler: str = typer.Option(None, "--scheduler", show_default=False, metavar="ADDRESS", help="Work on a Dask cluster, tcp://HOST:PORT."),
    foreign: OneForeign = typer.Option("O2", "--foreign", help="The build of the foreign C frames."),
    target: str = TARGET, runtime: str = RUNTIME, mutant: str = MUTANT, rules: Rules = RULES, no_clobber: bool = NO_CLOBBER,
    timeout: float = TIMEOUT, jobs: int = JOBS, json: str = JSON, quiet: bool = QUIET,
):
    """Explore every scenario up to a size, in the same processes that run them, and shrink what fails.

    Whatever fails is run again alone, three times. What was done is kept in a file, and --resume goes on with it.

    \b
    Examples:
      exchain explore --max-ops 6
      exchain explore --mutant head-not-restored
      exchain explore --profile faults --max-ops 5 --json -
      exchain explore --random 100000 --max-ops 16 --seed 7
    """
    report = Report(quiet, json == "-")
    document.check_target(json)
    places = locating.find(target)
    if mutants:
        with tool_opened(places, report.show) as (tool, scratch), opened(places, tool, scratch, Setting(timeout=timeout), report.show, jobs, mutants=True) as campaign:
            found = hunting.hunt_all(campaign, report, breaking.slugs(places))
        hunting.tell(report, found)
        written = hunting.document_of(found)
        document.write(written, json)
        return status_of(written["verdict"] == "pass")
    setting = setting_of(places, runtime, mutant, rules.value, no_clobber, timeout)
    with tool_opened(places, report.show) as (tool, scratch):
        known = exploring.space_of(tool, profile.value, max_ops)
        asked = exploring.Asked(profile.value, max_ops, min_ops, random, seed, range_, setting, foreign.value)
        with opened(places, tool, scratch, setting, report.show, jobs) as campaign, exploring.kept(asked, known, store, resume, campaign) as found:
            with schedulers.opened(campaign.launcher, jobs, scheduler) as workers:
                exploration = found.exploration(workers, failures, lambda failure: explored.tell_failure(report, failure))
                with telling_how_far(exploration), explored.live(report, quiet) as show:
                    exploration.explore(show)
                exploration.group_failures(report.show)
            explored.summary(report, exploration)
            written = explored.document_of(exploration)
    document.write(written, json)
    return status_of(written["verdict"] == "pass")


@contextlib.contextmanager
def telling_how_far(exploration):
    """Interrupted: what there is so far, in one line."""
    try:
        yield
    except (KeyboardInterrupt, Interrupted):
        raise Interrupted(f"interrupted; so far {explored.live_line(exploration.state)}; --resume goes on") from None


@command
def bench(target: str = TARGET, json: str = JSON, quiet: bool = QUIET):
    """Measure against peers and floors, side by side.

    \b
    Examples:
      exchain bench
      exchain bench --json bench.json
    """
    report = Report(quiet, json == "-")
    document.check_target(json)
    places = locating.find(target)
    build_presets(places, ["host", target], report.show)
    with scratch_folder(places) as scratch, choose(places) as launcher:
        report.show("measuring")
        rows = benching.measure(launcher, benching.programs(places), scratch)
        rows += bench_exploring.measure(launcher, places, rows)
    if not rows:
        report.finding("there is no benchmark, so nothing was measured", "red")
    elif not any(row.peer_ns for row in rows):
        report.finding("without the Go side: there was no go command when the benchmarks were built", "yellow")
    report.rows(rows)
    document.write(document.of_rows(rows), json)
    return status_of(bool(rows))


@command
def setup(quiet: bool = QUIET, target: str = TARGET):
    """Set up what is missing. (The shell part of the command has done that before these words are reached.)"""
    places = locating.find(target)
    with choose(places) as launcher:
        Report(quiet).line(f"everything is there; Windows programs run {launcher.word}")
    return Status.AS_EXPECTED


@command
def build(target: str = TARGET, quiet: bool = QUIET):
    """Build the host tool, the runtime, its mutants, the executor and the cases' binaries.

    Sources that do not compile: exit status 1. A missing tool or a full disk: 3.
    """
    places = locating.find(target)
    report = Report(quiet)
    started = time.monotonic()
    build_presets(places, ["host", target], report.show)
    report.line(f"built in {time.monotonic() - started:.1f} s: {places.shown(places.build)}")
    return Status.AS_EXPECTED


@command
def test(target: str = TARGET, jobs: int = JOBS, json: str = JSON, quiet: bool = QUIET):
    """Run the project's whole test-suite: unit tests here and on the target, then pytest over driver and cases."""
    report = Report(quiet, json == "-")
    document.check_target(json)
    places = locating.find(target)
    if places.prebuilt:
        raise WrongRequest("test builds what it tests, and nothing is built here: use exchain matrix, or python -m pytest cases")
    build_presets(places, ["host", "host-sanitized", target], report.show)
    outcomes = []
    with choose(places) as launcher, scratch_folder(places) as scratch:
        suite.warm_up(launcher, places.executor, scratch)
        for section in suite.sections(places, launcher.environment, jobs):
            report.show(section.name)
            outcomes.append(suite.run(section, places.root))
            report.section(outcomes[-1])
    passed, failed, skipped = (sum(numbers) for numbers in zip(*((one.passed, one.failures, one.skipped) for one in outcomes)))
    document.write(document.of_suite(outcomes), json)
    report.finding(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return status_of(not any(outcome.fails for outcome in outcomes))


def main(words: list[str] | None = None) -> int:
    """Runs a command and says how it went, as an exit status."""
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):  # the last is Windows' own; SIGHUP it has not
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupt)
    for stream in (sys.stdout, sys.stderr):
        write_everything(stream)
    try:
        status = typer.main.get_command(app).main(words, prog_name="exchain", standalone_mode=False)
        sys.stdout.flush()
        return int(status or 0)
    except click.ClickException as wrong:
        wrong.show()
        return Status.WRONG_REQUEST
    except Stop as stop:
        if not isinstance(stop, OutputClosed):
            say(str(stop))
        return stop.status
    except (KeyboardInterrupt, click.Abort):
        say("interrupted")
        return Status.MACHINE_TROUBLE
    except OSError as error:
        say(": ".join(str(part) for part in (error.strerror or error, error.filename) if part))
        return Status.MACHINE_TROUBLE
    except Exception:
        say("this is a mistake in exchain's driver:\n" + traceback.format_exc())
        return Status.MACHINE_TROUBLE
    finally:
        drop_unwritten()


def write_everything(stream) -> None:
    """A Windows console's code page lacks characters that a path may have; a pipe there gets what it gets elsewhere."""
    if isinstance(stream, io.TextIOWrapper):
        encoding = "utf-8" if sys.platform == "win32" and not stream.isatty() else None
        stream.reconfigure(encoding=encoding, errors="backslashreplace")


def drop_unwritten() -> None:
    """What standard output did not take, Python 3.13 tries again at its end, and then complains with a status of its own."""
    try:
        sys.stdout.flush()
    except OSError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def interrupt(*_):
    raise KeyboardInterrupt


def say(message: str) -> None:
    Report.show_nothing()
    with contextlib.suppress(OSError):
        print(f"exchain: {message}", file=sys.stderr, flush=True)
