"""The closed list of verdicts. The judge speaks these words; whether one fails a run is written here and nowhere else."""

import enum


class Verdict(enum.Enum):
    PASS = ("PASS", False, "green", "outcome and trace are as predicted")
    FAIL = ("FAIL", True, "red", "outcome or trace differ")
    VIOLATION = ("VIOLATION", True, "red", "a rule broke that the model did not predict")
    CRASH = ("CRASH", True, "red", "the process died where the model did not say so")
    HANG = ("HANG", True, "red", "nothing moved any more, a watchdog ended it")
    VACUOUS = ("VACUOUS", True, "red", "something the text asked for was never reached")
    XFAIL = ("XFAIL", False, "yellow", "a known difference of this platform")
    XPASS = ("XPASS", True, "red", "a known difference of this platform went away")
    SKIP = ("SKIP", False, "yellow", "this target cannot")
    ERROR = ("ERROR", True, "red", "our own trouble")

    def __init__(self, word: str, fails: bool, colour: str, meaning: str):
        self.word = word
        self.fails = fails
        self.colour = colour
        self.meaning = meaning

    @classmethod
    def of_word(cls, word: str) -> "Verdict":
        return cls[word]

    def __str__(self) -> str:
        return self.word


def count(verdicts) -> dict[Verdict, int]:
    """A number for every verdict, also for those that did not occur."""
    counts = dict.fromkeys(Verdict, 0)
    for verdict in verdicts:
        counts[verdict] += 1
    return counts
