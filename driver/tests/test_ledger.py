"""The ledger of the dispatcher's branches: every one is reached by a case, by a test that it names, or says why it cannot be."""

import re
from dataclasses import dataclass

import pytest

from exchain import launcher as launching
from exchain import ledger
from exchain.campaign import Campaign, batch_way, scratch_folder
from exchain.cases import Case, case_files, collect, predict
from exchain.execute import Setting
from exchain.judging import Result, Way, without_running
from exchain.tool import Judgement, Tool
from exchain.verdicts import Verdict

AREAS = ("crash", "fault", "foreign", "jump", "leak")
TEST = re.compile(r"test:([\w/.]+):(\w+)")


@dataclass(frozen=True)
class Root:
    root: object


def result(name: str, text: str, verdict: Verdict, *branches: str) -> Result:
    return Result(Case(name, text), Way("batch-O2", "O2"), Judgement(verdict, branches=branches))


@pytest.fixture
def listed(tmp_path):
    file = tmp_path / ledger.LIST
    file.parent.mkdir(parents=True)
    file.write_text('/* about */\nBRANCH(ONE, "one", "the first", "")\nBRANCH(TWO, "two", "the second",\n       "none: why not")\nBRANCH(THREE, "three", "the third", "")\n')
    return Root(tmp_path)


def test_the_shortest_case_that_passes_stands_first(listed):
    results = [result("b", "check check", Verdict.PASS, "one"), result("a", "check", Verdict.PASS, "one"), result("c", "x", Verdict.FAIL, "one", "three")]
    one, two, three = ledger.rows(listed, results)
    assert (one.reached_by, one.where, one.is_open) == (("a", "b"), "a and 1 more", False)
    assert (two.reached_by, two.where, two.is_open) == ((), "none: why not", False)
    assert (three.where, three.is_open) == ("not reached", True), "a run that went wrong may have seen anything"
    assert ledger.document([one])["one"] == {"what": "the first", "reached_by": ["a", "b"], "elsewhere": None}


def test_a_line_that_cannot_be_read_is_said(listed):
    file = listed.root / ledger.LIST
    file.write_text(file.read_text() + "BRANCH(FOUR)\n")
    with pytest.raises(ledger.MachineTrouble, match="a line that is no BRANCH"):
        ledger.branches(listed)


@pytest.mark.wine
def test_every_branch_is_reached_by_a_case_or_says_where_else(places):
    with launching.choose(places) as launcher, scratch_folder(places) as scratch:
        campaign = Campaign(places, Tool(places.tool), launcher, Setting(timeout=60), scratch)
        files = [str(file) for file in case_files(places.cases) if file.relative_to(places.cases).parts[0] in AREAS]
        cases, predictions = predict(collect(files, places, campaign.tool, scratch), campaign.tool, scratch)
        cases = [case for case, prediction in zip(cases, predictions) if not without_running(prediction)]
        list_file = campaign.write_list(cases, "ledger")
        results = list(campaign.batch(cases, list_file, batch_way("O2"), 0, len(cases)))
    rows = ledger.rows(places, results)
    assert len(rows) > 15
    assert [row.branch.word for row in rows if row.is_open] == []
    assert [row.branch.word for row in rows if row.reached_by and row.branch.elsewhere.startswith("none")] == [], "what cannot be reached was reached"


def test_the_tests_that_the_ledger_names_are_there(places):
    named = [TEST.fullmatch(branch.elsewhere) for branch in ledger.branches(places) if branch.elsewhere and not branch.elsewhere.startswith("none: ")]
    assert named and all(named)
    for match in named:
        source = (places.root / match[1]).read_text(encoding="utf-8")
        assert f"static void {match[2]}(void **state)" in source and f"cmocka_unit_test({match[2]})" in source
