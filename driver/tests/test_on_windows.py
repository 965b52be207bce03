"""The driver as on Windows, natively, on binaries that were built elsewhere: every path of it but Windows itself, for which Wine stands in."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import standins

from exchain import launcher as launching
from exchain.build import build
from exchain.launcher import wine_environment

pytestmark = pytest.mark.wine

ROOT = Path(__file__).resolve().parents[2]
SEED = "recover { call { seh pass { back { panic } } } } clobber recover { fault nil-write }"
CRASH = "call { fault nil-read }"
AS_ON_WINDOWS = standins.HERE / "as_on_windows.py"


@pytest.fixture(scope="module")
def elsewhere(places, tmp_path_factory):
    """A build folder that holds the binaries for Windows and nothing else."""
    build(places, [places.target], goal="exchain-mutants")
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "i386").mkdir()
    (folder / "i386" / "bin").symlink_to(places.target_bin)
    with launching.choose(places):
        yield folder


@pytest.fixture
def on_windows(places, elsewhere):
    def run(*words) -> tuple[int, str, str]:
        environment = wine_environment(places) | {"PYTHONPATH": f"{ROOT / 'driver'}", "EXCHAIN_BUILD": str(elsewhere), "PATH": os.environ["PATH"]}
        command = [sys.executable, str(AS_ON_WINDOWS), *map(str, words)]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout, done.stderr

    return run


def test_a_whole_run_in_batches_and_binaries(on_windows, elsewhere):
    status, out, err = on_windows("exchain", "run", "cases/seed", "cases/crash", "--json", "-")
    said = json.loads(out)
    assert (status, said["verdict"], said["failures"]) == (0, "pass", []), err
    assert said["counts"]["PASS"] > 60 and said["platform"].startswith("wine-")
    assert not (elsewhere / "host").exists() and not (elsewhere / "build.lock").exists(), "nothing is built"
    assert not list(elsewhere.glob("scratch-*")), "nothing is left behind"


def test_a_failure_is_shown_with_a_line_for_this_shell(on_windows):
    status, out, err = on_windows("exchain", "run", "--mutant", "head-not-restored", "--foreign", "O2", SEED)
    assert status == 1, err
    assert re.search(r"again +\.\\exchain\.cmd repro --mutant head-not-restored 'recover ", out)
    assert "*** STOP: 0x0000E001 SEH_HEAD_NOT_RESTORED" in out


def test_texts_that_end_their_process_and_a_debugger(on_windows):
    status, out, err = on_windows("exchain", "repro", "--attached", CRASH)
    assert (status, out.splitlines()[-1]) == (0, "XFAIL"), err
    status, out, err = on_windows("exchain", "repro", CRASH)
    assert (status, out.splitlines()[-1]) == (0, "PASS"), err


def test_wrong_requests(on_windows):
    status, out, err = on_windows("exchain", "run", "recover { bak }")
    assert (status, out) == (2, "") and "unknown operation `bak`" in err and "Traceback" not in err
    status, _, err = on_windows("exchain", "test")
    assert (status, "nothing is built here: use exchain matrix" in err) == (2, True)
    status, _, err = on_windows("exchain", "matrix", "windows/O2/alone")
    assert (status, "this is wine-" in err) == (2, True)


def test_binaries_that_are_not_there(on_windows, elsewhere, monkeypatch):
    bin_folder = elsewhere / "i386" / "bin"
    target = bin_folder.readlink()
    bin_folder.unlink()
    try:
        status, _, err = on_windows("exchain", "run", "check")
    finally:
        bin_folder.symlink_to(target)
    assert status == 3 and "exchain-scenario.exe is missing: on Windows nothing is built" in err


def test_pytest_collects_and_runs_cases(on_windows):
    status, out, err = on_windows("pytest", "-q", "-s", "-p", "no:cacheprovider", "-p", "exchain.pytest_plugin", "cases/seed", "-k", "callback-panic-locked")
    assert status == 0 and "4 passed" in out, out + err


def test_a_prebuilt_project_on_linux_builds_nothing(places, tmp_path):
    """The same binaries beside the tool of this machine, as continuous integration has them."""
    (tmp_path / "i386").mkdir()
    (tmp_path / "i386" / "bin").symlink_to(places.target_bin)
    (tmp_path / "host").symlink_to(places.build / "host")
    (tmp_path / "wine").symlink_to(places.build / "wine")
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'driver'}", "EXCHAIN_BUILD": str(tmp_path), "EXCHAIN_PREBUILT": "1"}
    command = [sys.executable, "-m", "exchain", "run", SEED]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0 and "2 passed" in done.stdout, done.stderr
    assert not (tmp_path / "build.lock").exists() and not (tmp_path / "log").exists()
