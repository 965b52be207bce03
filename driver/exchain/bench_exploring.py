"""What exploring costs: a range of the core of 8 operations, and one of faults, each by one process; what the process's start costs is taken off.

A text is made, predicted, run under all rules and compared; a fault is everything that is done for one, texts around it included, against the floor of a bare
handler."""

from pathlib import Path

from . import shards
from .bench import ROUNDS, Row
from .launcher import Launcher
from .places import Places
from .stops import MachineTrouble

CORE = (["--profile", "core", "--max-ops", "8"], 500_000_000, 1_000_000)   # texts of exactly 8 operations
FAULTS = (["--profile", "faults", "--max-ops", "6"], 1_500_000, 20_000)


def measure(launcher: Launcher, places: Places, rows: list[Row]) -> list[Row]:
    if not places.explorer.exists():
        return []
    floor = next((row.floor_ns for row in rows if row.name == "fault + recover"), None)
    core = lowest(launcher, places, CORE, lambda outcome: outcome.done)
    faults = lowest(launcher, places, FAULTS, lambda outcome: outcome.faults)
    return [Row("exploring, a text of 8 operations", core), Row("exploring, a fault", faults, floor_ns=floor)]


def lowest(launcher: Launcher, places: Places, what: tuple, units) -> float:
    """Nanoseconds a unit, the best of some rounds."""
    options, first, count = what
    best = None
    for _ in range(ROUNDS):
        empty, full = (shards.run_shard(spec(launcher, places, options, first, number)) for number in (1, count))
        if full.deaths:
            raise MachineTrouble(f"exploring failed while it was measured: try ./exchain explore {' '.join(options)} --range {first}:{first + count}")
        taken = (full.seconds - empty.seconds) * 1e9 / units(full)
        best = taken if best is None else min(best, taken)
    return best


def spec(launcher: Launcher, places: Places, options: list[str], first: int, count: int) -> shards.Spec:
    inside = lambda file: Path(file).relative_to(places.build).as_posix()
    files = {"--runtime": inside(places.runtime("reference")), "--foreign": inside(places.foreign("O2"))}
    return shards.Spec(str(places.build), places.target, launcher.uses_wine, dict(launcher.settings), inside(places.explorer), options, files, first, count)
