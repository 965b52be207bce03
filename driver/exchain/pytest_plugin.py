"""pytest over the case files. A file gives an item for each way of running it; all batch items of a way share one executor run.

The first item that runs builds what is missing, starts Wine, and runs its whole batch; the others find their results there. With xdist a
way's batch items stay on one worker, and each case's own binary goes to whichever worker is free.
"""

import contextlib
from pathlib import Path

import pytest

from . import places as locating
from .again import again
from .campaign import EXPECT_WAY, batch_way, binary_way, opened, tool_opened
from .cases import Case, collect, is_case_file, predict
from .execute import Setting
from .judging import Result, Way, without_running
from .places import FOREIGN_LEVELS
from .report import failure_lines
from .stops import MachineTrouble, Stop, WrongRequest
from .tool import Prediction
from .verdicts import Verdict

BATCH_WAYS = tuple(batch_way(level) for level in FOREIGN_LEVELS)
BINARY_WAY = binary_way(FOREIGN_LEVELS[0])
RUNS = pytest.StashKey["Runs"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("exchain_cases", "folders whose .txt files are scenarios (none: no case file is collected)", type="paths", default=[])


def pytest_collect_file(file_path: Path, parent: pytest.Collector):
    if is_case_file(file_path) and any(file_path.is_relative_to(folder) for folder in parent.config.getini("exchain_cases")):
        return CaseFile.from_parent(parent, path=file_path)
    return None


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.stash[RUNS] = Runs(session)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if RUNS in session.config.stash:
        session.config.stash[RUNS].close()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """Only in place of the scheduler that `-n` brings; whoever asks for another gets it."""
    if config.getvalue("dist") != "load" or not config.getini("exchain_cases"):
        return None
    from xdist.scheduler import LoadScopeScheduling

    class BatchTogether(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return scope_of(nodeid)

    return BatchTogether(config, log)


def scope_of(nodeid: str) -> str:
    """Tests of one scope go to one worker: the batch items of a way, and each other test for itself."""
    file, _, name = nodeid.partition("::")
    return name if file.endswith(".txt") and name in {way.name for way in BATCH_WAYS} else nodeid


class CaseFile(pytest.File):
    def collect(self):
        ways = [*BATCH_WAYS, BINARY_WAY]
        if b"#=" in self.path.read_bytes():
            ways.insert(0, EXPECT_WAY)
        for way in ways:
            yield CaseItem.from_parent(self, name=way.name, way=way)


class CaseFailed(Exception):
    """What pytest shows instead of a traceback."""


class CaseItem(pytest.Item):
    def __init__(self, *, way: Way, **more):
        super().__init__(**more)
        self.way = way

    def runtest(self) -> None:
        runs = self.config.stash[RUNS]
        try:
            result = runs.result(self.path, self.way)
        except Stop as stop:
            raise CaseFailed(str(stop)) from None
        if result.verdict is Verdict.SKIP:
            pytest.skip(result.judgement.reason)
        if result.verdict is Verdict.XFAIL:
            pytest.xfail(result.judgement.reason)
        if result.fails:
            raise CaseFailed(runs.explained(result))

    def repr_failure(self, excinfo, style=None):
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self):
        return self.path, None, f"{self.path.parent.name}/{self.path.stem} {self.way.name}"


class Runs:
    """What was run so far in this session, and the Wine and the scratch folder that it needs. Nothing starts before it is asked for."""

    def __init__(self, session: pytest.Session):
        self._session = session
        self._held = contextlib.ExitStack()
        self._opened = False
        self._trouble: Stop | None = None
        self._cases: dict[Path, tuple[Case, Prediction]] = {}
        self._wrong: dict[Path, str] = {}
        self._results: dict[Way, dict[Path, Result]] = {}

    def result(self, path: Path, way: Way) -> Result:
        if self._trouble:
            raise MachineTrouble("not run, for " + str(self._trouble).splitlines()[0].rstrip(":"))
        try:
            self._open()
            if path in self._wrong:
                raise WrongRequest(self._wrong[path])
            case, prediction = self._cases[path]
            if way == EXPECT_WAY:
                return next(self._campaign.annotations([case]))
            not_run = without_running(prediction)
            if not_run:
                return Result(case, way, not_run)
            return self._campaign.binary(case, way) if way == BINARY_WAY else self._batch(way)[path]
        except WrongRequest:
            raise
        except Stop as stop:
            self._trouble = stop
            raise

    def explained(self, result: Result) -> str:
        campaign = self._campaign
        line = again(result, campaign.setting, campaign.places)
        return "\n".join([f"{result.verdict} {result.case.name} {result.way.name}", *failure_lines(result, line)])

    def close(self) -> None:
        self._held.close()

    def _open(self) -> None:
        if self._opened:
            return
        places = locating.find()
        tool, scratch = self._held.enter_context(tool_opened(places, self._show))
        self._read(places, tool, scratch)
        self._campaign = self._held.enter_context(opened(places, tool, scratch, Setting(), self._show))
        self._opened = True

    def _read(self, places, tool, scratch: Path) -> None:
        """The texts of all files at once; a wrong one is the matter of its own items only."""
        paths = list(dict.fromkeys(item.path for item in self._session.items if isinstance(item, CaseItem)))
        good: list[Case] = []
        try:
            good = collect([str(path) for path in paths], places, tool, scratch)
        except WrongRequest:
            for path in paths:
                try:
                    good += collect([str(path)], places, tool, scratch)
                except WrongRequest as wrong:
                    self._wrong[path] = str(wrong)
        cases, predictions = predict(good, tool, scratch)
        self._cases = {case.file: (case, prediction) for case, prediction in zip(cases, predictions)}

    def _batch(self, way: Way) -> dict[Path, Result]:
        """Runs all selected texts of a way, with the first of them."""
        if way not in self._results:
            wanted = [item.path for item in self._session.items if isinstance(item, CaseItem) and item.way == way and item.path in self._cases]
            cases = [case for case, prediction in map(self._cases.get, wanted) if not without_running(prediction)]
            list_file = self._campaign.write_list(cases, way.name)
            results = list(self._campaign.batch(cases, list_file, way, 0, len(cases)))
            self._results[way] = {result.case.file: result for result in results}
        return self._results[way]

    def _show(self, line: str) -> None:
        """Builds take a while; pytest has the terminal."""
