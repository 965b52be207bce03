"""When enough has failed: behind so many failures, or sooner, when nothing new comes any more. Every failure costs processes, to find it and to run it again alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from .shrink import has_shape
from .store import Failure

MOST = 20
ALIKE_MOST = 4


@dataclass
class Enough:
    most: int = MOST              # failures; 0: however many there are
    alike_most: int = ALIKE_MOST  # in a row that are like earlier ones; 0: however many
    count: int = 0
    alike: int = 0                # the last ones
    shapes: list[Failure] = field(default_factory=list)

    def begin(self, failures: Iterable[Failure]) -> None:
        """Earlier drivers' failures. Whoever goes on wants to see some more of them."""
        self.add(failures)
        self.alike = 0

    def add(self, failures: Iterable[Failure]) -> None:
        for failure in failures:
            self.count += 1
            if any(like(failure, earlier) for earlier in self.shapes):
                self.alike += 1
            else:
                self.alike = 0
                self.shapes.append(failure)

    @property
    def left(self) -> int | None:
        """How many more there must be at the least; None: there is no end."""
        ends = [most - so_far for most, so_far in ((self.most, self.count), (self.alike_most, self.alike)) if most]
        return max(0, min(ends)) if ends else None

    @property
    def for_alike(self) -> bool:
        """It is because nothing new came."""
        return bool(self.alike_most) and self.alike >= self.alike_most

    @property
    def reached(self) -> bool:
        return self.left == 0


def enough(said: int | None) -> Enough:
    """What --failures says, or what holds where it says nothing."""
    return Enough() if said is None else Enough(said, 0)


def like(failure: Failure, earlier: Failure) -> bool:
    """Of one kind, and all words of the earlier text are in it: both would be one group."""
    return failure.kind == earlier.kind and has_shape(failure.text, earlier.text)
