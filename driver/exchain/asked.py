"""What is asked for when exploring: the command line's words, the space that they name, and the request that a run in the store is known by."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from . import reached, space as counting
from .campaign import Campaign
from .execute import Setting
from .places import Places
from .stops import MachineTrouble, WrongRequest
from .tool import Tool

NUMBERS_MAX = 1 << 63  # SQLite's integers


@dataclass(frozen=True)
class Columns:
    """What is counted while a space is explored, by place: exchain-scenario has the names, as the executor's tables do."""

    rules: tuple[str, ...]
    checks: tuple[str, ...]
    checked: tuple[str, ...]     # the rules that each of the checks checks
    exits: tuple[str, ...]
    events: tuple[str, ...]
    branches: tuple[str, ...]    # of the dispatcher


@dataclass(frozen=True)
class Space:
    sizes: tuple[int, ...]
    letters: tuple[str, ...]     # words, by their numbers
    used: tuple[bool, ...]
    columns: Columns

    @property
    def size(self) -> int:
        return sum(self.sizes)


def space_of(tool: Tool, profile: str, operations_max: int, of_all: bool = True) -> Space:
    """The space as the enumeration counts it, which must be what an independent count says. Nobody who draws from it asks how large it is."""
    said = tool.space(profile, operations_max)
    sizes, letters = said["sizes"], said["letters"]
    if of_all:
        used = [counting.Letter(letter["side"], letter["behaviour"], letter["stops_walk"]) for letter in letters if letter["used"]]
        counted = counting.sizes(used, operations_max, said["deaths"])
        for operations, (enumerated, size) in enumerate(zip(sizes, counted), 1):
            if enumerated is not None and enumerated != size:
                raise MachineTrouble(f"two counts of the texts with {operations} operations differ: {enumerated:,} enumerated, {size:,} counted")
        sizes = counted
    columns = Columns(**{name.name: tuple(said[name.name]) for name in fields(Columns)})
    return Space(tuple(sizes), tuple(letter["words"] for letter in letters), tuple(letter["used"] for letter in letters), columns)


@dataclass(frozen=True)
class Request:
    """What is explored. Resuming asks for the same."""

    profile: str
    operations_max: int
    operations_min: int
    draws: int | None      # random texts; None: the whole space
    seed: int
    first: int             # of the numbers of the space, or of the draws
    end: int
    setting: dict
    foreign: str
    build: str             # a digest of the programs: another build is another run
    whole: bool = False    # each text from its beginning

    @property
    def total(self) -> int:
        return self.end - self.first


@dataclass(frozen=True)
class Asked:
    """The command line's words."""

    profile: str
    operations_max: int
    operations_min: int | None
    draws: int | None
    seed: int
    range: str | None
    setting: Setting
    foreign: str
    whole: bool = False

    def request(self, space: Space, campaign: Campaign) -> Request:
        first, end = 0, space.size if self.draws is None else self.draws
        if self.range is not None:
            first, end = range_of(self.range, end)
        if self.operations_min and self.draws is None:
            raise WrongRequest("--min-ops is for --random: without it every size is explored, from 1 on")
        operations_min = self.operations_min or max(1, self.operations_max // 2) if self.draws is not None else 1
        if operations_min > self.operations_max:
            raise WrongRequest(f"--min-ops {operations_min} is above --max-ops {self.operations_max}")
        if self.draws is None and space.size >= NUMBERS_MAX:
            raise WrongRequest(f"up to {self.operations_max} operations there are {space.size:,} texts, more than numbers go: choose a smaller --max-ops, or --random")
        places, setting = campaign.places, self.setting
        build = digest([places.explorer, explored_library(setting, places, self.draws), places.foreign(self.foreign)])
        return Request(self.profile, self.operations_max, operations_min, self.draws, self.seed if self.draws is not None else 0, first, end, asdict(setting), self.foreign, build, self.whole)


def range_of(words: str, end: int) -> tuple[int, int]:
    first, colon, last = words.partition(":")
    if not (colon and first.isdigit() and last.isdigit() and int(first) < int(last) <= end):
        raise WrongRequest(f"--range {words}: expected FIRST:END with FIRST below END and END at most {end}")
    return int(first), int(last)


def explored_library(setting: Setting, places: Places, draws: int | None) -> Path:
    """Random texts go where the runtime was not yet: the reference is taken as it is compiled to tell where that was."""
    if draws is not None and not setting.mutant and setting.runtime == Setting().runtime:
        return places.runtime(reached.RUNTIME)
    return setting.library(places)


def digest(files: Sequence[Path]) -> str:
    sums = hashlib.sha1()
    for file in files:
        sums.update(file.read_bytes())
    return sums.hexdigest()[:16]
