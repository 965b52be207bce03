"""docs/BUGS.md: every mutant stands in it, once, and every row has mutants that are there, or says why none can be."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
MUTANTS = {file.stem for file in (ROOT / "cases" / "mutants").glob("*.patch")}
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "BUGS.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| bug |", "| --- |"))
]


def named(cell: str) -> list[str]:
    return [word for word in re.findall(r"`([a-z0-9-]+)`", cell) if word in MUTANTS or "-" in word]


def test_every_mutant_has_its_row():
    counts = Counter(slug for row in ROWS for slug in named(row[2]))
    assert MUTANTS - set(counts) == set()


def test_no_row_names_a_mutant_that_there_is_not():
    assert {slug for row in ROWS for slug in named(row[2])} <= MUTANTS


def test_every_row_has_a_source_and_mutants_or_a_reason():
    assert len(ROWS) > 50 and all(len(row) == 3 for row in ROWS)
    for bug, source, answer in ROWS:
        assert source and (named(answer) or answer.startswith("none")), bug
        assert not named(answer) or not answer.startswith("none"), bug


def test_what_cannot_be_says_why():
    assert all(len(answer) > 40 for *_, answer in ROWS if answer.startswith("none"))
