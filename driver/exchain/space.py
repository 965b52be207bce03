"""How many texts a space has, counted a second time and in another way than the enumeration does (harness/explore/space.c).

There: ways of a block of so many operations, from its first operation on, for each size in turn. Here: generating functions. For each kind of surroundings a
power series whose coefficient n is how many blocks of n operations there are that are left in such a way. A block that goes on is a sequence of operations
that go on, 1 / (1 - going); one that is left otherwise is such a sequence with one more operation at its end. Operations are made of blocks, one degree higher,
so iterating the equations gives one more right coefficient each time. What an operation does to its surroundings is written down here again.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

END, RECORD, PANIC, GOEXIT, PANIC_OVER_GOEXIT, CAUGHT, JUMP, DEATH = EXITS = tuple(
    ["end", "end with a record left behind", "panic", "goexit", "panic over goexit", "caught", "jump", "death"]
)
PANICS = (PANIC, PANIC_OVER_GOEXIT)

Series = list[int]


@dataclass(frozen=True)
class Around:
    """What a block finds around it."""

    managed: bool = True
    takers: tuple[str, ...] = ()  # frames that take an exception, innermost first; no more than decide
    record: str = ""              # left behind: "", "outside", "here"
    mark: bool = False
    gate: bool = False
    task: bool = True

    @property
    def ending(self) -> str:
        return RECORD if self.record == "here" else END

    def inside_frame(self, **changes) -> "Around":
        return replace(self, record="outside" if self.record else "", **changes)

    def with_taker(self, taker: str) -> "Around":
        """Behind a catch nobody is asked; of several that resume, the first."""
        behind = () if taker == "catch" else tuple(frame for frame in self.takers if frame == "catch")
        return self.inside_frame(takers=(taker, *behind))


def leaf(behaviour: str, around: Around) -> str | None:
    """How an operation without a block is left; None: it may not stand there."""
    match behaviour:
        case "goes-on": return around.ending
        case "clobbers": return None if around.record else END
        case "panics": return PANIC
        case "panics-gated": return PANIC if around.gate else DEATH
        case "dies": return DEATH
        case "exits": return GOEXIT
        case "jumps": return JUMP if around.mark else None
        case "raises": return {"catch": CAUGHT, "resume": around.ending, "": DEATH}[next(iter(around.takers), "")]
        case "raises-hard": return CAUGHT if "catch" in around.takers else DEATH
    return None


LEAVES = {"goes-on", "clobbers", "panics", "panics-gated", "dies", "exits", "jumps", "raises", "raises-hard"}


def inside(behaviour: str, around: Around) -> Around:
    match behaviour:
        case "passes" | "recovers" | "defers" | "leaks": return around
        case "gates": return replace(around, gate=True)
        case "marks": return replace(around, mark=True)
        case "calls": return around.inside_frame(managed=False)
        case "calls-back": return around.inside_frame(managed=True, task=True, gate=around.gate and around.task)
        case "carries": return Around()
        case "starts": return Around(managed=False, task=False)
        case "looks" | "repeats": return around.inside_frame()
        case "catches": return around.with_taker("catch")
        case "resumes": return around.with_taker("resume")
    raise ValueError(f"an operation behaves in a way that nothing is known of here: {behaviour}")


def left(behaviour: str, around: Around, block: str) -> str | None:
    """How an operation is left whose block was left so."""
    if behaviour == "calls" and block == RECORD:
        return DEATH
    if behaviour == "repeats" and block == RECORD:
        return None
    if behaviour == "recovers":
        return {PANIC: END, PANIC_OVER_GOEXIT: GOEXIT}.get(block, block)
    if behaviour == "leaks":
        return RECORD if block == END else block
    if behaviour == "carries" or (behaviour == "calls-back" and not around.task):
        block = {GOEXIT: END, PANIC: DEATH, PANIC_OVER_GOEXIT: DEATH}.get(block, block)
    comes_to_its_end = {"looks": (RECORD,), "resumes": (RECORD,), "starts": (RECORD,), "catches": (RECORD, CAUGHT), "marks": (JUMP,)}
    if block == END or block in comes_to_its_end.get(behaviour, ()):
        return block if behaviour in ("passes", "gates") else around.ending
    return block


def left_deferred(body: str, function: str) -> str:
    """How a defer is left whose body was left so and then its function."""
    if function == END:
        return body
    if body in (CAUGHT, JUMP) and function in (*PANICS, GOEXIT):
        return DEATH
    if body in (GOEXIT, PANIC_OVER_GOEXIT) and function == PANIC:
        return PANIC_OVER_GOEXIT
    return function


class Counting:
    def __init__(self, letters: Iterable[tuple[str, str]], operations_max: int):
        """Letters: the side and the behaviour of each."""
        self.letters = Counter(letters)
        self.length = operations_max + 1
        self.blocks: dict[Around, dict[str, Series]] = {}
        self.known(Around())
        before = None
        while self.blocks != before:
            before = dict(self.blocks)
            self.blocks |= {around: self.block(around) for around in before}

    def known(self, around: Around) -> dict[str, Series]:
        if around not in self.blocks:
            self.blocks[around] = {exit: [0] * self.length for exit in EXITS}
        return self.blocks[around]

    def times(self, one: Series, other: Series) -> Series:
        product = [0] * self.length
        for place, factor in enumerate(one):
            if factor:
                for behind in range(self.length - place):
                    product[place + behind] += factor * other[behind]
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
            if exit is not None:
                for place in range(1, self.length):
                    ways[exit][place] += count * series[place - 1]

        for (side, behaviour), count in self.letters.items():
            if (side == "managed") != around.managed:
                continue
            if behaviour in LEAVES:
                add(leaf(behaviour, around), count, [1] + [0] * (self.length - 1))
                continue
            block = self.known(inside(behaviour, around))
            if behaviour != "defers":
                for exit in EXITS:
                    add(left(behaviour, around, exit), count, block[exit])
                continue
            for body in EXITS:
                if body == DEATH:  # the function is never run, so there is nothing in it
                    add(DEATH, count, block[DEATH])
                else:
                    for function in EXITS:
                        add(left_deferred(body, function), count, self.times(block[body], block[function]))
        return ways

    def block(self, around: Around) -> dict[str, Series]:
        ways = self.operation(around)
        start = self.sequences(ways[around.ending])
        series = {exit: self.times(start, ways[exit]) for exit in EXITS}
        series[around.ending] = start
        if around.record != "here" and any(ways[RECORD]):
            behind = self.known(replace(around, record="here"))
            left_behind = self.times(start, ways[RECORD])
            series[RECORD] = [0] * self.length
            for exit in EXITS:
                more = self.times(left_behind, behind[exit])
                series[exit] = [one + other for one, other in zip(series[exit], more)]
        return series


def sizes(letters: Iterable[tuple[str, str]], operations_max: int, deaths: bool) -> list[int]:
    """How many texts there are of 1, 2, ... operations."""
    text = Counting(letters, operations_max).blocks[Around()]
    return [sum(series[operations] for exit, series in text.items() if deaths or exit != DEATH) for operations in range(1, operations_max + 1)]
