"""Judging: from what a process left to verdicts. The tool compares; here the process's own end and the second try are added."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .cases import Case
from .execute import Attempt, Ending
from .stops import MachineTrouble
from .tool import Judgement, Prediction, Tool
from .verdicts import Verdict


@dataclass(frozen=True)
class Way:
    """How a text was run."""

    name: str      # as in test ids: batch-O2
    foreign: str   # which build of the foreign frames

    @property
    def is_batch(self) -> bool:
        return self.name.startswith("batch")


@dataclass(frozen=True)
class Result:
    case: Case
    way: Way
    judgement: Judgement
    alone: Judgement | None = None  # the second try of what failed in a batch, in a process of its own
    company: Path | None = None     # the list of texts that it failed in the company of

    @property
    def verdict(self) -> Verdict:
        return self.judgement.verdict

    @property
    def fails(self) -> bool:
        return self.verdict.fails

    @property
    def only_in_company(self) -> bool:
        """A finding of its own: what went before changed what happened."""
        return self.alone is not None and not agree(self.alone, self.judgement)


def agree(one: Judgement, other: Judgement) -> bool:
    return (one.verdict, one.outcome) == (other.verdict, other.outcome)


def judge(tool: Tool, list_file: Path, attempt: Attempt, traces: bool = True) -> Iterator[Judgement]:
    """A judgement for each run of the journal but a doubtful one; without `traces`, that of a run that passed has none."""
    judgements = list(tool.judge(list_file, attempt.path, attempt.ending is Ending.HUNG and not attempt.ended_behind, traces))
    if len(judgements) != attempt.journal.runs:
        raise MachineTrouble(f"the judge answered for {len(judgements)} of the {attempt.journal.runs} runs in a journal")
    if attempt.doubtful:
        del judgements[-1]
    elif attempt.ended_behind:
        judgements[-1] = ended_behind(judgements[-1], attempt.ending)
    yield from judgements


def ended_behind(judgement: Judgement, ending: Ending) -> Judgement:
    if judgement.verdict.fails:
        return judgement
    verdict = Verdict.HANG if ending is Ending.HUNG else Verdict.CRASH
    outcome = "hang" if ending is Ending.HUNG else "crash unknown"
    return replace(judgement, verdict=verdict, outcome=outcome, reason=f"the text came to its end, but behind it the process {ending.value}")


def without_running(prediction: Prediction) -> Judgement | None:
    """Texts that are not run: the model cannot."""
    if prediction.error:
        return Judgement(Verdict.ERROR, reason=prediction.error)
    return None


def by_case(results: Sequence[Result], way: Way) -> dict[Case, Result]:
    return {result.case: result for result in results if result.way == way}
