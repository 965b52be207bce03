"""Campaigns: batches, binaries and second tries put together."""

import os
import time

import pytest

from exchain import campaign as campaigns
from exchain.campaign import Campaign, foreign_levels, remove_orphans, slices
from exchain.cases import case_files, collect, predict
from exchain.execute import Setting
from exchain.launcher import Native
from exchain.stops import Interrupted, MachineTrouble
from exchain.tool import Tool

SEH = "call { seh pass { back { check } } }"


@pytest.fixture
def run(project, tmp_path):
    def run_all(jobs=2, foreign=("O2", "O0"), binaries=True, timeout=5.0):
        tool, files = Tool(project.places.tool), [str(file) for file in case_files(project.places.cases)]
        cases, predictions = predict(collect(files, project.places, tool, tmp_path), tool, tmp_path)
        with Native() as launcher:
            campaign = Campaign(project.places, tool, launcher, Setting(timeout=timeout), tmp_path, jobs)
            results = campaign.run(cases, predictions, foreign, binaries)
            assert len(results) == campaign.results_of(cases, foreign, binaries)
            return {(result.case.name, result.way.name): result for result in results}

    return run_all


@pytest.fixture
def three(project):
    project.case("a/check", "check")
    project.case("b/panic", "panic 1")
    project.case("c/seh", SEH)
    return project


def words(results) -> dict:
    return {key: result.verdict.word for key, result in results.items()}


def test_every_case_runs_in_every_way(three, run):
    results = run()
    assert set(results) == {(f"cases/{name}.txt", way) for name in ("a/check", "b/panic", "c/seh") for way in ("batch-O2", "batch-O0", "binary")}
    assert set(words(results).values()) == {"PASS"}


def test_results_come_in_the_order_of_the_cases(three, run):
    assert [name for name, _ in run()] == sorted(name for name, _ in run())


def test_what_a_runtime_cannot_is_skipped_with_its_reason(three, run):
    three.case("a/go", "go { check }")
    three.runtime(behaviour={"go { check }": "skip"})
    results = run()
    for way in ("batch-O2", "batch-O0", "binary"):
        assert words(results)["cases/a/go.txt", way] == "SKIP"
        assert results["cases/a/go.txt", way].judgement.reason == "the toy says SKIP"


def test_what_the_model_cannot_do_is_our_own_trouble(three, run):
    three.case("a/long", "repeat 70000 { check }")
    assert words(run())["cases/a/long.txt", "batch-O2"] == "ERROR"


def test_only_the_foreign_build_that_differs_fails(three, run):
    three.runtime(behaviour={SEH: "only-O0 wrong"})
    found = words(run())
    assert (found["cases/c/seh.txt", "batch-O0"], found["cases/c/seh.txt", "batch-O2"], found["cases/c/seh.txt", "binary"]) == ("FAIL", "PASS", "PASS")


def test_what_fails_in_a_batch_is_run_again_alone_and_agrees(three, run):
    three.runtime(behaviour={SEH: "stop V1"})
    result = run()["cases/c/seh.txt", "batch-O2"]
    assert result.verdict.word == result.alone.verdict.word == "VIOLATION"
    assert not result.only_in_company and result.company is None


def test_what_fails_only_in_company_is_a_finding_of_its_own(three, run):
    three.runtime(behaviour={SEH: "in-company stop V1"})
    result = run()["cases/c/seh.txt", "batch-O2"]
    assert (result.verdict.word, result.alone.verdict.word, result.only_in_company) == ("VIOLATION", "PASS", True)
    assert result.company.read_text().splitlines() == ["check", "panic 1", SEH]


def test_company_starts_with_the_process_that_it_was_in(three, run):
    three.runtime(behaviour={"check": "die", SEH: "in-company stop V1"})
    assert run()["cases/c/seh.txt", "batch-O2"].company.read_text().splitlines() == ["panic 1", SEH]


def test_a_text_that_was_alone_in_its_process_is_not_run_again(project, run):
    project.case("a/check", "check")
    project.runtime(behaviour={"check": "hang"})
    result = run(timeout=0.5, foreign=["O2"], binaries=False)["cases/a/check.txt", "batch-O2"]
    assert result.alone == result.judgement and not result.only_in_company


def test_a_binary_must_leave_the_batchs_trace_also_where_the_judge_allows_a_difference(three, run):
    three.runtime(behaviour={"check": "xfail"})
    assert words(run())["cases/a/check.txt", "binary"] == "XFAIL"
    three.runtime(behaviour={"check": "xfail"}, binary={"check": ""})
    result = run()["cases/a/check.txt", "binary"]
    assert (result.verdict.word, result.judgement.difference) == ("FAIL", 1)
    assert "not the batch's" in result.judgement.reason


def test_a_binary_that_is_missing_is_the_machines_trouble(three, run):
    (three.places.target_bin / "cases" / "a--check.exe").unlink()
    with pytest.raises(MachineTrouble, match="a--check.exe is missing"):
        run()


def test_annotations_are_checked_where_there_are_any(three, run):
    three.case("a/wrong", "check #= wrong")
    three.case("a/right", "check #= right")
    found = {name: word for (name, way), word in words(run()).items() if way == "expect"}
    assert found == {"cases/a/wrong.txt": "FAIL", "cases/a/right.txt": "PASS"}


def test_a_large_list_is_cut_for_the_jobs_and_nothing_is_lost(project, run, monkeypatch):
    monkeypatch.setattr(campaigns, "SLICE_LEAST", 2)
    for number in range(9):
        project.case(f"a/c{number}", f"panic {number}")
    project.runtime(behaviour={"panic 4": "die"})
    found = words(run(jobs=4, foreign=["O2"], binaries=False))
    assert len(found) == 9 and [name for (name, _), word in found.items() if word != "PASS"] == ["cases/a/c4.txt"]


@pytest.mark.parametrize("count, parts", [(0, 2), (1, 1), (63, 4), (128, 2), (1000, 3), (1001, 16)])
def test_slices_are_contiguous_and_complete(count, parts):
    found = slices(count, parts)
    assert [first for first, _ in found] == [sum(length for _, length in found[:place]) for place in range(len(found))]
    assert sum(length for _, length in found) == count and len(found) <= parts
    assert len(found) == 1 or min(length for _, length in found) >= campaigns.SLICE_LEAST


def test_trouble_in_one_process_ends_all(three, run, project):
    three.runtime(silent=True)
    with pytest.raises(MachineTrouble, match="did not start"):
        run()


def test_an_interruption_ends_the_children_and_keeps_what_is_done(three, tmp_path):
    three.runtime(behaviour={SEH: "hang"})
    tool, files = Tool(three.places.tool), [str(file) for file in case_files(three.places.cases)]
    cases, predictions = predict(collect(files, three.places, tool, tmp_path), tool, tmp_path)

    def interrupt(result):
        if result.way.name == "binary":
            raise KeyboardInterrupt

    started = time.monotonic()
    with Native() as launcher:
        campaign = Campaign(three.places, tool, launcher, Setting(timeout=60), tmp_path, 2, interrupt)
        with pytest.raises((KeyboardInterrupt, Interrupted)):
            campaign.run(cases, predictions, ["O2"], True)
    assert time.monotonic() - started < 30
    assert "binary" in {result.way.name for result in campaign.results}


def test_levels():
    assert foreign_levels("both") == ("O2", "O0") and foreign_levels("O0") == ("O0",)


def test_scratch_folders_of_the_dead_are_removed(tmp_path):
    dead, mine = tmp_path / "scratch-4194304-x", tmp_path / f"scratch-{os.getpid()}-x"
    dead.mkdir()
    mine.mkdir()
    remove_orphans(tmp_path)
    assert not dead.exists() and mine.exists()
