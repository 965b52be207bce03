"""The workflow says what it runs in words that the project has: files, commands, options, and the keys of the matrix."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
MATRIX = json.loads((ROOT / "ci" / "matrix.json").read_text(encoding="utf-8"))


def test_the_matrix_is_the_drivers_file_and_every_job_key_is_in_it():
    assert "ci/matrix.json" in WORKFLOW and "fromJSON(needs.build.outputs.matrix)" in WORKFLOW
    keys = set(re.findall(r"matrix\.([a-z]+)(?:\.([a-z]+))?", WORKFLOW.replace("steps.matrix.outputs.matrix", "").replace("outputs.matrix", "").replace("matrix.json", "")))
    assert keys >= {("platform", "name"), ("platform", "runner"), ("platform", "container"), ("foreign", ""), ("debugger", "")}
    for axis, key in keys:
        assert axis in MATRIX, axis
        assert not key or all(key in value for value in MATRIX[axis]), (axis, key)


def test_the_cells_name_is_the_drivers():
    assert "CELL: ${{ matrix.platform.name }}/${{ matrix.foreign }}/${{ matrix.debugger }}" in WORKFLOW
    done = subprocess.run([sys.executable, "-m", "exchain", "matrix", "--list"], env=os.environ | {"PYTHONPATH": str(ROOT / "driver")}, capture_output=True, text=True)
    names = [f"{platform['name']}/{foreign}/{debugger}" for platform in MATRIX["platform"] for foreign in MATRIX["foreign"] for debugger in MATRIX["debugger"]]
    assert done.stdout.split() == names


def test_a_job_in_a_container_has_one_and_windows_has_none():
    for platform in MATRIX["platform"]:
        assert (platform["container"] == "") == platform["runner"].startswith("windows")


@pytest.mark.parametrize("path", ["exchain", "ci/fuzz", "ci/matrix.json", "cases/seed", "cases/crash"])
def test_what_it_names_is_there(path):
    assert path in WORKFLOW
    assert (ROOT / path).exists()


def test_the_artifact_is_what_a_prebuilt_project_needs():
    uploaded = re.search(r"name: binaries\n +path: \|\n((?: {12}\S+\n)+)", WORKFLOW)[1].split()
    assert uploaded == ["build/i386/bin", "build/host/bin/exchain-scenario"]
    assert 'EXCHAIN_PREBUILT: "1"' in WORKFLOW


def test_on_windows_its_shell_stops_at_the_first_failure_and_the_command_is_the_installed_one():
    steps = [step for step in WORKFLOW.split("      - ") if "matrix.platform.container == ''" in step and "run: |" in step]
    assert len(steps) == 2 and all("shell: bash" in step for step in steps)
    assert "pip install -e" in steps[0] and 'exchain = "exchain.cli:main"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_it_is_yaml_and_its_jobs_depend_on_the_build():
    yaml = pytest.importorskip("yaml")
    said = yaml.safe_load(WORKFLOW)
    assert list(said["jobs"]) == ["build", "cell"] and said["jobs"]["cell"]["needs"] == "build"
    for job in said["jobs"].values():
        assert all(("run" in step) != ("uses" in step) for step in job["steps"])
