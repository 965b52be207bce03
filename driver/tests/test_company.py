"""Failures that only appear in company: the shortest row of texts that shows one."""

from types import SimpleNamespace

import pytest

from exchain import explore
from exchain.explore import Exploration, shortest
from exchain.tool import Judgement
from exchain.verdicts import Verdict


@pytest.mark.parametrize("longest", [1, 2, 3, 7, 8, 9, 1000])
def test_the_shortest_row_is_found(longest):
    for least in range(1, longest + 1):
        tried = []
        assert shortest(lambda length: tried.append(length) or length >= least, longest) == least
        assert len(tried) <= 22 and max(tried, default=0) <= longest


class Leaking:
    """A campaign whose batch executor fails at `fails` when `leaves` ran before it in the same process, and dies at `dies`."""

    setting = SimpleNamespace(timeout=1.0)
    tool = None

    def write_list(self, cases, name):
        return [case.text for case in cases]

    def attempts(self, texts, way, first, count, timeout, apart):
        assert (first, count, timeout, apart) == (0, len(texts), 1.0, True)
        yield SimpleNamespace(journal=SimpleNamespace(index=texts.index("dies") if "dies" in texts else count - 1))


@pytest.fixture
def exploration(monkeypatch):
    def judge(tool, texts, made):
        leaked = False
        for text in texts[: made.journal.index + 1]:
            yield Judgement(Verdict.FAIL if text == "fails" and leaked else Verdict.PASS)
            leaked |= text == "leaves"

    monkeypatch.setattr(explore, "judge", judge)
    made = object.__new__(Exploration)
    made.campaign, made.way = Leaking(), None
    return made


KIND = ("FAIL", None, "the text")


@pytest.mark.parametrize("row, shown", [
    (["a", "leaves", "b", "c", "fails"], ["leaves", "b", "c", "fails"]),
    (["leaves", "leaves", "fails"], ["leaves", "fails"]),
    (["leaves", *"abcdefghijk", "fails"], ["leaves", *"abcdefghijk", "fails"]),
    (["dies", "leaves", "b", "fails"], ["leaves", "b", "fails"]),
])
def test_the_row_begins_with_who_leaves_something(exploration, row, shown):
    assert exploration.company(row, KIND) == shown


@pytest.mark.parametrize("row", [["fails"], ["a", "fails"], ["a", "b", "c", "fails"], ["leaves", "dies", "fails"]])
def test_what_no_row_shows_is_said_to_be_so(exploration, row):
    assert exploration.company(row, KIND) is None
