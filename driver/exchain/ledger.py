"""The ledger: what an x86 exception dispatcher can do, and which case was seen to make it do so. harness/trace/branches.def has the list."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .judging import Result
from .places import Places
from .stops import MachineTrouble
from .verdicts import Verdict

LIST = "harness/trace/branches.def"
BRANCH = re.compile(r'^BRANCH\((\w+), "([^"]+)", "([^"]+)",\s+"([^"]*)"\)$', re.MULTILINE)


@dataclass(frozen=True)
class Branch:
    word: str
    what: str
    elsewhere: str  # empty: the cases must reach it; `test:FILE:FUNCTION`, or `none: why`


@dataclass(frozen=True)
class Row:
    branch: Branch
    reached_by: tuple[str, ...]  # names of cases, those with the shortest text first

    @property
    def where(self) -> str:
        if self.reached_by:
            more = len(self.reached_by) - 1
            return self.reached_by[0] + (f" and {more} more" if more else "")
        return self.branch.elsewhere or "not reached"

    @property
    def is_open(self) -> bool:
        """Nobody reaches it, and nobody says why."""
        return not self.reached_by and not self.branch.elsewhere


def branches(places: Places) -> list[Branch]:
    source = (places.root / LIST).read_text(encoding="utf-8")
    found = [Branch(word, what, elsewhere) for _, word, what, elsewhere in BRANCH.findall(source)]
    if len(found) != source.count("\nBRANCH("):
        raise MachineTrouble(f"{LIST}: a line that is no BRANCH(NAME, \"word\", \"what\", \"elsewhere\")")
    return found


def rows(places: Places, results: Sequence[Result]) -> list[Row]:
    """Only what passed counts: a run that went wrong may have seen anything."""
    passed = sorted((result for result in results if result.verdict in (Verdict.PASS, Verdict.XFAIL)), key=lambda result: len(result.case.text))
    reached: dict[str, dict[str, None]] = {}
    for result in passed:
        for word in result.judgement.branches:
            reached.setdefault(word, {})[result.case.name] = None
    return [Row(branch, tuple(reached.get(branch.word, ()))) for branch in branches(places)]


def document(ledger: Sequence[Row]) -> dict:
    return {row.branch.word: {"what": row.branch.what, "reached_by": list(row.reached_by), "elsewhere": row.branch.elsewhere or None} for row in ledger}
