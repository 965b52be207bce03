"""What a mutant is hunted in: the same for each, the cheap first, so with no hint. Every text of small sizes, of larger ones, then random texts that nobody can go through one by one.

What it takes several tasks to come to is rare among small texts and frequent among large ones: of random texts of `turns`, 12 to 20 operations large, three or four in ten thousand have what takes seven to say,
of those of seven operations a handful of fifteen million. What is found so is shrunk as anything is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .asked import Asked, Space
from .execute import Setting


@dataclass(frozen=True)
class Stage:
    """Texts of one profile, of so many operations: all of them, or so many random ones."""

    profile: str
    operations_min: int
    operations_max: int
    draws: int | None = None
    seed: int = 1

    @property
    def where(self) -> str:
        return f"random of {self.profile}" if self.draws else self.profile

    @property
    def words(self) -> str:
        texts = f"{self.draws:,} random texts of {self.profile}" if self.draws else f"every text of {self.profile}"
        return f"{texts}, {self.operations_min} to {self.operations_max} operations"

    def asked(self, space: Space, setting: Setting) -> Asked:
        if self.draws:
            return Asked(self.profile, self.operations_max, self.operations_min, self.draws, self.seed, None, setting, "O2")
        first = sum(space.sizes[: self.operations_min - 1])
        return Asked(self.profile, self.operations_max, None, None, 0, f"{first}:{space.size}", setting, "O2")


# A thread costs a thousand times a call, C's overflow ten thousand times, a text that ends the process as much as a process.
SMALL = (
    Stage("core", 1, 4), Stage("faults", 1, 4), Stage("alive", 1, 2), Stage("frames", 1, 4), Stage("ruins", 1, 5), Stage("tasks", 1, 3), Stage("threads", 1, 3), Stage("kinds", 1, 4),
    Stage("all", 1, 1),
)
LARGER = (
    Stage("core", 5, 6), Stage("frames", 5, 5), Stage("ruins", 6, 6), Stage("faults", 5, 5), Stage("kinds", 5, 5), Stage("alive", 3, 3), Stage("threads", 4, 4), Stage("turns", 1, 4),
)
RANDOM = (
    Stage("turns", 12, 20, 8000), Stage("tasks", 8, 16, 4000), Stage("core", 12, 20, 4000), Stage("faults", 12, 20, 2000), Stage("frames", 12, 20, 4000), Stage("ruins", 12, 20, 4000),
    Stage("kinds", 8, 12, 1000), Stage("threads", 8, 16, 1000), Stage("alive", 8, 12, 500),
)
ROUNDS = 4  # each with twice as many texts
LAST = (Stage("tasks", 4, 4), Stage("all", 2, 2))


def plan() -> Iterator[Stage]:
    yield from SMALL
    yield from LARGER
    for turn in range(ROUNDS):
        for stage in RANDOM:
            yield replace(stage, draws=stage.draws << turn, seed=stage.seed + turn)
    yield from LAST
