"""What a process of its own costs a scenario: the executor with one text, from its start to its end, against a program that does nothing. They take turns."""

import time
from collections.abc import Sequence
from pathlib import Path

from .bench import Row
from .execute import Setting
from .launcher import Argument, Launcher
from .places import Places
from .stops import MachineTrouble

TEXT = "recover { call { seh pass { back { panic } } } } clobber recover { fault nil-write }"
STARTS = 30
LONGEST_SECONDS = 60


def measure(launcher: Launcher, places: Places, scratch: Path) -> list[Row]:
    floor = places.target_bin / "bench" / "floor" / "bench-empty.exe"
    if not floor.exists() or not places.executor.exists():
        return []
    list_file = scratch / "process.list"
    list_file.write_text(f"{TEXT}\n", encoding="ascii")
    words = [*Setting().arguments(places, "O2"), "--list", list_file, "--count", "1", "--journal", scratch / "process.journal"]
    taken = [(seconds(launcher, places.executor, words, scratch), seconds(launcher, floor, [], scratch)) for _ in range(STARTS)]
    ours, empty = (min(column) * 1e9 for column in zip(*taken))
    return [Row("a scenario in a process of its own", ours, floor_ns=empty)]


def seconds(launcher: Launcher, program: Path, words: Sequence[Argument], scratch: Path) -> float:
    started = time.perf_counter()
    child = launcher.start(program, words, scratch / "process.output")
    try:
        if not child.ended(LONGEST_SECONDS):
            raise MachineTrouble(f"{program.name} did not end within {LONGEST_SECONDS} s {launcher.word}")
        return time.perf_counter() - started
    finally:
        launcher.forget(child)
