"""How many texts a space has, counted a second time and in another way than the enumeration does (harness/explore/space.c).

There: ways of a block of so many operations, from its first operation on, for each size in turn. Here: generating functions. For each kind of surroundings a
power series whose coefficient n is how many blocks of n operations there are that are left in such a way. A block that goes on is a sequence of operations
that go on, 1 / (1 - going); one that is left otherwise is such a sequence with one more operation at its end. Operations are made of blocks, one degree higher,
so iterating the equations gives one more right coefficient each time. What an operation does to its surroundings is written down here again.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

END, RECORD, RUIN, PANIC, GOEXIT, PANIC_OVER_GOEXIT, CAUGHT, JUMP, THROWN, GTHROWN, DEATH = EXITS = tuple(
    ["end", "end with a record left behind", "end with one that is overwritten", "panic", "goexit", "panic over goexit", "caught", "jump", "thrown", "thrown by g++'s", "death"]
)
PANICS = (PANIC, PANIC_OVER_GOEXIT)

Series = list[int]


class Letter(NamedTuple):
    """What an operation with its argument is to a count."""

    side: str
    behaviour: str
    stops_walk: bool = False  # a frame that g++'s unwinder does not get past


@dataclass(frozen=True)
class Around:
    """What a block finds around it."""

    managed: bool = True
    takers: tuple[str, ...] = ()  # frames that take an exception, innermost first; no more than decide
    cxx: bool = False             # a C++ exception comes to a frame of C++'s before any of these
    walk: str = ""                # what g++'s unwinder finds: "", "clean", "records"
    record: str = ""              # left behind: "", "outside", "here", "both", "ruined": here, and overwritten
    mark: str = ""                # for jumps: "", "near", "lost": behind what is overwritten, "dead": so was the head there, "refused": and there is another now
    gate: bool = False
    task: bool = True

    @property
    def ending(self) -> str:
        return {"here": RECORD, "both": RECORD, "ruined": RUIN}.get(self.record, END)

    def behind(self, exit: str) -> "Around":
        """Behind an operation that was left so, by its end."""
        if exit == RECORD:
            return replace(self, record={"": "here", "outside": "both"}.get(self.record, self.record), mark=self.mark_past_a_record())
        if exit == RUIN:  # no walk comes to those around any more
            return replace(self, record="ruined", takers=(), cxx=False, mark=self.mark and "lost")
        return self

    def mark_past_a_record(self) -> str:
        return "refused" if self.mark == "dead" else self.mark

    def past_records(self) -> str:
        """The walk, where a record is registered that it would leave behind."""
        return "records" if self.walk else ""

    def inside_block(self, **changes) -> "Around":
        """What was left behind there lies outside now."""
        if self.record in ("", "outside"):
            return replace(self, **changes)
        return replace(self, **{"record": "outside", "walk": self.past_records(), **changes})

    def inside_frame(self, stops_walk: bool, **changes) -> "Around":
        return self.inside_block(walk="" if stops_walk else self.past_records(), mark=self.mark_past_a_record(), **changes)

    def with_taker(self, taker: str, stops_walk: bool) -> "Around":
        """Behind a catch nobody is asked; of several that resume, the first."""
        behind = () if taker == "catch" else tuple(frame for frame in self.takers if frame == "catch")
        return self.inside_frame(stops_walk, takers=(taker, *behind), cxx=False)

    @property
    def raised(self) -> str:
        return {"catch": CAUGHT, "resume": self.ending, "": DEATH}[next(iter(self.takers), "")]

    @property
    def raised_hard(self) -> str:
        return CAUGHT if "catch" in self.takers else DEATH

    @property
    def thrown(self) -> str:
        return THROWN if self.cxx else self.raised_hard

    @property
    def thrown_by_gxx(self) -> str | None:
        if not self.walk:
            return DEATH
        return GTHROWN if self.walk == "clean" and self.record in ("", "outside") else None


def leaf(behaviour: str, around: Around) -> str | None:
    """How an operation without a block is left; None: it may not stand there."""
    match behaviour:
        case "goes-on": return around.ending
        case "clobbers": return {"": END, "here": RUIN, "ruined": RUIN}.get(around.record)
        case "panics": return PANIC
        case "panics-gated": return PANIC if around.gate else DEATH
        case "dies": return DEATH
        case "exits": return GOEXIT
        case "jumps": return {"near": JUMP, "dead": JUMP, "lost": DEATH}.get(around.mark)
        case "raises": return around.raised
        case "raises-hard": return around.raised_hard
        case "throws": return around.thrown
        case "gthrows": return around.thrown_by_gxx
    return None


LEAVES = {"goes-on", "clobbers", "panics", "panics-gated", "dies", "exits", "jumps", "raises", "raises-hard", "throws", "gthrows"}


def inside(letter: Letter, around: Around) -> Around:
    stops = letter.stops_walk
    match letter.behaviour:
        case "passes" | "recovers" | "defers": return around
        case "leaks": return replace(around, walk="" if stops else around.past_records(), mark=around.mark_past_a_record())
        case "gates": return replace(around, gate=True)
        case "marks": return around.inside_block(mark="near" if around.record in ("", "outside") else "dead")
        case "calls": return around.inside_block(managed=False)
        case "calls-back": return around.inside_block(managed=True, task=True, gate=around.gate and around.task, walk="", mark=around.mark_past_a_record())
        case "calls-back-elsewhere": return Around(gate=around.gate and around.task)
        case "carries" | "starts-task": return Around()
        case "starts": return Around(managed=False, task=False)
        case "repeats" | "gxx-looks": return around.inside_block()
        case "gxx-catches" | "gxx-rethrows" | "gxx-refaults": return around.inside_block(walk="clean")
        case "looks": return around.inside_frame(stops)
        case "refaults": return around.inside_frame(stops, cxx=around.cxx and around.takers[:1] == ("resume",))
        case "cxx-catches" | "cxx-rethrows" | "cxx-refaults": return around.inside_frame(stops, cxx=True)
        case "catches": return around.with_taker("catch", stops)
        case "resumes": return around.with_taker("resume", stops)
    raise ValueError(f"an operation behaves in a way that nothing is known of here: {letter.behaviour}")


# What a frame of C++'s makes of the exception that its catch block took.
CATCH_BLOCKS = {
    "cxx-catches": (THROWN, lambda around: around.ending),
    "cxx-rethrows": (THROWN, lambda around: around.thrown),
    "cxx-refaults": (THROWN, lambda around: around.raised),
    "gxx-catches": (GTHROWN, lambda around: around.ending),
    "gxx-rethrows": (GTHROWN, lambda around: around.thrown_by_gxx),
    "gxx-refaults": (GTHROWN, lambda around: around.raised),
}
# With what else than its end a block comes to it.
COMES_TO_ITS_END = {
    **dict.fromkeys(("looks", "resumes", "refaults", "starts", "cxx-catches", "cxx-rethrows", "cxx-refaults"), (RECORD, RUIN)),
    "catches": (RECORD, RUIN, CAUGHT),
    "marks": (JUMP,),
    "starts-task": (GOEXIT,),
}


def left(behaviour: str, around: Around, block: str) -> str | None:
    """How an operation is left whose block was left so."""
    if behaviour == "calls" and block in (RECORD, RUIN):
        return DEATH
    if behaviour == "repeats" and block in (RECORD, RUIN):
        return None
    if behaviour == "recovers":
        return {PANIC: END, PANIC_OVER_GOEXIT: GOEXIT}.get(block, block)
    if behaviour == "leaks":
        return RECORD if block == END else block
    if behaviour == "carries" or (behaviour.startswith("calls-back") and not around.task):
        block = {GOEXIT: END, PANIC: DEATH, PANIC_OVER_GOEXIT: DEATH}.get(block, block)
    if behaviour == "calls-back-elsewhere" and block in (*PANICS, GOEXIT):
        return DEATH
    if behaviour == "starts-task" and block not in (END, GOEXIT):
        return None
    taken, comes_of_it = CATCH_BLOCKS.get(behaviour, (None, None))
    if block == taken:
        return comes_of_it(around)
    if block == END or block in COMES_TO_ITS_END.get(behaviour, ()):
        return block if behaviour in ("passes", "gates") else around.ending
    return block


def left_deferred(body: str, function: str) -> str:
    """How a defer is left whose body was left so and then its function."""
    if function == END:
        return body
    if body in (CAUGHT, JUMP, THROWN) and function in (*PANICS, GOEXIT):
        return DEATH
    if body in (GOEXIT, PANIC_OVER_GOEXIT) and function == PANIC:
        return PANIC_OVER_GOEXIT
    return function


class Grown(NamedTuple):
    """How operations of some surroundings come from blocks: what is the same in every round of counting."""

    leaves: Counter            # how it is left -> letters
    blocks: Counter            # how it is left, what its block finds, how that is left -> letters
    defers: Counter            # what its blocks find -> letters


class Counting:
    def __init__(self, letters: Iterable[Letter], operations_max: int):
        self.letters = Counter(letters)
        self.length = operations_max + 1
        self.blocks: dict[Around, dict[str, Series]] = {}
        self.grown: dict[Around, Grown] = {}
        self.known(Around())
        before = None
        while self.blocks != before:
            before = dict(self.blocks)
            self.blocks |= {around: self.block(around) for around in before}

    def known(self, around: Around) -> dict[str, Series]:
        if around not in self.blocks:
            self.blocks[around] = {exit: [0] * self.length for exit in EXITS}
            self.grown[around] = self.grow(around)
        return self.blocks[around]

    def grow(self, around: Around) -> Grown:
        grown = Grown(Counter(), Counter(), Counter())
        for letter, count in self.letters.items():
            if (letter.side == "managed") != around.managed:
                continue
            if letter.behaviour in LEAVES:
                grown.leaves[leaf(letter.behaviour, around)] += count
            elif letter.behaviour == "defers":
                grown.defers[inside(letter, around)] += count
            else:
                within = inside(letter, around)
                for exit in EXITS:
                    grown.blocks[left(letter.behaviour, around, exit), within, exit] += count
        return grown

    def times(self, one: Series, other: Series) -> Series:
        product = [0] * self.length
        terms = [(place, factor) for place, factor in enumerate(other) if factor]
        for place, factor in enumerate(one):
            if factor:
                for behind, other_factor in terms:
                    if place + behind >= self.length:
                        break
                    product[place + behind] += factor * other_factor
        return product

    def sequences(self, going: Series) -> Series:
        """1 / (1 - going)"""
        series = [1] + [0] * (self.length - 1)
        for place in range(1, self.length):
            series[place] = sum(going[part] * series[place - part] for part in range(1, place + 1))
        return series

    def operation(self, around: Around) -> dict[str, Series]:
        """Operations that may stand there, by how they are left."""
        ways: dict[str, Series] = {exit: [0] * self.length for exit in EXITS}

        def add(exit: str | None, count: int, series: Sequence[int]) -> None:
            if exit is not None and any(series):
                for place in range(1, self.length):
                    ways[exit][place] += count * series[place - 1]

        grown = self.grown[around]
        for exit, count in grown.leaves.items():
            add(exit, count, [1] + [0] * (self.length - 1))
        for (exit, within, block), count in grown.blocks.items():
            add(exit, count, self.known(within)[block])
        for within, count in grown.defers.items():
            blocks = {exit: series for exit, series in self.known(within).items() if any(series)}
            for body, series in blocks.items():
                if body == DEATH:  # the function is never run, so there is nothing in it
                    add(DEATH, count, series)
                else:
                    for function, deferred in blocks.items():
                        add(left_deferred(body, function), count, self.times(series, deferred))
        return ways

    def block(self, around: Around) -> dict[str, Series]:
        ways = self.operation(around)
        going = [exit for exit in (END, RECORD, RUIN) if any(ways[exit])]
        start = self.sequences([sum(each) for each in zip(*(ways[exit] for exit in going if around.behind(exit) == around))] or [0] * self.length)
        series = {exit: self.times(start, ways[exit]) if exit not in (END, RECORD, RUIN) else [0] * self.length for exit in EXITS}
        series[around.ending] = start
        for exit in going:
            behind = around.behind(exit)
            if behind != around:  # the block goes on, in other surroundings
                so_far = self.times(start, ways[exit])
                for left, ended in self.known(behind).items():
                    series[left] = [one + other for one, other in zip(series[left], self.times(so_far, ended))]
        return series


def sizes(letters: Iterable[Letter], operations_max: int, deaths: bool) -> list[int]:
    """How many texts there are of 1, 2, ... operations."""
    text = Counting(letters, operations_max).blocks[Around()]
    return [sum(series[operations] for exit, series in text.items() if deaths or exit != DEATH) for operations in range(1, operations_max + 1)]
