"""A sweep as a command: what was swept, shown while it runs, and as a document."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from . import document, sweep_nth, sweep_step
from .again import quoted, setting_options
from .campaign import Campaign, Way
from .cases import Case
from .report import Report
from .sweep_nth import Refusal
from .sweep_step import Stretch
from .verdicts import Verdict


FAILURES_SHOWN = 10


@dataclass(frozen=True)
class Failure:
    """A site that was not survived, or a sweep that shows nothing."""

    verdict: Verdict
    where: str
    reason: str
    schedule: str
    outcome: str | None = None
    expected: str | None = None
    rule: str | None = None
    report: str = ""


@dataclass
class Swept:
    kind: str                    # nth, step, suspend
    case: Case
    way: Way
    schedule: str
    sites: int = 0
    injected: int = 0
    survived: int = 0
    declared: int = 0            # sites at which the chain is not whole by design
    windows: dict[str, int] = field(default_factory=dict)  # ... by the declared window
    planned_seconds: float | None = None  # nothing was injected: how long it would take
    failures: list[Failure] = field(default_factory=list)
    rows: list[dict] = field(default_factory=list)  # for the document

    @property
    def passes(self) -> bool:
        return not self.failures


def by_count(campaign: Campaign, case: Case, way: Way, schedule: str, plan: bool, report: Report) -> Swept:
    swept = Swept("nth", case, way, schedule)
    if plan:
        control = sweep_nth.run_once(campaign, case, way, sweep_nth.joined(*matching(schedule), f"nth={sweep_nth.NEVER}"))
        swept.sites = control.counted.sites
        swept.planned_seconds = control.seconds * (1 if sweep_nth.is_one_run(schedule) else swept.sites + 2)
        note(swept, control)
        return swept
    for refusal in sweep_nth.sweep(campaign, case, way, schedule):
        swept.sites = max(swept.sites, refusal.counted.sites)
        if refusal.counted.injected:
            swept.injected += 1
            swept.survived += not refusal.verdict.fails
            report.line(line_of(refusal), refusal.verdict.colour if refusal.verdict.fails else "")
            swept.rows.append(row_of(refusal))
        note(swept, refusal)
    say_failures(swept, campaign, report)
    return swept


def by_instruction(campaign: Campaign, case: Case, way: Way, kind: str, schedule: str, plan: bool, report: Report) -> Swept:
    swept = Swept(kind, case, way, schedule)
    if plan:
        schedule = sweep_nth.joined(*matching(schedule), f"nth={sweep_nth.NEVER}")
    run = sweep_step.run_once(campaign, case, way, schedule, f"--{kind}")
    swept.sites, swept.injected, swept.survived, swept.declared = run.stepped.sites, run.stepped.injected, run.stepped.survived, run.stepped.declared
    swept.planned_seconds = run.seconds if plan else None
    for image, functions in run.functions.items():
        swept.rows.append({"image": image, "instructions": sum(functions.values()), "functions": functions})
        report.line(f"  {image:<10} {sum(functions.values()):>6} instructions in {len(functions)} functions")
    for number, word, reason in sweep_step.windows(campaign, run.stepped):
        swept.windows[word] = number
        report.line(f"  not whole by design at {number}: {word}: {reason}")
    swept.failures += [failure_of(stretch, run.judgement) for stretch in run.stretches]
    if run.stepped.breaks_lost:
        swept.failures.append(Failure(Verdict.FAIL, "further on", f"{run.stepped.breaks_lost} more instructions than a sweep writes down", schedule))
    if run.stepped.missed:
        reason = f"some instructions of {run.stepped.missed} threads may have run unstepped: another sweep may find other sites"
        swept.failures.append(Failure(Verdict.ERROR, "the sites", reason, schedule))
    if run.judgement.verdict.fails:
        where = f"{run.at.function}: {run.at.instruction}"
        swept.failures.append(Failure(run.judgement.verdict, f"the text itself, last at {where}", run.judgement.reason, schedule, run.judgement.outcome,
                                      run.judgement.expected, run.judgement.rule, run.judgement.report))
    if not swept.failures and not plan and not swept.injected:
        swept.failures.append(Failure(Verdict.VACUOUS, "every instruction", f"{swept.sites} instructions, and none that the schedule names", schedule))
    if not swept.failures and swept.survived != swept.injected:
        swept.failures.append(Failure(Verdict.ERROR, "the count", f"{swept.injected} injected, {swept.survived} survived, and nothing is said of the others", schedule))
    say_failures(swept, campaign, report)
    return swept


def failure_of(stretch: Stretch, judgement) -> Failure:
    """Named by the first instruction: from it on it is so."""
    found, first, last = stretch.found, stretch.first, stretch.last
    length = f"for {found.count} instructions, to {last.function}" if found.count > 1 else "there only"
    verdict = Verdict.VIOLATION if found.rule else Verdict.FAIL
    where = f"{found.rule or 'trap'} from {first.function} ({first.image}: {first.instruction})"
    return Failure(verdict, where, f"{found.words}, {length}", "", judgement.outcome, judgement.expected, found.rule or None, found.chain)


def say_failures(swept: Swept, campaign: Campaign, report: Report) -> None:
    for failure in swept.failures[:FAILURES_SHOWN]:
        report.finding(f"{failure.verdict} {failure.where}: {failure.reason}", failure.verdict.colour)
        for line in failure.report.splitlines():
            report.finding(f"    {line}")
        report.finding(f"  again     {again(swept, failure, campaign)}")
    if len(swept.failures) > FAILURES_SHOWN:
        report.finding(f"... and {len(swept.failures) - FAILURES_SHOWN} more: --json has them all")


def matching(schedule: str) -> Sequence[str]:
    """A schedule without its when: which sites, not which of them."""
    return [words for words in schedule.split(",") if words and words.partition("=")[0] not in ("nth", "every", "one-in", "seed", "times")]


def note(swept: Swept, refusal: Refusal) -> None:
    if refusal.verdict.fails:
        judgement = refusal.judgement
        where = f"{refusal.counted.point} in {refusal.function}" if refusal.counted.injected else "without a refusal"
        swept.failures.append(Failure(refusal.verdict, where, refusal.reason, refusal.schedule, refusal.outcome, judgement and judgement.expected,
                                      judgement and judgement.rule, judgement.report if judgement else ""))


def line_of(refusal: Refusal) -> str:
    said = "survived" if not refusal.verdict.fails else str(refusal.verdict)
    unseen = f": {refusal.reason}" if refusal.reason and not refusal.verdict.fails else ""
    return f"  {refusal.schedule:<20} {refusal.counted.phase:<6} {refusal.counted.point:<16} {refusal.function:<24} {said:<10} {refusal.outcome}{unseen}"


def row_of(refusal: Refusal) -> dict:
    return {
        "schedule": refusal.schedule, "phase": refusal.counted.phase, "point": refusal.counted.point, "function": refusal.function,
        "outcome": refusal.outcome, "verdict": refusal.verdict.word, "reason": refusal.reason, "refused": refusal.counted.injected, "held": refusal.counted.held,
    }


def closing_lines(swept: Swept, seconds: float) -> list[str]:
    if swept.kind != "nth":
        return step_lines(swept, seconds)
    if swept.planned_seconds is not None:
        what = "one run" if sweep_nth.is_one_run(swept.schedule) else "a run for each"
        return [f"plan: {swept.sites} sites, {what}: about {swept.planned_seconds:.1f} s; nothing was injected"]
    ended = "" if swept.failures or sweep_nth.is_one_run(swept.schedule) else f"N = {swept.injected}: nothing left to refuse; "
    return [f"{ended}{swept.sites} sites, {swept.injected} injected, {swept.survived} survived in {seconds:.1f} s"]


def step_lines(swept: Swept, seconds: float) -> list[str]:
    if swept.planned_seconds is not None:
        return [f"plan: {swept.sites} instructions in one run: about {swept.planned_seconds:.1f} s; nothing was injected"]
    declared = f", {swept.declared} not whole by design" if swept.declared else ""
    return [f"{swept.sites} sites, {swept.injected} injected, {swept.survived} survived{declared} in {seconds:.1f} s"]


def again(swept: Swept, failure: Failure, campaign: Campaign) -> str:
    words = ["./exchain", "sweep", f"--{swept.kind}", *setting_options(campaign.setting, campaign.places)]
    words += ["--foreign", swept.way.foreign] if swept.way.foreign != "O2" else []
    return quoted([*words, "--schedule", failure.schedule] if failure.schedule else words, swept.case.text)


def document_of(swept: Swept, campaign: Campaign) -> dict:
    verdicts = [Verdict.PASS] * swept.survived + [failure.verdict for failure in swept.failures]
    failures = [
        {
            "text": swept.case.text, "verdict": failure.verdict.word, "outcome": failure.outcome, "expected": failure.expected, "rule": failure.rule,
            "repro": again(swept, failure, campaign), "where": failure.where, "reason": failure.reason, "report": failure.report,
        }
        for failure in swept.failures
    ]
    return document.document(
        "sweep", verdicts, failures, swept.passes, kind=swept.kind, text=swept.case.text, schedule=swept.schedule,
        sites=swept.sites, injected=swept.injected, survived=swept.survived, declared=swept.windows, planned_seconds=swept.planned_seconds, runs=swept.rows,
    )
