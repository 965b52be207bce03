"""Mutants: runtimes that are broken on purpose, each as a real project once was. Every one must be killed by a case, for the right reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .again import again
from .campaign import Campaign, batch_way
from .cases import Case
from .execute import Attempt, Ending
from .judging import Result, Way, judge
from .places import Places
from .stops import NeverRan, WrongRequest
from .tool import Judgement
from .verdicts import Verdict

HEAD_WORDS = ("Source", "Rule", "Text")
HANGS_WAITED_FOR = 2  # of one mutant, as long as anybody's
HASTY_SECONDS = 1.0   # ... and then no longer than this: a text takes milliseconds


@dataclass(frozen=True)
class Mutant:
    """The head of cases/mutants/SLUG.patch: the story, and what is to catch it."""

    slug: str
    story: str
    source: str
    rules: tuple[str, ...]
    text: str | None


@dataclass(frozen=True)
class Kill:
    """How a mutant died; or, where `matches` is false, how else it was noticed. `noticed` is its row of the matrix: what failed in the first build of the foreign
    frames, in whatever way."""

    mutant: Mutant
    result: Result | None = None
    matches: bool = False
    note: str = ""
    repro: str = ""
    noticed: tuple[Result, ...] = ()

    @property
    def rule(self) -> str | None:
        """The rule, the stop of the runtime itself, or nothing: the verdict says the rest."""
        return self.result and caught_by(self.result.judgement)

    @property
    def verdict(self) -> Verdict:
        """PASS: killed, by the rule in its head."""
        if self.matches:
            return Verdict.PASS
        return Verdict.HANG if self.result and self.result.verdict is Verdict.HANG else Verdict.FAIL

    @property
    def row(self) -> dict[Case, str]:
        """What each case that killed it caught it by. A hang is a watchdog's kill, not the case's."""
        return {result.case: caught_by(result.judgement) for result in self.noticed if result.verdict is not Verdict.HANG}


def slugs(places: Places) -> list[str]:
    return sorted(file.stem for file in (places.cases / "mutants").glob("*.patch"))


def check_slug(places: Places, slug: str) -> None:
    if slug not in slugs(places):
        known = ", ".join(slugs(places)) or "none"
        raise WrongRequest(f"there is no mutant {slug!r} (there is: {known})")


def read(places: Places, slug: str) -> Mutant:
    check_slug(places, slug)
    file = places.cases / "mutants" / f"{slug}.patch"
    return parse_head(slug, file.read_text(encoding="utf-8", errors="replace"), places.shown(file))


def parse_head(slug: str, patch: str, name: str) -> Mutant:
    story, found = [], dict.fromkeys(HEAD_WORDS, "")
    for line in patch.splitlines():
        if line.startswith("---"):
            break
        word, colon, value = line.partition(":")
        if colon and word in HEAD_WORDS:
            found[word] = value.strip()
        else:
            story.append(line)
    rules = tuple(found["Rule"].replace(",", " ").split())
    if not rules:
        raise WrongRequest(f"{name}: its head has no line 'Rule: ...' that says what is to catch it")
    return Mutant(slug, "\n".join(story).strip(), found["Source"], rules, found["Text"] or None)


def caught_by(judgement: Judgement) -> str:
    return judgement.rule or (judgement.stop and judgement.stop.title) or judgement.verdict.word


def names_of(judgement: Judgement) -> set[str]:
    """Everything that a head may call this by."""
    names = {judgement.rule, judgement.verdict.word}
    if judgement.stop:
        names |= {judgement.stop.title, f"0x{judgement.stop.code:08X}", f"0x{judgement.stop.code:X}"}
    return {name.lower() for name in names if name}


def matches(mutant: Mutant, judgement: Judgement) -> bool:
    """Killed by what the head says. Only hanging is not dying: a watchdog would find anything."""
    if not judgement.verdict.fails or judgement.verdict is Verdict.HANG:
        return False
    return any(rule.lower() in names_of(judgement) for rule in mutant.rules)


@dataclass(frozen=True)
class Found:
    """A failure of a whole list, and where in the list its process began."""

    result: Result
    process_first: int
    index: int


def hunt(campaign: Campaign, mutant: Mutant, cases: Sequence[Case], foreign: Sequence[str], apart: bool = False) -> Kill:
    """Every case against the mutant; told is the shortest that kills it by the right rule, also when it is run alone. The other builds of the foreign frames are only
    asked while there is none."""
    campaign = campaign.with_setting(replace(campaign.setting, mutant=mutant.slug))
    texts = sorted(cases, key=lambda case: (len(case.text), case.text))
    list_file = campaign.write_list(texts, "mutant")
    noticed: list[Result] = []
    others: list[Result] = []
    note = ""
    try:
        for level in foreign:
            found = failures(campaign, texts, list_file, batch_way(level), apart)
            if level == foreign[0]:
                noticed = [one.result for one in found]
                hangs = sum(result.verdict is Verdict.HANG for result in noticed)
                note = f"hung {hangs} times" if hangs else ""
            for one in found:
                result = one.result
                if matches(mutant, result.judgement):
                    result = campaign.once_more(result, texts, list_file, one.process_first, one.index)
                    if matches(mutant, result.alone):
                        killed = replace(result, judgement=result.alone, company=None)
                        return Kill(mutant, killed, True, note, again(killed, campaign.setting, campaign.places), tuple(noticed))
                others.append(result)
    except NeverRan as trouble:
        return Kill(mutant, note=str(trouble))
    if not others:
        return Kill(mutant, note="survived")
    best = min(others, key=lambda result: (result.verdict is Verdict.HANG, result.only_in_company, len(result.case.text)))
    return Kill(mutant, best, note=why_not(mutant, best), repro=again(best, campaign.setting, campaign.places), noticed=tuple(noticed))


def failures(campaign: Campaign, cases: Sequence[Case], list_file: Path, way: Way, apart: bool) -> list[Found]:
    """What fails of a list. All of it is run, also where the mutant hangs again and again: then the watchdog loses its patience."""
    found: list[Found] = []
    first, patience, hangs = 0, campaign.setting.timeout, 0
    while first < len(cases):
        for made in campaign.attempts(list_file, way, first, len(cases) - first, patience, apart):
            found += failures_of(campaign, cases, list_file, way, made)
            first = made.next
            hangs += made.ending is Ending.HUNG
            if hangs == HANGS_WAITED_FOR and patience > HASTY_SECONDS:
                patience = HASTY_SECONDS
                break
    return found


def failures_of(campaign: Campaign, cases: Sequence[Case], list_file: Path, way: Way, made: Attempt) -> Iterator[Found]:
    """... of one process."""
    process_first = made.journal.index - made.journal.runs + 1
    for judgement in judge(campaign.tool, list_file, made, traces=False):
        if judgement.verdict.fails:
            yield Found(Result(cases[judgement.index], way, judgement), process_first, judgement.index)


def why_not(mutant: Mutant, best: Result) -> str:
    if matches(mutant, best.judgement):
        return "killed only in company, not by a text alone"
    if best.verdict is Verdict.HANG:
        return "killed by hanging only"
    return f"killed by {caught_by(best.judgement)}, expected {' or '.join(mutant.rules)}"
