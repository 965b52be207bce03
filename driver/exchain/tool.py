"""The host tool `exchain-scenario`: the one parser, the one model, the one judge. Everything it says arrives here as objects."""

import json
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .stops import MachineTrouble
from .verdicts import Verdict

FINE, NOT_AS_EXPECTED, WRONG_REQUEST = range(3)  # how it ends, as we do ourselves; what is not as expected, it has said in full
FILES_AT_ONCE = 500  # a command line has room for so many paths for certain
MISTAKE = re.compile(r"(?:.*?:)?(?P<line>\d+):(?P<column>\d+): (?P<what>.*)")


class Mistake(Exception):
    """A text that does not parse: where, and what is wrong there."""

    def __init__(self, line: int, column: int, what: str):
        super().__init__(f"{line}:{column}: {what}")
        self.line = line
        self.column = column
        self.what = what


@dataclass(frozen=True)
class Stopped:
    """A bug check, of the rules or of the runtime itself."""

    code: int
    title: str
    parameters: tuple[int, ...]

    def __str__(self) -> str:
        parameters = ", ".join(f"0x{parameter:08X}" for parameter in self.parameters)
        return f"*** STOP: 0x{self.code:08X} {self.title} ({parameters})"


@dataclass(frozen=True)
class Difference:
    """Where a platform is known to do otherwise than the contract says: a line of harness/model/differences.def."""

    id: str
    platforms: str
    reason: str
    source: str


@dataclass(frozen=True)
class Prediction:
    text: str
    outcome: str | None = None
    error: str | None = None
    trace: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    verdict: Verdict
    outcome: str | None = None
    expected: str | None = None
    rule: str | None = None
    stop: Stopped | None = None
    reason: str = ""
    trace: tuple[str, ...] = ()
    expected_trace: tuple[str, ...] = ()
    difference: int | None = None
    report: str = ""
    nanoseconds: int | None = None
    rules_checked: int | None = None
    branches: tuple[str, ...] = ()  # what the dispatcher was seen to do
    known: tuple[Difference, ...] = ()  # XFAIL, XPASS: what it is about
    refused: bool = False  # ERROR: what the text names is not there, and the reason says what to do
    index: int = field(default=0, compare=False)


def number(value) -> int:
    return int(value, 0) if isinstance(value, str) else int(value)


def judgement_of(said: dict) -> Judgement:
    stop = said.get("stop")
    return Judgement(
        verdict=Verdict.of_word(said["verdict"]),
        outcome=said.get("outcome"),
        expected=said.get("expected"),
        rule=said.get("rule") or None,
        stop=stop and Stopped(number(stop["code"]), stop["title"], tuple(map(number, stop["parameters"]))),
        reason=said.get("reason") or "",
        refused=bool(said.get("refused")),
        known=tuple(Difference(**one) for one in said.get("known") or ()),
        trace=tuple(said.get("trace") or ()),
        expected_trace=tuple(said.get("expected_trace") or ()),
        difference=said.get("difference"),
        report=said.get("report") or "",
        nanoseconds=said.get("nanoseconds"),
        rules_checked=said.get("rules_checked"),
        branches=tuple(said.get("branches") or ()),
        index=said["index"],
    )


@dataclass(frozen=True)
class Tool:
    program: Path

    def canonical(self, files: Sequence[Path]) -> list[str]:
        """The canonical text of every file. Raises the Mistake of one of them, without saying of which."""
        texts: list[str] = []
        for start in range(0, len(files), FILES_AT_ONCE):
            some = files[start : start + FILES_AT_ONCE]
            lines = list(self._lines("print", *map(str, some)))
            if len(lines) != len(some):
                raise MachineTrouble(f"exchain-scenario print gave {len(lines)} lines for {len(some)} files")
            texts += lines
        return texts

    def model(self, list_file: Path) -> Iterator[Prediction]:
        """What must happen, for every line of a list. A Mistake's line is the list's."""
        for said in self._objects("model", "--list", str(list_file)):
            yield Prediction(said["text"], said.get("outcome"), said.get("error"), tuple(said.get("trace") or ()))

    def judge(self, list_file: Path, journal: Path, hang: bool = False, traces: bool = True) -> Iterator[Judgement]:
        """A judgement for each run of a journal. Most runs pass and their traces are long: without `traces` those are left out."""
        options = ["--hang"] * hang + ["--no-trace-when-pass"] * (not traces)
        for said in self._objects("judge", "--list", str(list_file), "--journal", str(journal), *options):
            if "journal" not in said:
                yield judgement_of(said)

    def differences(self, list_file: Path) -> Iterator[tuple[Difference, list[int]]]:
        """Every known difference of a platform, with the numbers of the texts that it is about."""
        for said in self._objects("differences", "--list", str(list_file)):
            texts = said.pop("texts")
            yield Difference(**said), texts

    def space(self, profile: str, operations_max: int) -> dict:
        """How many texts a space has, and of which operations they are made."""
        (said,) = self._objects("space", "--profile", profile, "--max-ops", str(operations_max))
        return said

    def texts(self, profile: str, operations_max: int, numbers: Iterable[int]) -> list[str]:
        """The texts with these numbers."""
        return list(self._lines("texts", "--profile", profile, "--max-ops", str(operations_max), *map(str, numbers)))

    def edits(self, list_file: Path) -> Iterator[dict]:
        """For each text of a list, those next to it that reach all that they say."""
        return self._objects("edits", "--list", str(list_file))

    def expect(self, case_files: Sequence[Path]) -> str:
        """Checks the annotations of case files against the model; says what does not agree, or nothing."""
        command = self.command("expect", *map(str, case_files))
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
        except OSError as error:
            raise self._missing(error) from None
        if done.returncode == FINE:
            return ""
        if done.returncode not in (NOT_AS_EXPECTED, WRONG_REQUEST):
            raise self._trouble("expect", done.returncode, done.stderr.strip())
        return "\n".join(line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("case files: "))

    def command(self, *arguments: str) -> list[str]:
        return [str(self.program), *arguments]

    def _objects(self, *arguments: str) -> Iterator[dict]:
        for line in self._lines(*arguments):
            try:
                said = json.loads(line)
            except ValueError:
                raise MachineTrouble(f"exchain-scenario {arguments[0]} printed something that is not JSON: {line[:200]}") from None
            yield said

    def _lines(self, *arguments: str) -> Iterator[str]:
        with tempfile.TemporaryFile("w+", errors="replace") as errors:
            try:
                process = subprocess.Popen(
                    self.command(*arguments),
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True, encoding="utf-8", errors="replace",
                )
            except OSError as error:
                raise self._missing(error) from None
            with process:
                for line in process.stdout:
                    yield line.rstrip("\n")
            if process.returncode not in (FINE, NOT_AS_EXPECTED):
                errors.seek(0)
                said = errors.read().strip()
                mistake = MISTAKE.match(said)
                if process.returncode == WRONG_REQUEST and mistake:
                    raise Mistake(int(mistake["line"]), int(mistake["column"]), mistake["what"])
                raise self._trouble(arguments[0], process.returncode, said)

    def _missing(self, error: OSError) -> MachineTrouble:
        return MachineTrouble(f"the host tool cannot be started: {error.strerror}: {self.program} (try: ./exchain build)")

    @staticmethod
    def _trouble(command: str, status: int, said: str) -> MachineTrouble:
        last = said.splitlines()[-1] if said else "no message"
        shown = status if abs(status) < 256 else f"0x{status & 0xFFFFFFFF:08X}"  # on Windows a process that crashes ends with an NTSTATUS
        return MachineTrouble(f"exchain-scenario {command} ended with status {shown}: {last}")
