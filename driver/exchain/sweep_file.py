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


STEPPED = struct.Struct("<14I")
IMAGE = struct.Struct("<3I20s")
BREAK = struct.Struct("<7I8s100s884s")
IMAGES_MAX, BREAKS_MAX = 4, 64


@dataclass(frozen=True)
class SteppedImage:
    word: str
    come_to: tuple[int, ...]  # offsets, from the image's base, of the instructions that were come to


@dataclass(frozen=True)
class Break:
    """Consecutive instructions at which the same was wrong. Offsets are from the base of their image."""

    first_site: int
    count: int
    image: int
    offset: int
    last_image: int
    last_offset: int
    rule: str    # V2; or nothing, and `words` say it
    words: str
    chain: str   # at the first, a line a record


@dataclass(frozen=True)
class Stepped:
    sites: int
    finished: bool
    injected: int
    survived: int
    declared: int        # sites at which the chain is not whole by design
    image: int           # where the text was last
    offset: int
    declared_by: tuple[int, ...]  # the same, window by window
    breaks_lost: int     # more than the file has room for
    missed: int          # threads of which some instructions may have run unstepped
    images: tuple[SteppedImage, ...]
    breaks: tuple[Break, ...]


def read_stepped(path: Path) -> Stepped:
    raw = path.read_bytes() if path.exists() else b""
    at = HEADER.size + 512
    if len(raw) < at + STEPPED.size + IMAGES_MAX * IMAGE.size + BREAKS_MAX * BREAK.size or raw[: len(MAGIC)] != MAGIC:
        raise MachineTrouble(f"the executor left no account of its steps in {path.name}")
    _, sites, _, finished, _ = HEADER.unpack_from(raw)
    injected, survived, declared, image, offset, _, breaks, breaks_lost, missed, images, *declared_by = STEPPED.unpack_from(raw, at)
    at += STEPPED.size
    described = [IMAGE.unpack_from(raw, at + number * IMAGE.size) for number in range(images)]
    at += IMAGES_MAX * IMAGE.size
    found = []
    for number in range(breaks):
        first_site, count, *where, _, rule, words, chain = BREAK.unpack_from(raw, at + number * BREAK.size)
        found.append(Break(first_site, count, *where, text(rule), text(words), text(chain)))
    at += BREAKS_MAX * BREAK.size
    stepped = []
    for _, code_offset, size, word in described:
        come_to = raw[at : at + size]
        stepped.append(SteppedImage(text(word), tuple(code_offset + number for number, times in enumerate(come_to) if times)))
        at += size
    return Stepped(sites, bool(finished), injected, survived, declared, image, offset, tuple(declared_by), breaks_lost, missed, tuple(stepped), tuple(found))
