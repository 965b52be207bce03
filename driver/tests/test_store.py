"""What exploring keeps: exactly once, whatever kills the writer; other people's files untouched."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchain.stops import WrongRequest
from exchain.store import APPLICATION, Failure, Shard, Store

DRIVER = Path(__file__).resolve().parents[1]
TOTAL = 3_000


def failure(number: int, **more) -> Failure:
    return Failure(number, f"panic {number}", "VIOLATION", "V1", "recover", "violation V1", "ok", "a rule broke", ("VIOLATION",) * 3, **more)


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "explored.sqlite")
    yield opened
    opened.close()


def test_what_is_left_is_what_no_shard_did(store):
    run = store.begin({"a": 1}, 100)
    assert store.left(run, 100) == [(0, 100)]
    store.keep(run, Shard(20, 10, 5, 0, 0.1), [], [])
    store.keep(run, Shard(90, 10, 5, 0, 0.1), [], [])
    assert store.left(run, 100) == [(0, 20), (30, 60)]
    store.keep(run, Shard(0, 20, 5, 0, 0.1), [], [])
    store.keep(run, Shard(30, 60, 5, 0, 0.1), [], [])
    assert store.left(run, 100) == []
    assert store.sums(run).done == 100


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 99), unique=True), st.randoms(use_true_random=False))
def test_shards_in_any_order_add_up(tmp_path_factory, edges, order):
    store = Store(tmp_path_factory.mktemp("store") / "f")
    run = store.begin({}, 100)
    cuts = [0, *sorted(edges), 100]
    shards = list(zip(cuts, cuts[1:]))
    order.shuffle(shards)
    for place, (first, end) in enumerate(shards):
        left = store.left(run, 100)
        assert sum(count for _, count in left) + store.sums(run).done == 100
        assert any(start <= first and end <= start + count for start, count in left)
        store.keep(run, Shard(first, end - first, 1, 2, 0.5), [failure(first)], [("pair", "call > back", 3)])
        assert store.coverage(run) == {"pair": {"call > back": 3 * (place + 1)}}
    assert store.left(run, 100) == []
    assert [one.number for one in store.failures(run)] == sorted(first for first, _ in shards)
    store.close()


def test_a_shard_is_not_kept_twice(store):
    run = store.begin({}, 100)
    store.keep(run, Shard(0, 10, 1, 0, 0.1), [failure(3)], [("pair", "a > b", 1)])
    with pytest.raises(Exception, match="UNIQUE"):
        store.keep(run, Shard(0, 10, 1, 0, 0.1), [failure(4)], [("pair", "a > b", 1)])
    assert [one.number for one in store.failures(run)] == [3]
    assert store.coverage(run) == {"pair": {"a > b": 1}}


def test_failures_and_groups_come_back_as_they_went(store):
    run = store.begin({"mutant": "x"}, 100)
    store.keep(run, Shard(0, 10, 1, 0, 0.1), [failure(3), failure(5, prefix=1)], [])
    group = store.add_group(run, failure(3), "panic", "goexit", "goexit in place of panic")
    store.join_group(run, failure(5), group)
    assert store.groups(run) == [group]
    assert store.failures(run) == [failure(3, group=group.id), failure(5, prefix=1, group=group.id)]


def test_the_last_unfinished_run_is_the_one_to_resume(store):
    first = store.begin({"a": 1}, 10)
    second = store.begin({"a": 2}, 10)
    assert store.unfinished() == (second, {"a": 2})
    store.spent(second, 1.5, finished=True)
    assert store.unfinished() == (first, {"a": 1})
    store.spent(first, 1, finished=True)
    assert store.unfinished() is None
    assert store.seconds(second) == 1.5


WRITER = """
import sys
from pathlib import Path
from exchain.store import Failure, Shard, Store
store = Store(Path(sys.argv[1]))
found = store.unfinished()
run = found[0] if found else store.begin({{}}, {total})
for first, count in store.left(run, {total}):
    for start in range(first, first + count, 7):
        done = min(7, first + count - start)
        bad = [Failure(number, "t", "FAIL", None, "p", None, None, "") for number in range(start, start + done) if number % 5 == 0]
        store.keep(run, Shard(start, done, done, 0, 0.0), bad, [("pair", "a > b", done)])
        for failure in bad:
            print(failure.number, flush=True)
store.spent(run, 0, finished=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is not of this system")
def test_killed_at_any_moment_nothing_is_lost_or_counted_twice(tmp_path):
    path, seed = tmp_path / "explored.sqlite", random.randrange(1 << 30)
    moments, told, kills = random.Random(seed), set(), 0
    command = [sys.executable, "-c", WRITER.format(total=TOTAL), str(path)]
    while True:
        process = subprocess.Popen(command, env={"PYTHONPATH": str(DRIVER)}, stdout=subprocess.PIPE, text=True)
        time.sleep(moments.uniform(0.05, 0.6))
        process.kill()
        told |= {int(word) for word in process.communicate()[0].split("\n")[:-1] if word}
        finished = process.returncode == 0
        if path.exists():
            store = Store(path)
            runs = store.base.execute("SELECT id FROM runs").fetchall()
            for (run,) in runs:
                kept = {one.number for one in store.failures(run)}
                done = store.sums(run).done
                assert told <= kept, f"seed {seed}: told and not kept"
                assert store.coverage(run).get("pair", {}).get("a > b", 0) == done, f"seed {seed}"
                assert sum(count for _, count in store.left(run, TOTAL)) == TOTAL - done, f"seed {seed}"
            finished |= bool(runs) and store.unfinished() is None  # killed behind its last word: another would begin a second run
            store.close()
        if finished:
            break
        kills += 1
        assert kills < 400
    assert kept == set(range(0, TOTAL, 5))
    assert told and kills >= 1


def untouched(path: Path, words: str) -> None:
    before = path.read_bytes()
    with pytest.raises(WrongRequest, match=words):
        Store(path)
    assert path.read_bytes() == before
    assert list(path.parent.glob(path.name + "-*")) == []


def test_a_file_that_is_no_database(tmp_path):
    file = tmp_path / "f"
    file.write_text("my thesis")
    untouched(file, "no SQLite file")


def test_a_database_of_another_program(tmp_path):
    file = tmp_path / "f"
    base = sqlite3.connect(file)
    base.execute("CREATE TABLE bookmarks (url TEXT)")
    base.commit()
    base.close()
    untouched(file, "another program's")


def test_a_file_of_another_version(tmp_path):
    file = tmp_path / "f"
    Store(file).close()
    base = sqlite3.connect(file)
    base.execute("PRAGMA user_version = 99")
    base.close()
    untouched(file, "another version.*move this one away")


@pytest.mark.parametrize("at", [100, 4096, 3 * 4096])
def test_a_damaged_file(tmp_path, at):
    file = tmp_path / "f"
    store = Store(file)
    run = store.begin({}, TOTAL)
    for first in range(0, 2000, 10):
        store.keep(run, Shard(first, 10, 1, 0, 0.1), [failure(first)], [])
    store.close()
    content = bytearray(file.read_bytes())
    content[at : at + 200] = b"\xa5" * 200
    file.write_bytes(content)
    untouched(file, "damaged|another")


def test_a_truncated_file(tmp_path):
    file = tmp_path / "f"
    store = Store(file)
    run = store.begin({}, TOTAL)
    for first in range(0, 2000, 10):
        store.keep(run, Shard(first, 10, 1, 0, 0.1), [failure(first)], [])
    store.close()
    file.write_bytes(file.read_bytes()[: -4096 * 3])
    untouched(file, "damaged")


def test_a_folder_and_a_place_that_is_not_there(tmp_path):
    with pytest.raises(WrongRequest, match="folder"):
        Store(tmp_path)
    with pytest.raises(WrongRequest, match="no such folder"):
        Store(tmp_path / "none" / "f")


def test_an_empty_file_becomes_a_store(tmp_path):
    file = tmp_path / "f"
    file.touch()
    Store(file).close()
    base = sqlite3.connect(file)
    assert base.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
    base.close()
