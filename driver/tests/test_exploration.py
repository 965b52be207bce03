"""An exploration's own part, with stand-ins around it: how large shards are, and how what died is run again alone."""

import threading
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from exchain import shards
from exchain.enough import Enough
from exchain.explore import ALONE_TIMES, DEATHS_MOST, SHARD_FIRST, SHARD_LEAST, SHARD_MOST, SHARD_SECONDS, Exploration, State
from exchain.tool import Judgement
from exchain.verdicts import Verdict


class Campaign:
    """Whose texts are words and verdicts: alone, `flaky` fails every other time."""

    def __init__(self):
        self.asked, self.guard = [], threading.Lock()
        self.tool = SimpleNamespace(texts=lambda profile, operations, numbers: [f"number {number}" for number in numbers])

    def write_list(self, cases, name):
        return [case.text for case in cases]

    def together(self, calls):
        return [call() for call in calls]

    def alone(self, texts, way, index=0):
        with self.guard:
            self.asked.append(texts[index])
        passes = texts[index] == "flaky" and self.asked.count("flaky") % 2 == 0
        return Judgement(Verdict.PASS if passes else Verdict.CRASH)


@pytest.fixture
def exploration():
    made = object.__new__(Exploration)
    made.campaign, made.way, made.enough = Campaign(), None, Enough(0, 0)
    made.request = SimpleNamespace(profile="core", operations_max=3, draws=None)
    made.scheduler, made.state, made.worker_per_second = SimpleNamespace(slots=2), State(100_000_000), 0.0
    return made


def death(number: int, text: str = "") -> shards.Death:
    return shards.Death(number, "died", False, text, b"", 0)


def test_every_failure_is_run_again_alone_three_times(exploration, monkeypatch):
    monkeypatch.setattr(Exploration, "judgement", lambda self, death, text: Judgement(Verdict.PASS if text == "meant" else Verdict.CRASH))
    failures = exploration.judge([death(7), death(8, "meant"), death(9, "flaky"), death(10, "dies")])
    assert [(one.number, one.text, one.alone) for one in failures] == [
        (7, "number 7", ("CRASH",) * 3), (9, "flaky", ("CRASH", "PASS", "CRASH")), (10, "dies", ("CRASH",) * 3),
    ]
    assert exploration.campaign.asked == [text for text in ("number 7", "flaky", "dies") for _ in range(ALONE_TIMES)] and ALONE_TIMES == 3
    assert not any(one.only_in_company for one in failures)


def test_nothing_that_failed_starts_nothing(exploration, monkeypatch):
    monkeypatch.setattr(Exploration, "judgement", lambda self, death, text: Judgement(Verdict.PASS))
    assert exploration.judge([death(7)]) == exploration.judge([]) == [] and exploration.campaign.asked == []


def test_shards_are_as_large_as_the_last_one_was_fast(exploration):
    assert exploration.shard_size() == SHARD_FIRST
    for per_second, size in ((10_000.0, 10_000 * SHARD_SECONDS), (1.0, SHARD_LEAST), (1e9, SHARD_MOST)):
        exploration.worker_per_second = per_second
        assert exploration.shard_size() == size
    exploration.state.done = exploration.state.total - 4000
    assert exploration.shard_size() == 1000  # nobody is left with the whole rest


@pytest.mark.parametrize("most, alike, deaths", [(0, 0, DEATHS_MOST), (1, 0, 1), (3, 0, 2), (100, 0, DEATHS_MOST), (100, 4, 2)])
def test_no_shard_collects_more_deaths_than_are_wanted(exploration, most, alike, deaths):
    exploration.enough = Enough(most, alike)
    assert exploration.deaths_max() == deaths


@dataclass(frozen=True)
class Spec:
    first: int
    count: int


@pytest.fixture
def scheduled(exploration, monkeypatch):
    """An exploration whose shards end as soon as they are asked after, each with a failure; what was abandoned."""
    abandoned = []

    class Scheduler:
        slots = 2

        def submit(self, spec):
            return spec

        def wait(self, futures, seconds):
            return futures[:1]

        def outcome(self, spec):
            return shards.Outcome(spec.first, done=spec.count, seconds=1.0, deaths=[death(spec.first, "dies")])

        def progress(self):
            return 0

        def abandon(self, futures):
            abandoned.extend(futures)

    monkeypatch.setattr(Exploration, "judgement", lambda self, death, text: Judgement(Verdict.CRASH))
    monkeypatch.setattr(Exploration, "coverage", lambda self, outcome, passed: ())
    monkeypatch.setattr(Exploration, "spec", lambda self, first, count, deaths_max: Spec(first, count))
    monkeypatch.setattr(Exploration, "shard_size", lambda self: 10)
    kept = []
    exploration.store = SimpleNamespace(left=lambda run, total: [(0, 100)], keep=lambda *words: kept.append(words[1]), spent=lambda run, seconds, finished: kept.append(finished))
    exploration.run, exploration.scheduler = 1, Scheduler()
    exploration.request.first, exploration.request.total = 0, 100
    exploration.on_failure = lambda failure: None
    return SimpleNamespace(exploration=exploration, abandoned=abandoned, kept=kept)


def test_shards_under_way_are_abandoned_when_enough_has_failed(scheduled):
    scheduled.exploration.enough = Enough(3, 0)
    scheduled.exploration.explore(lambda state: None)
    assert scheduled.exploration.stopped_early and scheduled.exploration.state.failures == 3
    assert [spec.first for spec in scheduled.abandoned] == [30] and scheduled.kept[-1] is False


def test_nothing_is_abandoned_at_the_end(scheduled):
    scheduled.exploration.explore(lambda state: None)
    assert not scheduled.exploration.stopped_early and scheduled.exploration.state.failures == 10
    assert scheduled.abandoned == [] and scheduled.kept[-1] is True
