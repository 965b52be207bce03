"""What the commands share: the application that they register with, their options, how they end."""

import enum
import functools
import os
from collections.abc import Sequence
from pathlib import Path

import typer

from . import mutants as breaking
from .cases import collect
from .execute import Setting
from .judging import Result
from .places import Places
from .stops import Interrupted, Status, WrongRequest

HELP = """Keeps the 32-bit Windows SEH exception chain true, and proves it.

Exit status: 0 as expected, 1 not, 2 the request is wrong, 3 the machine's trouble.
"""

app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]})


class Rules(str, enum.Enum):
    all = "all"
    none = "none"


class Profile(str, enum.Enum):
    core = "core"
    faults = "faults"
    threads = "threads"
    frames = "frames"
    tasks = "tasks"
    turns = "turns"
    ruins = "ruins"
    kinds = "kinds"
    alive = "alive"
    all = "all"


class OneForeign(str, enum.Enum):
    O2 = "O2"
    O0 = "O0"


class Foreign(str, enum.Enum):
    O2 = "O2"
    O0 = "O0"
    both = "both"


TEXT = typer.Argument(..., metavar="TEXT", help="A scenario, or the case file that holds it.")
TARGET = typer.Option("i386", "--target", help="The platform to run for.")
RUNTIME = typer.Option("reference", "--runtime", help="The runtime under test.")
MUTANT = typer.Option(None, "--mutant", show_default=False, metavar="NAME", help="Instead of a runtime: the reference runtime, broken as cases/mutants/NAME.patch says.")
RULES = typer.Option("all", "--rules", help="none: nothing is checked, only survived.")
NO_CLOBBER = typer.Option(False, "--no-clobber/--clobber", help="Leave dead stack as it is, or overwrite it after every recover (the default).")
TIMEOUT = typer.Option(10.0, "--timeout", metavar="SECONDS", min=0.1, help="Nothing moved for so long: HANG.")
ATTACHED = typer.Option(False, "--attached/--alone", help="Run under a debugger that only looks and passes everything on.")
JOBS = typer.Option(os.cpu_count() or 1, "--jobs", "-j", min=1, help="Processes at a time.")
JSON = typer.Option(None, "--json", show_default=False, metavar="FILE", help="Write the result as JSON; - for standard output, and everything else to standard error.")
QUIET = typer.Option(False, "--quiet", "-q", help="Findings only.")


def foreign_option(default: str):
    return typer.Option(default, "--foreign", help="The build of the foreign C frames.")


def command(function):
    """Registers a command under its name. Click would answer Ctrl-C in its own way; we have ours."""

    @functools.wraps(function)
    def guarded(*words, **options):
        try:
            return function(*words, **options)
        except KeyboardInterrupt:
            raise Interrupted("interrupted") from None

    app.command()(guarded)
    return function


def setting_of(places: Places, runtime: str, mutant: str | None, rules: str, no_clobber: bool, timeout: float, attached: bool = False) -> Setting:
    if mutant is not None:
        if runtime != Setting.runtime:
            raise WrongRequest("--mutant breaks the reference runtime: it goes with no other --runtime")
        breaking.check_slug(places, mutant)
    return Setting(runtime, mutant, rules, not no_clobber, timeout, attached)


def status_of(passes: bool) -> int:
    return Status.AS_EXPECTED if passes else Status.NOT_AS_EXPECTED


def status_of_results(results: Sequence[Result]) -> int:
    """Where nothing fails but texts that name what is not there, the request was wrong."""
    failing = [result for result in results if result.fails]
    if failing and all(result.judgement.refused for result in failing):
        return Status.WRONG_REQUEST
    return status_of(not failing)


def one_case(text: str, places: Places, tool, scratch: Path):
    cases = collect([text], places, tool, scratch)
    if len(cases) != 1:
        raise WrongRequest(f"{text} is a folder with {len(cases)} cases: name one of them")
    return cases
