"""Benchmarks: programs that print a JSON line for each thing measured; ours, the peer's and the floors meet by name.

The programs take turns, several rounds of them, and of each figure the lowest counts: whatever disturbs a shared machine only adds, and a
ratio holds when its two halves were measured side by side. A bar that is missed is said, and fails nothing: a benchmark is no test.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .execute import last_line
from .launcher import Launcher
from .places import Places
from .stops import MachineTrouble

LONGEST_SECONDS = 600
ROUNDS = 3


@dataclass(frozen=True)
class Bar:
    """What a row is to reach: so many times faster than the peer, at most so many times the floor, or so many nanoseconds."""

    against: str  # "peer", "floor" or "ns"
    ratio: float

    def __str__(self) -> str:
        if self.against == "ns":
            return f"{self.ratio:g} ns at most"
        return f"{self.ratio:g} x {'faster' if self.against == 'peer' else 'the floor at most'}"


BARS = {
    "call": Bar("peer", 15),
    "call + callback": Bar("peer", 15),
    "callback + panic + recover": Bar("peer", 40),
    "panic + recover": Bar("peer", 10),
    "fault + recover": Bar("floor", 1.15),
    "fault at every instruction": Bar("floor", 1.25),  # 80 % of it
    "a scenario in a process of its own": Bar("floor", 1.3),
    "exploring, a text of 8 operations": Bar("ns", 500),
    "exploring, a fault": Bar("floor", 1.25),
}


@dataclass(frozen=True)
class Row:
    name: str
    ns: float | None = None
    peer_ns: float | None = None
    floor_ns: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times faster than the peer; where there is none, or the bar is the floor's, how many times the floor."""
        if not self.ns:
            return None
        if self.floor_ns and (not self.peer_ns or (self.bar and self.bar.against == "floor")):
            return self.ns / self.floor_ns
        return self.peer_ns / self.ns if self.peer_ns else None

    @property
    def bar(self) -> Bar | None:
        return BARS.get(self.name)

    @property
    def reached(self) -> bool | None:
        """None: there is no bar, or nothing to hold against it."""
        if self.bar and self.bar.against == "ns":
            return self.ns <= self.bar.ratio if self.ns else None
        if self.bar is None or self.ratio is None or (self.bar.against == "peer" and not self.peer_ns):
            return None
        return self.ratio >= self.bar.ratio if self.bar.against == "peer" else self.ratio <= self.bar.ratio


def programs(places: Places) -> list[Path]:
    """Every program under bench/, whoever built it, that prints what it measured."""
    return sorted(program for program in (places.target_bin / "bench").rglob("*.exe") if program.parent.name != "floor")


def measure(launcher: Launcher, benchmarks: Sequence[Path], scratch: Path) -> list[Row]:
    """One program at a time: they measure."""
    rows: dict[str, Row] = {}
    for program in list(benchmarks) * ROUNDS:
        for said in outputs(launcher, program, scratch):
            row = rows.get(said["name"], Row(said["name"]))
            measured = {key: said[key] for key in ("ns", "peer_ns", "floor_ns") if said.get(key) is not None}
            lowest = {key: min(number, getattr(row, key) or number) for key, number in measured.items()}
            rows[row.name] = replace(row, **lowest)
    return sorted(rows.values(), key=lambda row: list(BARS).index(row.name) if row.name in BARS else len(BARS))


def outputs(launcher: Launcher, program: Path, scratch: Path) -> list[dict]:
    output = scratch / f"{program.stem}.output"
    launcher.run(program, [], output, LONGEST_SECONDS)
    lines = output.read_text(encoding="utf-8", errors="replace").splitlines()
    try:
        said = [json.loads(line) for line in lines if line.startswith("{")]
    except ValueError:
        said = []
    if not said or not all("name" in one for one in said):
        raise MachineTrouble(f"{program.name} measured nothing: {last_line(output)}")
    return said
