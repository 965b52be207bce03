"""A stand-in for exchain-execute.exe, and for a case's own binary when its text is given as OWN_TEXT."""

import contextlib
import os
import signal
import sys
import time

import toy


class WentOn(Exception):
    """Behind an end that would have been the process's."""


def main(words: list[str], own_text: str | None = None) -> None:
    if words == ["--help"]:
        return
    if words == ["--platform"]:
        print("wine-8.0")
        return
    given = toy.options(words)
    library = toy.read_library(given["--runtime"])
    toy.read_library(given["--foreign"])
    texts = [own_text] if own_text is not None else toy.read_list(given["--list"])
    first = int(given.get("--from", 0))
    count = int(given.get("--count", len(texts) - first))
    if library.get("silent"):
        print("the loader says: no")
        sys.exit(1)
    journal = toy.Journal(given["--journal"])
    if library.get("before_the_first"):
        die()
    for number, index in enumerate(range(first, first + count)):
        if number == library.get("full_after"):
            break
        behaviour = library.get("behaviour", {}).get(texts[index], "")
        if own_text is not None:
            behaviour = library.get("binary", {}).get(own_text, behaviour)
        with contextlib.suppress(WentOn):
            run_text(journal, index, texts[index], behaviour, company=number > 0, level=given["--foreign"], go_on="--go-on" in given)
    journal.finished = 1
    journal.move()


def run_text(journal: toy.Journal, index: int, text: str, behaviour: str, company: bool, level: str, go_on: bool) -> None:
    if behaviour.startswith("only-O0 "):
        behaviour = behaviour.removeprefix("only-O0 ") if "O0" in level else ""
    if behaviour.startswith("in-company "):
        behaviour = behaviour.removeprefix("in-company ") if company else ""
    if behaviour.startswith("gone-on "):
        behaviour = behaviour.removeprefix("gone-on ") if journal.went_on else ""
    word, _, value = behaviour.partition(" ")
    outcome, trace = toy.predicted(text)
    journal.begin(index)
    if word == "slow":
        for _ in range(10):
            time.sleep(float(value))
            journal.move()
    if word == "pause":
        time.sleep(float(value))
    for place, line in enumerate(trace):
        if place == len(trace) - 1:
            end_badly(journal, word, value, go_on)
            line = {"wrong": "t1 end wrong", "vacuous": "t1 vacuous", "xfail": "t1 xfail", "xpass": "t1 xpass", "skip": "t1 skip", "refused": "t1 refused"}.get(word, line)
        journal.event(line)
    journal.state(toy.STOPPED if outcome.startswith("crash") else toy.ENDED)
    if outcome.startswith("crash"):
        end_process(journal, go_on)
    if word == "die-behind":
        die()
    if word == "hang-behind":
        hang()


def end_badly(journal: toy.Journal, word: str, value: str, go_on: bool) -> None:
    if word == "die":
        die()
    if word == "hang":
        hang()
    if word == "stop":
        rule = value if value.startswith("V") else ""
        code, title = (0xE001, b"SEH_HEAD_NOT_RESTORED") if rule else (0xE102, b"SEH_RECORD_LEFT_BEHIND")
        journal.stop = (code, (0x32F0A0, 0x32F0E0, 1, 0), rule.encode(), title)
        journal.report = b"  F1 0032f0a0 handler 00401000  dead: below esp\n  T  0032ff60 handler 00402000  good\n"
        journal.event("t1 stop " + (rule or "E102"))
        journal.state(toy.STOPPED)
        end_process(journal, go_on)


def end_process(journal: toy.Journal, go_on: bool) -> None:
    if not go_on:
        die()
    journal.go_on()
    raise WentOn


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang() -> None:
    time.sleep(600)
