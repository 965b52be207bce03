"""Hunting mutants with no hint: one plan for all, stage by stage, until a text fails. How long it took, and the smallest text."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from rich.table import Table

from . import explore as exploring, schedulers
from .again import quoted
from .asked import Space, space_of
from .campaign import Campaign, batch_way
from .cases import Case
from .document import document
from .enough import Enough
from .execute import Setting
from .hunting_plan import Stage, plan
from .report import Report
from .shrink import kind_of
from .store import Failure, Group
from .tool import Judgement
from .verdicts import Verdict

SECONDS = 3.0      # without a sign of life, where --timeout says nothing: what hangs is run several times
IN_COMPANY_MOST = 3  # failures that no text shows alone, and then the stage is left


@dataclass(frozen=True)
class Hunted:
    mutant: str
    stage: Stage | None = None   # where it was found; None: nowhere
    seconds: float = 0.0
    group: Group | None = None
    in_company: bool = False     # no text was found that fails alone

    @property
    def by(self) -> str:
        return f"{self.group.rule or self.group.verdict}{', in company only' * self.in_company}" if self.group else "-"


@dataclass
class OneAlone(Enough):
    """One text that fails alone is enough, or some that do not."""

    alone: bool = field(default=False)

    def add(self, failures: Iterable[Failure]) -> None:
        failures = list(failures)
        super().add(failures)
        self.alone = self.alone or any(not failure.only_in_company for failure in failures)

    @property
    def left(self) -> int:
        return 0 if self.alone else min(1, max(0, IN_COMPANY_MOST - self.count))


@dataclass
class Hunt:
    """Every mutant in turn. The spaces are counted once."""

    campaign: Campaign
    show: Callable[[str], None]
    spaces: dict[tuple[str, int], Space] = field(default_factory=dict)

    def space(self, stage: Stage) -> Space:
        known = stage.profile, stage.operations_max
        if known not in self.spaces:
            self.spaces[known] = space_of(self.campaign.tool, *known, of_all=stage.draws is None)
        return self.spaces[known]

    def hunt(self, slug: str, stages: Iterable[Stage]) -> Hunted:
        """The first stage with a text that fails alone; where there is none, the first with any that fails."""
        campaign = self.campaign.with_setting(Setting(mutant=slug, timeout=self.campaign.setting.timeout))
        started, in_company = time.monotonic(), None
        for stage in stages:
            self.show(f"hunting {slug}: {stage.words}")
            found = self.explore(campaign, stage, started)
            if found and not found.in_company:
                return found
            in_company = in_company or found
        return in_company or Hunted(slug, seconds=time.monotonic() - started)

    def explore(self, campaign: Campaign, stage: Stage, started: float) -> Hunted | None:
        space, slug = self.space(stage), campaign.setting.mutant
        with exploring.kept(stage.asked(space, campaign.setting), space, campaign.scratch / f"hunt-{slug}.sqlite", False, campaign) as kept:
            scheduler = schedulers.Local(campaign.launcher, campaign.jobs)
            try:
                kept.begin()
                exploration = kept.exploration(scheduler, OneAlone(), lambda failure: None)
                exploration.explore(lambda state: None)
            finally:
                scheduler.close(interrupted=False)
            seconds = time.monotonic() - started
            exploration.group_failures(self.show)
            groups = exploration.store.groups(exploration.run)
            alone = {failure.group for failure in exploration.store.failures(exploration.run) if not failure.only_in_company}
        groups = [group for group in groups if self.passes(group.text)]
        if not groups:
            return None
        shown = [group for group in groups if group.id in alone] or [shown for group in groups if (shown := self.looked_at(campaign, group))]
        smallest = min(shown or groups, key=lambda group: len(group.text.split()))
        return Hunted(slug, stage, seconds, smallest, not shown)

    def looked_at(self, campaign: Campaign, group: Group) -> Group | None:
        """What exploring looks at once a group of texts, and a run of one text where it says `check`: a text that fails alone for having one at its end."""
        for text in (f"{group.text} check", f"recover {{ {group.text} }} check"):
            judgement = self.alone(campaign, text)
            if judgement.verdict.fails and self.passes(text):
                verdict, rule, place = kind_of(judgement)
                return replace(group, text=text, verdict=verdict, rule=rule, place=place, nearest=None, differs=None)
        return None

    def passes(self, text: str) -> bool:
        """With the reference runtime. What fails there, too, is not the mutant's doing."""
        return self.alone(self.campaign, text).verdict is Verdict.PASS

    def alone(self, campaign: Campaign, text: str) -> Judgement:
        return campaign.alone(campaign.write_list([Case(text, text)], "hunted"), batch_way("O2"))


def hunt_all(campaign: Campaign, report: Report, slugs: Sequence[str]) -> list[Hunted]:
    hunt = Hunt(campaign, report.show)
    return [hunt.hunt(slug, plan()) for slug in slugs]


def tell(report: Report, found: Sequence[Hunted]) -> None:
    """As docs/EXPLORING.md has it."""
    table = Table("mutant", "in", "seconds", "by", "smallest text", box=None, pad_edge=False)
    for one in found:
        row = (one.mutant, one.stage.where if one.stage else "-", f"{one.seconds:.1f}", one.by, one.group.text if one.group else "not found")
        table.add_row(*row, style="" if one.group else "red")
    report.table(table)
    report.finding(f"{sum(one.group is not None for one in found)} of {len(found)} mutants found, in {sum(one.seconds for one in found):.0f} s")


def document_of(found: Sequence[Hunted]) -> dict:
    verdicts = [Verdict.PASS if one.group else Verdict.FAIL for one in found]
    failures = [{"text": "", "verdict": Verdict.FAIL.word, "outcome": None, "expected": None, "rule": None, "repro": f"./exchain explore --mutants --mutant {one.mutant}", "mutant": one.mutant}
                for one in found if not one.group]
    return document("explore", verdicts, failures, bool(found) and not failures, mutants={one.mutant: mutant_of(one) for one in found})


def mutant_of(one: Hunted) -> dict:
    stage, group = one.stage, one.group
    return {
        "profile": stage and stage.profile, "random": stage and stage.draws is not None, "operations": stage and [stage.operations_min, stage.operations_max], "draws": stage and stage.draws,
        "seed": stage.seed if stage and stage.draws else None, "seconds": round(one.seconds, 3), "text": group and group.text, "verdict": group and group.verdict,
        "rule": group and group.rule, "place": group and group.place, "nearest": group and group.nearest, "in_company": one.in_company,
        "repro": group and quoted(["./exchain", "repro", "--mutant", one.mutant], group.text),
    }
