"""The command line from outside: wrong requests, interruptions, closed pipes, full disks. Never a traceback, always the right status."""

import errno
import os
import re
import signal
import subprocess
import sys
import time

import pytest
import standins

from exchain import cases, cli, cli_running

HANGING = "call { check }"
COMMANDS = ["run", "repro", "model", "mutants", "sweep", "bench", "setup", "build", "test"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_there_for_every_command(exchain, command):
    status, out, _ = exchain(command, "--help")
    assert status == 0 and "Usage: exchain" in out


@pytest.mark.parametrize("command", ["run", "repro", "model", "mutants", "sweep", "bench"])
def test_help_has_examples(exchain, command):
    out = exchain(command, "--help")[1]
    examples = re.findall(r"^ +exchain (\w+)", out, re.MULTILINE)
    assert len(examples) >= 2 and set(examples) == {command}


@pytest.mark.parametrize(
    "words",
    [
        ["no-such-command"],
        ["run", "--no-such-option"],
        ["run", "--rules", "some"],
        ["run", "--foreign", "O3"],
        ["run", "--timeout", "soon"],
        ["run", "--timeout", "0"],
        ["run", "--jobs", "0"],
        ["run", "--target", "vax"],
        ["run", "--runtime", "none", "check"],
        ["run", "--runtime", "../x", "check"],
        ["run", "--mutant", "none", "check"],
        ["run", "--mutant", "../../x", "check"],
        ["run", "--mutant", "one", "--runtime", "go", "check"],
        ["run", "--list", "no-such-file"],
        ["run", "--list", "."],
        ["run", "call { paass }"],
        ["run", "cases/none"],
        ["run", "\udcff"],
        ["run", "}"],
        ["run", "{" * 5000],
        ["repro"],
        ["repro", "panik"],
        ["repro", "cases"],
        ["repro", "check", "--binary"],
        ["repro", "check", "panic"],
        ["model"],
        ["model", "panik"],
        ["mutants", "none"],
        ["sweep", "check"],
        ["sweep", "--nth"],
        ["sweep", "--nth", "--step", "check"],
        ["sweep", "--nth", "panik"],
        ["sweep", "--nth", "--foreign", "both", "check"],
        ["build", "--target", "vax"],
        ["test", "--target", "vax"],
        ["bench", "--target", "vax"],
        ["setup", "--target", "vax"],
    ],
    ids=lambda words: " ".join(words)[:40].encode("ascii", "backslashreplace").decode(),
)
def test_a_wrong_request_is_status_2_and_a_message(project, exchain, words):
    project.case("a/one", "check")
    project.case("a/two", "check")
    project.mutant("one", "Rule: V1")
    status, out, err = exchain(*words)
    assert (status, out) == (2, "")
    assert err.strip() and "Traceback" not in err and len(err.splitlines()) <= 5


def test_a_wrong_text_has_a_caret_under_the_place(exchain):
    assert exchain("run", "call { seh paass { check } }")[2].splitlines()[1:] == ["  call { seh paass { check } }", "             ^"]


def test_as_expected_and_not(project, exchain):
    assert exchain("run", "check")[0] == 0
    project.runtime(behaviour={"check": "die"})
    assert exchain("run", "check")[0] == exchain("repro", "check")[0] == 1


def test_nothing_collected_is_not_as_expected(exchain):
    status, out, _ = exchain("run")
    assert status == 1 and "nothing was collected" in out


def test_rules_and_clobber_reach_the_executor_and_the_repro_line(project, exchain):
    project.runtime(behaviour={"check": "die"})
    out = exchain("run", "check", "--rules", "none", "--no-clobber", "--foreign", "O0")[1]
    assert "./exchain repro --rules none --no-clobber --foreign O0 'check'" in out


def test_a_case_as_its_own_binary(project, exchain):
    project.case("a/check", "check")
    project.runtime(binary={"check": "stop V1"})
    status, out, _ = exchain("run")
    assert status == 1 and "VIOLATION cases/a/check.txt binary\n" in out
    line = re.search(r"again +./exchain (.*)", out)[1]
    assert line == "repro --binary cases/a/check.txt"
    assert exchain(*line.split())[0] == 1 and exchain("repro", "cases/a/check.txt")[0] == 0


def test_a_list(project, exchain, tmp_path):
    (tmp_path / "texts").write_text("# two\ncheck\n\npanic   1\n")
    status, out, _ = exchain("run", "--list", tmp_path / "texts")
    assert status == 0 and "4 passed, 0 failed" in out


def test_a_company_line_shows_the_finding_again(project, exchain):
    project.runtime(behaviour={"panic 1": "in-company stop V1"})
    out = exchain("run", "check", "panic 1", "--foreign", "O0")[1]
    assert "it is so only in company" in out
    line = re.search(r"again +./exchain (.*)", out)[1]
    assert exchain(*line.split())[0] == 1


def test_setup_and_build(exchain):
    assert exchain("setup") == (0, "everything is there; Windows programs run natively\n", "")
    status, out, _ = exchain("build")
    assert status == 0 and out.startswith("built in ")


def test_sources_that_do_not_compile(project, exchain):
    project.cmake(says="runtime/x.c:7:1: error: unknown type name 'recrod'", status=1)
    status, _, err = exchain("run", "check")
    assert status == 1 and "runtime/x.c:7:1: error: unknown type name 'recrod'" in err


def test_a_missing_tool(project, exchain, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert exchain("run", "check")[::2] == (3, "exchain: cmake is missing (try: ./exchain setup)\n")


def test_a_build_folder_that_cannot_be_written(project, exchain, monkeypatch):
    monkeypatch.setattr(cli.locating, "find", lambda target="i386": type(project.places)(project.root, project.root / "CMakePresets.json" / "build"))
    status, _, err = exchain("run", "check")
    assert status == 3 and err.startswith("exchain: Not a directory: ")


@pytest.mark.parametrize("number, words", [(errno.ENOSPC, "No space left on device"), (errno.EROFS, "Read-only file system")])
def test_a_full_disk(project, exchain, monkeypatch, number, words):
    def fail(*_):
        raise OSError(number, os.strerror(number), "some.list")

    monkeypatch.setattr(cases, "write_list", fail)
    status, _, err = exchain("run", "check")
    assert (status, err) == (3, f"exchain: {words}: some.list\n")


def test_a_mistake_of_ours_is_no_finding(project, exchain, monkeypatch):
    monkeypatch.setattr(cli_running, "predict", lambda *_: 1 / 0)
    status, _, err = exchain("run", "check")
    assert status == 3 and "mistake in exchain's driver" in err and "ZeroDivisionError" in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interruption_is_one_line_and_leaves_nothing_behind(project, start_exchain, number):
    project.case("a/check", "check")
    project.case("b/hang", HANGING)
    project.runtime(behaviour={HANGING: "hang"})
    process = start_exchain("run", "--timeout", "60")
    wait_for(lambda: len(executors(project)) == 2)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (3, "")
    assert re.fullmatch(r"exchain: interrupted; so far \d+ passed, 0 failed\n", err)
    wait_for(lambda: not executors(project))
    assert not list(project.places.build.glob("scratch-*"))


def test_what_a_killed_exchain_left_is_removed(project, exchain):
    orphan = project.places.build / "scratch-4194304-x"
    orphan.mkdir()
    assert exchain("run", "check")[0] == 0 and not orphan.exists()


def test_an_interruption_while_building(project, start_exchain):
    project.cmake(seconds=60)
    process = start_exchain("build")
    wait_for((project.root / "cmake.calls").exists)
    process.send_signal(signal.SIGINT)
    assert (process.communicate(timeout=30)[1], process.returncode) == ("exchain: interrupted\n", 3)


@pytest.mark.parametrize("words", [["run", "check"], ["repro", "check"], ["model", "check"], ["run", "check", "--json", "-"], ["run", "--help"]])
def test_a_reader_that_left(start_exchain, words):
    """Standard output is closed before anything is said: no traceback and no complaint of Python's at its end."""
    read, write = os.pipe()
    os.close(read)
    process = start_exchain(*words, stdout=write)
    os.close(write)
    _, err = process.communicate(timeout=30)
    assert "Traceback" not in err and "BrokenPipe" not in err
    assert process.returncode in (1, 3) if "--help" in words else process.returncode == 3


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
def test_standard_output_on_a_full_disk(start_exchain):
    with open("/dev/full", "w") as full:
        process = start_exchain("run", "check", stdout=full)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (3, "exchain: No space left on device\n")


def test_the_package_runs_as_a_module_from_anywhere(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(standins.HERE.parents[1])}
    done = subprocess.run([sys.executable, "-m", "exchain", "--help"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and "Usage: exchain" in done.stdout


def executors(project) -> list[str]:
    """The executors of this project that are running."""
    found = subprocess.run(["pgrep", "-f", str(project.places.target_bin)], capture_output=True, text=True).stdout.split()
    return [pid for pid in found if pid != str(os.getpid())]


def wait_for(condition, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


@pytest.mark.parametrize("words", [["no-such-command"], ["run", "--no-such-option"], ["run", "--jobs", "x", "check"], ["repro"], ["run", "cases/none"]], ids=" ".join)
def test_a_wrong_word_gets_one_line(exchain, words):
    status, out, err = exchain(*words)
    assert (status, out) == (2, "") and err.startswith("exchain: ") and err.count("\n") == 1


def test_a_text_that_names_what_is_not_there_is_a_wrong_request(project, exchain):
    project.runtime(behaviour={"check": "refused", "recover { }": "wrong"})
    assert exchain("repro", "check") == (2, "", "exchain: the toy's file is not there\n")
    assert exchain("run", "check", "panic 1")[0] == 2
    assert exchain("run", "check", "recover { }")[0] == 1
