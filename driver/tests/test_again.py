"""The line that shows a failure again must come back as the same words from a shell."""

import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, strategies as some

from exchain.again import again
from exchain.campaign import EXPECT_WAY, batch_way, binary_way
from exchain.cases import Case
from exchain.cli import app
from exchain.execute import Setting
from exchain.judging import Result
from exchain.places import Places
from exchain.tool import Judgement
from exchain.verdicts import Verdict

PLACES = Places(Path("/p"), Path("/p/build"))
FAILED = Judgement(Verdict.FAIL)
printable = some.text(alphabet=some.characters(min_codepoint=32, max_codepoint=126), min_size=1)
settings = some.builds(
    Setting,
    mutant=some.none() | some.from_regex(r"[a-z]([a-z-]*[a-z])?", fullmatch=True),
    rules=some.sampled_from(["all", "none"]),
    clobber=some.booleans(),
    timeout=some.sampled_from([10.0, 0.5, 30.0]),
)


def line_of(text="check", setting=Setting(), way=batch_way("O2"), **more) -> str:
    file = Path("/p/cases/seh/a b.txt") if way.name != "batch-O2" else None
    return again(Result(Case("name", text, file), way, FAILED, **more), setting, PLACES)


@given(printable, settings, some.sampled_from(["O0", "O2"]))
@example('call { dll "a b.dll!f" { panic } }', Setting(), "O2")
def test_a_line_comes_back_as_its_words(text, setting, foreign):
    words = shlex.split(line_of(text, setting, batch_way(foreign)))
    assert words[:2] == ["./exchain", "repro"] and words[-1] == text
    assert ("--foreign" in words) == (foreign == "O0")
    assert ("--rules" in words) == (setting.rules == "none")
    assert ("--no-clobber" in words) == (not setting.clobber)
    assert ("--mutant" in words) == (setting.mutant is not None)
    assert ("--timeout" in words) == (setting.timeout != 10)


@given(printable)
def test_a_text_is_always_in_quotes(text):
    assert line_of(text)[-1] == "'" or "'" in text


@pytest.mark.parametrize("text", ["check", 'call { dll "a b.dll!f" { panic } }', "recover { call { raise 0xE0000001 } }"])
def test_a_real_shell_agrees(text):
    line = line_of(text).replace("./exchain", "printf '%s\\n'", 1)
    assert subprocess.run(line, shell=True, capture_output=True, text=True, check=True).stdout.splitlines() == ["repro", text]


def test_the_usual_line():
    assert line_of("recover { panic }") == "./exchain repro 'recover { panic }'"
    setting = Setting(mutant="head-not-restored", rules="none")
    assert line_of("check", setting, batch_way("O0")) == "./exchain repro --mutant head-not-restored --rules none --foreign O0 'check'"
    assert line_of("check", Setting("go")) == "./exchain repro --runtime go 'check'"


def test_what_failed_as_its_own_binary_is_shown_by_it():
    assert line_of(way=binary_way("O2")) == "./exchain repro --binary 'cases/seh/a b.txt'"
    assert line_of(way=EXPECT_WAY) == "./exchain model 'cases/seh/a b.txt'"


def test_what_failed_in_company_is_shown_in_company():
    line = line_of(way=batch_way("O2"), alone=Judgement(Verdict.PASS), company=Path("/p/build/company/x.list"))
    assert line == "./exchain run --foreign O2 --jobs 1 --list build/company/x.list"


def test_every_option_of_a_line_exists():
    """Each of these lines is understood by the command line itself."""
    import typer

    command = typer.main.get_command(app)
    setting = Setting("reference", "m", "none", False, 3)
    for line in (
        line_of("check", setting, batch_way("O0")),
        line_of("check", setting, binary_way("O0")),
        line_of("check", setting, company=Path("/p/l")),
        line_of(way=EXPECT_WAY),
    ):
        name, *words = shlex.split(line)[1:]
        sub = command.commands[name]
        sub.make_context(name, words)
