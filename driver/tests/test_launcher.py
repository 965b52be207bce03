"""Starting programs: what they get, how they are ended, and what Wine needs beforehand."""

import os
import time
from pathlib import Path

import pytest
import standins

from exchain import launcher as launching
from exchain.launcher import Native, Wine, windows_path, wine_environment
from exchain.locks import Lock
from exchain.stops import Interrupted, MachineTrouble


def alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def gone_within(seconds: float, pid: int) -> bool:
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not alive(pid)


def test_standard_input_is_empty_and_output_goes_to_the_file(tmp_path):
    program = standins.script(tmp_path / "program", "print(repr(sys.stdin.read()), sys.argv[1:]); print('oops', file=sys.stderr)")
    with Native() as launcher:
        child = launcher.start(program, ["--list", tmp_path], tmp_path / "output")
        assert child.ended(10)
    assert sorted((tmp_path / "output").read_text().splitlines()) == sorted(["'' " + repr(["--list", str(tmp_path)]), "oops"])


def test_waiting_ends_with_the_program_or_with_the_time(tmp_path):
    slow = standins.script(tmp_path / "slow", "import time; time.sleep(0.4)")
    with Native() as launcher:
        child = launcher.start(slow, [], tmp_path / "output")
        assert not child.ended(0.05)
        started = time.monotonic()
        assert child.ended(10)
        assert time.monotonic() - started < 5


def test_a_killed_child_takes_what_it_started_with_it(tmp_path):
    body = "import subprocess, time; print(subprocess.Popen(['sleep', '600']).pid, flush=True); time.sleep(600)"
    program = standins.script(tmp_path / "program", body)
    with Native() as launcher:
        child = launcher.start(program, [], tmp_path / "output")
        while not (tmp_path / "output").read_text().strip():
            time.sleep(0.02)
        grandchild = int((tmp_path / "output").read_text())
        launcher.forget(child)
        assert gone_within(5, grandchild)


def test_leaving_kills_what_still_runs_and_starts_nothing_more(tmp_path):
    program = standins.script(tmp_path / "program", "import time; time.sleep(600)")
    with Native() as launcher:
        child = launcher.start(program, [], tmp_path / "output")
    assert child.ended(5)
    with pytest.raises(Interrupted):
        launcher.start(program, [], tmp_path / "output")
    with pytest.raises(Interrupted):
        launcher.forget(child)


def test_a_program_that_is_missing_or_is_none(tmp_path):
    no_program = tmp_path / "program"
    no_program.write_text("not a program")
    with Native() as launcher:
        with pytest.raises(MachineTrouble, match="missing.*exchain build"):
            launcher.start(tmp_path / "none", [], tmp_path / "output")
        with pytest.raises(MachineTrouble, match="cannot be started"):
            launcher.start(no_program, [], tmp_path / "output")


def test_windows_paths():
    assert windows_path(Path("/a b/c.list")) == r"Z:\a b\c.list"


def test_the_environment_is_ours_on_top_of_the_users(project, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("WINEPREFIX", "/home/user/.wine")
    monkeypatch.setenv("KEPT", "x")
    environment = wine_environment(project.places)
    assert environment["WINEDEBUG"] == "-all" and environment["KEPT"] == "x"
    assert environment["WINEPREFIX"] == str(project.places.wine_prefix)
    assert "DISPLAY" not in environment


def wine_log(log: Path, name: str) -> str:
    return f"open({str(log)!r}, 'a').write({name!r} + ' ' + ' '.join(sys.argv[1:]) + '\\n')"


@pytest.fixture
def wine(project):
    """A stand-in for Wine: it writes down how it is called, and runs what it is given."""
    log = project.root / "wine.calls"
    for name in ("wine", "wineserver"):
        standins.script(project.root / "path" / name, wine_log(log, name))
    project.places.wine_prefix.mkdir(parents=True)
    (project.places.wine_prefix / "system.reg").touch()
    return log


def test_wine_is_given_windows_paths_and_its_server_goes_with_us(project, wine, tmp_path):
    with Wine(project.places) as launcher:
        assert launcher.start(project.places.executor, ["--list", tmp_path], tmp_path / "output").ended(10)
    assert wine.read_text().splitlines() == [
        f"wineserver -p{launching.SERVER_LINGERS_SECONDS}",
        f"wine {project.places.executor} --list {windows_path(tmp_path)}",
        "wineserver -k2",
        "wineserver -w",
    ]


def test_the_server_stays_while_another_exchain_uses_it(project, wine):
    with Lock(project.places.wine_prefix.parent / "users.lock") as other:
        other.shared()
        with Wine(project.places):
            pass
        assert "-k" not in wine.read_text()
    with Wine(project.places):
        pass
    assert wine.read_text().count("wineserver -k") == 1


def test_the_server_goes_with_us_also_after_an_error(project, wine):
    with pytest.raises(RuntimeError), Wine(project.places):
        raise RuntimeError
    assert wine.read_text().splitlines()[-2:] == ["wineserver -k2", "wineserver -w"]


def test_a_server_that_hangs_is_killed(project, wine, monkeypatch):
    monkeypatch.setattr(launching, "SERVER_STOPS_SECONDS", 0.5)
    body = wine_log(wine, "wineserver") + "\nimport time; time.sleep(60 * (sys.argv[1] == '-w' and '-k\\n' not in open(%r).read()))" % str(wine)
    standins.script(project.root / "path" / "wineserver", body)
    with Wine(project.places):
        pass
    assert wine.read_text().splitlines()[-4:] == ["wineserver -k2", "wineserver -w", "wineserver -k", "wineserver -w"]


@pytest.mark.parametrize("name", ["wine", "wineserver"])
def test_a_missing_wine(project, wine, monkeypatch, name):
    (project.root / "path" / name).unlink()
    monkeypatch.setenv("PATH", str(project.root / "path"))
    with pytest.raises(MachineTrouble, match=f"{name} is missing.*exchain setup"), Wine(project.places):
        pass


def test_a_missing_prefix_and_a_missing_environment(project, wine):
    (project.root / "ci" / "wine.env").unlink()
    with pytest.raises(MachineTrouble, match="cannot read ci/wine.env"), Wine(project.places):
        pass
    (project.places.wine_prefix / "system.reg").unlink()
    with pytest.raises(MachineTrouble, match="no Wine prefix at build/wine/i386-prefix.*exchain setup"), Wine(project.places):
        pass


def test_no_descriptor_is_left_behind(tmp_path):
    program = standins.script(tmp_path / "program", "")
    with Native() as launcher:
        def once():
            for is_waited_for in (True, False):
                child = launcher.start(program, [], tmp_path / "output")
                if is_waited_for:
                    child.ended(10)
                launcher.forget(child)

        once()
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(5):
            once()
        assert len(os.listdir("/proc/self/fd")) == before
