"""What people read: the lines of a failure, and what is left out on a pipe, on request, or because it is too much."""

from dataclasses import replace
from pathlib import Path

import pytest

from exchain import report as reporting
from exchain.campaign import batch_way, binary_way
from exchain.cases import Case
from exchain.judging import Result
from exchain.report import alike, closing_line, failure_lines, whole_trace
from exchain.tool import Judgement, Stopped
from exchain.verdicts import Verdict

TEXT = "call { seh pass { back { check } } }"
EXPECTED = tuple(f"t1 enter {number}" for number in range(10))
JUDGEMENT = Judgement(
    Verdict.VIOLATION, "violation V1", "ok", "V1", Stopped(0xE001, "SEH_HEAD_NOT_RESTORED", (1, 2, 3, 4)), "a rule broke",
    (*EXPECTED[:5], "t1 stop V1"), EXPECTED, 5, "  F1 0032f0a0 dead\n  T 0032ff60 good\n",
)
RESULT = Result(Case("cases/seh/pass.txt", TEXT, Path("/x")), batch_way("O2"), JUDGEMENT, JUDGEMENT)


def test_a_failure_in_full():
    assert failure_lines(RESULT, "./exchain repro 'x'") == [
        f"  text      {TEXT}",
        "  outcome   violation V1, expected ok",
        "  reason    a rule broke",
        "  trace     differs in line 6 (- expected, + actual)",
        "      t1 enter 2",
        "      t1 enter 3",
        "      t1 enter 4",
        "    - t1 enter 5",
        "    - t1 enter 6",
        "    - t1 enter 7",
        "    + t1 stop V1",
        "  *** STOP: 0x0000E001 SEH_HEAD_NOT_RESTORED (0x00000001, 0x00000002, 0x00000003, 0x00000004)",
        "    F1 0032f0a0 dead",
        "    T 0032ff60 good",
        "  alone     VIOLATION, violation V1",
        "  again     ./exchain repro 'x'",
    ]


def test_a_stop_that_the_report_brings_is_not_told_twice():
    told = replace(JUDGEMENT, report="*** STOP: 0x0000E001 ...\n  T")
    assert sum("*** STOP" in line for line in failure_lines(replace(RESULT, judgement=told), "")) == 1


def test_what_fails_only_in_company_says_so():
    lines = failure_lines(replace(RESULT, alone=Judgement(Verdict.PASS, "ok")), "")
    assert "  alone     PASS, ok: it is so only in company" in lines


def test_a_trace_that_just_ends():
    cut = replace(JUDGEMENT, trace=EXPECTED[:2], difference=2)
    assert whole_trace(cut)[1:4] == [(" ", "t1 enter 1"), ("-", "t1 enter 2"), ("-", "t1 enter 3")]
    assert whole_trace(cut)[-1] == ("+", "(nothing more)")
    more = replace(JUDGEMENT, trace=(*EXPECTED, "t1 more"), difference=10)
    assert whole_trace(more)[-2:] == [("-", "(nothing more)"), ("+", "t1 more")]


def test_a_long_trace_keeps_the_place_of_the_difference():
    long = tuple(f"t1 enter {number}" for number in range(5000))
    shown = whole_trace(replace(JUDGEMENT, trace=(*long[:3000], "t1 other"), expected_trace=long, difference=3000))
    assert len(shown) < 3 * reporting.TRACE_LINES
    place = shown.index(("-", "t1 enter 3000"))
    assert shown[place - 1] == (" ", "t1 enter 2999") and shown[-1] == ("+", "t1 other")
    assert "2600 lines left out" in shown[0][1]


def test_the_same_failure_in_several_ways_is_one_finding():
    other = replace(RESULT, way=batch_way("O0"))
    own = replace(RESULT, way=binary_way("O2"), judgement=replace(JUDGEMENT, outcome="violation V2"))
    assert alike([RESULT, other, own]) == [[RESULT, other], [own]]


@pytest.mark.parametrize(
    "verdicts, line",
    [
        ([Verdict.PASS, Verdict.XFAIL, Verdict.FAIL], "1 passed, 1 failed, 1 known to differ"),
        ([Verdict.SKIP, Verdict.PASS, Verdict.HANG, Verdict.ERROR], "1 passed, 2 failed, 1 skipped"),
        ([], "0 passed, 0 failed"),
    ],
)
def test_the_closing_line(verdicts, line):
    assert closing_line([replace(RESULT, judgement=Judgement(verdict)) for verdict in verdicts]) == line


def test_on_a_pipe_there_is_no_colour_no_bar_and_no_wrapping(project, exchain):
    text = " ".join(["check"] * 100)
    project.runtime(behaviour={text: "stop V1"})
    status, out, err = exchain("run", text)
    assert status == 1 and "\x1b" not in out + err and err == ""
    assert f"  text      {text}\n" in out and f"'{text}'\n" in out


def test_brackets_in_a_text_are_no_markup(project, exchain):
    project.case("a/[bold]x", "check")
    project.runtime(behaviour={"check": "stop V1"})
    assert "VIOLATION cases/a/[bold]x.txt batch-O2 batch-O0 binary" in exchain("run")[1]


def test_quiet_tells_findings_only(project, exchain):
    assert exchain("run", "check", "--quiet") == (0, "", "")
    assert exchain("repro", "check", "-q") == (0, "PASS\n", "")
    project.runtime(behaviour={"check": "stop V1"})
    out = exchain("run", "check", "--quiet")[1]
    assert out.startswith("VIOLATION check batch-O2 batch-O0\n  text      check\n") and "verdict" not in out


def test_too_many_failures_are_counted(project, exchain, monkeypatch):
    monkeypatch.setattr(reporting, "FAILURES_SHOWN", 2)
    project.runtime(behaviour={f"panic {number}": "wrong" for number in range(5)})
    out = exchain("run", *(f"panic {number}" for number in range(5)), "--foreign", "O2")[1]
    assert out.count("\n\n") == 2 and out.count("FAIL panic") == 2 and "... and 3 more texts that fail" in out


def test_why_texts_are_skipped_is_told_once(project, exchain):
    project.runtime(behaviour={"go { check }": "skip", "go { }": "skip"})
    status, out, _ = exchain("run", "go { check }", "go { }", "check", "--foreign", "O2")
    assert status == 0 and out.count("SKIP the toy says SKIP (2)") == 1


def test_the_table_counts_verdicts_by_way(project, exchain):
    project.case("a/check", "check")
    project.case("a/panic", "panic 1")
    project.runtime(behaviour={"check": "only-O0 wrong"})
    rows = [line.split() for line in exchain("run")[1].splitlines()]
    assert ["verdict", "batch-O0", "batch-O2", "binary"] in rows
    assert ["PASS", "1", "2", "2"] in rows and ["FAIL", "1", "0", "0"] in rows
