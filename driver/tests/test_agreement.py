"""The model and the runtime share no code; on random texts they must say the same."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from random_texts import RandomTexts

ROOT = Path(__file__).parents[2]
COUNT = 300
ONLY_UNREACHED = {"PASS", "VACUOUS"}  # a random text may well hold what cannot be reached


@pytest.mark.wine
@pytest.mark.parametrize("foreign, seed", [("O0", 1), ("O2", 2)])
def test_model_and_runtime_agree(tmp_path, foreign, seed):
    texts = RandomTexts(seed)
    listed = tmp_path / "random.list"
    listed.write_text("".join(f"{texts.text()}\n" for _ in range(COUNT)))
    command = [sys.executable, "-m", "exchain", "run", "--list", str(listed), "--foreign", foreign, "--json", "-"]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "driver")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    said = json.loads(done.stdout)
    assert [failure for failure in said["failures"] if failure["verdict"] not in ONLY_UNREACHED] == []
    assert sum(said["counts"].values()) == COUNT and said["counts"]["PASS"] > COUNT / 4
