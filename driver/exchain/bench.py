"""Benchmarks: programs that print a JSON line for each thing measured; ours and the peer's meet by name."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .execute import last_line
from .launcher import Launcher
from .places import Places
from .stops import MachineTrouble

LONGEST_SECONDS = 600


@dataclass(frozen=True)
class Row:
    name: str
    ns: float | None = None
    peer_ns: float | None = None
    floor_ns: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times faster than the peer; where there is none, how many times the floor."""
        if not self.ns:
            return None
        if self.peer_ns:
            return self.peer_ns / self.ns
        return self.ns / self.floor_ns if self.floor_ns else None


def programs(places: Places) -> list[Path]:
    """Every program under bench/, whoever built it."""
    return sorted((places.target_bin / "bench").rglob("*.exe"))


def measure(launcher: Launcher, benchmarks: Sequence[Path], scratch: Path) -> list[Row]:
    """One program at a time: they measure."""
    rows: dict[str, Row] = {}
    for program in benchmarks:
        for said in outputs(launcher, program, scratch):
            row = rows.get(said["name"], Row(said["name"]))
            measured = {key: said[key] for key in ("ns", "peer_ns", "floor_ns") if said.get(key) is not None}
            rows[row.name] = replace(row, **measured)
    return list(rows.values())


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
