"""What exploring costs: a range of the core of 8 operations, and one of faults, each by one process; what the process's start costs is taken off.

A text is made, predicted, run under all rules and compared, against the floor of a prototype that knows the rules of the chain only; a fault is everything that is done for one, texts
around it included, against the floor of a bare handler."""

from pathlib import Path

from . import shards
from .bench import ROUNDS, Row, outputs
from .launcher import Launcher
from .places import Places
from .stops import MachineTrouble

CORE = (["--profile", "core", "--max-ops", "8"], 500_000_000, 1_000_000)   # texts of exactly 8 operations
FAULTS = (["--profile", "faults", "--max-ops", "6"], 2_000_000, 150_000)   # a fault or two a text
TEXT, FAULT = "exploring, a text of 8 operations", "exploring, a fault"


def measure(launcher: Launcher, places: Places, scratch: Path) -> list[Row]:
    """Each floor is measured in turns with exploring: machines change their speed from one minute to the next."""
    if not places.explorer.exists():
        return []
    shards.run_shard(spec(launcher, places, CORE[0], CORE[1], 1))  # a first start is like no other
    folder = places.target_bin / "bench"
    text, text_floor, fault, fault_floor = [], [], [], []
    for _ in range(ROUNDS):
        text.append(nanoseconds(launcher, places, CORE, lambda outcome: outcome.done))
        text_floor += floors(launcher, folder / "floor" / "bench-prototype.exe", TEXT, scratch)
        fault.append(nanoseconds(launcher, places, FAULTS, lambda outcome: outcome.faults))
        fault_floor += floors(launcher, folder / "bench-floor.exe", "fault + recover", scratch)
    return [Row(TEXT, min(text), floor_ns=min(text_floor)), Row(FAULT, min(fault), floor_ns=min(fault_floor))]


def floors(launcher: Launcher, program: Path, name: str, scratch: Path) -> list[float]:
    """What the program measured under this name."""
    measured = [said["floor_ns"] for said in outputs(launcher, program, scratch) if said["name"] == name and said.get("floor_ns")]
    if not measured:
        raise MachineTrouble(f"{program.name} did not measure {name}")
    return measured


def nanoseconds(launcher: Launcher, places: Places, what: tuple, units) -> float:
    """A unit, the start of the process taken off."""
    options, first, count = what
    empty, full = (shards.run_shard(spec(launcher, places, options, first, number)) for number in (1, count))
    if full.deaths:
        raise MachineTrouble(f"exploring failed while it was measured: try ./exchain explore {' '.join(options)} --range {first}:{first + count}")
    return (full.seconds - empty.seconds) * 1e9 / units(full)


def spec(launcher: Launcher, places: Places, options: list[str], first: int, count: int) -> shards.Spec:
    inside = lambda file: Path(file).relative_to(places.build).as_posix()
    files = {"--runtime": inside(places.runtime("reference")), "--foreign": inside(places.foreign("O2"))}
    return shards.Spec(str(places.build), places.target, launcher.uses_wine, dict(launcher.settings), inside(places.explorer), options, files, first, count)
