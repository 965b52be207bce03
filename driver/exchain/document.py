"""The JSON document of a command: one schema for all, with what each command adds."""

import json
import os
import shlex
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypedDict

from .again import again
from .bench import Row
from .campaign import Campaign
from .cases import Case
from .judging import Result
from .matrix import Ran
from .mutants import Kill, caught_by
from .places import Places
from .stops import MachineTrouble, OutputClosed, WrongRequest
from .suite import Outcome
from .tool import Judgement, Prediction
from .verdicts import Verdict, count

SCHEMA = "exchain-1"


class Failure(TypedDict):
    text: str
    verdict: str
    outcome: str | None
    expected: str | None
    rule: str | None
    repro: str


class Document(TypedDict):
    schema: str
    command: str
    verdict: str
    counts: dict[str, int]
    failures: list[Failure]


def document(command: str, verdicts: Iterable[Verdict], failures: Sequence[dict], passes: bool | None = None, **more: Any) -> dict:
    counts = count(verdicts)
    if passes is None:
        passes = not any(number for verdict, number in counts.items() if verdict.fails)
    return {
        "schema": SCHEMA,
        "command": command,
        "verdict": "pass" if passes else "fail",
        "counts": {verdict.word: number for verdict, number in counts.items()},
        "failures": list(failures),
        **more,
    }


def of_results(command: str, results: Sequence[Result], campaign: Campaign, passes: bool, **more: Any) -> dict:
    failures = [failure(result, campaign) for result in results if result.fails]
    more = {"platform": campaign.platform, **more}
    known = [known_difference(result) for result in results if result.verdict is Verdict.XFAIL]
    return document(command, (result.verdict for result in results), failures, passes, known_differences=known, **more)


def of_matrix(ran: Sequence[Ran], campaign: Campaign) -> dict:
    results = [result for one in ran for result in one.results]
    cells = {one.cell.name: document("cell", (result.verdict for result in one.results), (), not one.fails)["counts"] for one in ran}
    return of_results("matrix", results, campaign, not any(one.fails for one in ran), cells=cells)


def known_difference(result: Result) -> dict:
    """An XFAIL: what differs, and why that is known."""
    return {"text": result.case.text, "name": result.case.name, "way": result.way.name, **judged(result.judgement)}


def failure(result: Result, campaign: Campaign) -> dict:
    return {
        "text": result.case.text,
        **judged(result.judgement),
        "repro": again(result, campaign.setting, campaign.places),
        "name": result.case.name,
        "way": result.way.name,
        "alone": result.alone and result.alone.verdict.word,
        "only_in_company": result.only_in_company,
    }


def judged(judgement: Judgement) -> dict:
    return {
        "verdict": judgement.verdict.word,
        "outcome": judgement.outcome,
        "expected": judgement.expected,
        "rule": judgement.rule,
        "stop": str(judgement.stop) if judgement.stop else None,
        "reason": judgement.reason,
        "known": [asdict(difference) for difference in judgement.known],
    }


def of_prediction(prediction: Prediction, judgement: Judgement) -> dict:
    failures = [{"text": prediction.text, **judged(judgement), "repro": ""}] if judgement.verdict.fails else []
    return document(
        "model", [judgement.verdict], failures,
        text=prediction.text, outcome=prediction.outcome, trace=list(prediction.trace), error=prediction.error,
    )


def of_repro(results: Sequence[Result], campaign: Campaign) -> dict:
    """With several builds of the foreign frames, the trace is that of the first that failed."""
    shown = next((result for result in results if result.fails), results[0]).judgement
    return of_results(
        "repro", results, campaign, not any(result.fails for result in results),
        text=results[0].case.text, outcome=shown.outcome, expected=shown.expected, trace=list(shown.trace),
        expected_trace=list(shown.expected_trace), difference=shown.difference, report=shown.report,
    )


def of_mutants(kills: Sequence[Kill], control: Sequence[Result], cases: Sequence[Case], disagreements: Sequence[str], campaign: Campaign) -> dict:
    failures = [failure(result, campaign) for result in control if result.fails]
    failures += [mutant_failure(kill) for kill in kills if kill.verdict.fails]
    mutants = {kill.mutant.slug: mutant(kill) for kill in kills}
    return document(
        "mutants", (kill.verdict for kill in kills), failures, bool(kills) and not failures and not disagreements,
        mutants=mutants, cases=[case.name for case in cases], disagreements=list(disagreements),
    )


def mutant(kill: Kill) -> dict:
    result = kill.result if kill.matches else None
    return {
        "killed_by": result and result.case.text,
        "case": result and result.case.name,
        "rule": kill.result and caught_by(kill.result.judgement),
        "expected_rule": list(kill.mutant.rules),
        "verdict": kill.result and kill.result.verdict.word,
        "text": kill.result and kill.result.case.text,
        "foreign": kill.result and kill.result.way.foreign,
        "note": kill.note,
        "repro": kill.repro,
        "row": {result.case.name: {"verdict": result.verdict.word, "rule": caught_by(result.judgement)} for result in kill.noticed},
    }


def mutant_failure(kill: Kill) -> dict:
    judgement = kill.result.judgement if kill.result else Judgement(kill.verdict, reason=kill.note)
    text = kill.result.case.text if kill.result else ""
    return {"text": text, **judged(judgement), "verdict": kill.verdict.word, "repro": kill.repro, "mutant": kill.mutant.slug}


def of_rows(rows: Sequence[Row]) -> dict:
    lines = [{"name": row.name, "ns": row.ns, "peer_ns": row.peer_ns, "floor_ns": row.floor_ns, "ratio": row.ratio} for row in rows]
    return document("bench", (), (), bool(rows), rows=lines)


def of_suite(outcomes: Sequence[Outcome]) -> dict:
    verdicts = [verdict for one in outcomes for verdict, number in numbers_of(one) for _ in range(number)]
    sections = [
        {"name": one.section.name, "passed": one.passed, "failed": one.failures, "skipped": one.skipped, "seconds": round(one.seconds, 1)}
        for one in outcomes
    ]
    failures = [
        {"text": one.section.name, "verdict": Verdict.FAIL.word, "outcome": None, "expected": None, "rule": None, "repro": shlex.join(one.section.command)}
        for one in outcomes if one.fails
    ]
    return document("test", verdicts, failures, bool(outcomes) and not failures, sections=sections)


def numbers_of(outcome: Outcome) -> list[tuple[Verdict, int]]:
    return [(Verdict.PASS, outcome.passed), (Verdict.FAIL, outcome.failures), (Verdict.SKIP, outcome.skipped)]


def check_target(target: str | None) -> None:
    """Before anything runs: whether the file can be written at all."""
    if target in (None, "-"):
        return
    path = Path(target).absolute()
    if path.is_dir() or not path.parent.is_dir():
        raise WrongRequest(f"--json {target}: {'that is a folder' if path.is_dir() else 'there is no such folder'}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise MachineTrouble(f"--json {target}: permission denied")


def write(written: dict, target: str | None) -> None:
    if target is None:
        return
    text = json.dumps(written, indent=1, ensure_ascii=False) + "\n"
    if target == "-":
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            raise OutputClosed() from None
    else:
        Path(target).write_text(text, encoding="utf-8")


