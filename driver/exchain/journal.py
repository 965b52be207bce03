"""What the driver reads of a journal itself: whether it moves, whether it ended, and in which text. harness/trace/journal.h is the format."""

import enum
import struct
from dataclasses import dataclass
from pathlib import Path

MAGIC = b"EXJRNL01"
HEADER = struct.Struct("<8s6I")
RUN = struct.Struct("<8I")
HEADER_BYTES = 8192
TAIL = struct.Struct("<I64s")  # at the header's end
FILE_BYTES = 64 << 20


class State(enum.IntEnum):
    """Of a run."""

    RUNNING = 1
    ENDED = 2
    STOPPED = 3
    TOO_LONG = 4
    NO_THUNKS = 5
    REFUSED = 6


@dataclass(frozen=True)
class Journal:
    runs: int       # begun so far
    progress: int   # grows while anything moves
    finished: bool  # the executor came to its own end
    index: int      # of the last run's text in the list
    state: State | None  # of the last run; None: there is none yet
    platform: str = ""   # where it was written: wine-8.0, windows-10.0.20348 debugged
    went_on: int = 0     # how often the process did, behind a text that it would have ended with


def read(path: Path) -> Journal | None:
    """None: there is no journal (yet)."""
    try:
        with path.open("rb") as file:
            header = file.read(HEADER.size)
            if len(header) < HEADER.size:
                return None
            magic, _, _, runs, progress, finished, current = HEADER.unpack(header)
            if magic != MAGIC:
                return None
            file.seek(HEADER_BYTES - TAIL.size)
            went_on, name = TAIL.unpack(file.read(TAIL.size))
            platform = name.split(b"\0")[0].decode("ascii", "replace")
            if not runs:
                return Journal(0, progress, bool(finished), -1, None, platform)
            file.seek(current)
            index, state, *_ = RUN.unpack(file.read(RUN.size))
            return Journal(runs, progress, bool(finished), index, State(state), platform, went_on)
    except (FileNotFoundError, struct.error, ValueError):
        return None
