"""The case files as pytest items, in a pytest of its own over a project of stand-ins."""

import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest
import standins

from exchain.pytest_plugin import scope_of

DRIVER = standins.HERE.parents[1]
LONG = "call { seh pass { back { check } } }"
CONFTEST = """
from pathlib import Path
from exchain import launcher, places
places.find_root = lambda: Path(__file__).parent
launcher.choose = lambda places: launcher.Native()
pytest_plugins = ["exchain.pytest_plugin"]
"""
PYPROJECT = f"""
[tool.pytest.ini_options]
pythonpath = [{str(DRIVER)!r}]
exchain_cases = ["cases"]
"""


@pytest.fixture
def run(project):
    """Runs pytest over the project's cases; gives its exit status, its outcomes by test id, and its words."""
    (project.root / "conftest.py").write_text(CONFTEST)
    (project.root / "pyproject.toml").write_text(PYPROJECT)
    project.case("a/check", "check")
    project.case("a/long", LONG)
    project.case("b/fault", "fault nil-read")

    def run_pytest(*words) -> tuple[int, dict[str, str], str]:
        command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--junitxml=j.xml", *words]
        if "--lf" in words or "--cache-clear" in words:
            command.remove("-p"), command.remove("no:cacheprovider")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        done = subprocess.run(command, cwd=project.root, env=environment, capture_output=True, text=True)
        return done.returncode, outcomes(project.root / "j.xml"), done.stdout + done.stderr

    return run_pytest


def outcomes(junit) -> dict[str, str]:
    found = {}
    for case in ElementTree.parse(junit).iter("testcase"):
        kinds = [child.get("type") if child.tag == "skipped" else child.tag for child in case if child.tag in ("failure", "error", "skipped")]
        found[f"{case.get('classname')}::{case.get('name')}"] = kinds[0] if kinds else "passed"
    return found


def executor_starts(project) -> int:
    return len((project.root / "starts").read_text().splitlines())


@pytest.fixture
def counted(project):
    """Every start of the executor is written down."""
    count = f"open({str(project.root / 'starts')!r}, 'a').write('x\\n')"
    executor = project.places.executor
    executor.write_text(executor.read_text().replace("import executor\n", f"import executor; {count}\n"))
    return project


def test_a_file_gives_three_items(run):
    status, found, said = run()
    ways = ("batch-O2", "batch-O0", "binary")
    assert status == 0 and set(found) == {f"cases.{name}.txt::{way}" for name in ("a.check", "a.long", "b.fault") for way in ways}
    assert "cases/a/check.txt::batch-O2 PASSED" in said


def test_batches_are_one_executor_run_each(counted, run):
    run()
    assert executor_starts(counted) == 2


def test_only_what_is_selected_runs(counted, run):
    status, found, _ = run("-k", "long and batch-O2")
    assert (status, found) == (0, {"cases.a.long.txt::batch-O2": "passed"})
    assert executor_starts(counted) == 1


def test_a_failure_shows_our_report_and_no_traceback(project, run):
    project.runtime(behaviour={LONG: "stop V1"})
    status, found, said = run()
    assert status == 1 and [name for name, how in found.items() if how == "failure"] == [f"cases.a.long.txt::{way}" for way in ("batch-O2", "batch-O0", "binary")]
    assert "VIOLATION cases/a/long.txt batch-O2" in said and f"./exchain repro '{LONG}'" in said and "*** STOP: 0x0000E001" in said
    assert "Traceback" not in said and "pytest_plugin.py" not in said


def test_last_failed_runs_only_what_failed(project, run):
    project.runtime(behaviour={LONG: "only-O0 stop V1"})
    run("--cache-clear")
    assert run("--lf")[1] == {"cases.a.long.txt::batch-O0": "failure"}
    project.runtime()
    assert run("--lf")[:2] == (0, {"cases.a.long.txt::batch-O0": "passed"})


def test_skips_and_expected_failures_tell_their_reason(project, run):
    project.case("c/go", "go { check }")
    project.runtime(behaviour={"check": "xfail", "go { check }": "skip"}, binary={"check": "xpass", "go { check }": "skip"})
    status, found, said = run("-rsx")
    assert found["cases.c.go.txt::batch-O2"] == found["cases.c.go.txt::binary"] == "pytest.skip" and "the toy says SKIP" in said
    assert found["cases.a.check.txt::batch-O2"] == "pytest.xfail" and "the toy says XFAIL" in said
    assert (status, found["cases.a.check.txt::binary"]) == (1, "failure")


def test_annotations_are_an_item_of_their_own(project, run):
    project.case("a/check", "check #= wrong")
    status, found, said = run()
    assert found["cases.a.check.txt::expect"] == "failure" and found["cases.a.check.txt::batch-O2"] == "passed"
    assert "expected something else" in said


def test_a_wrong_text_fails_its_own_items_only(project, run):
    project.case("c/wrong", "call { paass }")
    status, found, said = run()
    assert {name for name, how in found.items() if how != "passed"} == {f"cases.c.wrong.txt::{way}" for way in ("batch-O2", "batch-O0", "binary")}
    assert "cases/c/wrong.txt:1:8: there is no operation 'paass'" in said and "         ^" in said


def test_trouble_is_told_once_and_every_item_fails(project, run):
    project.cmake(says="x.c:1:1: error: first\nx.c:2:1: error: second", status=1)
    status, found, said = run()
    assert status == 1 and set(found.values()) == {"failure"}
    assert said.count("x.c:2:1: error: second") == 1 and "not run, for build-host failed" in said


@pytest.mark.parametrize("failing", [False, True])
def test_workers_share_the_items_and_batch_their_own(counted, run, failing):
    pytest.importorskip("xdist")
    for number in range(10):
        counted.case(f"c/c{number}", f"panic {number}")
    if failing:
        counted.runtime(behaviour={LONG: "stop V1"})
    alone, starts = run()[1], executor_starts(counted)
    (counted.root / "starts").unlink()
    assert run("-n", "2")[1] == alone
    assert executor_starts(counted) == starts


def test_a_way_stays_on_one_worker():
    assert scope_of("cases/a/x.txt::batch-O2") == scope_of("cases/b/y.txt::batch-O2") == "batch-O2"
    assert scope_of("cases/a/x.txt::binary") != scope_of("cases/b/y.txt::binary")
    assert scope_of("driver/tests/test_x.py::batch-O2") != "batch-O2"
    assert scope_of("driver/tests/test_x.py::test_a") != scope_of("driver/tests/test_x.py::test_b")


def test_other_projects_texts_are_left_alone(project, run):
    (project.root / "pyproject.toml").write_text(PYPROJECT.replace("exchain_cases", "# exchain_cases"))
    assert run("cases")[1] == {}


def test_cmakes_file_is_no_case(project, run):
    (project.root / "cases" / "CMakeLists.txt").write_text("no case")
    assert run()[0] == 0


def test_nothing_stays_behind(project, run):
    run()
    assert not list(project.places.build.glob("scratch-*"))


def test_collecting_alone_builds_nothing(project, run):
    assert "9 tests collected" in run("--collect-only")[2]
    assert not (project.root / "cmake.calls").exists()
