"""Building, with a stand-in for cmake."""

import threading
import time

import pytest

from exchain import build
from exchain.locks import Lock
from exchain.stops import Broken, MachineTrouble


def calls(project) -> list[str]:
    return (project.root / "cmake.calls").read_text().splitlines()


def test_a_folder_is_configured_once_and_built_always(project):
    for _ in range(2):
        build.build(project.places, ["host"])
    folder = project.places.build / "host"
    assert calls(project) == [f"--preset host -B {folder}", f"--build {folder}", f"--build {folder}"]


def test_a_goal_and_what_is_wanted_beside_it(project):
    build.build(project.places, ["i386"], goal="exchain-run", also=["exchain-mutant-sp-skew"])
    assert calls(project)[-1].endswith("--target exchain-run exchain-mutant-sp-skew")
    build.build(project.places, ["i386"])
    assert "--target" not in calls(project)[-1]


def test_a_target_learns_where_the_host_tool_is_and_what_runs_its_programs(project):
    build.build(project.places, ["i386"])
    assert f"-DEXCHAIN_HOST_TOOL={project.places.tool}" in calls(project)[0]
    assert "-DCMAKE_CROSSCOMPILING_EMULATOR=wine" in calls(project)[0]


def test_the_steps_are_shown_and_logged(project):
    shown = []
    build.build(project.places, ["host", "i386"], shown.append)
    assert shown[:4] == ["configuring host", "building host", "building host 1/2", "building host 2/2"]
    assert "second step" in (project.places.logs / "build-i386.log").read_text()


@pytest.mark.parametrize(
    "says",
    ["/x/y.c:3:5: error: unknown type", "y.c:3: fatal error: no.h: No such file", "ld: y.o: undefined reference to `f'", "error: patch failed: runtime/x.c:1"],
)
def test_sources_that_do_not_compile_are_not_as_expected(project, says):
    project.cmake(says=f"noise\n{says}\nninja: build stopped", status=1)
    with pytest.raises(Broken) as broken:
        build.build(project.places, ["host"])
    assert str(broken.value).splitlines() == ["build-host failed (log: build/log/build-host.log):", f"  {says}"]


def test_a_step_of_our_own_that_fails_is_not_as_expected_either(project):
    project.cmake(says="FAILED: mutants/x.c\ncases/mutants/x.patch: Hunk #1 FAILED at 12.\nninja: build stopped", status=1)
    with pytest.raises(Broken, match="Hunk #1 FAILED"):
        build.build(project.places, ["host"])


def test_only_the_first_errors_are_told(project):
    project.cmake(says="\n".join(f"y.c:{number}: error: x" for number in range(50)), status=1)
    with pytest.raises(Broken) as broken:
        build.build(project.places, ["host"])
    assert str(broken.value).count("error: x") == build.ERROR_LINES and "y.c:0:" in str(broken.value)


@pytest.mark.parametrize("says", ["y.c:1: error: x\nfatal error: error writing to y.o: No space left on device", "ninja: fatal: Permission denied", "FAILED: y.o\n/bin/sh: 1: gcc: not found"])
def test_a_full_disk_or_a_missing_tool_is_the_machines_trouble(project, says):
    project.cmake(says=says, status=1)
    with pytest.raises(MachineTrouble, match="No space left|Permission denied|gcc: not found"):
        build.build(project.places, ["host"])


def test_a_failure_without_a_compilers_error_is_the_machines_trouble(project):
    project.cmake(says="ninja: error: loading 'build.ninja'", status=7)
    with pytest.raises(MachineTrouble, match="status 7"):
        build.build(project.places, ["host"])


def test_a_missing_cmake(project, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(MachineTrouble, match="cmake is missing.*exchain setup"):
        build.build(project.places, ["host"])


def test_who_comes_while_somebody_builds_waits(project):
    shown = []
    project.places.build.mkdir(exist_ok=True)
    with Lock(project.places.build / "build.lock") as other:
        other.exclusive()
        waiting = threading.Thread(target=build.build, args=(project.places, ["host"], shown.append))
        waiting.start()
        time.sleep(0.3)
        assert shown == ["waiting for another exchain to build"]
        assert not (project.root / "cmake.calls").exists()
    waiting.join(10)
    assert calls(project)
