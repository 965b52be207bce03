"""Collecting: from what the user named to texts. Collector -> file -> case, and nothing is parsed here: the tool does that."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .places import Places
from .stops import WrongRequest
from .tool import Mistake, Prediction, Tool

COLUMNS_SHOWN = 100  # of the line in which a mistake is
MISTAKES_SHOWN = 10


@dataclass(frozen=True)
class Case:
    """A text and where it comes from."""

    name: str                # as the user knows it: cases/panic/recover.txt, smoke.list:3, or the text itself
    text: str                # canonical
    file: Path | None = None  # a case file of its own


@dataclass(frozen=True)
class Source:
    """Something that should hold a text, before the tool has seen it."""

    name: str
    file: Path
    is_case_file: bool
    words: str | None = None  # given on the command line


def case_files(folder: Path) -> list[Path]:
    """Every case file in a folder and those below."""
    return sorted(file for file in folder.rglob("*.txt") if is_case_file(file))


def is_case_file(file: Path) -> bool:
    return file.suffix == ".txt" and file.name != "CMakeLists.txt"


def collect(arguments: Sequence[str], places: Places, tool: Tool, scratch: Path) -> list[Case]:
    """Case files, folders of them, and texts, in the order in which they were named. Duplicates of a file count once."""
    sources = list(dict.fromkeys(find_sources(arguments, places, scratch)))
    return read_sources(sources, tool)


def find_sources(arguments: Iterable[str], places: Places, scratch: Path) -> Iterator[Source]:
    for position, argument in enumerate(arguments):
        path = Path(argument)
        if is_there(path, argument) and path.is_dir():
            for file in case_files(path):
                yield Source(places.shown(file), file.resolve(), is_case_file=True)
        elif is_there(path, argument):
            yield Source(places.shown(path), path.resolve(), is_case_file=True)
        elif looks_like_a_path(argument):
            raise WrongRequest(f"there is no file or folder {argument!r}")
        else:
            file = scratch / f"argument-{position}.txt"
            file.write_text(argument, encoding="utf-8", errors="surrogateescape")
            yield Source(argument, file, is_case_file=False, words=argument)


def is_there(path: Path, words: str) -> bool:
    try:
        return bool(words) and path.exists()  # no words at all would be the current folder
    except (OSError, ValueError):  # a text may be longer than a file name can be
        return False


def looks_like_a_path(words: str) -> bool:
    """No scenario has a slash outside of a string, or is one word that ends so."""
    return len(words.split()) == 1 and '"' not in words and ("/" in words or "\\" in words or words.endswith(".txt"))


def read_sources(sources: Sequence[Source], tool: Tool) -> list[Case]:
    try:
        texts = tool.canonical([source.file for source in sources])
    except Mistake:
        raise WrongRequest(explain_all(sources, tool)) from None
    return [
        Case(source.name if source.is_case_file else text, text, source.file if source.is_case_file else None)
        for source, text in zip(sources, texts)
    ]


def explain_all(sources: Sequence[Source], tool: Tool) -> str:
    """The mistakes of all sources; the tool stops at the first, so each is asked for by itself."""
    said: list[str] = []
    for source in sources:
        try:
            tool.canonical([source.file])
        except Mistake as mistake:
            said.append(explain(source, mistake))
    if not said:
        return "a file that did not parse has changed meanwhile: run it again"
    more = [f"... and {len(said) - MISTAKES_SHOWN} more"] if len(said) > MISTAKES_SHOWN else []
    return "\n".join(said[:MISTAKES_SHOWN] + more)


def explain(source: Source, mistake: Mistake) -> str:
    if source.words is not None:
        shown = source.words if len(source.words) <= 60 else source.words[:57] + "..."
        head = f"{shown!r} is neither a file nor a directory, and as a scenario it is wrong: {mistake}"
    else:
        head = f"{source.name}:{mistake}"
    return "\n".join([head, *caret(source.file.read_text(encoding="utf-8", errors="replace"), mistake)])


def caret(text: str, mistake: Mistake) -> list[str]:
    """The line that the mistake is in and a caret under the place; of a long line, the part around it."""
    lines = text.splitlines()
    line = lines[mistake.line - 1] if 0 < mistake.line <= len(lines) else ""
    place = min(max(mistake.column - 1, 0), len(line))
    start = max(0, place - COLUMNS_SHOWN // 2) if len(line) > COLUMNS_SHOWN else 0
    shown = "".join(character if character.isprintable() else " " for character in line[start : start + COLUMNS_SHOWN])
    before, after = "... " * (start > 0), " ..." * (start + COLUMNS_SHOWN < len(line))
    return [f"  {before}{shown}{after}", f"  {' ' * (len(before) + place - start)}^"]


def read_list(path: Path, places: Places) -> list[Case]:
    """A list of texts, one a line; empty lines and lines that are a comment do not count. Not canonical yet: `predict` does that."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise WrongRequest(f"cannot read the list {path}: {error.strerror}") from None
    name = places.shown(path)
    return [
        Case(f"{name}:{number}", line.strip())
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]


def write_list(cases: Iterable[Case], file: Path) -> Path:
    """The list that the tool and the executor read: one text a line."""
    with file.open("w", encoding="utf-8", newline="\n") as lines:
        lines.writelines(f"{case.text}\n" for case in cases)
    return file


def predict(cases: Sequence[Case], tool: Tool, scratch: Path) -> tuple[list[Case], list[Prediction]]:
    """The cases with canonical texts, and what the model says of each: what must happen, or why it cannot run."""
    if not cases:
        return [], []
    list_file = write_list(cases, scratch / "predict.list")
    try:
        predictions = list(tool.model(list_file))
    except Mistake as mistake:
        case = cases[mistake.line - 1] if 0 < mistake.line <= len(cases) else cases[0]
        there = Mistake(1, mistake.column, mistake.what)
        raise WrongRequest("\n".join([f"{case.name}:{mistake.column}: {mistake.what}", *caret(case.text, there)])) from None
    if len(predictions) != len(cases):
        raise WrongRequest(f"the model answered {len(predictions)} of {len(cases)} texts")
    return [replace(case, text=prediction.text) for case, prediction in zip(cases, predictions)], predictions
