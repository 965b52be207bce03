"""mutants, sweep, explore: everything there is, one after the other."""

import contextlib
import time
from pathlib import Path

import click
import typer
from click.core import ParameterSource

from . import document, explore as exploring, explored, hunting, mutants as breaking, places as locating, schedulers, sweeps
from .asked import Asked, space_of
from .campaign import batch_way, foreign_levels, opened, tool_opened
from .cases import case_files, collect, predict
from .commands import JOBS, JSON, MUTANT, NO_CLOBBER, QUIET, RULES, RUNTIME, TARGET, TEXT, TIMEOUT, Foreign, OneForeign, Profile, Rules, command, foreign_option, one_case, setting_of, status_of
from .enough import ALIKE_MOST, MOST, enough
from .execute import Setting
from .judging import without_running
from .purposes import disagreements as disagreements_of
from .report import Report, alike
from .stops import Interrupted, Status, WrongRequest
from .verdicts import Verdict


@command
def mutants(
    names: list[str] = typer.Argument(None, metavar="[NAME]...", help="Mutants; all when none is named.", show_default=False),
    apart: bool = typer.Option(False, "--apart", help="A process for every text that ends one. Slower; the matrix must be the same."),
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
                hunts = [lambda mutant=mutant: breaking.hunt(campaign, mutant, good, levels, apart) for mutant in found]
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
    whole: bool = typer.Option(False, "--whole", help="Run each text from its beginning. Else one that begins as the one before goes on where the two part."),
    failures: int = typer.Option(
        None, "--failures", show_default=False, metavar="COUNT", min=0,
        help=f"Stop behind so many; 0: never. Where it is not said: behind {MOST}, or sooner, behind {ALIKE_MOST} in a row that are like earlier ones.",
    ),
    store: Path = typer.Option(None, "--store", show_default=False, metavar="FILE", help="The SQLite file for what is found; build/explored.sqlite where it is not said."),
    resume: bool = typer.Option(False, "--resume", help="Go on with the last run in that file that did not come to its end."),
    mutants: bool = typer.Option(False, "--mutants", help="Hunt every mutant, or the one that --mutant names: how long it takes to find it, and its smallest text."),
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
        refuse_others("explore --mutants", "mutants", "mutant", "timeout", "jobs", "json", "quiet", "target")
        slugs = [breaking.read(places, mutant).slug] if mutant else breaking.slugs(places)
        waiting = Setting(timeout=timeout if is_said("timeout") else hunting.SECONDS)
        with tool_opened(places, report.show) as (tool, scratch), opened(places, tool, scratch, waiting, report.show, jobs, mutants=True) as campaign:
            found = hunting.hunt_all(campaign, report, slugs)
        hunting.tell(report, found)
        written = hunting.document_of(found)
        document.write(written, json)
        return status_of(written["verdict"] == "pass")
    setting = setting_of(places, runtime, mutant, rules.value, no_clobber, timeout)
    with tool_opened(places, report.show) as (tool, scratch):
        known = space_of(tool, profile.value, max_ops, of_all=random is None)
        asked = Asked(profile.value, max_ops, min_ops, random, seed, range_, setting, foreign.value, whole)
        with opened(places, tool, scratch, setting, report.show, jobs) as campaign, exploring.kept(asked, known, store, resume, campaign) as found:
            with schedulers.opened(campaign.launcher, jobs, scheduler) as workers:
                found.begin()
                exploration = found.exploration(workers, enough(failures), lambda failure: explored.tell_failure(report, failure))
                with telling_how_far(exploration), explored.live(report, quiet) as show:
                    exploration.explore(show)
                exploration.group_failures(report.show)
            explored.summary(report, exploration)
            written = explored.document_of(exploration)
    document.write(written, json)
    return status_of(written["verdict"] == "pass")


def is_said(option: str) -> bool:
    return click.get_current_context().get_parameter_source(option) is ParameterSource.COMMANDLINE


def refuse_others(command: str, *heeded: str) -> None:
    """An option that would be passed over in silence."""
    for parameter in click.get_current_context().command.params:
        if parameter.name not in heeded and is_said(parameter.name):
            raise WrongRequest(f"{parameter.opts[0]}: {command} goes through every mutant in its own way, and heeds no such option")


@contextlib.contextmanager
def telling_how_far(exploration):
    """Interrupted: what there is so far, in one line."""
    try:
        yield
    except (KeyboardInterrupt, Interrupted):
        raise Interrupted(f"interrupted; so far {explored.live_line(exploration.state)}; --resume goes on") from None
