"""The command line. Every command asks the stages and ends with one of four exit statuses; nothing that a user does shows a traceback."""

import contextlib
import io
import os
import signal
import sys
import time
import traceback

import click
import typer

from . import bench as benching
from . import bench_exploring, bench_process, document, places as locating, suite
from . import cli_running, cli_hunting  # noqa: F401: they register their commands, in the order in which help shows them
from .build import build as build_presets
from .campaign import scratch_folder
from .commands import JOBS, JSON, QUIET, TARGET, app, command, status_of
from .launcher import choose
from .report import Report
from .stops import OutputClosed, Status, Stop, WrongRequest


@command
def bench(target: str = TARGET, json: str = JSON, quiet: bool = QUIET):
    """Measure against peers and floors, side by side.

    \b
    Examples:
      exchain bench
      exchain bench --json bench.json
    """
    report = Report(quiet, json == "-")
    document.check_target(json)
    places = locating.find(target)
    build_presets(places, ["host", target], report.show)
    with scratch_folder(places) as scratch, choose(places) as launcher:
        report.show("measuring")
        rows = benching.measure(launcher, benching.programs(places), scratch)
        rows += bench_process.measure(launcher, places, scratch)
        rows += bench_exploring.measure(launcher, places, scratch)
    if not rows:
        report.finding("there is no benchmark, so nothing was measured", "red")
    elif not any(row.peer_ns for row in rows):
        report.finding("without the Go side: there was no go command when the benchmarks were built", "yellow")
    report.rows(rows)
    document.write(document.of_rows(rows), json)
    return status_of(bool(rows))


@command
def setup(quiet: bool = QUIET, target: str = TARGET):
    """Set up what is missing. (The shell part of the command has done that before these words are reached.)"""
    places = locating.find(target)
    with choose(places) as launcher:
        Report(quiet).line(f"everything is there; Windows programs run {launcher.word}")
    return Status.AS_EXPECTED


@command
def build(target: str = TARGET, quiet: bool = QUIET):
    """Build the host tool, the runtime, its mutants, the executor and the cases' binaries.

    Sources that do not compile: exit status 1. A missing tool or a full disk: 3.
    """
    places = locating.find(target)
    report = Report(quiet)
    started = time.monotonic()
    build_presets(places, ["host", target], report.show)
    report.line(f"built in {time.monotonic() - started:.1f} s: {places.shown(places.build)}")
    return Status.AS_EXPECTED


@command
def test(target: str = TARGET, jobs: int = JOBS, json: str = JSON, quiet: bool = QUIET):
    """Run the project's whole test-suite: unit tests here and on the target, then pytest over driver and cases."""
    report = Report(quiet, json == "-")
    document.check_target(json)
    places = locating.find(target)
    if places.prebuilt:
        raise WrongRequest("test builds what it tests, and nothing is built here: use exchain matrix, or python -m pytest cases")
    build_presets(places, ["host", "host-sanitized", target], report.show)
    outcomes = []
    with choose(places) as launcher, scratch_folder(places) as scratch:
        suite.warm_up(launcher, places.executor, scratch)
        for section in suite.sections(places, launcher.environment, jobs):
            report.show(section.name)
            outcomes.append(suite.run(section, places.root))
            report.section(outcomes[-1])
    passed, failed, skipped = (sum(numbers) for numbers in zip(*((one.passed, one.failures, one.skipped) for one in outcomes)))
    document.write(document.of_suite(outcomes), json)
    report.finding(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return status_of(not any(outcome.fails for outcome in outcomes))


def main(words: list[str] | None = None) -> int:
    """Runs a command and says how it went, as an exit status."""
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):  # the last is Windows' own; SIGHUP it has not
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupt)
    for stream in (sys.stdout, sys.stderr):
        write_everything(stream)
    try:
        status = typer.main.get_command(app).main(words, prog_name="exchain", standalone_mode=False)
        sys.stdout.flush()
        return int(status or 0)
    except click.ClickException as wrong:
        context = getattr(wrong, "ctx", None)
        say(f"{wrong.format_message().rstrip('.')}; see {context.command_path if context else 'exchain'} --help")
        return Status.WRONG_REQUEST
    except Stop as stop:
        if not isinstance(stop, OutputClosed):
            say(str(stop))
        return stop.status
    except (KeyboardInterrupt, click.Abort):
        say("interrupted")
        return Status.MACHINE_TROUBLE
    except OSError as error:
        say(": ".join(str(part) for part in (error.strerror or error, error.filename) if part))
        return Status.MACHINE_TROUBLE
    except Exception:
        say("this is a mistake in exchain's driver:\n" + traceback.format_exc())
        return Status.MACHINE_TROUBLE
    finally:
        drop_unwritten()


def write_everything(stream) -> None:
    """A Windows console's code page lacks characters that a path may have; a pipe there gets what it gets elsewhere."""
    if isinstance(stream, io.TextIOWrapper):
        encoding = "utf-8" if sys.platform == "win32" and not stream.isatty() else None
        stream.reconfigure(encoding=encoding, errors="backslashreplace")


def drop_unwritten() -> None:
    """What standard output did not take, Python 3.13 tries again at its end, and then complains with a status of its own."""
    try:
        sys.stdout.flush()
    except OSError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def interrupt(*_):
    raise KeyboardInterrupt


def say(message: str) -> None:
    Report.show_nothing()
    with contextlib.suppress(OSError):
        print(f"exchain: {message}", file=sys.stderr, flush=True)
