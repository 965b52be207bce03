"""Every scenario on the language's page runs, and does what the model says."""

import json
import os
import re
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
    ran = said["counts"]["PASS"] + said["counts"]["XFAIL"]
    assert ran == 2 * len(texts), "each with both builds of the foreign frames, and none skipped"


def words_of(table: str, row: str) -> list[str]:
    """The words of a table's rows."""
    return re.findall(row, (ROOT / "harness" / table).read_text(encoding="utf-8"), re.MULTILINE)


def everything() -> list[str]:
    operations = words_of("scenario/operations.def", r'^OPERATION\(\w+, +"([a-z-]+)"')
    carriers = words_of("scenario/carriers.def", r'^CARRIER\(\w+, +"([a-z-]+)"')
    faults = words_of("inject/fault_kinds.def", r'^FAULT_KIND\(\w+, +"([a-z0-9-]+)"')
    frames = words_of("scenario/frame_kinds.def", r'^FRAME_KIND\(\w+, +"([a-z-]+)"\)')
    kinds = [f"{operation} {kind}" for operation in ("seh", "try", "cxx", "gxx") for kind in frames]
    assert len(operations) >= 30 and len(carriers) > 5 and len(faults) > 10 and len(frames) == 6, "a table looks otherwise than it is read here"
    return [*operations, *(f"via {word}" for word in carriers), *(f"fault {word}" for word in faults), *kinds]


@pytest.mark.parametrize("words", everything())
def test_everything_has_an_example(words):
    assert any(re.search(rf"(?<![a-z-]){words}(?![a-z0-9-])", text) for text in scenarios()), f"docs/LANGUAGE.md has no example of `{words}`"
