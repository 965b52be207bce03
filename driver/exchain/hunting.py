"""Hunting mutants with no hint: every profile in turn, up to a size each, until a text fails. How long it took, and the smallest text."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

from . import explore as exploring, schedulers
from .asked import Asked, space_of
from .campaign import Campaign
from .document import document
from .enough import enough
from .execute import Setting
from .report import Report
from .store import Group
from .verdicts import Verdict

# Cheap and telling first. Threads cost a thousand times a call, texts of `all` that end the process more.
STAGES = (("core", 5), ("faults", 4), ("threads", 3), ("frames", 4), ("tasks", 3), ("all", 2))
FAILURES = 2


@dataclass(frozen=True)
class Hunted:
    mutant: str
    profile: str | None = None
    seconds: float = 0.0
    group: Group | None = None


def hunt_all(campaign: Campaign, report: Report, slugs: Sequence[str]) -> list[Hunted]:
    return [hunt(campaign, report, slug) for slug in slugs]


def hunt(campaign: Campaign, report: Report, slug: str) -> Hunted:
    campaign = campaign.with_setting(Setting(mutant=slug, timeout=campaign.setting.timeout))
    started = time.monotonic()
    for profile, operations in STAGES:
        report.show(f"hunting {slug} in {profile} up to {operations} operations")
        asked = Asked(profile, operations, None, None, 0, None, campaign.setting, "O2")
        space = space_of(campaign.tool, profile, operations)
        with exploring.kept(asked, space, campaign.scratch / f"hunt-{slug}-{profile}.sqlite", False, campaign) as kept:
            scheduler = schedulers.Local(campaign.launcher, campaign.jobs)
            try:
                kept.begin()
                exploration = kept.exploration(scheduler, enough(FAILURES), lambda failure: None)
                exploration.explore(lambda state: None)
            finally:
                scheduler.close(interrupted=False)
            seconds = time.monotonic() - started
            exploration.group_failures(report.show)
            groups = exploration.store.groups(exploration.run)
            if groups:
                return Hunted(slug, profile, seconds, min(groups, key=lambda group: len(group.text.split())))
    return Hunted(slug, None, time.monotonic() - started)


def tell(report: Report, found: Sequence[Hunted]) -> None:
    """As docs/EXPLORING.md has it."""
    table = Table("mutant", "profile", "seconds", "by", "smallest text", box=None, pad_edge=False)
    for one in found:
        group = one.group
        row = (one.mutant, one.profile or "-", f"{one.seconds:.1f}", (group.rule or group.verdict) if group else "-", group.text if group else "not found")
        table.add_row(*row, style="" if group else "red")
    report.table(table)
    report.finding(f"{sum(one.group is not None for one in found)} of {len(found)} mutants found")


def document_of(found: Sequence[Hunted]) -> dict:
    mutants = {
        one.mutant: {"profile": one.profile, "seconds": round(one.seconds, 3), "text": one.group and one.group.text, "verdict": one.group and one.group.verdict,
                     "rule": one.group and one.group.rule, "nearest": one.group and one.group.nearest}
        for one in found
    }
    verdicts = [Verdict.PASS if one.group else Verdict.FAIL for one in found]
    failures = [{"text": "", "verdict": Verdict.FAIL.word, "outcome": None, "expected": None, "rule": None, "repro": f"./exchain explore --mutant {one.mutant}", "mutant": one.mutant}
                for one in found if not one.group]
    return document("explore", verdicts, failures, bool(found) and not failures, mutants=mutants)
