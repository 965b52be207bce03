"""Executing lists: batches, deaths, hangs, full journals, and what the machine can do to us."""

import shutil
from collections import namedtuple

import pytest
import standins.toy as toy

from exchain import execute as executing
from exchain.cases import Case, write_list
from exchain.execute import Ending, Setting, execute
from exchain.judging import judge
from exchain.launcher import Native
from exchain.stops import MachineTrouble, NeverRan, WrongRequest
from exchain.tool import Tool
from exchain.verdicts import Verdict

TEXTS = ["check", "panic 7", "call { back { check } }", "fault nil-read", "recover { panic }", "lock { check }"]


@pytest.fixture
def run(project, tmp_path):
    """Runs texts of a list; gives (index, verdict) of all runs, and for each process its texts and its ending."""

    def run_them(texts=TEXTS, first=0, count=None, timeout=5.0, go_on=False, **setting):
        list_file = write_list([Case(text, text) for text in texts], tmp_path / "a.list")
        tool, found, processes = Tool(project.places.tool), [], []
        chosen = Setting(timeout=timeout, **setting)
        with Native() as launcher:
            arguments = [*chosen.arguments(project.places, "O2"), *["--go-on"] * go_on]
            count = len(texts) - first if count is None else count
            for made in execute(launcher, project.places.executor, arguments, list_file, first, count, tmp_path, timeout):
                judgements = list(judge(tool, list_file, made))
                processes.append(([judgement.index for judgement in judgements], made.ending))
                found += judgements
        return found, processes

    return run_them


def verdicts(found) -> list[tuple[int, str]]:
    return [(judgement.index, judgement.verdict.word) for judgement in found]


def test_a_process_that_a_text_ends_as_predicted_is_followed_by_another(run):
    found, processes = run()
    assert verdicts(found) == [(index, "PASS") for index in range(6)]
    assert processes == [([0, 1, 2, 3], Ending.DIED), ([4, 5], Ending.FINISHED)]


def test_a_death_costs_a_process_and_no_result(project, run):
    project.runtime(behaviour={"panic 7": "die", "lock { check }": "stop V1"})
    found, processes = run()
    assert verdicts(found) == [(0, "PASS"), (1, "CRASH"), (2, "PASS"), (3, "PASS"), (4, "PASS"), (5, "VIOLATION")]
    assert [texts for texts, _ in processes] == [[0, 1], [2, 3], [4, 5]]
    assert (found[1].outcome, found[5].rule, found[5].stop.title) == ("crash unknown", "V1", "SEH_HEAD_NOT_RESTORED")


def test_a_text_that_hangs_is_ended_by_the_watchdog_and_leaves_its_trace(project, run):
    project.runtime(behaviour={"call { back { check } }": "hang"})
    found, processes = run(timeout=0.5)
    assert verdicts(found)[2:4] == [(2, "HANG"), (3, "PASS")]
    assert processes[0] == ([0, 1, 2], Ending.HUNG)
    assert found[2].trace[-1] == "t1 enter 3 check"


def test_a_slow_text_that_moves_does_not_hang(project, run):
    project.runtime(behaviour={"check": "slow 0.15"})
    found, _ = run(["check"], timeout=0.6)
    assert verdicts(found) == [(0, "PASS")]


def test_a_text_that_stands_still_for_less_than_the_timeout_does_not_hang(project, run):
    project.runtime(behaviour={"check": "pause 0.9"})
    found, _ = run(["check"], timeout=5)
    assert verdicts(found) == [(0, "PASS")]


def test_a_process_that_dies_or_hangs_behind_a_text_died_of_it(project, run):
    project.runtime(behaviour={"check": "die-behind", "panic 7": "hang-behind"})
    found, processes = run(timeout=0.5)
    assert verdicts(found)[:3] == [(0, "CRASH"), (1, "HANG"), (2, "PASS")]
    assert "behind it the process died" in found[0].reason and found[0].outcome == "crash unknown"
    assert "behind it the process was ended by the watchdog" in found[1].reason
    assert processes[0] == ([0], Ending.DIED)


def test_a_full_journal_is_followed_by_another(project, run):
    project.runtime(full_after=2)
    found, processes = run()
    assert verdicts(found) == [(index, "PASS") for index in range(6)]
    assert [texts for texts, _ in processes] == [[0, 1], [2, 3], [4, 5]]


def test_only_the_texts_that_were_asked_for(run):
    found, _ = run(first=1, count=2)
    assert verdicts(found) == [(1, "PASS"), (2, "PASS")]


def test_the_setting_reaches_the_executor(project, run, tmp_path):
    project.mutant("broken", "Rule: V1", behaviour={"check": "stop V1"})
    assert verdicts(run(["check"], mutant="broken")[0]) == [(0, "VIOLATION")]
    arguments = Setting("reference", None, "none", False, 1.0).arguments(project.places, "O0")
    places = project.places
    assert arguments == ["--runtime", places.runtime("reference"), "--foreign", places.foreign("O0"), "--rules", "none", "--no-clobber"]
    with pytest.raises(WrongRequest, match=r"no runtime 'foreign-O2' \(there is: reference\)"):
        Setting("foreign-O2").library(places)


def test_a_program_that_does_not_start_says_why(project, run):
    project.runtime(silent=True)
    with pytest.raises(MachineTrouble, match="exchain-execute.exe did not start natively: the loader says: no"):
        run()


def test_a_program_that_gives_no_sign_of_life(project, run, monkeypatch):
    monkeypatch.setattr(executing, "START_SECONDS", 0.3)
    project.places.executor.write_text("#!/bin/sh\nsleep 600\n")
    with pytest.raises(MachineTrouble, match="gave no sign of life"):
        run(timeout=0.2)


def test_a_process_that_dies_before_its_first_text(project, run):
    project.runtime(before_the_first=True)
    with pytest.raises(NeverRan, match="died before the first text"):
        run()


def test_a_program_that_runs_another_text_than_it_was_asked_for(project, run, monkeypatch):
    body = "toy.Journal(sys.argv[sys.argv.index('--journal') + 1]).begin(99)"
    project.places.executor.write_text(project.places.executor.read_text().replace("import executor", "import toy").split("executor.main")[0] + body)
    with pytest.raises(MachineTrouble, match="asked for texts 0 to 5 and ran 99"):
        run()


def test_a_process_that_goes_on_has_what_each_end_said(project, run):
    project.runtime(behaviour={"panic 7": "stop V1", "recover { panic }": "stop E102"})
    found, processes = run(go_on=True)
    assert processes == [([0, 1, 2, 3, 4, 5], Ending.FINISHED)]
    assert verdicts(found) == [(0, "PASS"), (1, "VIOLATION"), (2, "PASS"), (3, "PASS"), (4, "VIOLATION"), (5, "PASS")]
    assert [(found[index].rule, found[index].stop.title) for index in (1, 4)] == [("V1", "SEH_HEAD_NOT_RESTORED"), (None, "SEH_RECORD_LEFT_BEHIND")]
    assert "handler 00401000" in found[1].report


@pytest.mark.parametrize("end", ["die", "hang", "die-behind", "hang-behind"])
def test_an_end_that_nobody_arranged_in_a_process_that_went_on_is_doubted(project, run, end):
    project.runtime(behaviour={"panic 7": "stop V1", "recover { panic }": f"gone-on {end}"})
    found, processes = run(go_on=True, timeout=0.5)
    assert verdicts(found) == [(0, "PASS"), (1, "VIOLATION"), (2, "PASS"), (3, "PASS"), (4, "PASS"), (5, "PASS")]
    assert [texts for texts, _ in processes] == [[0, 1, 2, 3], [4, 5]]


def test_a_doubtful_end_that_comes_again_is_believed(project, run):
    project.runtime(behaviour={"panic 7": "stop V1", "recover { panic }": "die"})
    found, processes = run(go_on=True)
    assert verdicts(found)[4:] == [(4, "CRASH"), (5, "PASS")]
    assert [texts for texts, _ in processes] == [[0, 1, 2, 3], [4], [5]]


def test_no_journal_and_no_output_stays(project, run, tmp_path):
    project.runtime(behaviour={"check": "die"})
    run()
    assert not [*tmp_path.glob("*.journal"), *tmp_path.glob("*.output")]


def test_a_disk_that_is_nearly_full_is_found_before_it_looks_like_a_crash(run, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(1 << 30, 1 << 30, 1 << 20))
    with pytest.raises(MachineTrouble, match="no space left on device: a journal needs 64 MiB"):
        run()


def test_a_disk_that_filled_up_meanwhile_is_no_crash_of_the_text(project, run, monkeypatch):
    usage = namedtuple("usage", "total used free")
    free = iter([1 << 30, 0])
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(1 << 30, 1 << 30, next(free)))
    project.runtime(behaviour={"check": "die"})
    with pytest.raises(MachineTrouble, match="no space left"):
        run(["check"])


def test_the_judge_must_answer_for_every_run(run, monkeypatch):
    monkeypatch.setattr(Tool, "judge", lambda *_: iter(()))
    with pytest.raises(MachineTrouble, match="answered for 0 of the 4 runs"):
        run()


def test_the_toys_trace_is_what_its_journal_holds(tmp_path):
    journal = toy.Journal(str(tmp_path / "a"))
    journal.begin(0)
    journal.event("t1 enter 1 check")
    assert toy.read_journal(str(tmp_path / "a"))[1][0]["trace"] == ["t1 enter 1 check"]
    assert Verdict.of_word("PASS") is Verdict.PASS
