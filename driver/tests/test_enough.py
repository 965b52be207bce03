"""When enough has failed."""

import pytest

from exchain.enough import ALIKE_MOST, MOST, Enough, enough
from exchain.store import Failure


def failure(text: str, rule: str = "V1", place: str = "recover") -> Failure:
    return Failure(0, text, "VIOLATION", rule, place, None, None, "")


def left_behind(had: Enough, *failures: Failure) -> list[int | None]:
    seen = []
    for one in failures:
        had.add([one])
        seen.append(had.left)
    return seen


def test_a_number_that_is_said_is_how_many_whatever_they_are_like():
    assert left_behind(enough(6), *[failure("panic")] * 6) == [5, 4, 3, 2, 1, 0]


def test_zero_is_never():
    had = enough(0)
    assert left_behind(had, *[failure("panic")] * 50) == [None] * 50 and not had.reached


def test_where_nothing_is_said_a_row_of_like_ones_is_enough():
    had = enough(None)
    assert had.left == ALIKE_MOST and not had.reached
    assert left_behind(had, failure("panic"), *[failure("lock { panic }")] * ALIKE_MOST) == [ALIKE_MOST, *reversed(range(ALIKE_MOST))]
    assert had.reached and had.for_alike


@pytest.mark.parametrize("other", [failure("goexit"), failure("lock { panic }", rule="V2"), failure("lock { panic }", place="defer"), failure("lock { panic }", rule=None)])
def test_one_that_is_new_begins_the_row_anew(other):
    alike = [failure("lock { panic }")] * (ALIKE_MOST - 1)
    assert left_behind(enough(None), failure("panic"), *alike, other, *alike)[-1] == 1


def test_like_is_who_has_all_words_of_any_earlier_one_in_their_order():
    had = enough(None)
    had.add([failure("call { back { panic } }"), failure("goexit"), failure("call { back { goexit } }"), failure("panic call { back { } }")])
    assert (had.count, had.alike) == (4, 0)  # the third is like the second, the fourth like none


def test_however_new_they_are_there_is_a_number_of_them_that_is_enough():
    had = enough(None)
    had.add(failure("panic", place=str(number)) for number in range(MOST))
    assert had.reached and had.alike == 0 and not had.for_alike


def test_whoever_goes_on_sees_a_row_of_their_own():
    had = enough(None)
    had.begin([failure("panic")] * 10)
    assert not had.reached and left_behind(had, *[failure("panic")] * ALIKE_MOST)[-1] == 0
