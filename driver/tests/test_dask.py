"""Exploring on a Dask cluster: a scheduler and two workers on this machine, one of which is killed in the middle."""

import importlib.util
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from test_explore import explore, start

from exchain.build import build

pytestmark = [
    pytest.mark.wine,
    pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="python3-distributed is not there"),
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is not of this system"),
]

WORDS = ("--max-ops", 5, "--json", "-")


@pytest.fixture
def cluster(places, tmp_path):
    """The address, and the workers."""
    build(places, [places.target], goal="exchain-run")
    started = []

    def run(module: str, *words) -> subprocess.Popen:
        with (tmp_path / f"{module}-{len(started)}.log").open("wb") as log:
            process = subprocess.Popen([sys.executable, "-m", f"distributed.cli.{module}", *map(str, words)], cwd=tmp_path, stdout=log, stderr=log, start_new_session=True)
        started.append(process)
        return process

    file = tmp_path / "scheduler.json"
    run("dask_scheduler", "--host", "127.0.0.1", "--port", 0, "--no-dashboard", "--scheduler-file", file)
    deadline = time.monotonic() + 60
    while not (file.exists() and file.read_text().rstrip().endswith("}")) and time.monotonic() < deadline:
        time.sleep(0.1)
    address = json.loads(file.read_text())["address"]
    workers = [run("dask_worker", address, "--nthreads", 1, "--no-nanny", "--no-dashboard", "--local-directory", tmp_path / f"worker-{number}") for number in (1, 2)]
    yield address, workers
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_lost_worker_changes_no_count(cluster, tmp_path):
    address, workers = cluster
    _, out, err = explore("--store", tmp_path / "here.sqlite", *WORDS)
    here = json.loads(out)
    store = tmp_path / "there.sqlite"
    process = start("--store", store, "--scheduler", address, *WORDS)
    deadline = time.monotonic() + 120
    while process.poll() is None and shards_in(store) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert process.poll() is None, process.communicate()
    os.killpg(workers[0].pid, signal.SIGKILL)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    there = json.loads(out)
    assert there["ran"] == here["ran"] == here["space"] and there["complete"]
    assert there["counts"] == here["counts"]
    for kind in ("pairs", "events", "branches", "exits"):
        assert there["coverage"][kind] == here["coverage"][kind]


def test_failures_come_back_whole(cluster, places, tmp_path):
    build(places, [places.target], goal="exchain-mutants")
    address, _ = cluster
    words = ("--max-ops", 4, "--json", "-", "--mutant", "head-not-restored")
    found = [json.loads(explore("--store", tmp_path / f"{len(more)}.sqlite", *words, *more)[1]) for more in ((), ("--scheduler", address))]
    here, there = ([(failure["text"], failure["verdict"], failure["rule"], failure["place"], failure["alone"]) for failure in one["failures"]] for one in found)
    assert here and there == here


def test_nobody_answers(tmp_path):
    status, out, err = explore("--max-ops", 1, "--store", tmp_path / "f", "--scheduler", "tcp://127.0.0.1:1")
    assert (status, out) == (2, "") and "no Dask scheduler answers there" in err and err.count("\n") == 1


def shards_in(store) -> int:
    try:
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as base:
            return base.execute("SELECT COUNT(*) FROM shards").fetchone()[0]
    except sqlite3.Error:
        return 0
