"""Executing: one process after another writes journals, until every text had its turn. A death costs a process, never a result."""

import contextlib
import enum
import itertools
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import journal
from .journal import Journal, State
from .launcher import Argument, Child, Launcher
from .places import Places
from .stops import MachineTrouble, NeverRan

START_SECONDS = 60  # until a program's first sign of life: a cold Wine on a busy machine is slow
LOOK_SECONDS = 0.25

numbers = itertools.count()  # journals of one process never share a name


class Ending(enum.Enum):
    FINISHED = "came to its own end"
    DIED = "died"
    HUNG = "was ended by the watchdog"


@dataclass(frozen=True)
class Setting:
    """What the texts run against, and how strictly."""

    runtime: str = "reference"
    mutant: str | None = None
    rules: str = "all"
    clobber: bool = True
    timeout: float = 10.0
    attached: bool = False  # to a debugger

    def library(self, places: Places) -> Path:
        return places.mutant(self.mutant) if self.mutant else places.runtime(self.runtime)

    def arguments(self, places: Places, foreign: str) -> list[Argument]:
        words: list[Argument] = ["--runtime", self.library(places), "--foreign", places.foreign(foreign), "--rules", self.rules]
        return words if self.clobber else [*words, "--no-clobber"]

    def started(self, places: Places, program: Path, arguments: Sequence[Argument]) -> tuple[Path, list[Argument]]:
        """What to start so that the program runs in this setting."""
        return (places.attached, [program, *arguments]) if self.attached else (program, list(arguments))


@dataclass(frozen=True)
class Attempt:
    """One process and what it left."""

    path: Path
    journal: Journal
    ending: Ending

    @property
    def doubtful(self) -> bool:
        """The process had gone on behind an end, and came to another one that nobody has arranged: the last text is not to blame before it has done so in a fresh process."""
        return self.journal.went_on > 0 and self.ending is not Ending.FINISHED and self.journal.state is not State.STOPPED

    @property
    def next(self) -> int:
        """The first text that has not had its turn."""
        return self.journal.index + (not self.doubtful)

    @property
    def ended_behind(self) -> bool:
        """The last text was through when the process died or hung: it died of it all the same."""
        return self.ending is not Ending.FINISHED and self.journal.state in (State.ENDED, State.TOO_LONG)


def execute(
    launcher: Launcher, program: Path, arguments: Sequence[Argument], list_file: Path, first: int, count: int,
    scratch: Path, timeout: float,
) -> Iterator[Attempt]:
    """Runs texts first .. first + count - 1 of the list, behind every death in a new process, which is where a doubtful end comes again. A journal lives until the next is
    asked for."""
    end = first + count
    while first < end:
        words = [*arguments, "--list", list_file, "--from", str(first), "--count", str(end - first)]
        with attempt(launcher, program, words, scratch, timeout) as made:
            if not first <= made.journal.index < end:
                raise MachineTrouble(f"{program.name} was asked for texts {first} to {end - 1} and ran {made.journal.index}")
            yield made
        first = made.next


@contextlib.contextmanager
def attempt(
    launcher: Launcher, program: Path, arguments: Sequence[Argument], scratch: Path, timeout: float,
) -> Iterator[Attempt]:
    """Starts a program that writes a journal and watches it to its end. The journal lives as long as the block."""
    name = scratch / f"{program.stem}-{next(numbers)}"
    path, output = name.with_suffix(".journal"), name.with_suffix(".output")
    require_room(scratch)
    try:
        child = launcher.start(program, [*arguments, "--journal", path], output)
        try:
            hung = watch(child, path, timeout)
        finally:
            launcher.forget(child)
        found = journal.read(path)
        if found is None:
            what = "gave no sign of life" if hung else "did not start"
            raise MachineTrouble(f"{program.name} {what} {launcher.word}: {last_line(output)}")
        ending = Ending.HUNG if hung else Ending.FINISHED if found.finished else Ending.DIED
        if ending is Ending.DIED:
            require_room(scratch)
        if not found.runs:
            raise NeverRan(f"{program.name} {ending.value} before the first text: {last_line(output)}")
        yield Attempt(path, found, ending)
    finally:
        path.unlink(missing_ok=True)
        output.unlink(missing_ok=True)


def last_line(output: Path) -> str:
    said = output.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return said[-1] if said else "it said nothing"


def require_room(folder: Path) -> None:
    """A journal is mapped and grows into its file: on a full disk that looks like a crash of the text."""
    if shutil.disk_usage(folder).free < journal.FILE_BYTES:
        raise MachineTrouble(f"no space left on device: a journal needs {journal.FILE_BYTES >> 20} MiB in {folder}")


def watch(child: Child, path: Path, timeout: float) -> bool:
    """Waits for the child's end; True when its journal stood still for too long. The caller ends it."""
    progress, moved = None, time.monotonic()
    while not child.ended(min(LOOK_SECONDS, timeout / 4)):
        found = journal.read(path)
        now = time.monotonic()
        if found and found.progress != progress:
            progress, moved = found.progress, now
        elif now - moved > (timeout if found else max(timeout, START_SECONDS)):
            return True
    return False
