"""Talking to the host tool, above all when it does not answer as it should."""

import json

import pytest
import standins

from exchain.stops import MachineTrouble
from exchain.tool import Mistake, Stopped, Tool, judgement_of
from exchain.verdicts import Verdict

SAID = {
    "index": 3, "text": "check", "verdict": "VIOLATION", "outcome": "violation V1", "expected": "ok", "rule": "V1",
    "stop": {"code": 0xE001, "title": "SEH_HEAD_NOT_RESTORED", "parameters": [1, 2, 0xFFFFFFFF, 0]},
    "reason": "why", "trace": ["a"], "expected_trace": ["b"], "difference": 0, "report": "chain", "nanoseconds": 5, "rules_checked": 6,
}


@pytest.fixture
def tool(tmp_path):
    """A tool whose whole behaviour is the body of a script."""
    return lambda body: Tool(standins.script(tmp_path / "tool", body))


def test_a_judgement_has_everything_that_was_said():
    judgement = judgement_of(SAID)
    assert (judgement.verdict, judgement.outcome, judgement.expected, judgement.rule) == (Verdict.VIOLATION, "violation V1", "ok", "V1")
    assert str(judgement.stop) == "*** STOP: 0x0000E001 SEH_HEAD_NOT_RESTORED (0x00000001, 0x00000002, 0xFFFFFFFF, 0x00000000)"
    assert (judgement.trace, judgement.expected_trace, judgement.difference) == (("a",), ("b",), 0)
    assert (judgement.report, judgement.nanoseconds, judgement.rules_checked, judgement.index) == ("chain", 5, 6, 3)


def test_numbers_may_be_words():
    stop = {"code": "0xE001", "title": "T", "parameters": ["0x10", "16", 16, 0]}
    assert judgement_of(SAID | {"stop": stop}).stop == Stopped(0xE001, "T", (16, 16, 16, 0))


def test_the_line_about_the_journal_is_no_judgement(tool, tmp_path):
    lines = "\n".join(map(json.dumps, [SAID, {"journal": {"runs": 1}}]))
    assert len(list(tool(f"print({lines!r})").judge(tmp_path, tmp_path))) == 1


@pytest.mark.parametrize("place", ["2:7: ", "some file.txt:2:7: ", "/a/b:2:7: "])
def test_a_mistake_is_found_with_or_without_a_file_name(tool, tmp_path, place):
    with pytest.raises(Mistake) as mistake:
        tool(f"print({place + 'no such word, expected an operation: x'!r}, file=sys.stderr); sys.exit(2)").canonical([tmp_path])
    assert (mistake.value.line, mistake.value.column, mistake.value.what) == (2, 7, "no such word, expected an operation: x")


@pytest.mark.parametrize(
    "body, said",
    [
        ("sys.exit(2)", "ended with status 2: no message"),
        ("print('out of memory', file=sys.stderr); sys.exit(3)", "ended with status 3: out of memory"),
        ("import os; os.abort()", "ended with status -6"),
        ("import os; os.kill(os.getpid(), 9)", "ended with status -9"),
        ("print('hello')", "not JSON: hello"),
    ],
)
def test_a_tool_that_fails_is_the_machines_trouble(tool, tmp_path, body, said):
    with pytest.raises(MachineTrouble, match=said):
        list(tool(body).model(tmp_path))


def test_a_judge_that_ends_with_status_1_has_said_what_failed(tool, tmp_path):
    said = list(tool(f"print({json.dumps(SAID)!r}); sys.exit(1)").judge(tmp_path, tmp_path))
    assert [judgement.verdict for judgement in said] == [Verdict.VIOLATION]


def test_a_tool_that_is_missing(tmp_path):
    for ask in (lambda tool: list(tool.model(tmp_path)), lambda tool: tool.expect([tmp_path])):
        with pytest.raises(MachineTrouble, match="No such file.*exchain build"):
            ask(Tool(tmp_path / "none"))


def test_a_print_that_loses_a_text(tool, tmp_path):
    with pytest.raises(MachineTrouble, match="1 lines for 2 files"):
        tool("print('check')").canonical([tmp_path, tmp_path])


def test_many_files_go_in_several_calls(project, monkeypatch):
    monkeypatch.setattr("exchain.tool.FILES_AT_ONCE", 2)
    files = [project.case(f"a/c{number}", f"panic {number}") for number in range(5)]
    assert Tool(project.places.tool).canonical(files) == [f"panic {number}" for number in range(5)]


def test_expectations_that_do_not_agree_are_told(project):
    good, wrong = project.case("a/good", "check #= t1"), project.case("a/wrong", "check #= wrong")
    tool = Tool(project.places.tool)
    assert tool.expect([good]) == ""
    said = tool.expect([good, wrong])
    assert said.splitlines() == [f"{wrong}: step 1: expected something else"]
