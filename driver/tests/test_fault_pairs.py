"""Two faults: a second one while the first is being handled, unwound or recovered, for all pairs of kinds.

The texts are made from the table of kinds, so a kind that is added is paired with all others. The model says what must happen, known differences of the platform
included; nothing may be left unsaid but by kinds that nobody can survive.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_faults_page import table

ROOT = Path(__file__).parents[2]

PANICS = {row[1]: row[3] for row in table()}
KINDS = [row[1] for row in table()]
PANICKING = [kind for kind in KINDS if PANICS[kind] != "NEVER"]

PLACES = {
    # name: (text, kinds that may come first, kinds that may come second)
    "in-a-filter": ("call {{ seh catch {{ seh refault {second} {{ fault {first} }} }} }}", KINDS, KINDS),
    "in-a-filter-repaired": ("call {{ seh resume {{ seh refault {second} {{ fault {first} }} }} }}", KINDS, KINDS),
    "in-an-unwinding": ("call {{ seh catch {{ back {{ defer {{ call {{ seh catch {{ fault {second} }} }} }} {{ call {{ fault {first} }} }} }} }} }}", KINDS, KINDS),
    "recovered-in-an-unwinding": ("panic-on-fault {{ call {{ seh catch {{ back {{ defer {{ recover {{ fault {second} }} }} {{ call {{ fault {first} }} }} }} }} }} }}", KINDS, PANICKING),
    "out-of-an-unwinding": ("call {{ seh catch {{ back {{ defer {{ fault {second} }} {{ call {{ fault {first} }} }} }} }} }}", ["div0"], KINDS),
    "in-a-deferred-function": ("panic-on-fault {{ recover {{ defer {{ fault {second} }} {{ fault {first} }} }} check }}", PANICKING, PANICKING),
    "in-a-deferred-function-to-the-end": ("panic-on-fault {{ recover {{ defer {{ fault {second} }} {{ fault {first} }} }} }}", ["sse"], KINDS),
    "behind-a-recover": ("panic-on-fault {{ recover {{ fault {first} }} recover {{ fault {second} }} check }}", PANICKING, PANICKING),
    "of-c-behind-a-recover": ("panic-on-fault {{ recover {{ fault {first} }} call {{ seh catch {{ fault {second} }} }} }}", PANICKING, KINDS),
}


def texts(place: str) -> list[str]:
    text, first, second = PLACES[place]
    return [text.format(first=one, second=other) for one in first for other in second]


def run(tmp_path, made: list[str], foreign: str) -> dict:
    listed = tmp_path / "pairs.list"
    listed.write_text("".join(f"{text}\n" for text in made))
    command = [sys.executable, "-m", "exchain", "run", "--list", str(listed), "--foreign", foreign, "--json", "-"]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "driver")}
    return json.loads(subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout)


def surprises(said: dict) -> list[dict]:
    """Where a fault ends the process, what the text has behind it is not reached: that is the text's fault."""
    return [failure for failure in said["failures"] if failure["verdict"] != "VACUOUS"]


@pytest.mark.wine
@pytest.mark.parametrize("place", PLACES)
def test_all_pairs(tmp_path, place):
    made = texts(place)
    said = run(tmp_path, made, "O2" if len(made) > 100 else "O0")
    assert surprises(said) == []
    assert sum(said["counts"].values()) == len(made)
    assert said["counts"]["PASS"] + said["counts"]["XFAIL"] >= 0.8 * len(made), said["counts"]
