"""All of the core up to seven operations, on the reference runtime: fifty million scenarios, and none fails."""

import json

import pytest

from exchain.asked import space_of
from exchain.build import build
from exchain.suite import ALONE
from exchain.tool import Tool
from test_explore import start

pytestmark = [pytest.mark.wine, getattr(pytest.mark, ALONE)]

SIZES = (6, 54, 681, 9_986, 160_344, 2_739_129, 48_977_156)


def test_no_text_of_the_core_up_to_seven_operations_fails(places, tmp_path):
    build(places, [places.target])
    size = space_of(Tool(places.tool), "core", 7).size  # which the driver counts by itself
    assert size == sum(SIZES) == 51_887_356
    process = start("--profile", "core", "--max-ops", 7, "--jobs", 2, "--store", tmp_path / "explored.sqlite", "--json", tmp_path / "explored.json")
    out, err = process.communicate()
    assert process.returncode == 0, out + err
    assert f"{size:,} of {size:,} ran, 0 failed in 0 groups" in out
    found = json.loads((tmp_path / "explored.json").read_text())
    assert found["verdict"] == "pass" and found["complete"] and found["failures"] == found["groups"] == []
    assert found["space"] == found["asked"] == found["ran"] == found["counts"]["PASS"] == sum(found["coverage"]["exits"].values()) == size
