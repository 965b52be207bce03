"""One shard, against a stand-in of the executor that does as it is told: dies, hangs, differs, breaks a group."""

import json
import sys
from dataclasses import asdict

import pytest

from exchain import shards

STANDIN = '''
"""Counts from --first on; `plan` says what happens at which number."""
import json, os, struct, sys, time
words = dict(zip(sys.argv[1::2], sys.argv[2::2]))
first, count, group = int(words["--first"]), int(words["--count"]), int(words["--group"])
plan = {int(number): what for number, what in json.loads(open(words["--plan"]).read()).items()}
head = struct.Struct("<8s2I8Q10IQ")
body = struct.Struct("<3Q2Q4Q2Q9Q4I64s16s")  # as its header says: 3 checks, 2 exits, 4 events, 2 branches, pairs of 3, 4 that may stand open, texts, marks
journal = struct.Struct("<8s6I")

written = b""

def write(state, done, group_first, expects=0, text=b""):
    global written
    written += text
    early = min(done, 5)  # counted one by one; since then it stands open
    late = min(done, 3)   # texts done when another came
    columns = [done, 0, 0] + [done, 0] + [0, early - early, -late % 2**64, 0] + [0, done] + [0] * 9 + [11, 6, 7, 0]
    with open(words["--tally"], "wb") as file:
        file.write(head.pack(b"EXTALLY4", head.size + body.size, state, first, count, done, group_first, done * 3, done * 5, done, done // 2, expects, 2, 3, 2, 4, 2, 3, 64, 16, 4, len(written))
                   + body.pack(*columns, written, b"\\0\\1" * 2))

def write_journal(number):
    with open(words["--journal"], "wb") as file:
        file.write(journal.pack(b"EXJRNL01", 32, 8192 + 32, 1, number, 0, 8192).ljust(8192, b"\\0") + struct.pack("<8I", 0, 1, 1, 0, 0, 0, 0, 0) + b"e" * 32)

if plan.get(-1) == "no start":
    sys.exit("no such luck")
group_first = first
write(0, 0, group_first)
dirty = 0
for number in range(first, first + count):
    what = plan.get(number, "")
    write_journal(number)
    if what in ("die", "die as predicted", "hang", "differ"):
        write(2 if what == "differ" else 0, number - first, group_first, what == "die as predicted", b"check\\npanic 7\\n" if what == "die" else b"")
        if what == "hang":
            time.sleep(60)
        os._exit(1)
    dirty |= what == "dirty" or (what == "dirty together" and group > 1)
    if (number - first + 1) % group == 0 or number == first + count - 1:
        if dirty:
            write(3, number + 1 - first, group_first)
            os._exit(1)
        group_first = number + 1
    write(0, number + 1 - first, group_first)
write(1, count, group_first)
'''


@pytest.fixture
def shard(tmp_path):
    """Runs a shard of numbers 100 .. 100 + count - 1 with a plan."""
    (tmp_path / "explore.py").write_text(STANDIN)

    def run(plan: dict, count: int = 40, **more) -> shards.Outcome:
        (tmp_path / "plan.json").write_text(json.dumps(plan))
        spec = shards.Spec(str(tmp_path), "i386", False, {}, "explore.py", [], {"--plan": "plan.json"}, 100, count, **({"group": 8, "timeout": 1.0} | more))
        return shards.run_shard(spec, lambda command, environment, output: shards.Process([sys.executable, *command], environment, output))

    return run


def at(outcome: shards.Outcome) -> list[tuple[int, str]]:
    return [(death.number, death.how) for death in outcome.deaths]


def test_all_is_well(shard):
    outcome = shard({})
    assert (outcome.done, outcome.processes, outcome.deaths) == (40, 1, [])
    assert (outcome.operations, outcome.events_count, outcome.faults, outcome.parted) == (120, 200, 40, 20)
    assert outcome.checks == [40, 0, 0] and outcome.exits == [40, 0] and outcome.events == [0, 40, 37, 0] and outcome.branches == [0, 40]
    assert outcome.pairs == {(0, 0): 40}
    assert outcome.reached == {1, 3}


@pytest.mark.parametrize("what, how", [("die", "died"), ("differ", "differs"), ("hang", "hung")])
def test_a_death_costs_a_process_and_no_result(shard, what, how):
    outcome = shard({117: what})
    assert at(outcome) == [(117, how)]
    assert (outcome.done, outcome.processes) == (40, 2)
    assert outcome.exits[0] == 39  # the one that died is no passed one
    (death,) = outcome.deaths
    assert death.begun == 100 and not death.expected
    assert death.journal[:8] == b"EXJRNL01" and death.journal.endswith(b"e" * 32) and len(death.journal) == 8192 + 32 + 32
    assert (death.text, death.before) == (("panic 7", ["check"]) if what == "die" else ("", []))


def test_deaths_at_the_edges_and_in_a_row(shard):
    outcome = shard({100: "die", 101: "die", 139: "die"})
    assert at(outcome) == [(100, "died"), (101, "died"), (139, "died")]
    assert (outcome.done, outcome.exits[0]) == (40, 37)


def test_too_many_deaths_leave_the_rest(shard):
    outcome = shard({103: "die", 105: "differ", 110: "die"}, deaths_max=2)
    assert at(outcome) == [(103, "died"), (105, "differs")]
    assert outcome.done == 6  # numbers 100 .. 105
    assert outcome.exits[0] == 4


def test_deaths_that_were_meant_do_not_count_as_many(shard):
    outcome = shard({number: "die as predicted" for number in range(100, 110)}, deaths_max=2)
    assert outcome.done == 40
    assert all(death.expected for death in outcome.deaths) and len(outcome.deaths) == 10


def test_a_group_that_broke_is_gone_through_text_by_text(shard):
    outcome = shard({118: "dirty"})
    assert at(outcome) == [(118, "group")]
    assert outcome.done == 40
    assert outcome.exits[0] == 40  # it came to its end as predicted; what it left behind is the failure


def test_a_group_whose_texts_are_fine_alone_is_reported_whole(shard):
    outcome = shard({118: "dirty together"})
    assert outcome.done == 40 and outcome.exits[0] == 40
    assert at(outcome) == [(123, "group")]  # the last of 116 .. 123
    assert outcome.deaths[0].journal == b""


def test_a_program_that_does_not_start(shard):
    with pytest.raises(shards.Trouble, match="did not start: no such luck"):
        shard({-1: "no start"})


@pytest.mark.parametrize("texts", [0, 1, 3, 4, 5, 6, 9, 50])
def test_the_last_random_texts_are_there(texts):
    """They are written round and round: of those whose end is left, the first is not whole."""
    lines = [f"text {number:>2}" for number in range(texts)]
    written, room = "".join(line + "\n" for line in lines).encode(), bytearray(32)
    for place, byte in enumerate(written):
        room[place % 32] = byte
    tally = shards.Tally(0, 0, 0, 0, 0, 0, 0, 0, 0, False, 0, (), 0, 32, 0, 0, len(written))
    kept = 4 if len(written) <= 32 else 3
    assert shards.Body((), bytes(room), b"").lines(tally) == lines[-kept:]


def test_an_outcome_travels_as_plain_data(shard):
    outcome = shard({117: "die"})
    assert shards.outcome_of(asdict(outcome)) == outcome
