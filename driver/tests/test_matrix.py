"""The matrix: its file, which cells can run where, and the command."""

import json
from pathlib import Path

import pytest

from exchain.launcher import Native
from exchain.matrix import Cell, cells, choose, is_of, platform_here
from exchain.places import Places
from exchain.stops import MachineTrouble, WrongRequest

ROOT = Path(__file__).resolve().parents[2]
REAL = cells(Places(ROOT, ROOT / "build"))


def test_the_file_is_every_platform_with_every_build_and_debugger():
    assert len(REAL) == len(set(REAL)) == 12
    assert {cell.platform for cell in REAL} == {"wine-8", "wine-10", "windows"}
    assert Cell("windows", "O0", "attached") in REAL


@pytest.mark.parametrize(
    "name, platform, runs",
    [("wine-8", "wine-8.0", True), ("wine-8", "wine-8", True), ("wine-8", "wine-80.0", False), ("wine-10", "wine-10.0-rc2", True),
     ("wine-1", "wine-10.0", False), ("windows", "windows-10.0.20348", True), ("windows", "wine-8.0", False)],
)
def test_a_cell_runs_on_its_own_platform_only(name, platform, runs):
    assert is_of(Cell(name, "O2", "alone"), platform) is runs


def test_without_names_all_that_can_run_here():
    assert [cell.name for cell in choose(REAL, [], "wine-8.0")] == ["wine-8/O2/alone", "wine-8/O2/attached", "wine-8/O0/alone", "wine-8/O0/attached"]
    assert {cell.platform for cell in choose(REAL, [], "windows-10.0.20348")} == {"windows"}
    with pytest.raises(WrongRequest, match="no cell can run here: this is wine-9.0, and the matrix has wine-8, wine-10, windows"):
        choose(REAL, [], "wine-9.0")


def test_a_cell_that_cannot_run_here_is_refused_and_so_is_one_that_there_is_not():
    with pytest.raises(WrongRequest, match="windows/O2/alone cannot run here: this is wine-8.0"):
        choose(REAL, ["windows/O2/alone"], "wine-8.0")
    with pytest.raises(WrongRequest, match="there is no cell 'wine-8' .*wine-8/O2/alone"):
        choose(REAL, ["wine-8"], "wine-8.0")


@pytest.mark.parametrize(
    "text, said",
    [("{", "expected platform"), ("[]", "expected platform"), ('{"platform": [{"name": "x"}], "foreign": ["O2"]}', "'debugger'"),
     ('{"platform": [{"name": "x"}], "foreign": ["O3"], "debugger": ["alone"]}', "no 'O3'"),
     ('{"platform": [{"name": "x"}], "foreign": ["O2"], "debugger": ["away"]}', "no 'away'")],
)
def test_a_file_with_a_mistake(project, text, said):
    project.places.matrix.write_text(text)
    with pytest.raises(WrongRequest, match=said):
        cells(project.places)


def test_no_file(project):
    project.places.matrix.unlink()
    with pytest.raises(MachineTrouble, match="ci/matrix.json"):
        cells(project.places)


def test_an_executor_that_does_not_know_where_it_is(project, tmp_path):
    project.places.executor.write_text("#!/bin/sh\necho what\n")
    with Native() as launcher, pytest.raises(MachineTrouble, match="said no platform: what"):
        platform_here(launcher, project.places, tmp_path)


def test_the_command_runs_every_cell_of_this_platform(project, exchain):
    project.case("a/check", "check")
    status, out, _ = exchain("matrix", "--json", "all.json")
    said = json.loads((project.root / "all.json").read_text())
    assert (status, list(said["cells"])) == (0, ["wine-8/O2/alone", "wine-8/O2/attached", "wine-8/O0/alone", "wine-8/O0/attached"])
    assert all(counts["PASS"] == 2 for counts in said["cells"].values()) and said["counts"]["PASS"] == 8
    assert out.count("2 passed, 0 failed") == 4


def test_a_cell_that_fails_fails_the_command_and_its_line_has_the_cells_options(project, exchain):
    project.case("a/check", "check")
    project.runtime(behaviour={"check": "only-O0 stop V1"})
    status, out, _ = exchain("matrix", "wine-8/O2/attached", "wine-8/O0/attached")
    assert status == 1 and "wine-8/O2/attached on : 2 passed, 0 failed" in out and "wine-8/O0/attached on : 0 passed, 2 failed" in out
    assert "repro --attached --foreign O0" in out


def test_attached_programs_are_started_by_the_debugger(project, exchain):
    project.places.attached.write_text("#!/bin/sh\necho attached to nothing\nexit 3\n")
    status, _, err = exchain("run", "check", "--attached")
    assert status == 3 and "exchain-attached.exe did not start natively: attached to nothing" in err


def test_the_list_is_the_files(project, exchain):
    assert exchain("matrix", "--list")[1].split() == [cell.name for cell in REAL]
