"""Workers on this machine: what becomes of shards that nobody wants any more."""

import sys
import time

import pytest

from exchain import shards
from exchain.launcher import Native
from exchain.schedulers import Local


@pytest.fixture
def local(monkeypatch):
    """Shards whose processes sleep, each of them twice."""

    def run(spec, start, on_progress):
        for _ in range(2):
            process = start([sys.executable, "-S", "-c", "import time; time.sleep(60)"], {}, spec.output)
            process.ended(60)
            process.kill()
        return shards.Outcome(spec.first)

    monkeypatch.setattr(shards, "run_shard", run)
    with Native() as launcher:
        scheduler = Local(launcher, 2)
        yield scheduler
        scheduler.close(interrupted=False)


class Spec:
    def __init__(self, first, folder):
        self.first, self.output = first, folder / str(first)


def test_shards_that_are_abandoned_end_at_once_and_begin_nothing(local, tmp_path):
    futures = [local.submit(Spec(first, tmp_path)) for first in range(3)]
    deadline = time.monotonic() + 20
    while not all((tmp_path / str(first)).exists() for first in range(2)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert local.wait(futures, 0) == []
    local.abandon(futures)
    deadline = time.monotonic() + 20
    while not all(future.done() for future in futures) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [future.cancelled() for future in futures] == [False, False, True]
    assert all(isinstance(future.exception(), shards.Trouble) for future in futures[:2])
    assert not (tmp_path / "2").exists()


def test_whoever_abandons_goes_on_with_the_same_launcher(local, tmp_path):
    local.abandon([])
    child = local._launcher.start_command([sys.executable, "-S", "-c", ""], {}, tmp_path / "output")
    assert child.ended(20)
