"""Hunting mutants: the plan, when a stage is left, which finding counts, what is written of it; and for real, where small texts show nothing."""

import contextlib
from types import SimpleNamespace

import pytest

from exchain import hunting, journal, shards
from exchain.build import build
from exchain.campaign import opened, tool_opened
from exchain.commands import Profile
from exchain.execute import Setting
from exchain.hunting import Hunt, Hunted, OneAlone
from exchain.hunting_plan import RANDOM, ROUNDS, Stage, plan
from exchain.schedulers import starting
from exchain.store import Failure, Group
from exchain.tool import Tool

FIRST, SECOND, THIRD = Stage("core", 1, 2), Stage("frames", 1, 3), Stage("turns", 8, 9, draws=10)


def failure(text: str, alone: str = "CRASH") -> Failure:
    return Failure(0, text, "CRASH", None, "panic", None, None, None, (alone,) * 3)


def group(text: str, number: int = 1) -> Group:
    return Group(number, "VIOLATION", "V1", "panic", text, None, None)


# The plan.


def test_no_text_of_a_small_size_is_run_twice_and_none_is_left_out():
    enumerated: dict[str, int] = {}
    for stage in plan():
        if stage.draws is None:
            assert stage.operations_min == enumerated.get(stage.profile, 0) + 1 <= stage.operations_max
            enumerated[stage.profile] = stage.operations_max
    assert enumerated["core"] >= 6 and enumerated["all"] >= 2


def test_each_round_has_twice_as_many_other_random_texts():
    for first in RANDOM:
        rounds = [stage for stage in plan() if stage.draws and stage.profile == first.profile]
        assert [stage.draws for stage in rounds] == [first.draws * 2**turn for turn in range(ROUNDS)]
        assert len({stage.seed for stage in rounds}) == ROUNDS


def test_the_plan_leaves_no_profile_out(places):
    build(places, ["host"], lambda line: None, "exchain-scenario")
    for stage in plan():
        Tool(places.tool).space(stage.profile, 1)  # a profile that there is
    assert {stage.profile for stage in plan()} == {profile.value for profile in Profile}


def test_a_stage_of_larger_texts_begins_behind_the_smaller():
    space = SimpleNamespace(sizes=(6, 54, 681), size=741)
    assert Stage("core", 3, 3).asked(space, Setting()).range == "60:741"
    drawn = THIRD.asked(space, Setting())
    assert (drawn.draws, drawn.operations_min, drawn.operations_max, drawn.range) == (10, 8, 9, None)
    assert (THIRD.where, FIRST.where) == ("random of turns", "core")


# When it is enough, and what counts.


def test_one_text_that_fails_alone_is_enough_and_some_that_do_not():
    enough = OneAlone()
    assert enough.left == 1 and not enough.reached
    enough.add([failure("a", "PASS")])
    assert enough.left == 1 and not enough.reached
    enough.add([failure("b", "PASS"), failure("c", "PASS")])
    assert enough.reached
    enough = OneAlone()
    enough.add([failure("a", "PASS"), failure("b")])
    assert enough.reached


def hunted(found: dict) -> tuple[Hunted, list[Stage]]:
    """Hunts with answers for the stages."""
    asked = []
    hunt = Hunt(SimpleNamespace(with_setting=lambda setting: setting, setting=Setting()), lambda line: None)

    def explore(setting, stage, started):
        assert setting.mutant == "one"
        asked.append(stage)
        return found.get(stage)

    hunt.explore = explore
    return hunt.hunt("one", [FIRST, SECOND, THIRD]), asked


def test_the_first_stage_with_a_text_that_fails_alone_ends_the_hunt():
    alone, in_company = Hunted("one", SECOND, 2.0, group("panic")), Hunted("one", FIRST, 1.0, group("goexit"), True)
    assert hunted({SECOND: alone}) == (alone, [FIRST, SECOND])
    assert hunted({FIRST: in_company, SECOND: alone}) == (alone, [FIRST, SECOND])
    assert hunted({FIRST: in_company}) == (in_company, [FIRST, SECOND, THIRD])
    nothing, asked = hunted({})
    assert (nothing.stage, nothing.group, nothing.by, asked) == (None, None, "-", [FIRST, SECOND, THIRD])


def test_what_is_written():
    found = [Hunted("one", THIRD, 1.5, group("recover { panic }")), Hunted("two", FIRST, 2.0, group("panic"), True), Hunted("three", seconds=9.0)]
    assert [one.by for one in found] == ["V1", "V1, in company only", "-"]
    document = hunting.document_of(found)
    assert document["verdict"] == "fail" and [one["mutant"] for one in document["failures"]] == ["three"]
    one = document["mutants"]["one"]
    assert (one["profile"], one["random"], one["operations"], one["draws"], one["seed"]) == ("turns", True, [8, 9], 10, 1)
    assert (one["seconds"], one["rule"], one["text"]) == (1.5, "V1", "recover { panic }")
    assert one["repro"] == "./exchain repro --mutant one 'recover { panic }'"
    assert (document["mutants"]["two"]["random"], document["mutants"]["two"]["in_company"]) == (False, True)
    assert document["mutants"]["three"]["text"] is document["mutants"]["three"]["profile"] is None
    assert hunting.document_of(found[:2])["verdict"] == "pass" and hunting.document_of([])["verdict"] == "fail"


# For real.


@pytest.fixture(scope="module")
def campaign(places):
    build(places, [places.target], goal="exchain-mutants")
    with tool_opened(places, lambda line: None) as (tool, scratch), opened(places, tool, scratch, Setting(timeout=10.0), lambda line: None, mutants=True) as campaign:
        yield campaign


@pytest.mark.wine
def test_what_takes_two_threads_and_a_lock_is_found_among_random_texts(campaign):
    found = Hunt(campaign, lambda line: None).hunt("lock-does-not-hold", [Stage("turns", 1, 3), Stage("turns", 12, 20, draws=30_000)])
    assert found.stage and found.stage.draws and not found.in_company
    assert (found.group.verdict, found.group.rule) == ("VIOLATION", "V9")
    words = found.group.text.split()
    assert words.count("go") == 2 and "lock" in words and "yield" in words and len([word for word in words if word not in "{}"]) <= 8


@pytest.mark.wine
def test_a_walk_over_what_was_overwritten_is_found(campaign):
    found = Hunt(campaign, lambda line: None).hunt("pop-records-signed-compare", [Stage("ruins", 6, 6)])
    assert found.group and (found.group.rule, found.group.text) == ("V1", "recover { call { seh leak { } clobber back { panic } } }")


@pytest.mark.wine
@pytest.mark.parametrize("mutant, rule, text", [("filter-not-put-back", "V14", "call { back { } } check"), ("lock-abandoned-by-a-panic", "V15", "recover { call { back { panic } } } check")])
def test_what_is_looked_at_once_a_group_of_texts_is_found_with_a_check_behind_it(campaign, mutant, rule, text):
    found = Hunt(campaign, lambda line: None).hunt(mutant, [Stage("core", 1, 3)])
    assert (found.group.rule, found.group.text, found.in_company) == (rule, text, False)


@pytest.mark.wine
def test_what_the_reference_fails_too_is_not_the_mutants(campaign, monkeypatch):
    hunt = Hunt(campaign, lambda line: None)
    assert hunt.passes("recover { panic }") and not hunt.passes("panic check")  # which is never reached
    monkeypatch.setattr(Hunt, "passes", lambda self, text: False)
    assert hunt.hunt("activation-left-linked", [Stage("core", 1, 3)]).group is None
    monkeypatch.undo()
    assert hunt.hunt("activation-left-linked", [Stage("core", 1, 3)]).group.text == "call { back { panic } }"


@pytest.mark.wine
def test_counting_what_is_drawn_from_gives_a_sign_of_life_behind_each_size(campaign, tmp_path):
    def progress(operations_max: int) -> int:
        build_folder = campaign.places.build
        relative = lambda file: file.relative_to(build_folder).as_posix()
        options = ["--profile", "core", "--max-ops", str(operations_max), "--min-ops", "1", "--seed", "1"]
        files = {"--runtime": relative(Setting().library(campaign.places)), "--foreign": relative(campaign.places.foreign("O2"))}
        launcher = campaign.launcher
        spec = shards.Spec(str(build_folder), campaign.places.target, launcher.uses_wine, dict(launcher.settings), relative(campaign.places.explorer), options, files, 0, 0)
        child = starting(launcher)(shards.command_of(spec, 0, 0, 1024, tmp_path), shards.environment_of(spec), tmp_path / "output")
        with contextlib.closing(SimpleNamespace(close=child.kill)):
            assert child.ended(120), (tmp_path / "output").read_text()
        return journal.read(tmp_path / "journal").progress

    assert progress(20) - progress(4) == 16
