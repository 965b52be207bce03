"""The closed list, against the words that the contract and the judge use."""

import re
from pathlib import Path

from exchain.verdicts import Verdict, count

JUDGE_H = Path(__file__).parents[2] / "harness" / "judge" / "judge.h"


def test_the_list_is_the_judges_list_in_its_order():
    judges = re.findall(r"VERDICT_([A-Z]+),", JUDGE_H.read_text())
    assert [verdict.word for verdict in Verdict] == judges


def test_which_verdicts_fail_a_run():
    failing = {verdict.word for verdict in Verdict if verdict.fails}
    assert failing == {"FAIL", "VIOLATION", "CRASH", "HANG", "VACUOUS", "XPASS", "ERROR"}


def test_a_count_has_a_number_for_every_verdict():
    counts = count([Verdict.PASS, Verdict.HANG, Verdict.PASS])
    assert set(counts) == set(Verdict)
    assert (counts[Verdict.PASS], counts[Verdict.HANG], counts[Verdict.CRASH]) == (2, 1, 0)
