"""Benchmarks meet their peers and floors by name."""

import pytest
import standins

from exchain import bench_exploring, document, shards
from exchain.bench import BARS, ROUNDS, Row, measure, programs
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


def test_a_bar_of_the_floors():
    text = bench_exploring.TEXT
    assert str(BARS[text]) == "2.15 x the floor at most"
    assert Row(text, 430, floor_ns=200).reached and not Row(text, 431, floor_ns=200).reached
    assert Row(text, 430, floor_ns=200).ratio == 2.15
    assert Row(text, 430).ratio is None and Row(text, 430).reached is None


@pytest.fixture
def exploring(project, tmp_path, monkeypatch):
    """Exploring against its floors; the explorer takes a second for its start, and what is said for each text or fault. Gives the rows, and who was run in which order."""

    def run(prototype: str, floor: str) -> tuple[list[Row], list[str]]:
        ran = tmp_path / "ran"
        note = f"open({str(ran)!r}, 'a').write(sys.argv[0].rsplit('/')[-1] + chr(10)); "
        folder = project.places.target_bin / "bench"
        standins.script(folder / "floor" / "bench-prototype.exe", note + prototype)
        standins.script(folder / "bench-floor.exe", note + floor)
        project.places.explorer.touch()

        def run_shard(spec):
            each = {"core": 600e-9, "faults": 13000e-9}[spec.options[1]]
            with ran.open("a") as file:
                file.write(f"{spec.options[1]} {spec.count}\n")
            return shards.Outcome(spec.first, spec.count, faults=2 * spec.count, seconds=1 + (spec.count * each if spec.count > 1 else 0))

        monkeypatch.setattr(shards, "run_shard", run_shard)
        monkeypatch.setattr(type(project.places), "runtime", lambda places, name: places.target_bin / f"exchain-{name}.dll")
        with Native() as launcher:
            return bench_exploring.measure(launcher, project.places, tmp_path), ran.read_text().splitlines()

    return run


PROTOTYPE = f"""print('{{"name": "{bench_exploring.TEXT}", "floor_ns": 200}}')"""
BARE_HANDLER = """print('{"name": "call", "floor_ns": 2}'); print('{"name": "fault + recover", "floor_ns": 5000}')"""


def test_exploring_takes_turns_with_its_floors(exploring):
    rows, ran = exploring(PROTOTYPE, BARE_HANDLER)
    assert [(row.name, round(row.ns), row.floor_ns, round(row.ratio, 2)) for row in rows] == [(bench_exploring.TEXT, 600, 200, 3), (bench_exploring.FAULT, 6500, 5000, 1.3)]
    turn = ["core 1", "core 1000000", "bench-prototype.exe", "faults 1", "faults 150000", "bench-floor.exe"]
    assert ran == ["core 1", *turn * ROUNDS]
    assert document.of_rows(rows)["rows"][0] == {"name": bench_exploring.TEXT, "ns": rows[0].ns, "peer_ns": None, "floor_ns": 200, "ratio": rows[0].ratio}


def test_a_prototype_that_finds_a_rule_broken(exploring):
    with pytest.raises(MachineTrouble, match="bench-prototype.exe measured nothing: bench-prototype: SEH_CHAIN_BROKEN"):
        exploring("sys.exit('bench-prototype: SEH_CHAIN_BROKEN')", BARE_HANDLER)


def test_a_floor_that_is_not_among_the_measured(exploring):
    with pytest.raises(MachineTrouble, match="bench-floor.exe did not measure fault . recover"):
        exploring(PROTOTYPE, """print('{"name": "call", "floor_ns": 2}')""")


@pytest.mark.parametrize("body", ["", "print('hello')", "print('{')", "print('{}')"])
def test_a_program_that_measures_nothing(rows, body):
    with pytest.raises(MachineTrouble, match="call.exe measured nothing"):
        rows(call=body)
