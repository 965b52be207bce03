"""The matrix of ci/matrix.json: platform x build of the foreign frames x debugger. Continuous integration makes its jobs from the same file."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .judging import Result
from .launcher import Launcher
from .places import FOREIGN_LEVELS, Places
from .stops import MachineTrouble, WrongRequest

LONGEST_SECONDS = 60
DEBUGGERS = ("alone", "attached")


@dataclass(frozen=True)
class Cell:
    platform: str  # a platform's name with as much of the version as matters
    foreign: str
    debugger: str

    @property
    def name(self) -> str:
        return f"{self.platform}/{self.foreign}/{self.debugger}"

    @property
    def attached(self) -> bool:
        return self.debugger == "attached"


@dataclass(frozen=True)
class Ran:
    cell: Cell
    results: Sequence[Result]
    seconds: float

    @property
    def fails(self) -> bool:
        return not self.results or any(result.fails for result in self.results)


def cells(places: Places) -> list[Cell]:
    """Every cell, in the file's order."""
    name = places.shown(places.matrix)
    try:
        said = json.loads(places.matrix.read_text(encoding="utf-8"))
        axes = [platform["name"] for platform in said["platform"]], said["foreign"], said["debugger"]
    except OSError as error:
        raise MachineTrouble(f"cannot read {name}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise WrongRequest(f"{name}: expected platform, foreign and debugger, each a list: {error}") from None
    for word, known in (*((word, FOREIGN_LEVELS) for word in axes[1]), *((word, DEBUGGERS) for word in axes[2])):
        if word not in known:
            raise WrongRequest(f"{name}: there is no {word!r} (there is: {', '.join(known)})")
    return [Cell(*words) for words in itertools.product(*axes)]


def is_of(cell: Cell, platform: str) -> bool:
    """Whether this machine's platform, `wine-8.0`, is the cell's, `wine-8`."""
    return platform == cell.platform or platform.startswith((f"{cell.platform}.", f"{cell.platform}-"))


def choose(known: Sequence[Cell], named: Sequence[str], platform: str) -> list[Cell]:
    """The cells that were named; where none was, all that this platform can run."""
    by_name = {cell.name: cell for cell in known}
    for name in named:
        if name not in by_name:
            raise WrongRequest(f"there is no cell {name!r} (there is: {', '.join(by_name)})")
        if not is_of(by_name[name], platform):
            raise WrongRequest(f"{name} cannot run here: this is {platform}")
    chosen = [by_name[name] for name in named] or [cell for cell in known if is_of(cell, platform)]
    if not chosen:
        platforms = ", ".join(dict.fromkeys(cell.platform for cell in known))
        raise WrongRequest(f"no cell can run here: this is {platform}, and the matrix has {platforms}")
    return chosen


def platform_here(launcher: Launcher, places: Places, scratch: Path) -> str:
    """The executor says where it runs."""
    output = scratch / "platform.output"
    launcher.run(places.executor, ["--platform"], output, LONGEST_SECONDS)
    said = output.read_text(encoding="utf-8", errors="replace").strip()
    if not said.startswith(("wine-", "windows-")) or len(said.splitlines()) != 1:
        raise MachineTrouble(f"{places.executor.name} --platform said no platform: {said[:200]}")
    return said
