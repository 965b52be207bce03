"""`dll`: what is not there, or not for this machine, gets one line and exit status 2; what a DLL does otherwise than promised is another trace."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def repro(words: str, folder: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "exchain", "repro", f'call {{ dll "{words}" {{ check }} }}']
    environment = os.environ | {"PYTHONPATH": str(ROOT / "driver"), "EXCHAIN_BUILD": os.environ.get("EXCHAIN_BUILD", str(ROOT / "build"))}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def for_another_machine(image: bytes) -> bytes:
    changed, (header,) = bytearray(image), struct.unpack_from("<I", image, 0x3C)
    struct.pack_into("<H", changed, header + 4, 0x8664)
    return bytes(changed)


@pytest.fixture
def folder(places, tmp_path):
    brought = (places.target_bin / "exchain-brought.dll").read_bytes()
    (tmp_path / "brought.dll").write_bytes(brought)
    (tmp_path / "other.dll").write_bytes(for_another_machine(brought))
    (tmp_path / "text.dll").write_text("no image")
    (tmp_path / "folder").mkdir()
    return tmp_path


@pytest.mark.wine
@pytest.mark.parametrize(
    "words, said",
    [
        ("nowhere.dll!f", "nowhere.dll is not found beside the foreign library nor among Windows' own: name it with its folder, as ./nowhere.dll"),
        ("./nowhere.dll!f", "there is no file "),
        ("./brought.dll!no_such", "exports no no_such: "),
        ("./other.dll!call_back", "is for another machine (0x8664), "),
        ("./text.dll!call_back", "is no DLL for this machine "),
        ("./folder!call_back", "is a folder: "),
    ],
)
def test_what_is_not_there_gets_its_line(folder, words, said):
    done = repro(words, folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("exchain: dll: ") and said in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.wine
@pytest.mark.parametrize("words, status, verdict", [("./brought.dll!call_back", 0, "PASS"), ("./brought.dll!call_twice", 1, "FAIL"), ("./brought.dll!call_never", 1, "FAIL")])
def test_one_that_is_there_is_called(folder, words, status, verdict):
    done = repro(words, folder)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (status, verdict)
