"""A trap at every instruction, under real Wine: a good runtime survives everywhere, a broken one is named by its instruction, and nobody is disturbed."""

import json
from dataclasses import replace

import pytest

from exchain import cli, sweep_step, sweeps, symbols
from exchain import launcher as launching
from exchain.campaign import Campaign, batch_way, scratch_folder
from exchain.cases import Case, write_list
from exchain.execute import Setting, attempt
from exchain.judging import judge
from exchain.report import Report
from exchain.stops import WrongRequest
from exchain.tool import Tool
from exchain.verdicts import Verdict

pytestmark = pytest.mark.wine

SEED = "recover { call { seh pass { back { panic } } } } clobber recover { fault nil-write }"
THREAD = "recover { call { thread { back { recover { fault nil-read } } } } }"
WINDOWS = {"handler-on-managed-stack", "thread-begins", "wiped-by-gxx"}

# Several threads, each kind of way in which Windows makes one or lets one go on.
THREADS = [
    "go { call { back { sync 1 } } } sync 1 wait",
    "call { via timer { go { sync 1 } sync 1 } via threadpool { go { yield } wait } }",
    "go { call { thread { back { go { call { back { sync 1 } } } sync 1 wait } } } } go { call { back { yield } } } wait",
]

# One of each kind of thing that handlers, unwindings, threads and ends can do.
UNDISTURBED = [
    SEED,
    "recover { call { back { recover { panic 1 } panic 0xffffffff } } }",
    "lock { recover { lock { panic } } check }",
    "defer { check } { goexit }",
    "recover { defer { panic 3 } { call { back { panic 2 } } } }",
    "call { seh catch { seh finally { seh pass { raise 0xE0000001 } } } }",
    "call { seh resume { fault nil-read fault div0 raise 5 } }",
    "call { seh catch { seh refault { raise 5 } } }",
    "call { seh catch { back { defer { check } { call { raise 0xE0000001 } } } } }",
    "call { setjmp { back { defer { check } { call { seh finally { longjmp } } } } } back { check } }",
    "recover { call { via enumwindows { via_qsort } } }".replace("via_qsort", "call { via qsort { panic } }"),
    "call { thread { back { recover { fault nil-read } } seh catch { fault nil-read } back { check } } }",
    "recover { panic-on-fault { fault wild-write } } recover { fault nil-exec }",
    "call { seh catch { seh resume { raise 0xE0000001 noncontinuable } } }",
    "repeat 3 { recover { call { seh pass { back { panic } } } } clobber check }",
    "call { seh leak { } }",
    "fault ud2",
    "call { fault nil-read }",
    "recover { fault x87 } call { seh catch { fault x87 } seh resume { fault x87 fault sse } seh resume { seh refault x87 { fault x87 } } }",
    "call { fault x87 }",
    "call { try catch { try finally { try pass { fault nil-read } } } try resume { fault nil-write } try catch { try refault { raise 5 } } }",
    "recover { call { try finally { back { panic } } } } clobber recover { fault nil-write }",
    "call { cxx catch { cxx finally { cxx pass { throw } } } cxx catch { cxx resume { throw } } cxx catch { back { defer { check } { call { throw } } } } }",
    "call { seh pass { gxx catch { gxx finally { seh pass { gthrow } } } } gxx catch { gxx resume { seh finally { gthrow } } } }",
    "recover { call { args cdecl 9 { } args stdcall 3 { panic } } } check",
    "recover { call { via wndproc { call { via fiber { recover { panic } check } via apc { } } panic 7 } } } check",
    "recover { fault overflow } recover { fault overflow }",
    "go { recover { fault nil-write } } go { yield goexit } wait check traceback",
    "call { via createthread { check } via timer { recover { panic } } via threadpool { goexit } }",
    *THREADS,
]


@pytest.fixture(scope="module")
def campaign(places):
    with launching.choose(places) as launcher, scratch_folder(places) as scratch:
        yield Campaign(places, Tool(places.tool), launcher, Setting(timeout=60), scratch)


def sweep(campaign: Campaign, text: str, kind: str = "step", schedule: str = "", plan: bool = False):
    return sweeps.by_instruction(campaign, Case(text, text), batch_way("O2"), kind, schedule, plan, Report(quiet=True))


def with_mutant(campaign: Campaign, slug: str) -> Campaign:
    return campaign.with_setting(replace(campaign.setting, mutant=slug))


def instructions(swept, image: str) -> dict[str, int]:
    return next(row["functions"] for row in swept.rows if row["image"] == image)


@pytest.mark.parametrize("text", [SEED, THREAD], ids=["seed", "thread"])
def test_the_good_runtime_survives_everywhere(campaign, text):
    swept = sweep(campaign, text)
    assert swept.failures == [] and swept.survived == swept.injected == swept.sites - swept.declared > 1000
    assert set(swept.windows) <= WINDOWS and sum(swept.windows.values()) == swept.declared < swept.sites / 4
    runtime = instructions(swept, "runtime")
    assert {"xc_run", "xc_call", "xc_callback", "xc_recover", "xc_exception", "xc_arch_fault_landing", "xc_arch_frame_resume"} <= set(runtime)
    assert {"foreign_frame_run" if text == SEED else "foreign_thread"} <= set(instructions(swept, "foreign"))
    assert {"step_recover", "machine_checked_call"} <= set(instructions(swept, "executor"))
    bookkeeping = {name for name in instructions(swept, "executor") if name.startswith("step_event")}
    assert bookkeeping == set(), "the harness's own bookkeeping is no part of the text"


def test_the_mutant_is_named_by_the_instruction_from_which_on_the_chain_is_broken(campaign):
    swept = sweep(with_mutant(campaign, "head-not-restored"), SEED)
    first = swept.failures[0]
    assert (first.verdict, first.rule) == (Verdict.VIOLATION, "V2")
    assert first.where.startswith("V2 from xc_panic+0x") and "in dead stack, for " in first.reason and "to step_recover+0x" in first.reason
    assert "the runtime's, of a callback  in dead stack" in first.report
    assert swept.failures[-1].rule == "V1", "and the executor's own rules find it behind the recover"
    document = sweeps.document_of(swept, with_mutant(campaign, "head-not-restored"))
    assert document["verdict"] == "fail" and document["failures"][0]["rule"] == "V2" and document["injected"] > document["survived"]
    assert document["failures"][0]["repro"].startswith("./exchain sweep --step --mutant head-not-restored ")


def test_a_runtime_that_takes_what_is_not_its_own_is_found_in_c(campaign):
    swept = sweep(with_mutant(campaign, "steals-foreign-exception"), "call { seh pass { clobber } }")
    assert swept.failures and "80000004" in str(swept.failures[-1].outcome)


def test_a_schedule_chooses_the_instructions(campaign):
    whole, third = sweep(campaign, "recover { panic }"), sweep(campaign, "recover { panic }", schedule="every=3")
    assert third.sites == whole.sites and abs(third.injected - whole.injected / 3) < 2 and third.failures == []
    runtime_only = sweep(campaign, "call { back { } }", schedule="point=runtime,depth=1")
    assert 0 < runtime_only.injected < whole.injected
    assert sweep(campaign, "check", schedule="nth=50").injected == 1


def test_what_was_scheduled_and_never_came_is_vacuous(campaign):
    swept = sweep(campaign, "check", schedule="nth=1000000")
    assert [failure.verdict for failure in swept.failures] == [Verdict.VACUOUS]


def test_a_plan_injects_nothing(campaign):
    swept = sweep(campaign, "check", plan=True)
    assert swept.injected == 0 and swept.sites > 100 and swept.failures == [] and swept.planned_seconds > 0


@pytest.mark.parametrize("text", ["call { gxx catch { gthrow } }", "call { seh pass { gxx catch { gxx finally { seh pass { gthrow } } } } }"])
def test_what_gxx_leaves_on_the_list_is_its_own_doing(campaign, text):
    """Only where there is something that it leaves, and only in the foreign library."""
    swept = sweep(campaign, text)
    assert swept.failures == [] and swept.survived == swept.injected == swept.sites - swept.declared
    assert set(swept.windows) == ({"wiped-by-gxx"} if "seh" in text else set())
    assert swept.declared < 100


UNSTEPPED = {"inject_X87", "inject_X87_cause", "inject_X87_at"}


def test_an_x87_exception_is_raised_unstepped_and_stepped_from_its_handler_on(campaign):
    swept = sweep(campaign, "recover { fault x87 } call { seh resume { fault x87 } }")
    assert swept.failures == [] and swept.survived == swept.injected
    assert UNSTEPPED.isdisjoint(instructions(swept, "executor")) and "xc_arch_exception_handler" in instructions(swept, "runtime")
    assert UNSTEPPED.isdisjoint(instructions(swept, "foreign")) and "foreign_frame_asked" in instructions(swept, "foreign")
    assert instructions(swept, "foreign")["inject_X87_after"] >= 4, "behind the resume"


def test_a_thread_is_suspended_around_an_x87_exception(campaign):
    swept = sweep(campaign, "call { seh resume { fault x87 } }", "suspend")
    assert swept.failures == [] and swept.survived == swept.injected and UNSTEPPED.isdisjoint(instructions(swept, "foreign"))


@pytest.mark.parametrize("text", THREADS)
def test_every_thread_is_stepped_whichever_runs_first(campaign, text):
    first, *others = [sweep(campaign, text) for _ in range(4)]
    assert first.failures == [] and first.survived == first.injected
    assert {(swept.sites, swept.declared) for swept in others} == {(first.sites, first.declared)}
    assert all(swept.rows == first.rows for swept in others), "the same instructions of the same functions"


def test_threads_that_were_missed_are_said(campaign, monkeypatch):
    real = sweep_step.run_once

    def misses(*words):
        run = real(*words)
        return replace(run, stepped=replace(run.stepped, missed=2))

    monkeypatch.setattr(sweep_step, "run_once", misses)
    swept = sweep(campaign, "check")
    assert [failure.verdict for failure in swept.failures] == [Verdict.ERROR] and "of 2 threads may have run unstepped" in swept.failures[0].reason


@pytest.mark.parametrize("schedule, words", [("phase=start", "phase=text, or no phase"), ("phase=stop,every=2", "phase=text"), ("point=memory_take", "runtime, foreign, executor")])
@pytest.mark.parametrize("kind", ["step", "suspend"])
def test_a_schedule_that_no_instruction_can_match_is_a_wrong_request(campaign, kind, schedule, words):
    with pytest.raises(WrongRequest, match=words):
        sweep(campaign, "check", kind, schedule)


@pytest.mark.parametrize("text", ["fault step", "recover { fault icebp }", "call { seh catch { raise 0x80000004 } }"])
def test_a_text_that_steps_itself_is_a_wrong_request(campaign, text):
    with pytest.raises(WrongRequest, match="raises 80000004 itself"):
        sweep(campaign, text)


def test_a_thread_is_suspended_at_every_instruction(campaign):
    swept = sweep(campaign, "recover { panic }", "suspend")
    assert swept.failures == [] and swept.survived == swept.injected == swept.sites > 400 and swept.declared == 0


def test_a_suspended_thread_shows_the_broken_chain(campaign):
    swept = sweep(with_mutant(campaign, "chain-loop"), "call { back { } }", "suspend")
    assert swept.failures[0].rule == "V2" and swept.failures[0].where.startswith("V2 from xc_")


def trace_of(campaign: Campaign, text: str, *options) -> tuple:
    list_file = write_list([Case(text, text)], campaign.scratch / "undisturbed.list")
    words = [*campaign.setting.arguments(campaign.places, "O2"), "--list", list_file, *options]
    with attempt(campaign.launcher, campaign.places.executor, words, campaign.scratch, 60) as made:
        (judgement,) = judge(campaign.tool, list_file, made)
    return judgement.verdict.word, judgement.outcome, judgement.trace


@pytest.mark.parametrize("text", UNDISTURBED)
def test_the_harness_does_not_disturb(campaign, text):
    """The same trace with our handler and without, with the rules and without, stepped and not."""
    plain = trace_of(campaign, text)
    assert plain[0] == "PASS" and plain[2]
    assert trace_of(campaign, text, "--passive") == plain
    assert trace_of(campaign, text, "--rules", "none") == plain
    stepped = ["--count", "1", "--step", "--inject", "every=1", "--sweep", campaign.scratch / "undisturbed.sweep"]
    assert trace_of(campaign, text, *stepped) == plain
    assert trace_of(campaign, text, *stepped, "--rules", "none") == plain


def test_functions_are_known_by_name(places):
    image = symbols.read(places.runtime("reference"))
    start = dict(zip(image.names, image.starts))["xc_panic"]
    assert (image.function(start), image.function(start + 1), image.name(start + 1)) == ("xc_panic", "xc_panic+0x1", "xc_panic")
    assert image.function(0) == "?" and image.instruction(start)


def test_the_command(places, tmp_path, capfd):
    file = tmp_path / "sweep.json"
    assert cli.main(["sweep", "--step", SEED, "--json", str(file)]) == 0
    said, written = capfd.readouterr().out, json.loads(file.read_text())
    assert "handler-on-managed-stack: a handler runs for a fault in managed code" in said and " survived" in said.splitlines()[-1]
    assert written["survived"] == written["injected"] > 1000 and written["kind"] == "step"
    assert written["sites"] == written["injected"] + sum(written["declared"].values())


def test_the_list_of_windows_is_read_whole(places, campaign):
    source = (places.root / "harness" / "execute" / "sweep_windows.def").read_text()
    assert {word for word, _ in sweep_step.WINDOW.findall(source)} == WINDOWS and source.count("\nSWEEP_WINDOW(") == len(WINDOWS)
