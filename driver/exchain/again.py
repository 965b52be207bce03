"""The one line that shows a failure again: a shell line to paste at the root of the project."""

import shlex
import sys

from .execute import Setting
from .judging import Result
from .places import Places

DEFAULT = Setting()
COMMAND = ".\\exchain.cmd" if sys.platform == "win32" else "./exchain"


def again(result: Result, setting: Setting, places: Places) -> str:
    if result.way.name == "expect":
        return join([COMMAND, "model", places.shown(result.case.file)])
    options = setting_options(setting, places)
    foreign = ["--foreign", result.way.foreign]
    if result.company:
        return join([COMMAND, "run", *options, *foreign, "--jobs", "1", "--list", places.shown(result.company)])
    foreign = foreign if result.way.foreign != "O2" else []
    if result.way.name == "binary":
        return join([COMMAND, "repro", *options, *foreign, "--binary", places.shown(result.case.file)])
    return quoted([COMMAND, "repro", *options, *foreign], result.case.text)


def setting_options(setting: Setting, places: Places) -> list[str]:
    """The options that are not what they are anyway."""
    words = ["--target", places.target] if places.target != "i386" else []
    if setting.mutant:
        words += ["--mutant", setting.mutant]
    elif setting.runtime != DEFAULT.runtime:
        words += ["--runtime", setting.runtime]
    if setting.rules != DEFAULT.rules:
        words += ["--rules", setting.rules]
    if setting.attached:
        words.append("--attached")
    if not setting.clobber:
        words.append("--no-clobber")
    if setting.timeout != DEFAULT.timeout:
        words += ["--timeout", f"{setting.timeout:g}"]
    return words


def join(words: list[str]) -> str:
    """The command's own name needs no quotes in any shell."""
    return f"{words[0]} {shlex.join(words[1:])}"


def quoted(words: list[str], text: str) -> str:
    """A text is always in quotes, so that one looks like another."""
    safe = shlex.quote(text)
    return f"{join(words)} " + (safe if safe != text else f"'{text}'")
