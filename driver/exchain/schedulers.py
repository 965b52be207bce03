"""Who works on shards: processes on this machine, or a Dask cluster. Both answer futures; neither knows what a shard is for."""

import concurrent.futures
import contextlib
import importlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Protocol

from . import shards
from .launcher import Launcher
from .stops import MachineTrouble, WrongRequest

WORKERS_APPEAR_SECONDS = 30


class Scheduler(Protocol):
    slots: int  # shards that are worked on at a time

    def submit(self, spec: shards.Spec) -> Any: ...
    def wait(self, futures: Sequence[Any], seconds: float) -> list[Any]:
        """Those that are done, after the first is or the time is over."""
    def outcome(self, future: Any) -> shards.Outcome: ...
    def progress(self) -> int:
        """Numbers that shards under way have come to, where that is known."""
    def abandon(self, futures: Sequence[Any]) -> None:
        """Nobody will ask for these, nor submit another."""


class Local:
    """Threads that watch processes here."""

    def __init__(self, launcher: Launcher, jobs: int):
        self.slots = jobs
        self._launcher = launcher
        self._pool = concurrent.futures.ThreadPoolExecutor(jobs)
        self._done: dict[int, int] = {}
        self._running: dict[int, Guarded] = {}
        self._guard = threading.Lock()
        self._abandoned = False

    def submit(self, spec: shards.Spec):
        return self._pool.submit(self._run, spec)

    def _run(self, spec: shards.Spec) -> shards.Outcome:
        try:
            return shards.run_shard(spec, lambda *words: self._start(spec.first, *words), lambda done: self._done.__setitem__(spec.first, done))
        finally:
            self._done.pop(spec.first, None)
            with self._guard:
                self._running.pop(spec.first, None)

    def _start(self, first: int, *words) -> "Guarded":
        with self._guard:
            if self._abandoned:
                raise shards.Trouble("nobody wants it any more")
            child = self._running[first] = starting(self._launcher)(*words)
        return child

    def wait(self, futures, seconds):
        return list(concurrent.futures.wait(futures, seconds, concurrent.futures.FIRST_COMPLETED).done)

    def outcome(self, future) -> shards.Outcome:
        try:
            return future.result()
        except shards.Trouble as trouble:
            raise MachineTrouble(str(trouble)) from None

    def progress(self) -> int:
        return sum(list(self._done.values()))

    def abandon(self, futures) -> None:
        for future in futures:
            future.cancel()
        with self._guard:
            self._abandoned = True
            for child in self._running.values():
                child.signal()

    def close(self, interrupted: bool) -> None:
        if interrupted:
            self._launcher.stop()
        self._pool.shutdown(cancel_futures=True)


def starting(launcher: Launcher):
    """For run_shard: its processes are the launcher's children."""
    return lambda command, environment, output: Guarded(launcher, launcher.start_command(command, environment, output))


class Guarded:
    """A child of the launcher's, forgotten there when it has ended: whoever interrupts us ends all of them."""

    def __init__(self, launcher: Launcher, child):
        self._launcher = launcher
        self._child = child
        self.ended, self.signal = child.ended, child.signal

    def kill(self) -> None:
        self._launcher.forget(self._child)


class Dask:
    """Workers of a Dask cluster. What travels is the spec and shards.py; what must be there is the build folder and Wine. A worker that is lost costs the shard
    that it was at: the scheduler gives it to another."""

    def __init__(self, address: str):
        try:
            self._dask = importlib.import_module("distributed")
            cloudpickle = importlib.import_module("cloudpickle")
        except ImportError as missing:
            raise MachineTrouble(f"--scheduler needs Dask's distributed, and {missing.name} is not there (Debian: python3-distributed)") from None
        cloudpickle.register_pickle_by_value(shards)
        try:
            self._client = self._dask.Client(address, timeout=10)
        except (OSError, ValueError, TimeoutError) as error:
            raise WrongRequest(f"--scheduler {address}: no Dask scheduler answers there ({str(error).splitlines()[0] if str(error) else type(error).__name__})") from None
        try:
            self._client.wait_for_workers(1, timeout=WORKERS_APPEAR_SECONDS)
        except (TimeoutError, self._dask.TimeoutError):
            self._client.close()
            raise MachineTrouble(f"--scheduler {address}: it has had no worker for {WORKERS_APPEAR_SECONDS} s (start one: dask-worker {address})") from None

    @property
    def slots(self) -> int:
        """Workers come and go; one more shard each, so that none waits for us."""
        threads = sum(worker["nthreads"] for worker in self._client.scheduler_info()["workers"].values())
        return max(1, 2 * threads)

    def submit(self, spec: shards.Spec):
        return self._client.submit(shards.run_remote, asdict(spec), pure=False, retries=5)

    def wait(self, futures, seconds):
        with contextlib.suppress(TimeoutError, self._dask.TimeoutError):
            return list(self._dask.wait(futures, timeout=seconds, return_when="FIRST_COMPLETED").done)
        return []

    def outcome(self, future) -> shards.Outcome:
        try:
            return shards.outcome_of(future.result())
        except Exception as error:
            raise MachineTrouble(f"a worker failed: {error}") from None
        finally:
            future.release()

    def progress(self) -> int:
        return 0

    def abandon(self, futures) -> None:
        """Those that no worker is at yet. The others come to their end, unheard."""
        self._client.cancel(futures)

    def close(self, interrupted: bool) -> None:
        self._client.close()


@contextlib.contextmanager
def opened(launcher: Launcher, jobs: int, address: str | None) -> Iterator[Local | Dask]:
    scheduler = Dask(address) if address else Local(launcher, jobs)
    try:
        yield scheduler
    except BaseException:
        scheduler.close(interrupted=True)
        raise
    scheduler.close(interrupted=False)
