"""From a text that fails to one from which nothing can be taken away, and to the nearest one that passes."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .campaign import Campaign
from .cases import Case
from .execute import execute
from .judging import Way, judge
from .tool import Judgement
from .verdicts import Verdict

TRACE_PLACE = slice(16, 34)  # of a trace's line: the operation's words (harness/trace/event_text.c)


@dataclass(frozen=True)
class Edit:
    kind: str
    words: str
    instead: str | None
    operations: int
    text: str

    def difference(self) -> str:
        match self.kind:
            case "replace": return f"{self.instead} in place of {self.words}"
            case "halve": return f"half the rounds of {self.words}"
            case "lift": return f"no {self.words} around what stands in it"
        return f"no {self.words}"


def place_of(judgement: Judgement) -> str:
    """The operation at which it was seen: that of the first difference, or of the last event."""
    if not judgement.trace:
        return "the text"
    at = len(judgement.trace) - 1
    if judgement.stop is None and judgement.difference is not None:
        at = min(judgement.difference, at)
    words = judgement.trace[at][TRACE_PLACE].strip().split()
    return " ".join(word for word in words if not word[0].isdigit()) or "the text"


def kind_of(judgement: Judgement) -> tuple[str, str | None, str]:
    """What one finding has in common with another: verdict, rule, place."""
    rule = judgement.rule or (judgement.stop.title if judgement.stop else None)
    return judgement.verdict.word, rule, place_of(judgement)


class Shrinker:
    """Runs texts alone or in batches, each in the batch executor, and remembers what became of them."""

    def __init__(self, campaign: Campaign, way: Way):
        self.campaign = campaign
        self.way = way
        self.known: dict[str, Judgement] = {}

    def edits(self, text: str) -> list[Edit]:
        (said,) = self.campaign.tool.edits(self.write([text]))
        return [Edit(one["kind"], one["words"], one["instead"], one["operations"], one["text"]) for one in said["edits"]]

    def write(self, texts: Sequence[str]):
        return self.campaign.write_list([Case(text, text) for text in texts], "shrink")

    def judged(self, texts: Sequence[str]) -> Iterator[tuple[str, Judgement]]:
        """Judgements in order, as far as they are asked for."""
        list_file = self.write(texts)
        setting, places = self.campaign.setting, self.campaign.places
        arguments = setting.arguments(places, self.way.foreign)
        made_all = execute(self.campaign.launcher, places.executor, arguments, list_file, 0, len(texts), self.campaign.scratch, setting.timeout)
        with contextlib.closing(made_all):
            for made in made_all:
                for judgement in judge(self.campaign.tool, list_file, made):
                    self.known[texts[judgement.index]] = judgement
                    yield texts[judgement.index], judgement

    def first(self, texts: Sequence[str], wanted: Callable[[Judgement], bool]) -> str | None:
        unknown = []
        for text in texts:
            if text in self.known:
                if wanted(self.known[text]):
                    return text
            else:
                unknown.append(text)
        if unknown:
            with contextlib.closing(self.judged(unknown)) as found:
                return next((text for text, judgement in found if wanted(judgement)), None)
        return None

    def shrink(self, text: str, kind: tuple[str, str | None, str]) -> str:
        """The same finding in a text from which nothing can be taken away. The smallest of the next ones is tried first."""
        while True:
            smaller = sorted({edit.text for edit in self.edits(text) if edit.kind != "replace"}, key=lambda one: (len(one.split()), one))
            found = self.first(smaller, lambda judgement: kind_of(judgement) == kind)
            if found is None:
                return text
            text = found

    def nearest(self, text: str) -> Edit | None:
        """The text that passes and differs in least: in one operation that is another, or in one that is missing."""
        edits = sorted(self.edits(text), key=lambda edit: (edit.kind != "replace", -edit.operations))
        passing = self.first([edit.text for edit in edits], lambda judgement: judgement.verdict is Verdict.PASS)
        return next((edit for edit in edits if edit.text == passing), None)


def has_shape(text: str, shape: str) -> bool:
    """Whether the words of the shape are all in the text, in their order."""
    words = iter(text.split())
    return all(word in words for word in shape.split())
