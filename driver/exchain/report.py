"""Reporting for people: colours and progress on a terminal, plain lines everywhere else."""

import contextlib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.status import Status
from rich.table import Table
from rich.text import Text

from .again import again
from .bench import Row
from .campaign import Campaign
from .cases import Case
from .judging import Result
from .ledger import Row as Entry
from .matrix import Ran
from .mutants import Kill
from .purposes import needed_for
from .stops import OutputClosed
from .suite import Outcome, tail
from .tool import Judgement, Prediction
from .verdicts import Verdict, count

CONTEXT_LINES = 3
FAILURES_SHOWN = 20
TRACE_LINES = 400      # of a trace that is shown whole
PIPE_COLUMNS = 100_000  # a pipe has no width; nothing is wrapped for it

Line = tuple[str, str]  # a mark and a line of a trace


class OwnConsole(Console):
    def on_broken_pipe(self) -> None:
        """Newer versions of rich end the program here, with a status of their own."""
        raise OutputClosed() from None


def console(stream) -> Console:
    width = None if stream.isatty() else PIPE_COLUMNS
    return OwnConsole(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True, width=width)


def print_to(where: Console, what: Text | Table) -> None:
    try:
        where.print(what)
        where.file.flush()
    except BrokenPipeError:
        raise OutputClosed() from None


class Report:
    """Findings go to standard output, unless JSON has it; what is merely going on goes to standard error."""

    _status: Status | None = None  # there is one terminal

    def __init__(self, quiet: bool = False, json_on_stdout: bool = False):
        self._quiet = quiet
        self._out = console(sys.stderr if json_on_stdout else sys.stdout)
        self._err = console(sys.stderr)

    # What is going on.

    def show(self, line: str) -> None:
        """A line that the next one replaces; on a pipe, nothing."""
        if self._quiet or not self._err.is_terminal:
            return
        if Report._status is None:
            Report._status = self._err.status(Text(line), spinner="line")
            Report._status.start()
        Report._status.update(Text(line))

    @property
    def progress_console(self) -> Console:
        """Where what is going on is shown."""
        return self._err

    @staticmethod
    def show_nothing() -> None:
        if Report._status is not None:
            Report._status.stop()
            Report._status = None

    @contextlib.contextmanager
    def progress(self, what: str, total: int) -> Iterator:
        """A bar; the block calls what it gets with every piece that is done."""
        self.show_nothing()
        if self._quiet or not self._err.is_terminal:
            yield lambda *_: None
            return
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[bad]}"), TimeElapsedColumn()
        with Progress(*columns, console=self._err, transient=True) as bar:
            task = bar.add_task(what, total=total, bad="")
            failed = 0

            def advance(fails: bool = False) -> None:
                nonlocal failed
                failed += fails
                bar.update(task, advance=1, bad=f"{failed} failed" if failed else "")

            yield advance

    # What was found.

    def line(self, line: str = "", style: str = "") -> None:
        """Everything but findings is left out by --quiet."""
        if not self._quiet:
            self.finding(line, style)

    def finding(self, line: str, style: str = "") -> None:
        self.show_nothing()
        print_to(self._out, Text(line, style=style))

    def table(self, table: Table) -> None:
        self.show_nothing()
        if not self._quiet:
            print_to(self._out, table)

    def results(self, results: Sequence[Result], campaign: Campaign, seconds: float) -> None:
        """Failures in full, then the counts."""
        failed = [result for result in results if result.fails]
        groups = alike(failed)
        for group in groups[:FAILURES_SHOWN]:
            self.failure(group, campaign)
        if len(groups) > FAILURES_SHOWN:
            self.finding(f"... and {len(groups) - FAILURES_SHOWN} more texts that fail: --json has them all")
        self.reasons(results)
        self.table(counts_table(results))
        self.line(closing_line(results, seconds))

    def cell(self, ran: Ran, campaign: Campaign) -> None:
        """A cell of the matrix: its failures in full, and one line."""
        failed = alike([result for result in ran.results if result.fails])
        for group in failed[:FAILURES_SHOWN]:
            self.failure(group, campaign)
        if len(failed) > FAILURES_SHOWN:
            self.finding(f"... and {len(failed) - FAILURES_SHOWN} more texts that fail: --json has them all")
        self.line(f"{ran.cell.name} on {campaign.platform}: {closing_line(ran.results, ran.seconds)}", "red" if ran.fails else "green")

    def failure(self, group: Sequence[Result], campaign: Campaign) -> None:
        result = group[0]
        self.finding(" ".join([str(result.verdict), result.case.name, *(one.way.name for one in group)]), result.verdict.colour)
        for line in failure_lines(result, again(result, campaign.setting, campaign.places)):
            self.finding(line, style_of(line))
        self.finding("")

    def reasons(self, results: Sequence[Result]) -> None:
        """Why texts were skipped or are known to differ: once for each reason."""
        for verdict in (Verdict.SKIP, Verdict.XFAIL):
            reasons = [result.judgement.reason for result in results if result.verdict is verdict]
            for reason in dict.fromkeys(reasons):
                self.line(f"{verdict} {reason} ({reasons.count(reason)})", verdict.colour)

    def repro(self, result: Result, campaign: Campaign) -> None:
        """One run in full, also when it is as expected."""
        self.line(f"text      {result.case.text}")
        self.line(f"foreign   {result.way.foreign}")
        for mark, line in whole_trace(result.judgement):
            self.line(f"  {mark} {line}", {"-": "red", "+": "green"}.get(mark, ""))
        for line in stop_lines(result.judgement):
            self.finding(line, style_of(line))
        self.line(outcome_line(result.judgement))
        if result.judgement.reason:
            self.line(f"reason    {result.judgement.reason}")
        for line in known_lines(result.judgement):
            self.line(line)
        if result.judgement.rules_checked is not None:
            self.line(f"rules     checked {result.judgement.rules_checked:,} times")
        self.line(f"again     {again(result, campaign.setting, campaign.places)}")
        self.finding(str(result.verdict), result.verdict.colour)

    def prediction(self, prediction: Prediction) -> None:
        self.line(f"text      {prediction.text}")
        for _, line in elided([(" ", line) for line in prediction.trace]):
            self.line(f"    {line}")
        if prediction.error:
            self.finding(f"ERROR {prediction.error}", Verdict.ERROR.colour)
        else:
            self.line(f"outcome   {prediction.outcome or '-'}")

    def kills(self, kills: Sequence[Kill], cases: Sequence[Case], seconds: float) -> None:
        table = Table("mutant", "killed by", "rule", "verdict", "cases", "how often by what", box=None, pad_edge=False)
        for kill in kills:
            result = kill.result if kill.matches else None
            name = result.case.name if result else kill.note
            verdict = kill.result.verdict.word if kill.result else "-"
            row = kill.row
            words = (kill.mutant.slug, name, kill.rule or "-", verdict, str(len(row)), how_often(row.values()))
            table.add_row(*map(Text, words), style="" if kill.matches else "red")
        self.table(table)
        self.table(areas_table(kills, cases))
        for kill in kills:
            if kill.note or not kill.matches:
                self.finding(f"{kill.mutant.slug}: {kill.note}" + (f"\n  again     {kill.repro}" if kill.repro else ""), "yellow" if kill.matches else "red")
        everything = [kill.mutant.slug for kill in kills if kill.row and len(kill.row) == len(cases)]
        self.line(f"killed by every case: {', '.join(everything) or 'none'}")
        for case, slugs in needed_for(kills).items():
            self.line(f"killed by {case.name} alone: {', '.join(slugs)}")
        killed = sum(kill.matches for kill in kills)
        self.line(f"{killed} of {len(kills)} mutants killed by the rule in their head, each tried with {len(cases)} cases, in {seconds:.1f} s")

    def ledger(self, ledger: Sequence[Entry]) -> None:
        """What the dispatcher was seen to do, and by which case."""
        table = Table("dispatcher", "reached by", "what happens", box=None, pad_edge=False)
        for row in ledger:
            table.add_row(*(Text(word) for word in (row.branch.word, row.where, row.branch.what)), style="red" if row.is_open else "")
        self.table(table)
        reached, elsewhere = (sum(1 for row in ledger if chosen(row)) for chosen in (lambda row: row.reached_by, lambda row: not row.reached_by and row.branch.elsewhere))
        self.line(f"{reached} of {len(ledger)} branches of the dispatcher reached by cases, {elsewhere} elsewhere, {len(ledger) - reached - elsewhere} not")
        self.line()

    def rows(self, rows: Sequence[Row]) -> None:
        table = Table("benchmark", "ns", "peer ns", "floor ns", "ratio", "bar", "", box=None, pad_edge=False)
        for column in table.columns[1:]:
            column.justify = "right"
        for row in rows:
            numbers = ("-" if number is None else f"{number:,.2f}" for number in (row.ns, row.peer_ns, row.floor_ns, row.ratio))
            table.add_row(Text(row.name), *numbers, str(row.bar or ""), {True: "reached", False: "missed", None: ""}[row.reached])
        self.table(table)

    def section(self, outcome: Outcome) -> None:
        numbers = f"{outcome.passed} passed, {outcome.failures} failed, {outcome.skipped} skipped, {outcome.seconds:.1f} s"
        self.line(f"{outcome.section.name}: {numbers}", "red" if outcome.fails else "green")
        if outcome.fails:
            if not outcome.failed:
                self.finding(f"{outcome.section.name} {'ended with status ' + str(outcome.status) if outcome.status else 'ran nothing'}", "red")
            for line in tail(outcome.section):
                self.finding(f"  {line}")


def how_often(names: Iterable[str]) -> str:
    """V1 12, CRASH 3: the most frequent first."""
    return ", ".join(f"{name} {number}" for name, number in Counter(names).most_common())


def areas_table(kills: Sequence[Kill], cases: Sequence[Case]) -> Table:
    """The matrix, folded: how many cases of each area kill each mutant. The whole of it is in --json."""
    areas = Counter(area_of(case) for case in cases)
    table = Table("mutant", *(f"{area} {number}" for area, number in sorted(areas.items())), box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for kill in kills:
        by_area = Counter(area_of(case) for case in kill.row)
        table.add_row(Text(kill.mutant.slug), *(str(by_area[area] or "-") for area in sorted(areas)))
    return table


def area_of(case: Case) -> str:
    """A case's folder; texts from anywhere else are of no area."""
    return case.file.parent.name if case.file else "texts"


# Lines, without colour: the pytest plugin shows the same.


def alike(results: Sequence[Result]) -> list[list[Result]]:
    """Results of one text that failed in the same way, however it was run, are one finding."""
    groups: dict[tuple, list[Result]] = {}
    for result in results:
        judgement = result.judgement
        key = (result.case, judgement.verdict, judgement.outcome, judgement.reason, judgement.trace, result.only_in_company)
        groups.setdefault(key, []).append(result)
    return list(groups.values())


def failure_lines(result: Result, repro: str) -> list[str]:
    judgement = result.judgement
    lines = [f"  text      {result.case.text}"]
    if result.way.name == "expect":
        lines += [f"  expect    {line}" for line in judgement.reason.splitlines()]
    else:
        lines.append("  " + outcome_line(judgement))
        if judgement.reason:
            lines.append(f"  reason    {judgement.reason}")
        lines += [f"  {line}" for line in known_lines(judgement)]
        lines += difference_lines(judgement)
        lines += [f"  {line}" for line in stop_lines(judgement)]
    if result.alone is not None and result.way.is_batch:
        company = ": it is so only in company" if result.only_in_company else ""
        lines.append(f"  alone     {result.alone.verdict}, {result.alone.outcome}{company}")
    lines.append(f"  again     {repro}")
    return lines


def known_lines(judgement: Judgement) -> list[str]:
    """From where a platform's difference is known."""
    return [f"known     {one.id}, of {one.platforms}: {one.source}" for one in judgement.known]


def outcome_line(judgement: Judgement) -> str:
    if judgement.expected in (None, judgement.outcome):
        return f"outcome   {judgement.outcome or '-'}"
    return f"outcome   {judgement.outcome}, expected {judgement.expected}"


def difference_lines(judgement: Judgement) -> list[str]:
    """The first difference of the two traces with a few lines around it."""
    place = judgement.difference
    if place is None:
        return []
    lines = [f"  trace     differs in line {place + 1} (- expected, + actual)"]
    shown = [(" ", line) for line in judgement.trace[max(0, place - CONTEXT_LINES) : place]]
    shown += sides(judgement, place, CONTEXT_LINES)
    return lines + [f"    {mark} {line}" for mark, line in shown]


def sides(judgement: Judgement, place: int, length: int | None = None) -> list[Line]:
    """What was expected from a place on, and what came instead."""
    end = None if length is None else place + length
    expected = [("-", line) for line in judgement.expected_trace[place:end]] or [("-", "(nothing more)")]
    actual = [("+", line) for line in judgement.trace[place:end]] or [("+", "(nothing more)")]
    return elided(expected) + elided(actual)


def whole_trace(judgement: Judgement) -> list[Line]:
    place = judgement.difference
    if place is None:
        return elided([(" ", line) for line in judgement.trace])
    return elided([(" ", line) for line in judgement.trace[:place]], keep_end=True) + sides(judgement, place)


def elided(lines: list[Line], keep_end: bool = False) -> list[Line]:
    if len(lines) <= TRACE_LINES:
        return lines
    left_out = (" ", f"... {len(lines) - TRACE_LINES} lines left out: --json has them all")
    return [left_out, *lines[-TRACE_LINES:]] if keep_end else [*lines[:TRACE_LINES], left_out]


def stop_lines(judgement: Judgement) -> list[str]:
    lines = judgement.report.splitlines()
    if judgement.stop and not any(line.startswith("*** STOP:") for line in lines):
        lines.insert(0, str(judgement.stop))
    return lines


def style_of(line: str) -> str:
    words = line.split(maxsplit=1)
    return {"-": "red", "+": "green", "***": "bold red"}.get(words[0], "") if words else ""


def counts_table(results: Sequence[Result]) -> Table:
    """Verdicts by ways; those that did not occur are left out."""
    ways = sorted({result.way.name for result in results})
    table = Table("verdict", *ways, box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    columns = [count(result.verdict for result in results if result.way.name == way) for way in ways]
    for verdict in Verdict:
        numbers = [column[verdict] for column in columns]
        if any(numbers):
            table.add_row(verdict.word, *map(str, numbers), style=verdict.colour)
    return table


def closing_line(results: Sequence[Result], seconds: float | None = None) -> str:
    counts = count(result.verdict for result in results)
    skipped, known = counts[Verdict.SKIP], counts[Verdict.XFAIL]
    failed = sum(number for verdict, number in counts.items() if verdict.fails)
    line = f"{len(results) - failed - skipped - known} passed, {failed} failed"
    line += (f", {known} known to differ" if known else "") + (f", {skipped} skipped" if skipped else "")
    return line if seconds is None else f"{line} in {seconds:.1f} s"
