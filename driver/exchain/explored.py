"""What exploring tells: a live line, a summary, a document. Coverage by operation pair, rule and branch."""

import contextlib
from collections.abc import Iterator, Sequence

from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from . import reached
from .again import join, quoted, setting_options
from .asked import Columns, Space, explored_library
from .cases import Case
from .document import SCHEMA
from .explore import Exploration, State
from .report import Report
from .store import Failure, Group
from .verdicts import Verdict, count

GROUPS_SHOWN = 20


def rules_checked(coverage: dict[str, dict[str, int]], columns: Columns) -> dict[str, int]:
    checks = coverage.get("check", {})
    return {rule: checks[check] for check, rules in zip(columns.checks, columns.checked) if checks.get(check) for rule in rules.split()}


def reached_of(exploration: Exploration, coverage: dict[str, dict[str, int]]) -> reached.Reached | None:
    """Where the runtime was one that tells."""
    places = [int(place) for place in coverage.get("block", {})]
    campaign = exploration.campaign
    return reached.of(explored_library(campaign.setting, campaign.places, exploration.request.draws), places) if places else None


def duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def live_line(state: State) -> str:
    done = state.done + state.under_way
    rate = state.per_second
    left = duration((state.total - done) / rate) if rate else "-"
    return f"{done:,} of {state.total:,}, {rate:,.0f}/s, {state.failures} failures, {left} left, {state.pairs} operation pairs"


@contextlib.contextmanager
def live(report: Report, quiet: bool) -> Iterator:
    """A line that changes, on a terminal; elsewhere nothing."""
    report.show_nothing()
    console = report.progress_console
    if quiet or not console.is_terminal:
        yield lambda state: None
        return
    with Progress(TextColumn("exploring"), BarColumn(bar_width=24), TextColumn("{task.fields[line]}"), console=console, transient=True) as bar:
        task = bar.add_task("exploring", total=1, line="")
        yield lambda state: bar.update(task, total=state.total, completed=state.done + state.under_way, line=live_line(state))


def failure_again(failure: Failure, exploration: Exploration) -> str:
    """The line that shows it: the text; or, where it takes company, the row of texts."""
    setting, places, request = exploration.campaign.setting, exploration.campaign.places, exploration.request
    options = setting_options(setting, places) + (["--foreign", request.foreign] if request.foreign != "O2" else [])
    if failure.company is not None:
        row = exploration.campaign.store_company([Case(text, text) for text in failure.company.split("\n")])
        return join(["./exchain", "run", *options, "--foreign", request.foreign, "--jobs", "1", "--list", places.shown(row)])
    if failure.prefix is not None:
        words = ["./exchain", "explore", *options, "--profile", request.profile, "--max-ops", str(request.operations_max), "--range", f"{failure.prefix}:{failure.number + 1}"]
        if request.whole:
            words.append("--whole")
        if request.draws is not None:
            words += ["--min-ops", str(request.operations_min), "--random", str(request.draws), "--seed", str(request.seed)]
        return join([*words, "--jobs", "1"])
    return quoted(["./exchain", "repro", *options], failure.text)


def text_again(text: str, exploration: Exploration) -> str:
    request = exploration.request
    options = setting_options(exploration.campaign.setting, exploration.campaign.places) + (["--foreign", request.foreign] if request.foreign != "O2" else [])
    return quoted(["./exchain", "repro", *options], text)


def tell_failure(report: Report, failure: Failure) -> None:
    alone = ", ".join(dict.fromkeys(failure.alone))
    company = "; only in company: state leaked from one text to the next" if failure.only_in_company else ""
    report.line(f"{failure.verdict} {failure.rule or ''} at {failure.place}: {failure.text} (alone: {alone}{company})", "red")


def summary(report: Report, exploration: Exploration) -> None:
    state, request = exploration.state, exploration.request
    failures, groups = exploration.store.failures(exploration.run), exploration.store.groups(exploration.run)
    for group in groups[:GROUPS_SHOWN]:
        tell_group(report, group, [failure for failure in failures if failure.group == group.id], exploration)
    if len(groups) > GROUPS_SHOWN:
        report.finding(f"... and {len(groups) - GROUPS_SHOWN} more groups: --json has them all")
    coverage = exploration.store.coverage(exploration.run)
    report.table(pairs_table(coverage.get("pair", {}), exploration.space))
    columns = exploration.space.columns
    checked = rules_checked(coverage, columns)
    report.line(f"rules      {len(checked)} of {len(columns.rules)} checked: " + " ".join(f"{rule} {short(checked[rule])}" for rule in columns.rules if rule in checked))
    report.line("events     " + by_count(coverage.get("event", {})))
    report.line("dispatcher " + (by_count(coverage.get("branch", {})) or "never asked"))
    came_to = reached_of(exploration, coverage)
    if came_to:
        report.line(f"runtime    {came_to.functions} of {came_to.functions_of} functions of C reached, {came_to.blocks} of {came_to.blocks_of} basic blocks")
        if came_to.missing:
            report.line("not reached by any of these texts: " + " ".join(came_to.missing), "yellow")
    missing = [rule for rule in columns.rules if rule not in checked]
    if missing:
        report.line("not checked by any of these texts: " + " ".join(missing), "yellow")
    what = f"{request.draws:,} random texts of {request.operations_min} to {request.operations_max} operations" if request.draws is not None else \
        f"the space {request.profile} up to {request.operations_max} operations has {exploration.space.size:,} texts"
    report.line(what)
    if parted_of(coverage):
        report.line(f"{parted_of(coverage):,} of those that ran went on where they part from the one before; --whole runs each from its beginning")
    if exploration.stopped_early:
        why = f", the last {exploration.enough.alike} of which are like earlier ones" if exploration.enough.for_alike else ""
        report.finding(f"stopped behind {state.failures} failures{why}: --failures 0 goes on to the end", "yellow")
    report.finding(
        f"{state.done:,} of {state.total:,} ran, {state.failures} failed in {len(groups)} groups, in {state.elapsed:.1f} s: {state.per_second:,.0f} a second",
        "red" if state.failures else "green",
    )


def parted_of(coverage: dict) -> int:
    return coverage.get("run", {}).get("parted", 0)


def tell_group(report: Report, group: Group, members: Sequence[Failure], exploration: Exploration) -> None:
    one = min(members, key=lambda failure: len(failure.text))
    report.finding(f"{group.verdict} {group.rule or ''} at {group.place}: {len(members)} texts".replace("  ", " "), "red")
    report.finding(f"  smallest  {group.text}")
    if group.differs:
        report.finding(f"  passes    {group.nearest}")
        report.finding(f"            differs only in: {group.differs}")
    if one.only_in_company:
        report.finding("  alone     PASS: it is so only in company, behind what earlier texts left")
    elif len(set(one.alone)) > 1 or one.verdict not in one.alone:
        report.finding(f"  alone     {', '.join(one.alone)}")
    again = failure_again(one, exploration) if one.only_in_company else text_again(group.text, exploration)
    report.finding(f"  again     {again}")


def by_count(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {short(times)}" for name, times in sorted(counts.items(), key=lambda one: -one[1]))


def short(number: int) -> str:
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return str(number)


def pairs_table(pairs: dict[str, int], space: Space) -> Table:
    """Which operation came behind which: how many, and the rarest of them."""
    table = Table("operation", "behind it came", "rarest", box=None, pad_edge=False)
    rows: dict[str, dict[str, int]] = {}
    for name, times in pairs.items():
        before, _, letter = name.partition(" > ")
        rows.setdefault(before, {})[letter] = times
    used = sum(space.used)
    for before in ["(begin)", *(word for word, is_used in zip(space.letters, space.used) if is_used)]:
        row = rows.get(before, {})
        rarest = ", ".join(f"{letter} {short(times)}" for letter, times in sorted(row.items(), key=lambda one: one[1])[:3])
        table.add_row(before, f"{len(row)} of {used}", rarest)
    return table


def document_of(exploration: Exploration) -> dict:
    state = exploration.state
    failures, groups = exploration.store.failures(exploration.run), exploration.store.groups(exploration.run)
    counts = count([Verdict.of_word(failure.verdict) for failure in failures])
    counts[Verdict.PASS] = state.done - len(failures)
    coverage = exploration.store.coverage(exploration.run)
    came_to = reached_of(exploration, coverage)
    return {
        "schema": SCHEMA,
        "command": "explore",
        "verdict": "fail" if failures or not state.done else "pass",
        "counts": {verdict.word: number for verdict, number in counts.items()},
        "failures": [failure_of(failure, exploration) for failure in failures],
        "profile": exploration.request.profile,
        "max_ops": exploration.request.operations_max,
        "space": exploration.space.size if exploration.request.draws is None else None,
        "asked": state.total,
        "ran": state.done,
        "complete": not exploration.stopped_early and state.done == state.total,
        "seconds": round(state.elapsed, 3),
        "per_second": round(state.per_second),
        "parted": parted_of(coverage),
        "groups": [group_of(group, failures, exploration) for group in groups],
        "coverage": {
            "pairs": coverage.get("pair", {}),
            "rules": rules_checked(coverage, exploration.space.columns),
            "events": coverage.get("event", {}),
            "branches": coverage.get("branch", {}),
            "exits": coverage.get("exit", {}),
            "runtime": came_to and {"functions": came_to.functions, "functions_of": came_to.functions_of, "blocks": came_to.blocks, "blocks_of": came_to.blocks_of,
                                    "missing": list(came_to.missing)},
        },
    }


def failure_of(failure: Failure, exploration: Exploration) -> dict:
    return {
        "text": failure.text, "verdict": failure.verdict, "outcome": failure.outcome, "expected": failure.expected, "rule": failure.rule,
        "repro": failure_again(failure, exploration), "number": failure.number, "place": failure.place, "reason": failure.reason,
        "alone": list(failure.alone), "only_in_company": failure.only_in_company, "prefix": failure.prefix, "company": failure.company and failure.company.split("\n"), "group": failure.group,
    }


def group_of(group: Group, failures: Sequence[Failure], exploration: Exploration) -> dict:
    return {
        "id": group.id, "verdict": group.verdict, "rule": group.rule, "place": group.place, "text": group.text, "nearest": group.nearest,
        "differs": group.differs, "count": sum(failure.group == group.id for failure in failures), "repro": text_again(group.text, exploration),
    }
