"""Refusals by count: the first N requests of the runtime to Windows succeed, the next is refused, for N = 0, 1, 2 ... until none is left to refuse.

Each run must end in an outcome that the runtime defines (it says no, it stops with a code, it copes), with nothing left taken."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from . import symbols
from .campaign import Campaign, Way
from .cases import Case
from .execute import attempt
from .journal import State
from .judging import judge
from .stops import NeverRan, WrongRequest
from .sweep_file import Counted, read_counted
from .tool import Judgement
from .verdicts import Verdict

NEVER = 4294967294  # no text asks so often
WHEN = re.compile(r"(?:^|,)(nth|every|one-in)=")
ENDS = ("ok", "panic", "goexit")  # a task that ends is a defined outcome, whatever it ends with


@dataclass(frozen=True)
class Refusal:
    """One run, and what became of it."""

    schedule: str
    counted: Counted
    function: str            # that asked for what was refused
    judgement: Judgement | None  # None: the runtime did not come to the text
    verdict: Verdict         # PASS: survived
    reason: str
    seconds: float

    @property
    def outcome(self) -> str | None:
        if self.counted.refused:
            return f"refused: {self.counted.refused.partition(':')[0]}"
        if self.judgement and self.judgement.stop and not self.judgement.rule:
            return f"{self.judgement.outcome} {self.judgement.stop.title}"
        return self.judgement and self.judgement.outcome


def joined(*schedules: str) -> str:
    return ",".join(words for words in schedules if words)


def is_one_run(schedule: str) -> bool:
    return bool(WHEN.search(schedule))


def sweep(campaign: Campaign, case: Case, way: Way, schedule: str) -> Iterator[Refusal]:
    """Run after run; the last one is that in which nothing was refused. A schedule that says when is one run."""
    if is_one_run(schedule):
        once = run_once(campaign, case, way, schedule)
        yield once if once.counted.injected or once.verdict.fails else vacuous(once)
        return
    control = run_once(campaign, case, way, joined(schedule, f"nth={NEVER}"))
    number = 0
    while not control.verdict.fails:
        refusal = run_once(campaign, case, way, joined(schedule, f"nth={number}"), control)
        if not refusal.counted.injected:
            break
        yield refusal
        number += 1
    yield control if number or control.verdict.fails else vacuous(control)


def vacuous(run: Refusal) -> Refusal:
    """What was scheduled never came up."""
    return replace(run, verdict=Verdict.VACUOUS, reason=f"{run.counted.sites} requests were made, and none that the schedule names")


def run_once(campaign: Campaign, case: Case, way: Way, schedule: str, control: Refusal | None = None) -> Refusal:
    list_file = campaign.write_list([case], "sweep")
    file = list_file.with_suffix(".sweep")
    words = [*campaign.setting.arguments(campaign.places, way.foreign), "--list", list_file, "--count", "1", "--inject", schedule, "--sweep", file]
    started = time.monotonic()
    judgement, trouble, last_words = None, None, False
    try:
        with attempt(campaign.launcher, campaign.places.executor, words, campaign.scratch, campaign.setting.timeout) as made:
            judgement = next(judge(campaign.tool, list_file, made))
            last_words = made.journal.state is State.STOPPED
    except NeverRan as never:
        trouble = never
    seconds = time.monotonic() - started
    if not file.exists():
        said = str(trouble).partition("exchain-execute: ")[2]
        if said.startswith(("schedule: ", "--inject: ")):
            raise WrongRequest(said)
        raise trouble or NeverRan("the executor left no account of its injections")
    counted = read_counted(file)
    if trouble and not counted.injected:
        raise trouble
    if judgement and counted.refused:
        judgement = None  # the text never began
    image = symbols.read(campaign.setting.library(campaign.places))
    verdict, reason = verdict_of(counted, judgement, last_words, control)
    return Refusal(schedule, counted, image.name(counted.caller_offset) if counted.injected else "", judgement, verdict, reason, seconds)


def verdict_of(counted: Counted, judgement: Judgement | None, last_words: bool, control: Refusal | None) -> tuple[Verdict, str]:
    """`last_words`: the process ended with the text, as the runtime said that it would: nobody looks at what is left behind."""
    if not counted.injected:
        if judgement is None or judgement.verdict.fails:
            return (judgement or Judgement(Verdict.ERROR)).verdict, f"it fails without a refusal: {judgement and judgement.reason}"
        return left(counted, control)
    if counted.refused:
        return left(counted, control)
    if judgement is None:
        return Verdict.CRASH, "the process died before the text, without a word"
    if judgement.stop and not judgement.rule:
        return Verdict.PASS, ""
    if judgement.rule or (judgement.outcome or "").partition(" ")[0] not in ENDS:
        verdict = judgement.verdict if judgement.verdict.fails else Verdict.FAIL
        return verdict, f"no outcome that the runtime defines: {judgement.outcome}"
    if last_words:
        return Verdict.PASS, "the process ended with it, so what it had taken cannot be looked at"  # a panic on a thread that was only attached
    return left(counted, control)


def left(counted: Counted, control: Refusal | None) -> tuple[Verdict, str]:
    """What a run that came to its end has left behind."""
    if not counted.finished:
        return Verdict.CRASH, "the process died behind the text, while the runtime was stopped"
    if counted.held:
        return Verdict.FAIL, f"{counted.held} not given back, the first by {counted.held_point}"
    if counted.chain_changed:
        return Verdict.VIOLATION, "the head of the exception list is not what it was"
    if control:
        grown, allowed = (run.after.grown_since(run.before) for run in (counted, control.counted))
        if grown.handles > max(0, allowed.handles) or grown.threads > max(0, allowed.threads):
            return Verdict.FAIL, f"it left {grown.handles} handles and {grown.threads} threads, without a refusal {allowed.handles} and {allowed.threads}"
    return Verdict.PASS, ""
