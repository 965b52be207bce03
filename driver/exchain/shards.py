"""One shard of a space, explored by as many processes as it takes: what a worker does, here or on another machine.

This file stands alone: it travels to workers by value, so it uses Python's own library only, and of the project the built programs and a Wine prefix. It runs
and counts; what a death means is for the driver to say.

    the shard     numbers first .. first + count - 1 of a space (or random draws with these numbers)
    a process     goes through them from where the last one ended; its tally, a mapped file, says how far it is, whatever becomes of it
    a death       costs that process, and is kept with its journal; the next process begins behind it
"""

import os
import select
import signal
import struct
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

LOOK_SECONDS = 0.2
START_SECONDS = 60
JOURNAL_HEADER_BYTES, JOURNAL_RUN_BYTES, EVENT_BYTES, EVENTS_MAX = 8192, 32, 32, 65536
JOURNAL_PROGRESS_AT, JOURNAL_PROGRESS_BYTES = 20, 4
JOURNAL_EVENTS_AT = JOURNAL_HEADER_BYTES + 8

MAGIC = b"EXTALLY4"
HEADER = "<8s2I8Q10IQ"  # a format of struct, whose own objects do not travel: harness/explore/tally.h, up to the columns, whose sizes it says
HEADER_BYTES = struct.calcsize(HEADER)
OPEN = "<I"
OPEN_BYTES = struct.calcsize(OPEN)
RUNNING, FINISHED, DIFFERS, GROUP_BROKE = range(4)


class Trouble(Exception):
    """The machine's: a program that does not start."""


@dataclass
class Spec:
    """What to run, as plain data."""

    build: str                 # folder with i386/bin and wine/
    target: str
    wine: bool
    environment: dict[str, str]
    program: str               # all below: relative to build
    options: list[str]
    files: dict[str, str]      # option -> file
    first: int
    count: int
    group: int = 2048
    timeout: float = 10.0
    deaths_max: int = 16       # that are nobody's intention; a shard with more comes back unfinished


@dataclass
class Death:
    number: int
    how: str                   # "died", "hung", "differs", "group"
    expected: bool             # the prediction was that the process ends
    text: str                  # of a random text; empty: the number says it
    journal: bytes             # header, run, events
    begun: int                 # the first number that its process ran
    before: list[str] = field(default_factory=list)  # of a random text: those that its process ran before it, as many as it still knew


@dataclass
class Outcome:
    """What a shard came to. `done` numbers from `first` on were run; of those, all but the deaths ended as predicted."""

    first: int
    done: int = 0
    operations: int = 0
    events_count: int = 0
    faults: int = 0
    parted: int = 0            # texts that went on where they part from the one before
    seconds: float = 0.0
    processes: int = 0
    checks: list[int] = field(default_factory=list)    # columns of the tally; what their places mean, `exchain-scenario space` says
    exits: list[int] = field(default_factory=list)
    events: list[int] = field(default_factory=list)
    branches: list[int] = field(default_factory=list)
    pairs: dict[tuple[int, int], int] = field(default_factory=dict)
    reached: set[int] = field(default_factory=set)      # places in the runtime's image
    deaths: list[Death] = field(default_factory=list)


@dataclass
class Tally:
    state: int
    first: int
    count: int
    done: int
    group_first: int
    operations: int
    events: int
    faults: int
    parted: int
    expects_death: bool
    letters: int
    columns: tuple[int, ...]   # how long they are: checks, exits, events, branches
    pairs_row: int
    texts_bytes: int
    reached_bytes: int
    open_count: int
    texts_written: int

    @property
    def numbers(self) -> int:
        return sum(self.columns) + self.pairs_row ** 2

    @property
    def body_bytes(self) -> int:
        return self.open_at + OPEN_BYTES * self.open_count + self.texts_bytes + self.reached_bytes

    @property
    def open_at(self) -> int:
        return 8 * self.numbers

    @property
    def current(self) -> int:
        return self.first + self.done


def tally_of(view) -> Tally | None:
    magic, _, state, first, count, done, group_first, operations, events, faults, parted, expects, letters, *sizes = struct.unpack_from(HEADER, view)
    if magic != MAGIC or not sizes[0]:
        return None
    checks, exits, kinds, branches, row, texts, reached, opened, written = sizes
    return Tally(state, first, count, done, group_first, operations, events, faults, parted, bool(expects), letters, (checks, exits, kinds, branches), row, texts, reached, opened, written)


@dataclass
class Body:
    """What stands behind the header."""

    numbers: tuple[int, ...]   # every column, then the pairs
    texts: bytes
    reached: bytes

    def lines(self, tally: Tally) -> list[str]:
        """The random texts that are still there, the current one last."""
        whole = tally.texts_written <= len(self.texts)
        at = tally.texts_written % len(self.texts)
        written = self.texts[: tally.texts_written] if whole else self.texts[at:] + self.texts[:at]
        lines = written.decode("ascii", "replace").split("\n")[:-1]
        return lines if whole else lines[1:]


class Process:
    """The exploring executor, started by ourselves."""

    def __init__(self, command: list[str], environment: dict[str, str], output: Path):
        with output.open("wb") as written:
            self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=written, stderr=subprocess.STDOUT, start_new_session=True)
        self.exit = os.pidfd_open(self.process.pid) if hasattr(os, "pidfd_open") else None

    def ended(self, seconds: float) -> bool:
        if self.exit is not None and self.process.returncode is None:
            poll = select.poll()
            poll.register(self.exit, select.POLLIN)
            if not poll.poll(seconds * 1000):
                return False
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        if self.process.returncode is None:
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
        self.process.wait()
        if self.exit is not None:
            os.close(self.exit)
            self.exit = None


def windows_path(path: Path) -> str:
    return "Z:" + str(path.absolute()).replace("/", "\\")


def build_folder(spec: Spec) -> Path:
    """On another machine the build may lie elsewhere: EXCHAIN_BUILD says where."""
    here = Path(spec.build)
    return here if here.exists() else Path(os.environ.get("EXCHAIN_BUILD", spec.build))


def command_of(spec: Spec, first: int, count: int, group: int, scratch: Path) -> list[str]:
    build = build_folder(spec)
    shown = windows_path if spec.wine else str
    words = ["wine"] if spec.wine else []
    words += [str(build / spec.program), *spec.options, "--first", str(first), "--count", str(count), "--group", str(group)]
    for option, file in spec.files.items():
        words += [option, shown(build / file)]
    return [*words, "--tally", shown(scratch / "tally"), "--journal", shown(scratch / "journal")]


def environment_of(spec: Spec) -> dict[str, str]:
    environment = {**os.environ, **spec.environment}
    for name in [name for name, value in spec.environment.items() if not value]:
        del environment[name]
    if spec.wine:
        environment["WINEPREFIX"] = str(build_folder(spec) / "wine" / f"{spec.target}-prefix")
    return environment


@dataclass
class Part:
    """Of a shard: numbers first .. end - 1, looked at once a group. A suspect one is a group that broke, gone through text by text."""

    first: int
    end: int
    group: int
    suspect: bool = False


def run_shard(spec: Spec, start=Process, on_progress=None) -> Outcome:
    """Runs the shard to its end, or until too many died. `start(command, environment, output)` answers something like a Process."""
    outcome = Outcome(spec.first)
    began = time.monotonic()
    parts = [Part(spec.first, spec.first + spec.count, spec.group)]
    with tempfile.TemporaryDirectory(prefix=f"scratch-{os.getpid()}-", dir=build_folder(spec), ignore_cleanup_errors=True) as folder:
        while parts and sum(not meant(death) for death in outcome.deaths) < spec.deaths_max:
            parts = run_part(spec, outcome, parts.pop(0), Path(folder), start, on_progress) + parts
    outcome.seconds = time.monotonic() - began
    return outcome


def meant(death: Death) -> bool:
    """As far as can be told here: the prediction was an end of the process, and it ended. Whether it was that end, the judge says."""
    return death.expected and death.how == "died"


def run_part(spec: Spec, outcome: Outcome, part: Part, scratch: Path, start, on_progress) -> list[Part]:
    """One process. Answers what is left to do of its part."""
    for name in ("tally", "journal"):
        (scratch / name).unlink(missing_ok=True)
    process = start(command_of(spec, part.first, part.end - part.first, part.group, scratch), environment_of(spec), scratch / "output")
    outcome.processes += 1
    try:
        hung = watch(process, scratch, spec.timeout, on_progress and (lambda done: on_progress(part.first - spec.first + done)))
    finally:
        process.kill()
    tally, body = read_tally(scratch)
    if tally is None:
        raise Trouble(f"{Path(spec.program).name} {'gave no sign of life' if hung else 'did not start'}: {last_line(scratch / 'output')}")
    if tally.state == GROUP_BROKE and part.group > 1:
        # What this process counted is not believed: up to the group it is counted anew, the group itself text by text.
        again = [Part(part.first, tally.group_first, part.group), Part(tally.group_first, tally.current, 1, True), Part(tally.current, part.end, part.group)]
        return [one for one in again if one.first < one.end]
    add(outcome, tally, body)
    if tally.state == FINISHED and not hung:
        if part.suspect:  # every text alone leaves everything as it was; together they did not
            outcome.deaths.append(Death(part.end - 1, "group", False, "", b"", spec.first))
        return []
    how = "hung" if hung else {DIFFERS: "differs", GROUP_BROKE: "group"}.get(tally.state, "died")
    behind = tally.current + 1
    if tally.state == GROUP_BROKE:
        behind = tally.current  # the text was through and counted when it was seen
    else:
        outcome.done += 1
    *before, text = body.lines(tally) or [""]
    outcome.deaths.append(Death(behind - 1, how, tally.expects_death, text, journal_of(scratch), part.first, before))
    return [Part(behind, part.end, part.group)] if behind < part.end else []


def watch(process, scratch: Path, timeout: float, on_progress) -> bool:
    """Waits for the process's end; True when neither its tally nor its journal moved for too long. The caller ends it."""
    seen, moved = None, time.monotonic()
    while not process.ended(min(LOOK_SECONDS, timeout / 4)):
        tally = peek(scratch / "tally", HEADER_BYTES)
        found = tally and len(tally) == HEADER_BYTES and tally_of(tally)
        now = time.monotonic()
        if found:
            if on_progress:
                on_progress(found.done)
            at = (found.done, peek(scratch / "journal", JOURNAL_PROGRESS_AT + JOURNAL_PROGRESS_BYTES)[-JOURNAL_PROGRESS_BYTES:])
            if at != seen:
                seen, moved = at, now
                continue
        if now - moved > (timeout if found else max(timeout, START_SECONDS)):
            return True
    return False


def peek(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except FileNotFoundError:
        return b""


def read_tally(scratch: Path) -> tuple[Tally | None, Body | None]:
    try:
        with (scratch / "tally").open("rb") as file:
            head = file.read(HEADER_BYTES)
            tally = tally_of(head) if len(head) == HEADER_BYTES else None
            rest = file.read(tally.body_bytes) if tally else b""
    except FileNotFoundError:
        return None, None
    if tally is None or len(rest) < tally.body_bytes:
        return None, None
    texts = tally.open_at + OPEN_BYTES * tally.open_count
    reached = texts + tally.texts_bytes
    return tally, Body(counts_of(tally, rest), rest[texts:reached], rest[reached:])


def counts_of(tally: Tally, rest: bytes) -> tuple[int, ...]:
    """What was counted, and what stands open: it lost as many as texts were done when it came."""
    counts = list(struct.unpack_from(f"<{tally.numbers}Q", rest))
    for (place,) in struct.iter_unpack(OPEN, rest[tally.open_at : tally.open_at + OPEN_BYTES * tally.open_count]):
        if place:
            counts[place] += tally.done
    return tuple(count % 2**64 for count in counts)


def add(outcome: Outcome, tally: Tally, body: Body) -> None:
    outcome.done += tally.done
    outcome.operations += tally.operations
    outcome.events_count += tally.events
    outcome.faults += tally.faults
    outcome.parted += tally.parted
    place = 0
    for column, length in zip((outcome.checks, outcome.exits, outcome.events, outcome.branches), tally.columns):
        column += [0] * (length - len(column))
        for index in range(length):
            column[index] += body.numbers[place + index]
        place += length
    for index, count in enumerate(body.numbers[place:]):
        if count:
            pair = divmod(index, tally.pairs_row)
            outcome.pairs[pair] = outcome.pairs.get(pair, 0) + count
    at = body.reached.find(1)
    while at >= 0:
        outcome.reached.add(at)
        at = body.reached.find(1, at + 1)


def journal_of(scratch: Path) -> bytes:
    """Header, the one run and its events; the rest of the file is room."""
    with (scratch / "journal").open("rb") as file:
        head = file.read(JOURNAL_HEADER_BYTES + JOURNAL_RUN_BYTES)
        (events,) = struct.unpack_from("<I", head, JOURNAL_EVENTS_AT)
        return head + file.read(min(events, EVENTS_MAX) * EVENT_BYTES)


def last_line(output: Path) -> str:
    said = output.read_text(encoding="utf-8", errors="replace").strip().splitlines() if output.exists() else []
    return said[-1] if said else "it said nothing"


def run_remote(spec: dict) -> dict:
    """For schedulers that carry plain data."""
    outcome = run_shard(Spec(**spec))
    # The functions of dataclasses do not know a class again that travelled by value.
    return {**vars(outcome), "deaths": [vars(death) for death in outcome.deaths]}


def outcome_of(answer: dict) -> Outcome:
    return Outcome(**{**answer, "deaths": [Death(**death) for death in answer["deaths"]]})
