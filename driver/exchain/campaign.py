"""A campaign: the stages from cases to results, put together once for `run`, `repro`, `mutants` and the pytest plugin."""

import contextlib
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from . import cases as collecting
from . import launcher as launching
from .binaries import binary_of, compare, required_binary
from .build import Show, build
from .cases import Case
from .execute import Attempt, Setting, attempt, execute
from .judging import Result, Way, agree, by_case, judge, without_running
from .launcher import Launcher
from .places import FOREIGN_LEVELS, Places
from .tool import Judgement, Prediction, Tool
from .verdicts import Verdict

SLICE_LEAST = 64  # texts that are worth a process of their own

Task = Callable[[], Iterator[Result]]
Answer = TypeVar("Answer")
OnResult = Callable[[Result], None]


def batch_way(foreign: str) -> Way:
    return Way(f"batch-{foreign}", foreign)


def binary_way(foreign: str) -> Way:
    return Way("binary", foreign)


EXPECT_WAY = Way("expect", "")


@dataclass
class Campaign:
    places: Places
    tool: Tool
    launcher: Launcher
    setting: Setting
    scratch: Path
    jobs: int = 1
    on_result: OnResult = lambda result: None
    results: list[Result] = field(default_factory=list)  # so far: also what an interruption leaves
    platform: str = ""  # as the executor calls it; known once something ran
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def with_setting(self, setting: Setting) -> "Campaign":
        return replace(self, setting=setting, on_result=lambda result: None, results=[])

    # The three ways of a whole set of cases.

    def run(self, cases: Sequence[Case], predictions: Sequence[Prediction], foreign: Sequence[str], binaries: bool) -> list[Result]:
        """Every case in a batch for each build of the foreign frames, and, where it has one, as its own binary."""
        ways = [batch_way(level) for level in foreign]
        alone_ways = [binary_way(foreign[0])] if binaries else []
        runnable = []
        for case, prediction in zip(cases, predictions):
            verdict = without_running(prediction)
            if verdict is None:
                runnable.append(case)
            else:
                own = alone_ways if binary_of(case, self.places) else []
                self._keep([Result(case, way, verdict) for way in [*ways, *own]])
        own_binary = [case for case in runnable if binary_of(case, self.places)] if binaries else []
        tasks: list[Task] = [*self.batch_tasks(runnable, ways), *(self.binary_task(case, way) for way in alone_ways for case in own_binary)]
        if binaries:
            tasks.append(lambda: self.annotations(cases))
        self.carry_out(tasks)
        self._compare_binaries(ways[0], alone_ways)
        case_order = {case: place for place, case in enumerate(cases)}
        way_order = {way: place for place, way in enumerate([EXPECT_WAY, *ways, *alone_ways])}
        self.results.sort(key=lambda result: (case_order[result.case], way_order[result.way]))
        return self.results

    def results_of(self, cases: Sequence[Case], foreign: Sequence[str], binaries: bool) -> int:
        """How many results `run` will give."""
        own = sum(bool(binary_of(case, self.places)) for case in cases) + len(annotated(cases)) if binaries else 0
        return len(cases) * len(foreign) + own

    def batch_tasks(self, cases: Sequence[Case], ways: Sequence[Way]) -> list[Task]:
        if not cases:
            return []
        list_file = self.write_list(cases, "batch")
        parts = slices(len(cases), max(1, self.jobs // len(ways)))
        return [
            lambda way=way, first=first, count=count: self.batch(cases, list_file, way, first, count)
            for way in ways
            for first, count in parts
        ]

    def binary_task(self, case: Case, way: Way) -> Task:
        return lambda: iter([self.binary(case, way)])

    def carry_out(self, tasks: Sequence[Task]) -> None:
        """Runs the tasks, as many at a time as there are jobs. Results are kept as they come."""
        self.together([lambda task=task: self._keep(task()) for task in tasks])

    def together(self, calls: Sequence[Callable[[], Answer]], on_answer: Callable[[Answer], None] = lambda answer: None) -> list[Answer]:
        """The calls' answers, in their order. The first that fails, or an interruption, ends everything."""
        with ThreadPoolExecutor(self.jobs) as pool:
            futures = [pool.submit(call) for call in calls]
            try:
                for future in as_completed(futures):
                    on_answer(future.result())
            except BaseException:
                self.launcher.stop()
                pool.shutdown(cancel_futures=True)
                raise
        return [future.result() for future in futures]

    # One process, or a row of them.

    def batch(self, cases: Sequence[Case], list_file: Path, way: Way, first: int, count: int) -> Iterator[Result]:
        """Texts of a list, one after another. What fails is run again, alone."""
        for made in self._execute(list_file, way, first, count):
            process_first = made.journal.index - made.journal.runs + 1
            for judgement in judge(self.tool, list_file, made, traces=False):
                result = Result(cases[judgement.index], way, judgement)
                if not result.fails:
                    yield result
                elif made.journal.runs == 1:
                    yield replace(result, alone=judgement)
                else:
                    yield self.once_more(result, cases, list_file, process_first, judgement.index)

    def attempts(self, list_file: Path, way: Way, first: int, count: int, timeout: float, apart: bool) -> Iterator[Attempt]:
        """One process after another, until every text had its turn; unless `apart`, each goes on behind an end that can be gone on from. What is to be believed is run again alone."""
        return self._execute(list_file, way, first, count, [] if apart else ["--go-on"], timeout)

    def alone(self, list_file: Path, way: Way, index: int = 0) -> Judgement:
        """One text of a list in a fresh process."""
        for made in self._execute(list_file, way, index, 1):
            return next(judge(self.tool, list_file, made))
        raise AssertionError("a text was run and left no attempt")

    def binary(self, case: Case, way: Way) -> Result:
        """A case as its own binary."""
        program = required_binary(case, self.places)
        list_file = self.write_list([case], "binary")
        program, arguments = self.setting.started(self.places, program, self._arguments(way))
        with attempt(self.launcher, program, arguments, self.scratch, self.setting.timeout) as made:
            self.platform = made.journal.platform
            return Result(case, way, next(judge(self.tool, list_file, made)))

    def annotations(self, cases: Sequence[Case]) -> Iterator[Result]:
        """What case files say of their own steps, against the model."""
        checked = annotated(cases)
        agrees = bool(checked) and not self.tool.expect([case.file for case in checked])
        for case in checked:
            said = "" if agrees else self.tool.expect([case.file])
            yield Result(case, EXPECT_WAY, Judgement(Verdict.FAIL if said else Verdict.PASS, reason=said))

    def write_list(self, cases: Sequence[Case], name: str) -> Path:
        with tempfile.NamedTemporaryFile(dir=self.scratch, prefix=f"{name}-", suffix=".list", delete=False) as file:
            return collecting.write_list(cases, Path(file.name))

    def _execute(self, list_file: Path, way: Way, first: int, count: int, options: Sequence[str] = (), timeout: float | None = None):
        program, arguments = self.setting.started(self.places, self.places.executor, [*self._arguments(way), *options])
        for made in execute(self.launcher, program, arguments, list_file, first, count, self.scratch, timeout or self.setting.timeout):
            self.platform = made.journal.platform
            yield made

    def _arguments(self, way: Way):
        return self.setting.arguments(self.places, way.foreign)

    def once_more(self, result: Result, cases: Sequence[Case], list_file: Path, process_first: int, index: int) -> Result:
        """The result with what the text does in a process of its own, unless it was alone in its process already."""
        if process_first == index:
            return replace(result, alone=result.judgement)
        alone = self.alone(list_file, result.way, index)
        company = None if agree(alone, result.judgement) else self.store_company(cases[process_first : index + 1])
        return replace(result, alone=alone, company=company)

    def store_company(self, cases: Sequence[Case]) -> Path:
        """The texts that one process ran up to the one that failed, for running them again."""
        folder = self.places.build / "company"
        folder.mkdir(exist_ok=True)
        name = hashlib.sha1("\n".join(case.text for case in cases).encode()).hexdigest()[:12]
        return collecting.write_list(cases, folder / f"{name}.list")

    def _compare_binaries(self, way: Way, alone_ways: Sequence[Way]) -> None:
        if self.setting.rules == "none":
            return  # only survived: how it got there is nobody's business
        batch = by_case(self.results, way)
        for place, result in enumerate(self.results):
            if result.way in alone_ways and result.case in batch:
                self.results[place] = replace(result, judgement=compare(result.judgement, batch[result.case].judgement))

    def _keep(self, results) -> None:
        for result in results:
            with self._guard:
                self.results.append(result)
            self.on_result(result)


def annotated(cases: Sequence[Case]) -> list[Case]:
    return [case for case in cases if case.file and b"#=" in case.file.read_bytes()]


def slices(count: int, parts: int) -> list[tuple[int, int]]:
    """Contiguous parts, as (first, count); fewer where they would be too small."""
    parts = max(1, min(parts, count // SLICE_LEAST))
    edges = [count * place // parts for place in range(parts + 1)]
    return [(first, end - first) for first, end in zip(edges, edges[1:])]


def foreign_levels(word: str) -> tuple[str, ...]:
    return FOREIGN_LEVELS if word == "both" else (word,)


@contextlib.contextmanager
def scratch_folder(places: Places) -> Iterator[Path]:
    places.build.mkdir(parents=True, exist_ok=True)
    remove_orphans(places.build)
    with tempfile.TemporaryDirectory(dir=places.build, prefix=f"scratch-{os.getpid()}-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def remove_orphans(build_folder: Path) -> None:
    """Scratch folders whose process was killed before it could remove them."""
    for folder in build_folder.glob("scratch-*-*"):
        pid = folder.name.split("-")[1]
        if os.name == "posix" and pid.isdigit() and not is_running(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


@contextlib.contextmanager
def tool_opened(places: Places, show: Show) -> Iterator[tuple[Tool, Path]]:
    """The host tool, built, and a folder for what comes and goes: all that collecting and predicting need."""
    build(places, ["host"], show, "exchain-scenario")
    with scratch_folder(places) as scratch:
        yield Tool(places.tool), scratch


@contextlib.contextmanager
def opened(
    places: Places, tool: Tool, scratch: Path, setting: Setting, show: Show, jobs: int = 1, mutants: bool = False
) -> Iterator[Campaign]:
    """A campaign, built and with Wine started; closed in whatever way the block is left. Mutants are built for those who want them: all, or the one."""
    one = [f"exchain-mutant-{setting.mutant}"] if setting.mutant else []
    build(places, [places.target], show, "exchain-mutants" if mutants else "exchain-run", one)
    setting.library(places)
    with launching.choose(places) as launcher:
        yield Campaign(places, tool, launcher, setting, scratch, jobs)
