"""A trap, or a suspension, at every instruction of one text: one run, whose file says at which instructions what was wrong."""

import re
import time
from dataclasses import dataclass

from . import symbols
from .campaign import Campaign, Way
from .cases import Case
from .execute import attempt
from .judging import judge
from .stops import MachineTrouble, NeverRan, WrongRequest
from .sweep_file import Break, Stepped, read_stepped
from .symbols import Image
from .tool import Judgement

WINDOW = re.compile(r'^SWEEP_WINDOW\(\w+, "([^"]+)",\s+"([^"]+)"\)$', re.MULTILINE)
SCHEDULE_OF_ALL = "every=1"


@dataclass(frozen=True)
class Place:
    """An instruction, as people know it."""

    image: str        # runtime, foreign, executor; nowhere
    function: str     # xc_panic+0x88
    instruction: str  # mov 0x4(%eax),%edi


@dataclass(frozen=True)
class Stretch:
    """Consecutive instructions at which the same was wrong."""

    found: Break
    first: Place
    last: Place


@dataclass(frozen=True)
class Steps:
    stepped: Stepped
    stretches: tuple[Stretch, ...]
    judgement: Judgement
    at: Place                            # where the text was when its process ended
    functions: dict[str, dict[str, int]]  # image → function → instructions that were come to
    seconds: float


def run_once(campaign: Campaign, case: Case, way: Way, schedule: str, option: str) -> Steps:
    list_file = campaign.write_list([case], "sweep")
    file = list_file.with_suffix(".sweep")
    words = [*campaign.setting.arguments(campaign.places, way.foreign), "--list", list_file, "--count", "1"]
    words += [option, "--inject", schedule or SCHEDULE_OF_ALL, "--sweep", file]
    started = time.monotonic()
    try:
        with attempt(campaign.launcher, campaign.places.executor, words, campaign.scratch, campaign.setting.timeout) as made:
            judgement = next(judge(campaign.tool, list_file, made))
    except NeverRan as never:
        said = str(never).partition("exchain-execute: ")[2]
        if said.startswith(("schedule: ", "--step", "--suspend", "--inject")):
            raise WrongRequest(said) from None
        raise
    seconds = time.monotonic() - started
    stepped = read_stepped(file)
    images = images_of(campaign, way)
    if [one.word for one in stepped.images] != list(images):
        raise MachineTrouble(f"the sweep's file speaks of {[one.word for one in stepped.images]}, not of {list(images)}")
    stretches = tuple(
        Stretch(found, place(stepped, images, found.image, found.offset), place(stepped, images, found.last_image, found.last_offset)) for found in stepped.breaks
    )
    at = place(stepped, images, stepped.image, stepped.offset)
    return Steps(stepped, stretches, judgement, at, functions(stepped, images), seconds)


def windows(campaign: Campaign, stepped: Stepped) -> list[tuple[int, str, str]]:
    """At how many instructions the chain was not whole by design, by which of the declared windows, and why."""
    declared = WINDOW.findall((campaign.places.root / "harness" / "execute" / "sweep_windows.def").read_text(encoding="utf-8"))
    return [(number, *window) for number, window in zip(stepped.declared_by, declared) if number]


def images_of(campaign: Campaign, way: Way) -> dict[str, Image]:
    places = campaign.places
    files = {"runtime": campaign.setting.library(places), "foreign": places.foreign(way.foreign), "executor": places.executor}
    return {word: symbols.read(file) for word, file in files.items()}


def place(stepped: Stepped, images: dict[str, Image], image: int, offset: int) -> Place:
    if image >= len(stepped.images):
        return Place("nowhere", f"0x{offset:08x}", "")
    word = stepped.images[image].word
    return Place(word, images[word].function(offset), images[word].instruction(offset))


def functions(stepped: Stepped, images: dict[str, Image]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for image in stepped.images:
        counted = found.setdefault(image.word, {})
        for offset in image.come_to:
            name = images[image.word].name(offset)
            counted[name] = counted.get(name, 0) + 1
    return found
