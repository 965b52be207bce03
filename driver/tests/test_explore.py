"""Exploring for real: our exploring executor and the mutants under Wine, as users start it."""

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exchain import places as locating
from exchain.build import build
from exchain.enough import ALIKE_MOST, MOST
from exchain.tool import Tool

pytestmark = pytest.mark.wine

ONCE_A_GROUP = {"V12", "V13", "V14", "V15"}  # how often that is, depends on how fast the machine is today


@pytest.fixture(scope="module")
def built(places):
    build(places, [places.target], goal="exchain-mutants")
    return places


def start(*words) -> subprocess.Popen:
    environment = os.environ | {"PYTHONPATH": str(Path(locating.__file__).parents[1])}
    command = [sys.executable, "-m", "exchain", "explore", *map(str, words)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def explore(*words) -> tuple[int, str, str]:
    process = start(*words)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def document(tmp_path, *words) -> dict:
    status, out, err = explore("--store", tmp_path / "explored.sqlite", "--json", "-", *words)
    assert out, err
    written = json.loads(out)
    assert status == (0 if written["verdict"] == "pass" else 1), err
    return written


def test_every_text_of_the_core_runs_once_and_none_fails(built, tmp_path):
    found = document(tmp_path, "--max-ops", 4)
    assert found["schema"] == "exchain-1" and found["command"] == "explore"
    assert found["space"] == found["ran"] == found["asked"] == found["counts"]["PASS"] == 6 + 54 + 681 + 9986
    assert found["verdict"] == "pass" and found["complete"] and found["failures"] == []
    assert found["seconds"] > 0 and found["per_second"] > 0
    assert sum(found["coverage"]["exits"].values()) == found["ran"]
    rules = set(Tool(built.tool).space("core", 1)["rules"])
    assert set(found["coverage"]["rules"]) == rules - {"V10", "V17", "V18", "V19"}  # which need a fault, a traceback, arguments
    with sqlite3.connect(tmp_path / "explored.sqlite") as base:
        assert base.execute("SELECT finished, total FROM runs").fetchall() == [(1, found["space"])]


@pytest.mark.parametrize("profile, operations, rules", [
    ("faults", 4, 17), ("threads", 3, 16), ("frames", 4, 15), ("tasks", 3, 16), ("turns", 4, 14), ("ruins", 5, 16), ("kinds", 4, 16), ("alive", 2, 17), ("all", 1, 10),
])
def test_the_other_profiles(built, tmp_path, profile, operations, rules):
    found = document(tmp_path, "--profile", profile, "--max-ops", operations)
    assert found["failures"] == [] and found["ran"] == found["space"] == found["counts"]["PASS"]
    assert len(found["coverage"]["rules"]) >= rules


@pytest.mark.parametrize("text", ["call { via enumwindows { } }", "call { via fiber { } }"])
def test_what_a_carrier_is_made_of_is_there_for_the_profile_that_has_it(built, tmp_path, text):
    texts = Tool(built.tool).texts("all", 2, range(547))
    found = document(tmp_path, "--profile", "all", "--max-ops", 2, "--range", f"{texts.index(text)}:{texts.index(text) + 1}")
    assert found["ran"] == found["counts"]["PASS"] == 1
    assert any("> via" in pair for pair in found["coverage"]["pairs"])


def test_shards_and_ranges_count_the_same(built, tmp_path):
    whole = document(tmp_path, "--max-ops", 3)
    parts = [document(tmp_path, "--max-ops", 3, "--range", f"{first}:{end}") for first, end in ((0, 100), (100, 741))]
    assert [part["ran"] for part in parts] == [100, 641]
    for kind in ("pairs", "rules", "events", "branches", "exits"):
        names = {name for part in parts for name in part["coverage"][kind]} - ONCE_A_GROUP
        summed = {name: sum(part["coverage"][kind].get(name, 0) for part in parts) for name in names}
        assert summed == {name: times for name, times in whole["coverage"][kind].items() if name in names}


@pytest.mark.parametrize("profile, operations, texts", [("core", 6, "400000:440000"), ("core", 8, "500000000:500100000"), ("frames", 6, "200000:260000")])
def test_a_text_that_goes_on_where_it_parts_is_the_same_from_its_beginning(built, tmp_path, profile, operations, texts):
    words = ["--profile", profile, "--max-ops", operations, "--range", texts, "--jobs", 1]
    parted, whole = document(tmp_path, *words), document(tmp_path, *words, "--whole")
    assert parted["failures"] == whole["failures"] == [] and parted["ran"] == whole["ran"]
    assert parted["parted"] > parted["ran"] / 2 and whole["parted"] == 0
    for kind in ("pairs", "rules", "events", "branches", "exits"):
        counts = [{name: times for name, times in found["coverage"][kind].items() if name not in ONCE_A_GROUP} for found in (parted, whole)]
        assert counts[0] == counts[1]


def test_the_seeds_mistake_is_found_and_shrunk_with_no_hint(built, tmp_path):
    found = document(tmp_path, "--mutant", "head-not-restored", "--failures", 6)
    assert found["verdict"] == "fail"
    group = next(group for group in found["groups"] if group["rule"] == "V1")
    assert (group["verdict"], group["place"], group["text"]) == ("VIOLATION", "recover", "recover { call { back { panic } } }")
    assert group["nearest"] and group["differs"] and group["repro"] == "./exchain repro --mutant head-not-restored 'recover { call { back { panic } } }'"
    assert all(failure["alone"] == ["VIOLATION"] * 3 for failure in found["failures"])
    assert {failure["group"] for failure in found["failures"]} == {group["id"] for group in found["groups"]}


@pytest.mark.parametrize("mutant, profile, operations, verdict", [
    ("second-fault-dies", "faults", 4, "CRASH"), ("steals-foreign-exception", "all", 2, "FAIL"), ("lock-count-skipped", "core", 4, "VIOLATION"),
])
def test_other_mistakes(built, tmp_path, mutant, profile, operations, verdict):
    found = document(tmp_path, "--mutant", mutant, "--profile", profile, "--max-ops", operations, "--failures", 3)
    assert found["verdict"] == "fail" and found["failures"]
    assert any(failure["verdict"] == verdict for failure in found["failures"]), found["failures"]


def test_resuming_after_a_kill_counts_everything_once(built, tmp_path):
    store, moments = tmp_path / "explored.sqlite", random.Random()
    words = ("--max-ops", 5, "--store", store, "--jobs", 2)
    process = start(*words)
    kills = 0
    while True:
        deadline = time.monotonic() + 120
        while process.poll() is None and not (store.exists() and shards_in(store) > kills) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(moments.uniform(0, 0.5))
        if process.poll() is not None or kills == 3:
            break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += 1
        process = start(*words, "--resume", "--json", "-")
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    if not out.startswith("{"):
        pytest.skip("it was through before it was killed once")
    found = json.loads(out)
    assert found["ran"] == found["space"] == found["counts"]["PASS"] == sum(found["coverage"]["exits"].values()) == 171071
    assert kills >= 1


def shards_in(store: Path) -> int:
    try:
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as base:
            return base.execute("SELECT COUNT(*) FROM shards").fetchone()[0]
    except sqlite3.Error:
        return 0


def test_resuming_asks_for_the_same(built, tmp_path):
    store = tmp_path / "explored.sqlite"
    status, _, err = explore("--max-ops", 2, "--store", store, "--resume")
    assert status == 2 and "every run in" in err
    found = document(tmp_path, "--max-ops", 3, "--mutant", "head-not-restored", "--range", "0:741")
    assert found["complete"]
    with sqlite3.connect(store) as base:
        base.execute("UPDATE runs SET finished = 0")
    status, _, err = explore("--max-ops", 4, "--store", store, "--resume")
    assert status == 2 and "operations_max was 3" in err and "mutant" in err and err.count("\n") == 1


def test_random_texts_above_the_space(built, tmp_path):
    found = document(tmp_path, "--random", 500, "--max-ops", 14, "--min-ops", 10, "--seed", 3)
    assert found["ran"] == found["counts"]["PASS"] == 500 and found["space"] is None
    assert len(found["coverage"]["pairs"]) > 120


def test_what_is_found_at_random_is_shrunk(built, tmp_path):
    found = document(tmp_path, "--random", 3000, "--max-ops", 12, "--mutant", "head-not-restored", "--failures", 2)
    texts = [group["text"] for group in found["groups"]]
    assert texts and all(len([word for word in text.split() if word not in "{}"]) <= 6 for text in texts), texts
    assert any("call { back { panic" in text or "call { back { goexit" in text for text in texts), texts


def test_random_texts_tell_where_the_runtime_was(built, tmp_path):
    found = document(tmp_path, "--random", 300, "--profile", "faults", "--max-ops", 8, "--seed", 2)
    came_to = found["coverage"]["runtime"]
    assert 0 < came_to["functions"] < came_to["functions_of"] == came_to["functions"] + len(came_to["missing"])
    assert 0 < came_to["blocks"] < came_to["blocks_of"]
    assert "xc_go" in came_to["missing"] and "xc_call" not in came_to["missing"] and "xc_runtime_start" not in came_to["missing"]
    assert {"continue-elsewhere", "continue", "software"} <= set(found["coverage"]["branches"])
    assert document(tmp_path, "--max-ops", 2)["coverage"]["runtime"] is None


def test_a_refused_request_leaves_nothing_to_resume(built, tmp_path):
    store = tmp_path / "explored.sqlite"
    status, _, err = explore("--max-ops", 2, "--scheduler", "bogus", "--store", store)
    assert status in (2, 3) and err.count("\n") == 1
    status, _, err = explore("--max-ops", 2, "--resume", "--store", store)
    assert status == 2 and "came to its end" in err


@pytest.mark.parametrize("words, said", [
    (("--range", "5:2"), "expected FIRST:END"),
    (("--range", "0:99999999"), "expected FIRST:END"),
    (("--min-ops", 3), "--min-ops is for --random"),
    (("--random", 5, "--max-ops", 4, "--min-ops", 5), "above --max-ops"),
    (("--max-ops", 20), "more than numbers go"),
    (("--store", "/dev/null/none"), "no such folder"),
    (("--mutants", "--profile", "core"), "--profile: explore --mutants goes through every mutant"),
    (("--mutants", "--random", 5), "--random: explore --mutants goes through every mutant"),
])
def test_wrong_requests(built, tmp_path, words, said):
    store = () if "--store" in words else ("--store", tmp_path / "explored.sqlite")
    status, out, err = explore(*words, *store)
    assert (status, out) == (2, "") and said in err and err.count("\n") == 1


def test_where_nothing_new_comes_it_stops_by_itself(built, tmp_path):
    words = ("--store", tmp_path / "explored.sqlite", "--mutant", "head-not-restored", "--jobs", 1)
    status, out, err = explore(*words)
    found = re.search(r"stopped behind (\d+) failures, the last (\d+) of which are like earlier ones: --failures 0 goes on", out)
    assert status == 1 and found and ALIKE_MOST <= int(found[2]) < int(found[1]) < MOST, err
    assert "smallest  recover { call { back { panic } } }" in out
    status, out, err = explore(*words, "--failures", MOST)
    assert status == 1 and f"stopped behind {MOST} failures: --failures 0 goes on" in out, err


def test_the_text_behind_a_number_is_the_one_that_was_run(built, tmp_path):
    found = document(tmp_path, "--mutant", "head-not-restored", "--max-ops", 4)
    tool = Tool(built.tool)
    assert [failure["text"] for failure in found["failures"]] == tool.texts("core", 4, [failure["number"] for failure in found["failures"]])
