"""Benchmarks meet their peers and floors by name."""

import pytest
import standins

from exchain import bench_exploring, document
from exchain.bench import BARS, Row, measure, programs
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


def test_what_is_measured_in_turns_with_something_else_is_no_program_of_its_own(rows):
    assert rows(call="""print('{"name": "call", "ns": 4}')""", floor__empty="") == [Row("call", 4)]


def test_a_bar_in_nanoseconds_beside_a_floor():
    text = bench_exploring.TEXT.name
    assert str(BARS[text]) == "500 ns at most"
    assert Row(text, 500, floor_ns=200).reached and not Row(text, 501, floor_ns=600).reached
    assert Row(text, 430, floor_ns=200).ratio == 2.15
    assert Row(text, 430).ratio is None and Row(text, 430).reached and Row(text).reached is None


@pytest.fixture
def exploring(project, tmp_path, monkeypatch):
    """Exploring against its floors. Gives the rows, and who was run in which order."""

    def run(explorer: str, prototype: str, bare_handler: str) -> tuple[list[Row], list[str]]:
        ran = tmp_path / "ran"
        note = f"open({str(ran)!r}, 'a').write(sys.argv[0].rsplit('/')[-1] + chr(10)); "
        folder = project.places.target_bin / "bench"
        standins.script(project.places.explorer, note + explorer)
        standins.script(folder / "floor" / "bench-prototype.exe", note + prototype)
        standins.script(folder / "bench-floor.exe", note + bare_handler)
        monkeypatch.setattr(type(project.places), "runtime", lambda places, name: places.target_bin / f"exchain-{name}.dll")
        with Native() as launcher:
            return bench_exploring.measure(launcher, project.places, tmp_path), ran.read_text().splitlines()

    return run


EXPLORER = """
faults = "faults" in sys.argv
assert sys.argv[sys.argv.index("--rounds") + 1] == "12"
print('{"texts": 1000, "faults": %d, "ns": %d}' % (2000 * faults, 13000000 if faults else 600000))
"""
PROTOTYPE = f"""print('{{"name": "{bench_exploring.TEXT.name}", "floor_ns": 200}}')"""
BARE_HANDLER = """print('{"name": "call", "floor_ns": 2}'); print('{"name": "fault + recover", "floor_ns": 5000}')"""


def test_exploring_takes_turns_with_its_floors(exploring, project):
    rows, ran = exploring(EXPLORER, PROTOTYPE, BARE_HANDLER)
    assert rows == [Row(bench_exploring.TEXT.name, 600, None, 200), Row(bench_exploring.FAULT.name, 6500, None, 5000)]
    ours = project.places.explorer.name
    assert ran == [*[ours] * len(bench_exploring.TEXT.firsts), "bench-prototype.exe"] * bench_exploring.ROUNDS + [*[ours] * len(bench_exploring.FAULT.firsts), "bench-floor.exe"] * bench_exploring.ROUNDS
    assert document.of_rows(rows)["rows"][0] == {"name": rows[0].name, "ns": 600, "peer_ns": None, "floor_ns": 200, "ratio": 3}


def test_exploring_that_fails_while_it_is_measured(exploring):
    with pytest.raises(MachineTrouble, match=r"exploring failed while it was measured \(a rule broke\): try ./exchain explore --profile core --max-ops 8 --range 100000000:"):
        exploring("sys.exit('a rule broke')", PROTOTYPE, BARE_HANDLER)


def test_a_prototype_that_finds_a_rule_broken(exploring):
    with pytest.raises(MachineTrouble, match="bench-prototype.exe measured nothing: bench-prototype: SEH_CHAIN_BROKEN"):
        exploring(EXPLORER, "sys.exit('bench-prototype: SEH_CHAIN_BROKEN')", BARE_HANDLER)


def test_a_floor_that_is_not_among_the_measured(exploring):
    with pytest.raises(MachineTrouble, match="bench-floor.exe did not measure fault . recover"):
        exploring(EXPLORER, PROTOTYPE, """print('{"name": "call", "floor_ns": 2}')""")


@pytest.mark.parametrize("body", ["", "print('hello')", "print('{')", "print('{}')"])
def test_a_program_that_measures_nothing(rows, body):
    with pytest.raises(MachineTrouble, match="call.exe measured nothing"):
        rows(call=body)


def test_of_each_range_the_fastest_round_counts():
    rounds = [[{"ns": 1000, "texts": 10}, {"ns": 9000, "texts": 20}], [{"ns": 4000, "texts": 10}, {"ns": 2000, "texts": 20}]]
    assert bench_exploring.fastest(rounds, "texts") == 100
