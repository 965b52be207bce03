"""The parts of the set-up that decide something; what it installs is shown by ci/bare-debian."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUITES = "bookworm bookworm-updates"

DEB822 = """\
# the main suites
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
 bookworm-backports
Architectures: amd64
Components: main
Signed-By: /keys/debian.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
"""
CLASSIC = """\
deb [arch=amd64 signed-by=/keys/debian.gpg] http://mirror.example/debian bookworm main # the release
deb-src http://mirror.example/debian bookworm main
deb [signed-by=/keys/debian.gpg] http://mirror.example/debian bookworm-updates main
deb http://mirror.example/debian-security bookworm-security main
# deb http://off.example/debian bookworm main
"""


def bash(script, *arguments, **environment):
    parts = "".join(f'. "$root/ci/setup/{part}.sh"; ' for part in
                    ("completeness", "say", "apt-sources", "packages", "wine-prefix"))
    return subprocess.run(["bash", "-euc", parts + script, "bash", *map(str, arguments)],
                          env={"root": str(ROOT), "EXCHAIN_BUILD": "/nowhere", **os.environ, **environment},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout


def exchain(*arguments, **environment):
    return subprocess.run([ROOT / "exchain", *arguments], env={**os.environ, **environment},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)


@pytest.mark.parametrize("name, text", [("debian.sources", DEB822), ("debian.list", CLASSIC)])
def test_own_sources_keep_mirror_and_keys_and_drop_the_rest(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    sources = bash('machine_sources deb-src "$1" "$2"', SUITES, tmp_path / name).lower()
    assert set(re.findall(r"^types: (.*)", sources, re.M)) == {"deb-src"}
    assert " ".join(re.findall(r"^suites: (.*)", sources, re.M)) == SUITES
    assert set(re.findall(r"^uris: (.*)", sources, re.M)) == {"http://mirror.example/debian"}
    assert set(re.findall(r"^signed-by: (.*)", sources, re.M)) == {"/keys/debian.gpg"}
    assert "architectures" not in sources and "backports" not in sources


def test_a_key_written_out_in_the_entry_is_kept_whole(tmp_path):
    key = "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc=\n"
    (tmp_path / "own.sources").write_text("Types: deb\nURIs: http://m.example\nSuites: bookworm\nComponents: main\n" + key)
    assert key in bash('machine_sources deb "$1" "$2"', SUITES, tmp_path / "own.sources")


def test_every_package_has_a_reason():
    lines = (ROOT / "ci/packages.txt").read_text().splitlines()
    packages = [line for line in lines if line and line[0] not in "#["]
    assert packages
    assert [line for line in packages if not re.fullmatch(r"\S+ +# \S.*", line)] == []


@pytest.mark.skipif(not shutil.which("dpkg"), reason="needs dpkg")
def test_only_what_is_not_installed_is_missing():
    names = "dpkg\ncoreutils\nno-such-package\ndpkg:m68k\n"
    assert bash('printf "%s" "$1" | missing_packages', names).split() == ["no-such-package", "dpkg:m68k"]


def test_a_changed_list_asks_for_another_look(tmp_path):
    for part in ("ci", "cmake"):
        shutil.copytree(ROOT / part, tmp_path / part)
    before = bash("set_up_fingerprint", root=str(tmp_path))
    assert before == bash("set_up_fingerprint", root=str(tmp_path))
    with open(tmp_path / "ci/packages.txt", "a") as packages:
        packages.write("one-more # for the test\n")
    assert before != bash("set_up_fingerprint", root=str(tmp_path))


def test_wine_gets_its_own_environment_and_no_display():
    seen = bash("in_prefix /own/prefix env", DISPLAY=":0", WINEPREFIX="/home/user/.wine").splitlines()
    assert "WINEPREFIX=/own/prefix" in seen
    assert "WINEDEBUG=-all" in seen
    assert [line for line in seen if line.startswith(("DISPLAY=", "WAYLAND_DISPLAY="))] == []


def test_help_needs_no_set_up(tmp_path):
    called = exchain("--help", EXCHAIN_BUILD=str(tmp_path / "build"), EXCHAIN_PYTHON="/bin/false")
    assert called.returncode == 0
    assert "Usage: ./exchain COMMAND" in called.stdout
    assert not (tmp_path / "build").exists()


def test_a_build_folder_that_cannot_be_is_the_machines_trouble():
    called = exchain("setup", EXCHAIN_BUILD="/dev/null/build")
    assert called.returncode == 3
    assert re.fullmatch(r"exchain: cannot write /dev/null/build/setup: .*\n", called.stderr)


def test_a_wrong_option_is_a_wrong_request(tmp_path):
    assert exchain("setup", "--bogus", EXCHAIN_BUILD=str(tmp_path)).returncode == 2
