"""The independent count of a space, against the enumeration's and against what is known by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchain import space
from exchain.asked import space_of
from exchain.stops import MachineTrouble
from exchain.tool import Tool


def pairs(*words: str) -> list[space.Letter]:
    return [space.Letter(*word.split(":")) for word in words]


def test_sequences_of_what_only_goes_on():
    assert space.sizes(pairs("managed:goes-on"), 4, deaths=False) == [1, 1, 1, 1]
    assert space.sizes(pairs("managed:goes-on", "managed:goes-on"), 3, deaths=False) == [2, 4, 8]


def test_nothing_stands_behind_an_end():
    assert space.sizes(pairs("managed:goes-on", "managed:panics"), 3, deaths=False) == [2, 2, 2]


def test_blocks_are_counted_as_trees():
    assert space.sizes(pairs("managed:passes"), 5, deaths=False) == [1, 2, 5, 14, 42]  # Catalan's


def test_a_recover_makes_what_stands_behind_it_reachable():
    # recover { panic } and what may follow, against panic alone
    assert space.sizes(pairs("managed:recovers", "managed:panics"), 2, deaths=False) == [2, 4]


def test_texts_that_end_the_process_count_only_where_they_are_wanted():
    letters = pairs("managed:calls", "foreign:raises", "foreign:catches")
    assert space.sizes(letters, 3, deaths=False) == [1, 2, 6]
    assert space.sizes(letters, 3, deaths=True) == [1, 3, 8]


def test_who_takes_an_exception_of_cxx_depends_on_who_is_nearest():
    # throw alone ends the process; in a catch of C++'s it is taken, and in a frame that resumes inside of it nothing is left to repair
    letters = pairs("managed:calls", "foreign:throws", "foreign:cxx-catches", "foreign:resumes")
    assert space.sizes(letters, 2, deaths=False) == [1, 3]  # call call; a call of each frame
    assert space.sizes(letters, 3, deaths=False)[2] - space.sizes(pairs("managed:calls", "foreign:cxx-catches", "foreign:resumes"), 3, deaths=False)[2] == 1


def test_an_exception_of_gxx_is_not_taken_past_records():
    frames = pairs("managed:calls", "foreign:gxx-catches", "foreign:looks")
    more = [with_throw - without for with_throw, without in
            zip(space.sizes([*frames, space.Letter("foreign", "gthrows")], 4, deaths=False), space.sizes(frames, 4, deaths=False))]
    # call { gxx catch { gthrow } }; then that with a call before or behind, a frame before or behind it, or another frame around either of the two, or before the throw
    assert more[:3] == [0, 0, 1]
    assert space.sizes([*pairs("managed:calls", "foreign:gxx-catches"), space.Letter("foreign", "looks", stops_walk=True), space.Letter("foreign", "gthrows")], 4, deaths=True)[3] \
        > space.sizes([*frames, space.Letter("foreign", "gthrows")], 4, deaths=True)[3]  # which stops the walk: nobody is found


def test_a_function_that_never_runs_is_empty():
    letters = pairs("managed:defers", "managed:dies")
    assert space.sizes(letters, 2, deaths=True) == [2, 6]
    # defer { } { } three times over: in a row, one in the function, one in the body; and die behind, in the function, in the body


def test_what_behaves_in_an_unknown_way_is_not_guessed():
    with pytest.raises(ValueError, match="nothing is known"):
        space.sizes(pairs("managed:flies"), 2, deaths=False)


BEHAVIOURS = {
    "managed": ["goes-on", "clobbers", "panics", "panics-gated", "dies", "exits", "passes", "calls", "recovers", "defers", "gates", "repeats", "starts-task"],
    "foreign": ["goes-on", "clobbers", "raises", "raises-hard", "jumps", "throws", "gthrows", "calls-back", "calls-back-elsewhere", "carries", "starts", "looks", "catches", "resumes",
                "refaults", "leaks", "cxx-catches", "cxx-rethrows", "cxx-refaults", "gxx-looks", "gxx-catches", "gxx-rethrows", "gxx-refaults", "marks", "repeats"],
}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([space.Letter(side, behaviour) for side, words in BEHAVIOURS.items() for behaviour in words]), min_size=1, max_size=6))
def test_deaths_and_letters_only_add(letters):
    some = space.sizes(letters, 4, deaths=False)
    assert all(one <= other for one, other in zip(some, space.sizes(letters, 4, deaths=True)))
    assert all(one <= other for one, other in zip(some, space.sizes([*letters, space.Letter("managed", "goes-on")], 4, deaths=False)))
    assert space.sizes(letters, 6, deaths=False)[:4] == some


@pytest.mark.parametrize("profile", ["core", "faults", "threads", "frames", "tasks", "turns", "ruins", "kinds", "alive", "all"])
def test_both_counts_agree(places, profile):
    operations_max = 6 if profile in ("alive", "all") else 8
    said = Tool(places.tool).space(profile, operations_max)
    counted = space_of(Tool(places.tool), profile, operations_max)
    assert list(counted.sizes) == said["sizes"]
    assert counted.size > 10**7


def test_counts_that_differ_stop_everything(places, monkeypatch):
    monkeypatch.setattr(space, "left_deferred", lambda body, function: body)
    with pytest.raises(MachineTrouble, match="two counts of the texts with 3 operations differ"):
        space_of(Tool(places.tool), "core", 4)
