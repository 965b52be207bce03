"""run, repro, model, matrix: scenarios that are named."""

import contextlib
import time
from dataclasses import replace
from pathlib import Path

import typer

from . import document, ledger as keeping, matrix as planning, places as locating
from .campaign import Campaign, batch_way, binary_way, foreign_levels, opened, tool_opened
from .cases import case_files, collect, predict, read_list
from .commands import ATTACHED, JOBS, JSON, MUTANT, NO_CLOBBER, QUIET, RULES, RUNTIME, TARGET, TEXT, TIMEOUT, Foreign, Rules, command, foreign_option, one_case, setting_of, status_of, status_of_results
from .execute import Setting
from .judging import Result, without_running
from .report import Report, closing_line
from .stops import Interrupted, Status, WrongRequest
from .tool import Judgement
from .verdicts import Verdict


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
    return status_of_results(results)


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
        if result.judgement.refused:
            raise WrongRequest(result.judgement.reason)
        report.repro(result, campaign)
    document.write(document.of_repro(results, campaign), json)
    return status_of(not any(result.fails for result in results))


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
