"""What a case is for: the mutants that it alone kills, or else what its comment says. A case that shows nothing which another does not show should go."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from .cases import Case
from .mutants import Kill

WORDS_ENOUGH = 4  # of a sentence that says something
SENTENCE = re.compile(r"(?<=[.:;!?])\s+")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def needed_for(kills: Sequence[Kill]) -> dict[Case, list[str]]:
    """The cases that kill a mutant which no other case kills, with those mutants."""
    needed: dict[Case, list[str]] = {}
    for kill in kills:
        if len(kill.row) == 1:
            needed.setdefault(next(iter(kill.row)), []).append(kill.mutant.slug)
    return needed


def disagreements(cases: Sequence[Case], kills: Sequence[Kill]) -> Iterator[str]:
    """What the comments of case files say, against the matrix."""
    needed, slugs = needed_for(kills), {kill.mutant.slug for kill in kills}
    for case in cases:
        if case.file is None:
            continue
        sentences = SENTENCE.split(comment(case.file))
        for slug in sorted(claims(sentences, slugs) - {kill.mutant.slug for kill in kills if case in kill.row}):
            yield f"{case.name}: its comment says that it kills {slug}, which it does not"
        if case not in needed and not any(says_more(sentence, slugs) for sentence in sentences):
            yield f"{case.name}: it kills no mutant that another case does not kill, and its comment does not say what else it is for"


def comment(file: Path) -> str:
    """The words that a case file begins with."""
    words = []
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        if not line.startswith("#") or line.startswith("#="):
            break
        words.append(line.lstrip("# "))
    return " ".join(words)


def claims(sentences: Sequence[str], slugs: set[str]) -> set[str]:
    """The mutants that a sentence with "kills" names."""
    return {slug for sentence in sentences if re.search(r"\bkills\b", sentence, re.IGNORECASE) for slug in SLUG.findall(sentence) if slug in slugs}


def says_more(sentence: str, slugs: set[str]) -> bool:
    return len(sentence.split()) >= WORDS_ENOUGH and not slugs & set(SLUG.findall(sentence))
