"""Refusals by count, under real Wine: every request is refused once, each run has a defined outcome, and runtimes that do it wrong are found."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from exchain import cli, sweeps
from exchain import launcher as launching
from exchain.campaign import Campaign, batch_way, scratch_folder
from exchain.cases import Case
from exchain.execute import Setting
from exchain.report import Report
from exchain.stops import WrongRequest
from exchain.tool import Tool
from exchain.verdicts import Verdict

pytestmark = pytest.mark.wine

ATTACHED = "recover { call { thread { back { check } } } }"
REFUSED_START = "refused: no fast TLS slot is free"
REFUSED_RUN = "refused: no memory for a managed stack"
NO_ATTACH = "bugcheck 0x0000E107 ATTACH_FAILED"


@dataclass(frozen=True)
class Broken(Setting):
    """The runtime that breaks what EXCHAIN_BREAK says: harness/tests/broken_requests.c."""

    def library(self, places) -> Path:
        return places.target_bin / "tests" / "exchain-broken.dll"


@pytest.fixture(scope="module")
def sweep(places):
    with launching.choose(places) as launcher, scratch_folder(places) as scratch:
        whole = dict(launcher.environment)

        def by_count(text: str, schedule: str = "", breaks: str | None = None, plan: bool = False):
            launcher.environment = whole | ({"EXCHAIN_BREAK": breaks} if breaks else {})
            setting = Broken() if breaks else Setting()
            campaign = Campaign(places, Tool(places.tool), launcher, setting, scratch)
            swept = sweeps.by_count(campaign, Case(text, text), batch_way("O2"), schedule, plan, Report(quiet=True))
            return swept, sweeps.document_of(swept, campaign)

        yield by_count


def test_every_request_is_refused_once_until_none_is_left(sweep):
    swept, document = sweep(ATTACHED)
    assert (swept.sites, swept.injected, swept.survived, swept.failures) == (7, 7, 7, [])
    assert [run["outcome"] for run in swept.rows] == [REFUSED_START] + [REFUSED_RUN] * 3 + [NO_ATTACH] * 3
    assert [run["point"] for run in swept.rows] == ["tls_take", *["memory_take", "memory_protect", "memory_protect"] * 2]
    assert [run["phase"] for run in swept.rows] == ["start"] + ["text"] * 6
    assert {run["function"] for run in swept.rows} == {"xc_runtime_start", "xc_stack_make"}
    assert document["verdict"] == "pass" and document["counts"]["PASS"] == document["sites"] == 7
    assert json.loads(json.dumps(document)) == document


def test_threads_and_tasks_and_tasks_on_threads(sweep):
    swept, _ = sweep("go { yield } wait call { thread { back { go { yield } wait } } }")
    assert (swept.sites, swept.injected, swept.survived, swept.failures) == (21, 21, 21, [])
    outcomes = [run["outcome"] for run in swept.rows]
    no_task, no_thread = ["panic 8"] * 3, ["bugcheck 0x0000E10A THREAD_FAILED"] * 4  # a panic in a thread's own task ends the process
    assert outcomes == [REFUSED_START, *[REFUSED_RUN] * 3, *no_task, *no_thread, *[NO_ATTACH] * 3, *no_task, *no_thread]
    assert {run["point"] for run in swept.rows} == {"tls_take", "memory_take", "memory_protect", "event_take", "thread_take"}


@pytest.mark.parametrize("text", ["call { thread { back { go { } wait } } }", "call { via timer { go { sync 1 } sync 1 } }"])
def test_a_panic_that_ends_the_process_is_an_outcome_and_says_what_it_hides(sweep, text):
    swept, _ = sweep(text)
    assert swept.failures == [] and swept.survived == swept.injected == swept.sites
    panics = [run for run in swept.rows if run["outcome"] == "panic 8"]
    assert len(panics) == 3 and all("cannot be looked at" in run["reason"] for run in panics)
    assert not any(run["reason"] for run in swept.rows if run not in panics)


def test_a_schedule_chooses_the_requests(sweep):
    swept, _ = sweep(ATTACHED, "point=memory_protect,phase=text")
    assert [run["outcome"] for run in swept.rows] == [REFUSED_RUN] * 2 + [NO_ATTACH] * 2
    swept, _ = sweep(ATTACHED, "every=5")
    assert [(run["schedule"], run["outcome"]) for run in swept.rows] == [("every=5", NO_ATTACH)]


def test_what_was_scheduled_and_never_came_is_vacuous(sweep):
    for schedule in ("nth=100", "point=no_such_request", "phase=stop"):
        swept, document = sweep("check", schedule)
        assert [failure.verdict for failure in swept.failures] == [Verdict.VACUOUS]
        assert document["verdict"] == "fail" and document["counts"]["VACUOUS"] == 1


def test_a_plan_injects_nothing(sweep):
    swept, document = sweep(ATTACHED, "", plan=True)
    assert (swept.sites, swept.injected, swept.failures) == (7, 0, [])
    assert swept.planned_seconds > 0 and "nothing was injected" in sweeps.closing_lines(swept, 0)[0]
    assert document["planned_seconds"] == swept.planned_seconds


@pytest.mark.parametrize(
    "breaks, verdict, words",
    [
        ("keeps-memory", Verdict.FAIL, "not given back, the first by memory_take"),
        ("keeps-a-handle", Verdict.FAIL, "it left 1 handles and 0 threads, without a refusal 0 and 0"),
        ("crashes-without-memory", Verdict.CRASH, ""),
    ],
)
def test_a_runtime_that_takes_a_no_badly_is_found(sweep, breaks, verdict, words):
    swept, document = sweep("check", "point=memory_take", breaks)
    assert verdict in [failure.verdict for failure in swept.failures]
    assert any(words in failure.reason for failure in swept.failures)
    assert not swept.passes and "./exchain sweep --nth --schedule " in document["failures"][0]["repro"]


def test_a_runtime_without_a_table_says_so(sweep):
    with pytest.raises(WrongRequest, match="cannot be refused"):
        sweep("check", "", "cannot-be-refused")


def test_a_wrong_schedule_is_a_wrong_request(sweep):
    with pytest.raises(WrongRequest, match="schedule: 'nth=x': expected a number"):
        sweep("check", "nth=x")


def test_the_command(places, tmp_path, capfd):
    file = tmp_path / "sweep.json"
    assert cli.main(["sweep", "--nth", "check", "--json", str(file)]) == 0
    assert "N = 4: nothing left to refuse; 4 sites, 4 injected, 4 survived" in capfd.readouterr().out
    written = json.loads(file.read_text())
    assert (written["command"], written["kind"], written["sites"]) == ("sweep", "nth", 4)
