"""Every rule and stop code, end to end: a runtime that breaks one promise runs under the executor, and the verdict must name the rule.

harness/tests/broken_adapter.c is that runtime; EXCHAIN_BREAK chooses what it breaks. Three things cannot be shown this way: a record that cannot be read (the
executor reads its own stack, all of which is there), ebp lost (the harness itself comes home by it: such a runtime is a crash), and the trap flag left set (it is
an exception before anybody can look).
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from exchain import launcher as launching
from exchain.campaign import scratch_folder
from exchain.cases import Case, write_list
from exchain.execute import attempt
from exchain.judging import judge
from exchain.stops import MachineTrouble
from exchain.tool import Tool

pytestmark = pytest.mark.wine

RECOVER = "recover { panic } check"
FAULT = "recover { fault nil-read } check"
CALL = "call { seh pass { clobber } }"
RAISE = "call { seh catch { seh pass { raise 0xE0000001 } } }"
DEFER = "defer { check } { check }"
DEFER_PANIC = "recover { defer { check } { panic } }"
CALLBACK = "call { back { check } }"
TRACEBACK = "call { back { traceback } }"
FOREIGN_FAULT = "call { seh catch { fault wild-write } }"
REFAULT = "call { seh catch { seh refault { raise 5 } } }"
ARGS = "call { args stdcall 3 { check } }"


@dataclass(frozen=True)
class Break:
    name: str
    text: str
    rule: str
    words: str                                 # of the report
    parameters: tuple[int | None, ...] = ()    # the first ones; None: any

    @property
    def id(self) -> str:
        return f"{self.rule}-{self.name}"


BREAKS = [
    Break("head", RECOVER, "V1", "the head of the exception list was not put back"),
    Break("chain-misaligned", RECOVER, "V2", "misaligned", (None, 1)),
    Break("chain-outside", RECOVER, "V2", "outside the thread's stack", (None, 2)),
    Break("chain-not-rising", RECOVER, "V2", "not above the record before it", (None, 3)),
    Break("chain-dead", CALL, "V2", "in dead stack", (None, 4)),
    Break("chain-zero", RECOVER, "V2", "the chain ends in 0 instead of -1", (0, 5)),
    Break("chain-other-final", RECOVER, "V2", "not the thread's final handler, but the last", (None, 7, 0xFFFFFFFF)),
    Break("chain-empty", "call { clobber }", "V2", "the chain is empty", (0xFFFFFFFF, 7)),
    Break("chain-without-end", CALL, "V2", "the chain has no end", (None, 8)),
    Break("handler-in-heap", RECOVER, "V3", "its handler lies in no expected image"),
    Break("stack-base", RECOVER, "V4", "StackBase changed", (0,)),
    Break("stack-limit", RECOVER, "V4", "StackLimit changed", (1,)),
    Break("deallocation-stack", RECOVER, "V4", "DeallocationStack changed", (2,)),
    Break("fiber-data", RECOVER, "V4", "FiberData changed", (3,)),
    Break("sp", RECOVER, "V5", "the stack pointer is another"),
    Break("pops", ARGS, "V5", "the stack pointer is another"),
    Break("ebx", RECOVER, "V6", "ebx or its like was lost", (0, 0x0BADBAD0)),
    Break("esi", RECOVER, "V6", "esi or its like was lost", (1, 0x0BADBAD0)),
    Break("edi", RECOVER, "V6", "edi or its like was lost", (2, 0x0BADBAD0)),
    Break("direction", RECOVER, "V7", "the direction flag is set", (None, 0x400)),
    Break("alignment", RECOVER, "V7", "the trap or alignment-check flag is set", (None, 0x40000)),
    Break("x87-control", RECOVER, "V8", "the x87 control word changed", (0, 0x27F, 0x37F)),
    Break("x87-tag", RECOVER, "V8", "the x87 stack is not as full as it was", (1, None, 0xFFFF)),
    Break("mxcsr", RECOVER, "V8", "MXCSR's control bits changed", (2, 0x9F80, 0x1F80)),
    Break("task", RECOVER, "V9", "another task is running", (1,)),
    Break("depth", RECOVER, "V9", "the call depth changed", (2, 4, 0)),
    Break("locks", RECOVER, "V9", "the lock count changed", (3, 1, 0)),
    Break("panic-on-fault", RECOVER, "V9", "panic-on-fault changed", (4, 1, 0)),
    Break("system-sp", RECOVER, "V9", "the saved system-stack pointer changed", (5,)),
    Break("frames", RECOVER, "V9", "the number of open frames changed", (6, 4, 0)),
    Break("innermost-frame", RECOVER, "V9", "the frame list has another head", (7,)),
    Break("innermost-call", RECOVER, "V9", "the call list has another head", (8, 4, 0)),
    Break("innermost-record", RECOVER, "V9", "another callback's record counts as the innermost", (9,)),
    Break("last-error", FAULT, "V10", "the fault changed the thread's last-error value", (487, 0x5EED0002)),
    Break("handler-twice", RAISE, "V11", "the handler was entered twice in one phase", (3, None, 0xE0000001, 2)),
    Break("handler-stack-invalid", RAISE, "V11", "the dispatcher found the stack invalid", (3, None, 0xE0000001, 1)),
    Break("handler-nested-call", RAISE, "V11", "a nested call where no handler was running", (3, None, 0xE0000001, 1)),
    Break("guard", RECOVER, "V12", "the managed stack's guard page is not armed", (None, 4)),
    Break("guard", FAULT, "V12", "the managed stack's guard page is not armed", (None, 4)),
    Break("below-stack", RECOVER, "V13", "memory below the managed stack was written"),
    Break("filter", RECOVER, "V14", "the unhandled-exception filter is another"),
    Break("loader-lock", RECOVER, "V15", "this thread still owns the loader lock", (1,)),
    Break("peb-lock", RECOVER, "V15", "this thread still owns the PEB lock", (2,)),
    Break("deferred-twice", DEFER, "V16", "a deferred function ran out of its turn", (1, 0, 0, 0)),
    Break("deferred-twice-at-once", DEFER_PANIC, "V16", "a deferred function ran out of its turn", (2, 0, 0, 0)),
    Break("deferred-never", DEFER, "V16", "a deferred function has not run, or ran twice", (0, 1, 1, 0)),
    Break("deferred-first", DEFER, "V16", "a deferred function ran out of its turn", (1, 0, 0, 0)),
    Break("fault-pc", FOREIGN_FAULT, "V17", "the pc is not where the instruction is", (1,)),
    Break("fault-count", FOREIGN_FAULT, "V17", "not as many parameters as the fault has", (2, 1, 2, 2)),
    Break("fault-access", FOREIGN_FAULT, "V17", "the access is of another kind", (3, 8, 1, 2)),
    Break("fault-address", FOREIGN_FAULT, "V17", "the address is another", (4,)),
    Break("fault-pc", REFAULT, "V17", "the pc is not where the instruction is", (1,)),
    Break("traceback-short", TRACEBACK, "V18", "there are not two segments for each open call and one more", (1, 0, 0, 3)),
    Break("traceback-record", TRACEBACK, "V18", "a foreign segment does not hold the record of its callback", (1, None, None, 0)),
    Break("traceback-shifted", TRACEBACK, "V18", "a block that is open lies in no segment", (1,)),
    Break("argument", ARGS, "V19", "a callback got another argument than C passed", (1, 0x0BADBAD0, 0xA0000021, 3)),
    Break("result", ARGS, "V19", "C got another result than the callback gave", (0xFFFF, 0xE0000003, 0xE0000002, 3)),
]

# What the runtime finds itself, and crashes: no rule's affair, and not predicted.
MISUSES = [
    ("entry", RECOVER, "FAIL", "bugcheck 0x0000E101", "ENTRY_OUT_OF_PLACE"),
    ("unwound-past", CALLBACK, "FAIL", "bugcheck 0x0000E104", "UNWIND_OUT_OF_ORDER"),
    ("unlock", RECOVER, "FAIL", "bugcheck 0x0000E105", "LOCK_COUNT_BROKEN"),
    ("callback-left-open", CALLBACK, "FAIL", "bugcheck 0x0000E106", "CALLBACK_LEFT_OPEN"),
    ("crash-in-runtime", RECOVER, "CRASH", "crash c0000005 runtime", None),
    ("crash-in-foreign", RECOVER, "CRASH", "crash c0000005 foreign", None),
]

# What a text does by itself: the model says so, so it passes.
PREDICTED = [
    ("call { seh leak { clobber } }", "bugcheck 0x0000E102", "SEH_RECORD_LEFT_BEHIND"),
    ("call { seh catch { back { defer { panic } { call { raise 0xE0000001 } } } } }", "bugcheck 0x0000E103", "PANIC_IN_FOREIGN_UNWIND"),
    ("go { call { back { sync 1 } } } sync 2", "bugcheck 0x0000E109", "ALL_TASKS_BLOCKED"),
    ("recover { call { via fiber { panic } } }", "bugcheck 0x0000E111", "FIBER_LEFT"),
]


@pytest.fixture(scope="module")
def run(places):
    """Runs one text against the broken runtime, and judges it."""
    with launching.choose(places) as launcher, scratch_folder(places) as scratch:
        whole = dict(launcher.environment)

        def run_broken(text: str, breaks: str | None = None):
            launcher.environment = whole | ({"EXCHAIN_BREAK": breaks} if breaks else {})
            list_file = write_list([Case(text, text)], scratch / "broken.list")
            library = places.target_bin / "tests" / "exchain-broken.dll"
            words = ["--runtime", library, "--foreign", places.foreign("O2"), "--list", list_file]
            with attempt(launcher, places.executor, words, scratch, 30) as made:
                (judgement,) = judge(Tool(places.tool), list_file, made)
            return judgement

        yield run_broken


@pytest.mark.parametrize("text", sorted({each.text for each in BREAKS} | {text for _, text, *_ in MISUSES}))
def test_without_a_breakage_the_runtime_passes(run, text):
    judgement = run(text)
    assert (judgement.verdict.word, judgement.outcome, judgement.rule) == ("PASS", "ok", None)
    assert judgement.rules_checked > 0


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.id)
def test_the_rule_names_what_is_broken(run, broken):
    judgement = run(broken.text, broken.name)
    assert (judgement.verdict.word, judgement.outcome) == ("VIOLATION", f"violation {broken.rule}"), judgement.report
    assert judgement.rule == broken.rule
    assert judgement.stop.code == 0xE000 + int(broken.rule[1:])
    assert f"\n{broken.words}, behind or in operation " in judgement.report
    found = judgement.stop.parameters[: len(broken.parameters)]
    assert all(wanted in (None, one) for wanted, one in zip(broken.parameters, found)), judgement.stop
    assert judgement.trace[-1].split()[-2:] == [f"0x{judgement.stop.code:08X}", "rules"]


# Where the other stop codes are produced, by name: what no text and no broken table can bring about.
ELSEWHERE = {
    "ATTACH_FAILED": "driver/tests/test_sweep_nth.py",
    "GUARD_LOST": "runtime/tests/deaths_of_stops.c",
    "THREAD_FAILED": "runtime/tests/deaths_of_tasks.c",
    "THUNK_NOT_MADE": "runtime/tests/deaths_of_stops.c",
}


def test_every_stop_code_is_produced():
    root = Path(__file__).parents[2]
    codes = re.findall(r"^STOP\(0x[0-9A-F]+, (\w+), ", (root / "runtime/stops.def").read_text(encoding="utf-8"), re.MULTILINE)
    here = {title for *_, title in MISUSES if title} | {title for *_, title in PREDICTED}
    assert sorted(codes) == sorted(here | set(ELSEWHERE)) and not here & set(ELSEWHERE)
    for title, file in ELSEWHERE.items():
        assert title in (root / file).read_text(encoding="utf-8")


def test_every_rule_is_broken_here():
    assert {broken.rule for broken in BREAKS} == {f"V{number}" for number in range(1, 20)}


@pytest.mark.parametrize("name, text, verdict, outcome, title", MISUSES, ids=[name for name, *_ in MISUSES])
def test_what_the_runtime_finds_itself(run, name, text, verdict, outcome, title):
    judgement = run(text, name)
    assert (judgement.verdict.word, judgement.outcome, judgement.rule) == (verdict, outcome, None), judgement.report
    assert (judgement.stop and judgement.stop.title) == title
    assert "exception list, head " in judgement.report


@pytest.mark.parametrize("text, outcome, title", PREDICTED, ids=[title for *_, title in PREDICTED])
def test_bugchecks_that_a_text_is_about(run, text, outcome, title):
    judgement = run(text)
    assert (judgement.verdict.word, judgement.outcome, judgement.stop.title) == ("PASS", outcome, title)


def test_a_breakage_that_there_is_not(run):
    with pytest.raises(MachineTrouble, match="EXCHAIN_BREAK names nothing that can be broken"):
        run(RECOVER, "no-such-thing")


def test_a_runtime_without_thunks_is_no_failure(run):
    judgement = run(ARGS, "no-thunks")
    assert (judgement.verdict.word, judgement.reason) == ("SKIP", "the runtime under test makes no thunks: thunk_make in its adapter is NULL")
