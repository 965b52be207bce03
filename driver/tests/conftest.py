import signal
import subprocess
import sys
from pathlib import Path

import pytest
import standins
from standins import Project

from exchain import cli, launcher, places
from exchain.build import build

# A shell that starts the tests in the background has them ignore this signal, and so would every command that they start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

DRIVER = Path(__file__).resolve().parents[1]

# In a process of its own the same stand-ins are put in place by hand.
WITH_STANDINS = """
import sys
from pathlib import Path
from exchain import cli, launcher, places
places.find_root = lambda: Path({root!r})
launcher.choose = cli.choose = lambda places: launcher.Native()
sys.exit(cli.main())
"""


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    """A project of stand-ins; commands that run in this process find it."""
    laid_out = standins.lay_out(tmp_path / "project")
    monkeypatch.setenv("PATH", standins.path_with(laid_out))
    monkeypatch.delenv("EXCHAIN_BUILD", raising=False)
    monkeypatch.setattr(places, "find_root", lambda: laid_out.root)
    for module in (launcher, cli):
        monkeypatch.setattr(module, "choose", lambda places: launcher.Native())
    monkeypatch.chdir(laid_out.root)
    return laid_out


@pytest.fixture(scope="session", name="places")
def built_places():
    """The real project, built: for tests under real Wine."""
    found = places.find()
    build(found, ["host", found.target])
    return found


@pytest.fixture
def exchain(project, capfd):
    """Runs a command; gives its status, standard output and standard error."""

    def run(*words) -> tuple[int, str, str]:
        status = cli.main([str(word) for word in words])
        return status, *capfd.readouterr()

    return run


@pytest.fixture
def start_exchain(project):
    """Starts a command in a process of its own."""
    started = []

    def start(*words, **more) -> subprocess.Popen:
        code = WITH_STANDINS.format(root=str(project.root))
        command = [sys.executable, "-c", code, *map(str, words)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more
        process = subprocess.Popen(command, cwd=project.root, env=environment(), text=True, **pipes)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def environment() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(DRIVER)}
