"""Frames made by hand, by C and by both kinds of C++ in each other, in every order: what happens is what the model says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from nested_texts import MEETINGS, nested_texts

ROOT = Path(__file__).parents[2]
ONLY_UNREACHED = {"PASS", "VACUOUS"}  # what stands behind a call that stops at a record left behind is not reached


@pytest.mark.wine
@pytest.mark.parametrize("foreign", ["O0", "O2"])
def test_every_pair_in_every_order(tmp_path, foreign):
    texts = [text for meeting in MEETINGS for text in nested_texts(meeting)]
    assert len(texts) == len(MEETINGS) * 24 * 24
    listed = tmp_path / "nested.list"
    listed.write_text("".join(f"{text}\n" for text in texts))
    command = [sys.executable, "-m", "exchain", "run", "--list", str(listed), "--foreign", foreign, "--json", "-"]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "driver")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    said = json.loads(done.stdout)
    assert [failure for failure in said["failures"] if failure["verdict"] not in ONLY_UNREACHED] == []
    assert sum(said["counts"].values()) == len(texts) and said["counts"]["VACUOUS"] < 10
