"""The runtime's code lies in one piece: a function that forgets XC_CODE would make a fault in it look like managed code's. And it calls nobody but Windows: a fault
in a C library's memset would look the same."""

import re
import shutil
import struct
import subprocess

import pytest

pytestmark = pytest.mark.wine  # needs the target's compiler, and what it built

SECTION = re.compile(r"^\s*\d+ (\S+)\s+([0-9a-f]{8}) .*\n\s+(.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def library(places):
    return places.target_bin.parent / "lib" / "libexchain_runtime.a"


def binutil(name: str, *words) -> str:
    program = shutil.which(f"i686-w64-mingw32-{name}") or name  # on Windows itself the target's are the only ones
    return subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=True).stdout


def test_no_code_of_the_runtime_lies_elsewhere(library):
    code = [(name, int(size, 16)) for name, size, flags in SECTION.findall(binutil("objdump", "-h", library)) if "CODE" in flags.split(", ")]
    assert sum(size for name, size in code if name == ".text$xc_m") > 4000
    assert [(name, size) for name, size in code if size and not re.fullmatch(r"\.text\$xc_[amz]", name)] == []
    bounds = [(name, size) for name, size in code if name in (".text$xc_a", ".text$xc_z")]
    assert sorted(name for name, _ in bounds) == [".text$xc_a", ".text$xc_z"]


def test_the_runtime_calls_nobody_but_windows(library):
    missing = set(re.findall(r" U (\S+)", binutil("nm", library)))
    # Some of Windows' are declared without dllimport; what is decorated so is stdcall, as nothing of a C library's is.
    assert [name for name in sorted(missing) if not re.match(r"_xc_|__imp__|_\w+@\d+$", name)] == []


def characteristics(image) -> int:
    """DllCharacteristics of a 32-bit image (winnt.h: IMAGE_DOS_HEADER.e_lfanew, IMAGE_NT_HEADERS32)."""
    data = image.read_bytes()
    (header,) = struct.unpack_from("<I", data, 0x3C)
    assert data[header : header + 4] == b"PE\0\0"
    return struct.unpack_from("<H", data, header + 24 + 70)[0]


def test_our_images_do_not_deny_their_handlers(places):
    """Some linkers set a bit that says "no handlers in here" (dotnet/coreclr#2245, msys2 pull request 2133): Windows then runs none of them."""
    NO_SEH = 0x400
    images = [places.executor, *places.target_bin.glob("exchain-*.dll"), *places.target_bin.glob("cases/*.exe")]
    assert len(images) > 5
    assert [image.name for image in images if characteristics(image) & NO_SEH] == []
