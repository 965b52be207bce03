"""Function names of a Windows image, from the COFF symbol table that the linker left in it, and its instructions, from the toolchain's disassembler."""

import bisect
import functools
import re
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

COFF = struct.Struct("<HHIIIHH")
SECTION = struct.Struct("<8sIIII12xI")
SYMBOL = struct.Struct("<8sIhHBB")
CODE = 0x20
LINE = re.compile(r"^\s*([0-9a-f]+):\s+((?:[0-9a-f]{2} )+)\s*(.*)$")


@dataclass(frozen=True)
class Image:
    """Offsets are from the image's base."""

    path: Path
    base: int                    # preferred
    starts: tuple[int, ...]
    names: tuple[str, ...]

    def function(self, offset: int) -> str:
        """NAME, or NAME+0x12; `?` in front of the first symbol."""
        place = bisect.bisect_right(self.starts, offset) - 1
        if place < 0:
            return "?"
        inside = offset - self.starts[place]
        return self.names[place] + (f"+0x{inside:x}" if inside else "")

    def name(self, offset: int) -> str:
        return self.function(offset).partition("+")[0]

    def instruction(self, offset: int) -> str:
        """Its words, or its bytes, or nothing: only for people."""
        program = shutil.which("i686-w64-mingw32-objdump") or shutil.which("objdump")
        if not program:
            return ""
        address = self.base + offset
        command = [program, "-d", f"--start-address=0x{address:x}", f"--stop-address=0x{address + 16:x}", str(self.path)]
        said = subprocess.run(command, capture_output=True, text=True, errors="replace").stdout
        line = next((found for found in map(LINE.match, said.splitlines()) if found), None)
        return " ".join((line[3] or line[2]).split()) if line else ""


@functools.cache
def read(path: Path) -> Image:
    """An image without symbols has no names; nothing else is wrong with it."""
    raw = path.read_bytes()
    header = struct.unpack_from("<I", raw, 0x3C)[0] + 4
    _, section_count, _, table, count, optional, _ = COFF.unpack_from(raw, header)
    base = struct.unpack_from("<I", raw, header + COFF.size + 28)[0]
    sections = [SECTION.unpack_from(raw, header + COFF.size + optional + 40 * number) for number in range(section_count)]
    names = table + count * SYMBOL.size
    found: dict[int, str] = {}
    number = 0
    while number < count:
        short, value, section, _, storage, extra = SYMBOL.unpack_from(raw, table + number * SYMBOL.size)
        number += 1 + extra
        if not 0 < section <= section_count or not sections[section - 1][5] & CODE or storage not in (2, 3):
            continue
        word = raw[names + struct.unpack("<4xI", short)[0] :].split(b"\0", 1)[0] if short[:4] == b"\0\0\0\0" else short.rstrip(b"\0")
        if not word.startswith(b"."):
            found.setdefault(value + sections[section - 1][2], word.decode("ascii", errors="replace").removeprefix("_"))
    starts = tuple(sorted(found))
    return Image(path, base, starts, tuple(found[start] for start in starts))
