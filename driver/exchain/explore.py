"""Exploring: the shards of a space go to workers, and what comes back is judged, kept, run again alone, shrunk and grouped."""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from . import journal, shards
from .asked import Asked, Request, Space, explored_library
from .campaign import Campaign, batch_way
from .cases import Case
from .enough import Enough
from .execute import Attempt, Ending
from .judging import agree, judge
from .schedulers import Scheduler, starting
from .shrink import Shrinker, has_shape, kind_of
from .stops import MachineTrouble, WrongRequest
from .store import Failure, Group, Shard, Store
from .tool import Judgement, Tool
from .verdicts import Verdict

ALONE_TIMES = 3
SHARD_SECONDS = 2.0
SHARD_FIRST, SHARD_LEAST, SHARD_MOST = 4_000, 200, 4_000_000
DEATHS_MOST = 8         # of a shard: then it is looked at
LOOK_SECONDS = 0.2
HANG_SECONDS = 1.0     # without a sign of life, while the smallest text that hangs is looked for
PREFIX_MOST = 1 << 20  # texts before one that fails in company only: further back nobody looks

ENDINGS = {"died": Ending.DIED, "hung": Ending.HUNG, "differs": Ending.FINISHED, "group": Ending.FINISHED}


@dataclass
class Kept:
    """A run in its store."""

    store: Store
    run: int | None        # None: not begun
    request: Request
    space: Space
    campaign: Campaign

    def begin(self) -> None:
        """Only when everything is there that it takes: a run that was never begun is nothing to resume."""
        if self.run is None:
            self.run = self.store.begin(asdict(self.request), self.request.total)

    def exploration(self, scheduler: Scheduler, enough: Enough, on_failure: Callable[[Failure], None]) -> "Exploration":
        return Exploration(self.campaign, scheduler, self.store, self.run, self.request, self.space, enough, on_failure=on_failure)


@contextlib.contextmanager
def kept(asked: Asked, space: Space, file: Path | None, resume: bool, campaign: Campaign) -> Iterator[Kept]:
    """A new run for the store, or the last one in it that did not come to its end."""
    request = asked.request(space, campaign)
    path = file or campaign.places.explored
    with contextlib.closing(Store(path)) as store:
        run = None
        if resume:
            found = store.unfinished()
            if found is None:
                raise WrongRequest(f"--resume: every run in {path} came to its end")
            run, before = found
            differing = [name for name, value in before.items() if value != asdict(request)[name]]
            if differing:
                raise WrongRequest(f"--resume: the run in {path} was asked for otherwise: " + "; ".join(f"{name} was {before[name]}" for name in differing))
        yield Kept(store, run, request, space, campaign)


def shortest(shows: Callable[[int], bool], longest: int) -> int:
    """The smallest length that shows it, by doubling and then halving; the longest, where none shorter does."""
    high = 1
    while high < longest and not shows(high):
        high *= 2
    high = min(high, longest)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if shows(middle):
            high = middle
        else:
            low = middle
    return high


@dataclass
class State:
    """What is known so far; whoever shows it looks here."""

    total: int
    done: int = 0          # kept
    under_way: int = 0
    failures: int = 0
    pairs: int = 0
    seconds: float = 0.0   # of earlier drivers
    began: float = field(default_factory=time.monotonic)
    ran_here: int = 0

    @property
    def elapsed(self) -> float:
        return self.seconds + time.monotonic() - self.began

    @property
    def per_second(self) -> float:
        spent = time.monotonic() - self.began
        return (self.ran_here + self.under_way) / spent if spent > 0 else 0.0


@dataclass
class Exploration:
    campaign: Campaign
    scheduler: Scheduler
    store: Store
    run: int
    request: Request
    space: Space
    enough: Enough
    group: int = 2048
    on_failure: Callable[[Failure], None] = lambda failure: None
    state: State = None
    worker_per_second: float = 0.0       # as the last shard came in, its processes' starts and all
    stopped_early: bool = False

    def __post_init__(self):
        sums, failures = self.store.sums(self.run), self.store.failures(self.run)
        self.state = State(self.request.total, sums.done, failures=len(failures), seconds=self.store.seconds(self.run))
        self.enough.begin(failures)
        self.state.pairs = len(self.store.coverage(self.run).get("pair", {}))
        self.way = batch_way(self.request.foreign)
        self.shrinker = Shrinker(self.campaign, self.way)

    # Shards.

    def explore(self, show: Callable[[State], None]) -> None:
        """Until everything is done, or enough has failed."""
        left = [(self.request.first + first, count) for first, count in self.store.left(self.run, self.request.total)]
        under_way: dict = {}
        kept_at = time.monotonic()
        while (left or under_way) and not self.stopped_early:
            while left and len(under_way) < self.scheduler.slots:
                first, count = left.pop(0)
                size = min(count, self.shard_size())
                if size < count:
                    left.insert(0, (first + size, count - size))
                under_way[self.scheduler.submit(self.spec(first, size, deaths_max=self.deaths_max()))] = (first, size)
            for future in self.scheduler.wait(list(under_way), LOOK_SECONDS):
                first, size = under_way.pop(future)
                outcome = self.scheduler.outcome(future)
                now = time.monotonic()
                self.keep(outcome, now - kept_at)
                kept_at = now
                if outcome.done < size:
                    left.insert(0, (first + outcome.done, size - outcome.done))
            self.state.under_way = self.scheduler.progress()
            show(self.state)
            self.stopped_early = self.enough.reached and bool(left or under_way)
        if under_way:
            self.scheduler.abandon(list(under_way))
        self.state.under_way = 0
        self.store.spent(self.run, time.monotonic() - kept_at, finished=not left and not under_way)

    def shard_size(self) -> int:
        """Worth a process of its own, and no longer than a progress line may stand still."""
        if not self.worker_per_second:
            return SHARD_FIRST
        wanted = self.worker_per_second * SHARD_SECONDS
        fair = max(1, (self.state.total - self.state.done) // (2 * self.scheduler.slots))
        return int(max(SHARD_LEAST, min(wanted, SHARD_MOST, fair)))

    def deaths_max(self) -> int:
        """A shard's share of the failures that there must be at the least before it is enough."""
        left = self.enough.left
        return DEATHS_MOST if left is None else min(DEATHS_MOST, max(1, -(-left // self.scheduler.slots)))

    def spec(self, first: int, count: int, group: int | None = None, deaths_max: int = DEATHS_MOST) -> shards.Spec:
        places, request, setting = self.campaign.places, self.request, self.campaign.setting
        relative = lambda file: file.relative_to(places.build).as_posix()
        options = ["--profile", request.profile, "--max-ops", str(request.operations_max), "--rules", setting.rules]
        if request.draws is not None:
            options += ["--min-ops", str(request.operations_min), "--seed", str(request.seed)]
        if request.whole or setting.mutant:  # of a mutant nobody can say that all it knows lies on its stacks
            options.append("--whole")
        if not setting.clobber:
            options.append("--no-clobber")
        files = {"--runtime": relative(explored_library(setting, places, request.draws)), "--foreign": relative(places.foreign(request.foreign))}
        launcher = self.campaign.launcher
        return shards.Spec(str(places.build), places.target, launcher.uses_wine, dict(launcher.settings), relative(places.explorer), options, files, first, count,
                           group or self.group, setting.timeout, deaths_max)

    def keep(self, outcome: shards.Outcome, seconds: float) -> None:
        """Judges what died, and writes everything down at once; only then is it told."""
        failures = self.judge(outcome.deaths)
        passed_deaths = len(outcome.deaths) - len(failures)
        shard = Shard(outcome.first - self.request.first, outcome.done, outcome.operations, outcome.faults, outcome.seconds)
        self.store.keep(self.run, shard, failures, self.coverage(outcome, passed_deaths), seconds)
        state = self.state
        state.done += outcome.done
        state.ran_here += outcome.done
        self.worker_per_second = outcome.done / outcome.seconds if outcome.seconds else 0.0
        state.failures += len(failures)
        self.enough.add(failures)
        state.pairs = max(state.pairs, len(outcome.pairs))
        for failure in failures:
            self.on_failure(failure)

    def coverage(self, outcome: shards.Outcome, passed_deaths: int) -> Iterator[tuple[str, str, int]]:
        letters, columns = self.space.letters, self.space.columns
        for (before, letter), count in outcome.pairs.items():
            name = letters[before] if before < len(letters) else "(begin)"
            yield "pair", f"{name} > {letters[letter]}", count
        for kind, names, counts in (("event", columns.events, outcome.events), ("branch", columns.branches, outcome.branches),
                                    ("check", columns.checks, outcome.checks), ("exit", columns.exits, outcome.exits)):
            for name, count in zip(names, counts):
                if count:
                    yield kind, name, count
        for place in outcome.reached:
            yield "block", str(place), 1
        if passed_deaths:
            yield "exit", "death", passed_deaths
        if outcome.parted:
            yield "run", "parted", outcome.parted

    # Deaths.

    def judge(self, deaths: Sequence[shards.Death]) -> list[Failure]:
        """The deaths that are failures. The others' texts had to end so."""
        judged = [(death, text, self.judgement(death, text)) for death, text in zip(deaths, self.texts(deaths))]
        failing = [(death, text, judgement) for death, text, judgement in judged if judgement.verdict.fails]
        tries = self.alone([text for _, text, _ in failing])
        return [self.failure(*one, tries_of_it) for one, tries_of_it in zip(failing, tries)]

    def alone(self, texts: Sequence[str]) -> list[list[Judgement]]:
        """Each of the texts in fresh processes, as often as that is asked for."""
        list_file = self.campaign.write_list([Case(text, text) for text in texts], "alone")
        calls = [lambda index=index: self.campaign.alone(list_file, self.way, index) for index in range(len(texts)) for _ in range(ALONE_TIMES)]
        answers = self.campaign.together(calls)
        return [answers[at : at + ALONE_TIMES] for at in range(0, len(answers), ALONE_TIMES)]

    def failure(self, death: shards.Death, text: str, judgement: Judgement, tries: Sequence[Judgement]) -> Failure:
        verdict, rule, place = kind_of(judgement)
        failure = Failure(death.number, text, verdict, rule, place, judgement.outcome, judgement.expected, judgement.reason, tuple(one.verdict.word for one in tries))
        agreeing = [one for one in tries if agree(one, judgement)]
        if death.how == "group" and not failure.only_in_company:
            seen = next(one for one in tries if one.verdict.fails)
            verdict, rule, place = kind_of(seen)
            return replace(failure, verdict=verdict, rule=rule, place=place, outcome=seen.outcome, expected=seen.expected, reason=seen.reason)
        if agreeing:
            _, _, place = kind_of(agreeing[0])
            return replace(failure, place=place)
        if failure.only_in_company and self.request.draws is None:
            return replace(failure, prefix=self.prefix(death))
        if failure.only_in_company:
            row = self.company([*death.before, text], kind_of(judgement))
            return replace(failure, prefix=death.begun, company="\n".join(row) if row else None)
        return failure

    def texts(self, deaths: Sequence[shards.Death]) -> list[str]:
        """What a random death was of, it says itself."""
        unsaid = [death.number for death in deaths if not death.text]
        told = iter(self.campaign.tool.texts(self.request.profile, self.request.operations_max, unsaid) if unsaid else ())
        return [death.text or next(told) for death in deaths]

    def judgement(self, death: shards.Death, text: str) -> Judgement:
        if not death.journal:
            return Judgement(Verdict.VIOLATION, reason="a rule that is checked once a group of texts broke in this group, and in none of its texts alone")
        list_file = self.campaign.write_list([Case(text, text)], "death")
        path = list_file.with_suffix(".journal")
        with path.open("wb") as file:
            file.write(death.journal)
            file.truncate(journal.FILE_BYTES)
        try:
            read = journal.read(path)
            if read is None or not read.runs:
                raise MachineTrouble("a worker sent a journal that cannot be read")
            judgement = next(judge(self.campaign.tool, list_file, Attempt(path, read, ENDINGS[death.how])))
        finally:
            path.unlink(missing_ok=True)
        if death.how == "group":
            return replace(judgement, verdict=Verdict.VIOLATION, reason="a rule that is checked once a group of texts broke behind this one")
        return judgement

    # Leaked state.

    def prefix(self, death: shards.Death) -> int:
        """The first number of the shortest row of texts, up to the one that failed, that shows the failure: as far as a row that shows it does so too when it is longer."""

        def shows(length: int) -> bool:
            first = death.number - length
            outcome = shards.run_shard(self.spec(first, length + 1, deaths_max=1), starting(self.campaign.launcher))
            return any(one.number == death.number and one.how == death.how for one in outcome.deaths)

        return death.number - shortest(shows, min(death.number - max(death.begun, self.request.first), PREFIX_MOST))

    def company(self, row: Sequence[str], kind: tuple) -> list[str] | None:
        """The shortest end of a row of texts whose last one fails in the batch executor as it did here; None: not even the whole row shows it there."""

        def shows(length: int) -> bool:
            texts = row[-length - 1 :]
            list_file = self.campaign.write_list([Case(text, text) for text in texts], "company")
            attempts = self.campaign.attempts(list_file, self.way, 0, len(texts), self.campaign.setting.timeout, apart=True)
            with contextlib.closing(attempts):
                made = next(attempts)
                if made.journal.index != len(texts) - 1:
                    return False
                *_, last = judge(self.campaign.tool, list_file, made)
            return kind_of(last) == kind

        longest = len(row) - 1
        length = shortest(shows, longest) if longest else 0
        return list(row[-length - 1 :]) if longest and (length < longest or shows(length)) else None

    # Groups.

    def group_failures(self, show: Callable[[str], None]) -> None:
        """Every failure into a group: one that is there already, or one that it begins with its smallest text."""
        groups = self.store.groups(self.run)
        waiting = [failure for failure in self.store.failures(self.run) if failure.group is None]
        for failure in sorted(waiting, key=lambda one: (len(one.text.split()), one.number)):
            show(f"shrinking {failure.text}")
            group = next((one for one in groups if one.kind == failure.kind and has_shape(failure.text, one.text)), None)
            if group is None:
                text, nearest, differs = self.smallest(failure)
                group = next((one for one in groups if one.kind == failure.kind and one.text == text), None)
                if group is None:
                    groups.append(self.store.add_group(self.run, failure, text, nearest, differs))
                    continue
            self.store.join_group(self.run, failure, group)

    def smallest(self, failure: Failure) -> tuple[str, str | None, str | None]:
        """Its smallest text, and the nearest one that passes; what fails in company only is what it is."""
        if failure.only_in_company:
            return failure.text, None, None
        shrinker = self.shrinker
        if failure.verdict == Verdict.HANG.word:  # whoever hangs is waited for, each time anew
            shrinker = Shrinker(self.campaign.with_setting(replace(self.campaign.setting, timeout=min(HANG_SECONDS, self.campaign.setting.timeout))), self.way)
        text = shrinker.shrink(failure.text, failure.kind)
        if shrinker is not self.shrinker and text != failure.text and self.shrinker.first([text], lambda judgement: kind_of(judgement) == failure.kind) is None:
            text = failure.text  # the smaller one was only slow
        nearest = shrinker.nearest(text)
        return text, nearest and nearest.text, nearest and nearest.difference()
