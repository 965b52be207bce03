"""Going on behind ends, under real Wine: what comes out is what a process for each end gives, to the letter of every trace."""

from dataclasses import replace

import pytest

from exchain import launcher as launching
from exchain.campaign import Campaign, batch_way, scratch_folder
from exchain.cases import Case
from exchain.execute import Ending, Setting, execute
from exchain.judging import judge
from exchain.tool import Judgement, Tool

pytestmark = pytest.mark.wine

# Ends of every kind that can be gone on from, what they might spoil behind each, and ends that cannot.
TEXTS = [
    "recover { panic 42 }",
    "recover { call { back { panic } } } check",
    "call { via qsort { check } }",
    "fault nil-read",                                                          # a crash in managed code: by the runtime's handler
    "call { fault nil-read }",                                                 # in foreign code: by the process's filter
    "call { raise 0xE0000001 }",
    "call { seh pass { back { fault ud2 } } }",
    "recover { fault overflow }",
    "call { fault overflow }",
    "call { throw }",
    "call { cxx catch { throw } }",
    "call { via enumwindows { check } }",
    "call { via wndproc { fault nil-read } }",
    "call { via wndproc { check } }",
    "call { via fiber { fault nil-read } }",
    "call { via fiber { check } }",
    "call { args stdcall 3 { fault nil-read } }",
    "call { args stdcall 3 { check } }",
    "recover { fault guard }",
    "recover { call { seh pass { back { panic } } } } clobber recover { fault nil-write }",
    "call { setjmp { back { call { longjmp } } } }",
    "call { thread { fault nil-read } }",                                      # its other thread waits for the dead one
    "go { call { back { sync 1 } } } sync 2",                                  # nobody can go on
    "call { thread { back { check } } }",
    "go { yield } wait",
    "defer { } { fault failfast }",                                      # no last words
    "lock { recover { lock { panic } } check }",
    "panic 1",
]


@pytest.fixture(scope="module")
def campaign(places):
    with launching.choose(places) as launcher, scratch_folder(places) as scratch:
        yield Campaign(places, Tool(places.tool), launcher, Setting(timeout=30), scratch)


def judged(campaign: Campaign, *options: str):
    """What is said of every text but for addresses and times, how each process ended, and how often one went on."""
    cases = [Case(text, text) for text in TEXTS]
    list_file = campaign.write_list(cases, "go-on")
    arguments = [*campaign.setting.arguments(campaign.places, "O2"), *options]
    judgements, endings, went_on = [], [], 0
    for made in execute(campaign.launcher, campaign.places.executor, arguments, list_file, 0, len(cases), campaign.scratch, campaign.setting.timeout):
        judgements += [without_addresses(judgement) for judgement in judge(campaign.tool, list_file, made)]
        endings.append(made.ending)
        went_on += made.journal.went_on
    assert [judgement.index for judgement in judgements] == list(range(len(cases)))
    return judgements, endings, went_on


def without_addresses(judgement: Judgement) -> Judgement:
    return replace(judgement, nanoseconds=None, report="", stop=judgement.stop and replace(judgement.stop, parameters=()))


@pytest.mark.parametrize("mutant, noticed", [
    (None, False), ("head-not-restored", True), ("sp-skew", True), ("null-terminator", True), ("nonvolatile-registers", True),
    ("stale-head-behind-vectored-handler", True), ("activation-left-linked", True), ("tib-stack-limit-left", True),  # sees where stacks lie
])
def test_a_process_that_goes_on_says_what_many_say(places, campaign, mutant, noticed):
    campaign = campaign.with_setting(replace(campaign.setting, mutant=mutant))
    apart, endings, never = judged(campaign)
    together, endings_together, went_on = judged(campaign, "--go-on")
    assert [(judgement.index, judgement) for judgement in together] == [(judgement.index, judgement) for judgement in apart]
    assert any(judgement.verdict.fails for judgement in apart) == noticed
    assert never == 0 and went_on >= 5 and len(endings_together) < len(endings)
    assert Ending.HUNG not in endings + endings_together


def test_every_end_has_its_own_report(campaign):
    campaign = campaign.with_setting(replace(campaign.setting, mutant="head-not-restored"))
    cases = [Case(text, text) for text in ("recover { call { back { panic } } } check", "call { fault nil-read }")]
    list_file = campaign.write_list(cases, "go-on")
    ((violation, crash),) = [list(judge(campaign.tool, list_file, made)) for made in campaign.attempts(list_file, batch_way("O2"), 0, 2, 30, False)]
    assert (violation.rule, crash.rule) == ("V1", None)
    assert violation.report.startswith("rule V1: ") and crash.report.startswith("FAULT_IN_FOREIGN_CODE: c0000005 ")
