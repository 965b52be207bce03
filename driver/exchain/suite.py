"""The project's whole test-suite: sections, each a test runner of its own with a JUnit file that says what really ran."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from .build import ended_with_us
from .launcher import Launcher
from .places import Places
from .stops import MachineTrouble

TAIL_LINES = 60
WARM_UP_SECONDS = 120
ALONE = "alone"  # pytest's mark of a test that keeps every core busy: beside others it would starve them, and they it


@dataclass(frozen=True)
class Section:
    name: str
    command: list[str]
    junit: Path
    log: Path
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    section: Section
    passed: int
    failed: int
    skipped: int
    seconds: float
    status: int

    @property
    def fails(self) -> bool:
        """A runner that is unhappy without a failed test, or that ran nothing, has failed too."""
        return bool(self.failed or self.status or not self.passed)

    @property
    def failures(self) -> int:
        return self.failed or int(self.fails)


def sections(places: Places, environment: Mapping[str, str], jobs: int) -> list[Section]:
    """Native unit tests, the same with sanitizers, those of the target, and pytest over the driver and the cases; last the tests that want the machine for themselves."""
    return [
        ctest(places, "host", os.environ, jobs),
        ctest(places, "host-sanitized", os.environ, jobs),
        ctest(places, places.target, environment, jobs),
        pytest(places, "pytest", ["-m", f"not {ALONE}", *parallel(jobs)]),
        pytest(places, "pytest alone", ["-m", ALONE, "driver/tests"]),
    ]


def ctest(places: Places, preset: str, environment: Mapping[str, str], jobs: int) -> Section:
    junit = places.logs / f"test-{preset}.xml"
    command = ["ctest", "--test-dir", str(places.build / preset), "--output-on-failure", "-j", str(jobs), "--output-junit", str(junit)]
    return Section(f"ctest {preset}", command, junit, places.logs / f"test-{preset}.log", environment)


def pytest(places: Places, name: str, options: Sequence[str]) -> Section:
    file = places.logs / f"test-{name.replace(' ', '-')}"
    junit = file.with_suffix(".xml")
    command = [sys.executable, "-m", "pytest", "-q", "-rfEs", f"--junitxml={junit}", *options]
    return Section(name, command, junit, file.with_suffix(".log"), os.environ)


def parallel(jobs: int) -> list[str]:
    try:
        import xdist  # noqa: F401
    except ImportError:
        return []
    return ["-n", str(jobs)]


def warm_up(launcher: Launcher, program: Path, scratch: Path) -> None:
    """Whatever Wine starts beside its first program inherits that one's output. Were it CTest's pipe, CTest would wait for all of them."""
    launcher.run(program, ["--help"], scratch / "warm-up.output", WARM_UP_SECONDS)


def run(section: Section, root: Path) -> Outcome:
    section.junit.unlink(missing_ok=True)
    started = time.monotonic()
    with section.log.open("wb") as log:
        try:
            process = subprocess.Popen(
                section.command, cwd=root, env=dict(section.environment), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        except FileNotFoundError:
            raise MachineTrouble(f"{section.command[0]} is missing (try: ./exchain setup)") from None
        with ended_with_us(process):
            status = process.wait()
    return Outcome(section, *count(section.junit), time.monotonic() - started, status)


def count(junit: Path) -> tuple[int, int, int]:
    """Passed, failed, skipped, from whatever suites the file holds; nothing when there is no readable file."""
    try:
        suites = list(ElementTree.parse(junit).getroot().iter("testsuite"))
    except (OSError, ElementTree.ParseError):
        return 0, 0, 0
    tests, failed, skipped = (
        sum(int(suite.get(word) or 0) for suite in suites for word in words)
        for words in (("tests",), ("failures", "errors"), ("skipped", "disabled"))
    )
    return tests - failed - skipped, failed, skipped


def tail(section: Section) -> Sequence[str]:
    return list(lines_of(section.log))[-TAIL_LINES:]


def lines_of(log: Path) -> Iterator[str]:
    with log.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            yield line.rstrip()
