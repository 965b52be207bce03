"""What of the reference runtime was reached: its basic blocks, and the functions that they are of. The blocks are where the compiler put a call of the hook
(harness/adapters/covered.h); which there are, the toolchain's disassembler says. Functions of assembly have none.
"""

import functools
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from . import symbols

RUNTIME = "covered"
HOOK = "___sanitizer_cov_trace_pc"
CALL = re.compile(rf"^\s*([0-9a-f]+):\s+((?:[0-9a-f]{{2}} )+)\s*call\s+[0-9a-f]+ <{HOOK}>", re.MULTILINE)


@dataclass(frozen=True)
class Reached:
    blocks: int
    blocks_of: int
    functions: int
    missing: tuple[str, ...]  # functions that no text came to

    @property
    def functions_of(self) -> int:
        return self.functions + len(self.missing)


@functools.cache
def blocks_of(library: Path) -> dict[int, str]:
    """Places in the image behind a call of the hook, with the function that each is in. None where nobody can disassemble."""
    program = shutil.which("i686-w64-mingw32-objdump") or shutil.which("objdump")
    if not program or not library.exists():
        return {}
    said = subprocess.run([program, "-d", str(library)], capture_output=True, text=True, errors="replace").stdout
    image = symbols.read(library)
    places = (int(call[1], 16) + len(call[2].split()) - image.base for call in CALL.finditer(said))
    return {place: image.name(place) for place in places}


def of(library: Path, places: Iterable[int]) -> Reached | None:
    known = blocks_of(library)
    if not known:
        return None
    reached = [place for place in places if place in known]
    functions = {known[place] for place in reached}
    return Reached(len(reached), len(known), len(functions), tuple(sorted(set(known.values()) - functions)))
