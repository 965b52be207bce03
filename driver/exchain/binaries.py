"""Binaries: every case is also a program of its own, without parser, list or company. Its trace must be the batch's."""

from dataclasses import replace
from pathlib import Path

from .cases import Case
from .places import Places
from .stops import MachineTrouble
from .tool import Judgement
from .verdicts import Verdict


def binary_of(case: Case, places: Places) -> Path | None:
    return places.case_binary(case.file) if case.file else None


def required_binary(case: Case, places: Places) -> Path:
    binary = binary_of(case, places)
    if binary is None:
        raise MachineTrouble(f"{case.name} is not one of cases/AREA/NAME.txt: it has no binary of its own")
    return binary


def compare(binary: Judgement, batch: Judgement) -> Judgement:
    """Two runs that the judge takes for good can still differ where a platform is known to; they must not."""
    batch_trace = binary.expected_trace if batch.verdict is Verdict.PASS else batch.trace  # a batch's traces that pass are not kept
    if binary.verdict.fails or batch.verdict.fails or binary.trace == batch_trace:
        return binary
    place = next(
        (place for place, (one, other) in enumerate(zip(binary.trace, batch_trace)) if one != other),
        min(len(binary.trace), len(batch_trace)),
    )
    return replace(
        binary, verdict=Verdict.FAIL, reason="the trace of its own binary is not the batch's", expected_trace=batch_trace, difference=place
    )
