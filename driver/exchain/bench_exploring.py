"""What exploring costs: ranges of the core of 8 operations, and of faults. The exploring executor times itself: the range several times, of each group of texts the fastest counts.

A text is made, predicted, run under all rules and compared, beside the floor of a prototype that knows the rules of the chain only; a fault is everything that is done for one, texts
around it included, against the floor of a bare handler."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .bench import LONGEST_SECONDS, Row, outputs
from .execute import last_line
from .launcher import Launcher
from .places import Places
from .stops import MachineTrouble

ROUNDS, TIMED = 5, 12


@dataclass(frozen=True)
class Ranges:
    """Texts of a space."""

    name: str
    unit: str       # what is counted: "texts" or "faults"
    profile: str
    operations_max: int
    firsts: tuple[int, ...]  # several ranges, since in some texts have more in common than in others
    count: int               # of each

    def words(self, places: Places, first: int) -> list[str | Path]:
        return ["--runtime", places.runtime("reference"), "--foreign", places.foreign("O2"), "--profile", self.profile, "--max-ops", str(self.operations_max),
                "--first", str(first), "--count", str(self.count), "--rounds", str(TIMED)]


TEXT = Ranges("exploring, a text of 8 operations", "texts", "core", 8, tuple(range(100_000_000, 1_000_000_000, 100_000_000)), 14_336)  # all of exactly 8 operations; 63 groups, one of which is run whole
# Texts with a fault or two each: from `call { seh resume { fault nil-read back ...`, `recover { fault nil-write } call ...` and `recover { fault div0 } call ...` on.
FAULT = Ranges("exploring, a fault", "faults", "faults", 6, (471_158, 1_121_564, 1_132_578), 4_096)


def measure(launcher: Launcher, places: Places, scratch: Path) -> list[Row]:
    """Each floor is measured in turns with exploring: machines change their speed from one minute to the next."""
    if not places.explorer.exists():
        return []
    folder = places.target_bin / "bench"
    rows = []
    for what, program, name in ((TEXT, folder / "floor" / "bench-prototype.exe", TEXT.name), (FAULT, folder / "bench-floor.exe", "fault + recover")):
        taken = [([explored_from(first, launcher, places, what, scratch) for first in what.firsts], floor(launcher, program, name, scratch)) for _ in range(ROUNDS)]
        rows.append(Row(what.name, fastest([said for said, _ in taken], what.unit), floor_ns=min(floors for _, floors in taken)))
    return rows


def fastest(rounds: Sequence[Sequence[dict]], unit: str) -> float:
    """Nanoseconds for each: of each range the fastest round, as of each group within it."""
    ranges = [min(column, key=lambda said: said["ns"]) for column in zip(*rounds)]
    return sum(said["ns"] for said in ranges) / sum(said[unit] for said in ranges)


def explored_from(first: int, launcher: Launcher, places: Places, what: Ranges, scratch: Path) -> dict:
    output = scratch / "exploring.output"
    launcher.run(places.explorer, what.words(places, first), output, LONGEST_SECONDS)
    lines = [line for line in output.read_text(encoding="utf-8", errors="replace").splitlines() if line.startswith("{")]
    if not lines:
        raise MachineTrouble(f"exploring failed while it was measured ({last_line(output)}): try ./exchain explore --profile {what.profile} --max-ops {what.operations_max} "
                             f"--range {first}:{first + what.count}")
    return json.loads(lines[-1])


def floor(launcher: Launcher, program: Path, name: str, scratch: Path) -> float:
    """What the program measured under this name."""
    for said in outputs(launcher, program, scratch):
        if said["name"] == name and said.get("floor_ns"):
            return said["floor_ns"]
    raise MachineTrouble(f"{program.name} did not measure {name}")
