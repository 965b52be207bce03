"""The stand-ins' common ground: a toy of the language, of its model and of the journal, enough to drive every stage of the driver.

A text is words and braces. Its trace is a line for each word; how it ends, its first word says. What goes wrong is written in the
stand-in for a runtime's DLL, a JSON file: {"behaviour": {text: word}}, {"full_after": N}, {"before_the_first": true}, {"silent": true}.
"""

import json
import struct
from pathlib import Path

WORDS = {
    "call", "recover", "defer", "panic", "goexit", "fault", "lock", "check", "clobber", "repeat", "back", "via", "seh", "raise", "go",
    "pass", "catch", "nil-read", "nil-write", "enumwindows",
}
HEADER = struct.Struct("<8s6I I4I8s40s")
RUN = struct.Struct("<8I")
TAIL = struct.Struct("<I64s")
SAID = struct.Struct("<I4I8s40s")
HEADER_BYTES, EVENT_BYTES = 8192, 32
RUNNING, ENDED, STOPPED, TOO_LONG = 1, 2, 3, 4


class Mistake(Exception):
    pass


def canonical(text: str) -> str:
    words, depth = [], 0
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split("#")[0]
        column = 0
        for word in line.split():
            column = line.index(word, column)
            if word == "{":
                depth += 1
            elif word == "}":
                depth -= 1
                if depth < 0:
                    raise Mistake(f"{number}:{column + 1}: a brace too many, expected an operation")
            elif word not in WORDS and not word.isdigit() and not word.startswith("0x"):
                raise Mistake(f"{number}:{column + 1}: there is no operation '{word}', expected one")
            words.append(word)
            column += len(word)
    if depth:
        raise Mistake(f"{max(1, len(text.splitlines()))}:1: the text ends inside a block, expected '}}'")
    return " ".join(words)


def operations(text: str) -> list[str]:
    return [word for word in text.split() if word not in "{}"]


def predicted(text: str) -> tuple[str, list[str]]:
    words = operations(text)
    trace = [f"t1 enter {number} {word}" for number, word in enumerate(words, 1)]
    if words[:1] == ["panic"]:
        return "panic 1", [*trace, "t1 end panic 1"]
    if words[:1] == ["fault"]:
        return "crash c0000005 managed", [*trace, "t1 crash c0000005 managed"]
    return "ok", [*trace, "t1 end ok"]


def model(text: str) -> dict:
    said = {"text": text, "outcome": None, "error": None, "trace": []}
    if "70000" in text.split():
        return said | {"error": "trace too long"}
    outcome, trace = predicted(text)
    return said | {"outcome": outcome, "trace": trace}


class Journal:
    """Writes one; every change is in the file at once, as it is in a mapped one."""

    def __init__(self, path: str):
        self.file = open(path, "w+b", buffering=0)
        self.runs = self.progress = self.finished = self.current = 0
        self.used = HEADER_BYTES
        self.stop = (0, (0, 0, 0, 0), b"", b"")
        self.report = b""
        self.went_on = 0
        self.header()

    def header(self):
        code, parameters, rule, title = self.stop
        self.file.seek(0)
        self.file.write(HEADER.pack(b"EXJRNL01", EVENT_BYTES, self.used, self.runs, self.progress, self.finished, self.current, code, *parameters, rule, title))
        self.file.write(self.report.ljust(HEADER_BYTES - HEADER.size - TAIL.size, b"\0") + TAIL.pack(self.went_on, b""))

    def begin(self, index: int):
        self.current, self.index, self.events = self.used, index, 0
        self.used += RUN.size
        self.runs += 1
        self.state(RUNNING)

    def state(self, state: int):
        self.file.seek(self.current)
        self.file.write(RUN.pack(self.index, state, self.events, 1500, 0, 7, 0, 0))
        self.move()

    def event(self, line: str):
        self.file.seek(self.used)
        self.file.write(line.encode().ljust(EVENT_BYTES, b"\0"))
        self.used += EVENT_BYTES
        self.events += 1
        self.state(RUNNING)

    def go_on(self):
        """What the header says of the last run's end goes behind it."""
        code, parameters, rule, title = self.stop
        said = SAID.pack(code, *parameters, rule, title) + self.report + b"\0"
        said += bytes(-len(said) % EVENT_BYTES)
        self.file.seek(self.used)
        self.file.write(said)
        self.used += len(said)
        self.file.seek(self.current)
        self.file.write(RUN.pack(self.index, STOPPED, self.events, 1500, 0, 7, 0, len(said)))
        self.stop, self.report = (0, (0, 0, 0, 0), b"", b""), b""
        self.went_on += 1
        self.move()

    def move(self):
        self.progress += 1
        self.header()


def read_journal(path: str) -> tuple[dict, list[dict]]:
    data = Path(path).read_bytes()
    _, _, used, runs, progress, finished, _, code, *parameters, rule, title = HEADER.unpack_from(data)
    report = data[HEADER.size : HEADER_BYTES - TAIL.size].rstrip(b"\0").decode()
    header = {"runs": runs, "progress": progress, "finished": finished}
    last = stopped(code, parameters, rule, title) | {"report": report}
    found, place = [], HEADER_BYTES
    while place < used:
        index, state, events, nanoseconds, _, rules_checked, _, said = RUN.unpack_from(data, place)
        place += RUN.size
        lines = [data[at : at + EVENT_BYTES].rstrip(b"\0").decode() for at in range(place, place + events * EVENT_BYTES, EVENT_BYTES)]
        place += events * EVENT_BYTES
        run = {"index": index, "state": state, "trace": lines, "nanoseconds": nanoseconds, "rules_checked": rules_checked}
        if said:
            code, *parameters, rule, title = SAID.unpack_from(data, place)
            run |= stopped(code, parameters, rule, title) | {"report": data[place + SAID.size : place + said].rstrip(b"\0").decode()}
        elif state == STOPPED:
            run |= last
        place += said
        found.append(run)
    return header, found


def stopped(code: int, parameters: list[int], rule: bytes, title: bytes) -> dict:
    return {
        "rule": rule.rstrip(b"\0").decode(),
        "stop": {"code": code, "title": title.rstrip(b"\0").decode(), "parameters": list(parameters)} if code else None,
    }


def read_list(path: str) -> list[str]:
    return Path(path).read_text().splitlines()


def options(words: list[str]) -> dict[str, str]:
    found, words = {}, iter(words)
    for word in words:
        found[word] = "" if word in ("--no-clobber", "--hang", "--no-trace-when-pass", "--go-on") else next(words)
    return found


def read_library(path: str) -> dict:
    return json.loads(Path(path).read_text())
