"""The real thing: our executor, our binaries and our mutants under Wine (on Windows, natively)."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import standins

from exchain import launcher as launching
from exchain import places as locating
from exchain.campaign import Campaign, batch_way, binary_way, scratch_folder
from exchain.cases import Case, write_list
from exchain.execute import Ending, Setting, attempt, execute
from exchain.judging import judge
from exchain.launcher import windows_path
from exchain.stops import MachineTrouble
from exchain.tool import Tool

pytestmark = pytest.mark.wine

HARNESS = Path(__file__).parents[2] / "harness"
SEED = "recover { call { seh pass { back { panic } } } } clobber recover { fault nil-write }"
CRASH = "call { fault nil-read }"


@pytest.fixture(scope="module")
def launcher(places):
    with launching.choose(places) as launcher:
        yield launcher


@pytest.fixture
def scratch(places):
    with scratch_folder(places) as folder:
        yield folder


@pytest.fixture
def campaign(places, launcher, scratch):
    return Campaign(places, Tool(places.tool), launcher, Setting(), scratch)


def cases(*texts) -> list[Case]:
    return [Case(text, text) for text in texts]


def exchain(*words, start=False, **more):
    """The command as users start it, but for the set-up."""
    environment = os.environ | {"PYTHONPATH": str(Path(locating.__file__).parents[1])}
    command = [sys.executable, "-m", "exchain", *map(str, words)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
    return process if start else (*process.communicate(), process.returncode)


def wine_programs(name: str) -> list[int]:
    """Running programs of that name in our prefix."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if name.encode() in (process / "cmdline").read_bytes() and str(locating.find().wine_prefix).encode() in (process / "environ").read_bytes():
                found.append(int(process.name))
        except OSError:
            pass
    return found


def test_a_batch_goes_on_behind_texts_that_end_the_process(places, launcher, campaign, scratch):
    texts = cases("check", CRASH, "recover { panic }", "call { raise 0xE0000001 }", SEED)
    list_file = write_list(texts, scratch / "a.list")
    arguments = Setting().arguments(places, "O2")
    ran, endings = [], []
    for made in execute(launcher, places.executor, arguments, list_file, 0, len(texts), scratch, 30):
        ran.append([(judgement.index, judgement.verdict.word) for judgement in judge(Tool(places.tool), list_file, made)])
        endings.append(made.ending)
    assert ran == [[(0, "PASS"), (1, "PASS")], [(2, "PASS"), (3, "PASS")], [(4, "PASS")]]
    assert endings == [Ending.DIED, Ending.DIED, Ending.FINISHED]


@pytest.mark.parametrize("foreign", ["O2", "O0"])
def test_a_mutant_is_caught_in_a_batch_and_alone(places, campaign, scratch, foreign):
    campaign = campaign.with_setting(Setting(mutant="head-not-restored"))
    texts = cases("check", SEED, "recover { panic }")
    results = list(campaign.batch(texts, write_list(texts, scratch / "a.list"), batch_way(foreign), 0, 3))
    assert [result.verdict.word for result in results] == ["PASS", "VIOLATION", "PASS"]
    caught = results[1]
    assert (caught.judgement.rule, caught.judgement.stop.title, caught.only_in_company) == ("V1", "SEH_HEAD_NOT_RESTORED", False)
    assert "a foreign frame's" in caught.judgement.report and caught.alone.trace == caught.judgement.trace


def test_the_watchdog_ends_a_real_process_and_others_start_as_before(places, launcher, scratch):
    program = scratch / "hanging.exe"
    subprocess.run(["i686-w64-mingw32-gcc", "-I", HARNESS, "-o", program, standins.HERE / "hanging.c"], check=True)
    list_file = write_list(cases("check"), scratch / "a.list")
    started = time.monotonic()
    with attempt(launcher, program, [], scratch, 1) as made:
        assert made.ending is Ending.HUNG
        (judgement,) = judge(Tool(places.tool), list_file, made)
    assert (judgement.verdict.word, judgement.outcome, judgement.trace) == ("HANG", "hang", ())
    assert time.monotonic() - started < 20
    assert not wine_programs("hanging.exe")
    with attempt(launcher, places.executor, [*Setting().arguments(places, "O2"), "--list", list_file], scratch, 30) as made:
        assert made.ending is Ending.FINISHED


def test_a_program_that_windows_refuses(launcher, places, scratch):
    program = scratch / "none.exe"
    program.write_bytes(b"MZ" + bytes(200))
    with pytest.raises(MachineTrouble, match="none.exe did not start"), attempt(launcher, program, [], scratch, 5):
        pass


def test_a_debugger_without_a_program(launcher, places, scratch):
    with pytest.raises(MachineTrouble, match="exchain-attached: the program cannot be started"), attempt(launcher, places.attached, [scratch / "none.exe"], scratch, 5):
        pass


def test_a_debugger_changes_no_trace_but_where_it_is_the_last_to_be_asked(places, campaign, scratch):
    texts = cases(SEED, "recover { fault nil-exec } recover { fault div0 }", "call { seh resume { fault int3 fault priv fault bound } }", "fault ud2", CRASH)
    judgements = []
    for attached in (False, True):
        within = campaign.with_setting(Setting(attached=attached))
        judgements.append([result.judgement for result in within.batch(texts, write_list(texts, scratch / "a.list"), batch_way("O2"), 0, len(texts))])
    assert [one.verdict.word for one in judgements[0]] == ["PASS"] * 5
    assert [one.verdict.word for one in judgements[1]] == ["PASS"] * 4 + ["XFAIL"]
    assert [one.outcome for one in judgements[1]][:4] == [one.outcome for one in judgements[0]][:4]
    assert [known.id for known in judgements[1][4].known] == ["no-filter-when-debugged"]


def test_a_library_that_is_none(campaign, places, scratch):
    broken = scratch / "exchain-broken.dll"
    broken.write_bytes(b"no library")
    words = ["--runtime", broken, "--foreign", places.foreign("O2"), "--list", write_list(cases("check"), scratch / "a.list")]
    with pytest.raises(MachineTrouble, match="a runtime under test cannot be loaded"), attempt(campaign.launcher, places.executor, words, scratch, 5):
        pass


def test_paths_with_blanks_and_letters_from_elsewhere(launcher, places, scratch):
    folder = scratch / "ä b 'c'"
    folder.mkdir()
    list_file = write_list(cases("check"), folder / "d.list")
    with attempt(launcher, places.executor, [*Setting().arguments(places, "O2"), "--list", list_file], folder, 30) as made:
        assert made.journal.finished
    assert windows_path(list_file).startswith("Z:\\")


def test_a_case_and_its_own_binary_leave_the_same_trace(places, campaign, scratch):
    file = places.cases / "seed" / "callback-panic.txt"
    tool = Tool(places.tool)
    (text,) = tool.canonical([file])
    case = Case("seed", text, file)
    binary = campaign.binary(case, binary_way("O2")).judgement
    batch = campaign.alone(write_list([case], scratch / "a.list"), batch_way("O2"))
    assert binary.verdict.word == batch.verdict.word == "PASS"
    assert binary.trace == batch.trace == batch.expected_trace and len(binary.trace) > 5


def test_the_repro_line_of_a_failure_shows_it_again():
    out, err, status = exchain("run", "--mutant", "head-not-restored", "--foreign", "O0", SEED)
    assert status == 1, err
    line = re.search(r"again +\./exchain (.*)", out)[1]
    again = subprocess.run(
        f"exec {sys.executable} -m exchain {line} --json -", shell=True, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(Path(locating.__file__).parents[1])},
    )
    said = json.loads(again.stdout)
    assert (again.returncode, said["outcome"], said["failures"][0]["rule"]) == (1, "violation V1", "V1")
    assert "*** STOP: 0x0000E001 SEH_HEAD_NOT_RESTORED (" in again.stderr


def test_an_interruption_leaves_no_program_behind(tmp_path):
    (tmp_path / "texts.list").write_text(f"{CRASH}\n" * 2000)
    process = exchain("run", "--list", tmp_path / "texts.list", start=True)
    end = time.monotonic() + 60
    # Its own program: other tests run theirs at the same time.
    while not wine_programs(f"scratch-{process.pid}-"):
        assert time.monotonic() < end and process.poll() is None
        time.sleep(0.02)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (3, "")
    assert re.fullmatch(r"exchain: interrupted; so far \d+ passed, 0 failed\n", err)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system")
def test_a_small_disk_is_the_machines_trouble_and_no_crash(places, launcher, tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "exchain-test", folder]).returncode:
        pytest.skip("this machine mounts nothing")
    try:
        campaign = Campaign(places, Tool(places.tool), launcher, Setting(), folder)
        with pytest.raises(MachineTrouble, match="no space left on device"):
            campaign.alone(campaign.write_list(cases(SEED), "small"), batch_way("O2"))
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system")
def test_a_build_on_a_full_disk_is_the_machines_trouble(tmp_path, monkeypatch):
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1500k", "exchain-test", folder]).returncode:
        pytest.skip("this machine mounts nothing")
    try:
        monkeypatch.setenv("EXCHAIN_BUILD", str(folder))
        _, err, status = exchain("model", "check")
    finally:
        subprocess.run(["umount", folder], check=True)
    assert status == 3 and err.startswith("exchain: ") and "No space left on device" in err and "Traceback" not in err
