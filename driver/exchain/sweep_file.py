"""What the driver reads of a sweep's file: how far the executor came, what it injected, what was left. harness/inject/sweep_file.h is the format."""

import struct
from dataclasses import dataclass
from pathlib import Path

from .stops import MachineTrouble

MAGIC = b"EXSWEEP1"
HEADER = struct.Struct("<8s4I")
COUNTED = struct.Struct("<4I32s2I32sI4I192s")

PHASES = ("start", "text", "stop")


@dataclass(frozen=True)
class Held:
    """What a process holds, as Windows counts."""

    handles: int
    threads: int

    def grown_since(self, before: "Held") -> "Held":
        return Held(self.handles - before.handles, self.threads - before.threads)


@dataclass(frozen=True)
class Counted:
    sites: int           # requests that the runtime made
    finished: bool
    injected: int        # of them refused
    phase: str           # of the first that was refused
    caller_offset: int   # behind the call that asked, from the base of the runtime's image
    point: str
    held: int            # taken and not given back
    held_point: str
    chain_changed: bool
    before: Held
    after: Held
    refused: str         # what the runtime said instead of running


def text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("ascii", errors="replace")


def read_counted(path: Path) -> Counted:
    raw = path.read_bytes() if path.exists() else b""
    if len(raw) < HEADER.size + COUNTED.size or raw[: len(MAGIC)] != MAGIC:
        raise MachineTrouble(f"the executor left no account of its injections in {path.name}")
    _, sites, _, finished, _ = HEADER.unpack_from(raw)
    injected, phase, _, caller_offset, point, held, _, held_point, chain, *numbers, refused = COUNTED.unpack_from(raw, HEADER.size)
    before, after = Held(*numbers[:2]), Held(*numbers[2:])
    return Counted(sites, bool(finished), injected, PHASES[phase], caller_offset, text(point), held, text(held_point), bool(chain), before, after, text(refused))
