"""Every scenario on the language's page runs, and does what the model says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def scenarios() -> list[str]:
    lines = (ROOT / "docs" / "LANGUAGE.md").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.startswith("    ")]


@pytest.mark.wine
def test_every_example_passes(tmp_path):
    texts = scenarios()
    assert len(texts) > 15
    listed = tmp_path / "page.list"
    listed.write_text("\n".join(texts) + "\n")
    command = [sys.executable, "-m", "exchain", "run", "--list", str(listed), "--json", "-"]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "driver")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    said = json.loads(done.stdout)
    assert (done.returncode, said["failures"]) == (0, [])
    assert said["counts"]["PASS"] == 2 * len(texts), "each with both builds of the foreign frames, and none skipped"
