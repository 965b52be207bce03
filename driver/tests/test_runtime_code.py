"""The runtime's code lies in one piece: a function that forgets XC_CODE would make a fault in it look like managed code's."""

import re
import subprocess

import pytest

from exchain import places as locating


@pytest.mark.wine
def test_no_code_of_the_runtime_lies_elsewhere():
    places = locating.find()
    library = places.target_bin.parent / "lib" / "libexchain_runtime.a"
    listed = subprocess.run(["i686-w64-mingw32-objdump", "-h", str(library)], capture_output=True, text=True, check=True).stdout
    sizes = re.findall(r"^\s*\d+ (\.text\S*)\s+([0-9a-f]{8})", listed, re.MULTILINE)
    assert any(name == ".text$xc_m" and int(size, 16) for name, size in sizes)
    assert [(name, size) for name, size in sizes if int(size, 16) and not name.startswith(".text$xc_")] == []
