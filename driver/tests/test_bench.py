"""Benchmarks meet their peers and floors by name."""

import pytest
import standins

from exchain.bench import Row, measure, programs
from exchain.launcher import Native
from exchain.stops import MachineTrouble


@pytest.fixture
def rows(project, tmp_path):
    def run(**bodies) -> list[Row]:
        for name, body in bodies.items():
            standins.script(project.places.target_bin / "bench" / f"{name.replace('__', '/')}.exe", body)
        with Native() as launcher:
            return measure(launcher, programs(project.places), tmp_path)

    return run


def test_ours_and_the_peers_meet_by_name(rows):
    found = rows(
        call="""print('noise'); print('{"name": "call", "ns": 4, "floor_ns": 2}'); print('{"name": "panic", "ns": 3}')""",
        go__call="""print('{"name": "call", "peer_ns": 100}')""",
    )
    assert found == [Row("call", 4, 100, 2), Row("panic", 3)]


def test_a_ratio_is_against_the_peer_or_else_the_floor():
    assert Row("a", 4, 100, 2).ratio == 25
    assert Row("a", 4, None, 2).ratio == 2
    assert Row("a", 4).ratio is None and Row("a", None, 100).ratio is None


@pytest.mark.parametrize("body", ["", "print('hello')", "print('{')", "print('{}')"])
def test_a_program_that_measures_nothing(rows, body):
    with pytest.raises(MachineTrouble, match="call.exe measured nothing"):
        rows(call=body)
