"""docs/FAULTS.md shows the table of fault kinds and what platforms do otherwise, and nothing else."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "harness" / "inject" / "fault_kinds.def"
LIST = ROOT / "harness" / "model" / "differences.def"
ROW = re.compile(r'^FAULT_KIND\((\w+), +"([a-z0-9-]+)", +0x([0-9A-F]{8}), +(\w+), +"([0-9a-f ]+)", +(\w+), +(\d+), +(\w+)\)', re.MULTILINE)
DIFFERENCE = re.compile(r'^DIFFERENCE\("([^"]*)", "[^"]*", \w+\((\w+)', re.MULTILINE)
PC = {"AT": "at it", "BEHIND": "behind it", "EITHER": "behind it, or at it", "TARGET": "the target", "NEXT": "at the next that waits"}


def table() -> list[tuple]:
    return ROW.findall(TABLE.read_text(encoding="utf-8"))


def test_the_table_is_read_whole():
    assert len(table()) == TABLE.read_text(encoding="utf-8").count("\nFAULT_KIND(") > 20


def test_the_page_has_the_table_and_nothing_else():
    page = (ROOT / "docs" / "FAULTS.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if re.match(r"\| `[a-z0-9-]+` \|", line)]
    otherwise: dict[str, list[str]] = {}
    for name, kind in DIFFERENCE.findall(LIST.read_text(encoding="utf-8")):
        otherwise.setdefault(kind, []).append(f"`{name}`")
    expected = [
        f"| `{word}` | {status.lower()} | {panics.lower()} | `{code}` | {PC[pc]} | {resume} | {information.lower().replace('_', ' ')} | {', '.join(otherwise.get(kind, []))} |"
        for kind, word, status, panics, code, pc, resume, information in table()
    ]
    assert rows == expected


def test_every_kind_has_cases():
    """In managed code and in C; recovered, taken by a frame, repaired, or ending the process."""
    texts = "\n".join(re.sub(r"#.*", "", file.read_text(encoding="utf-8")) for file in (ROOT / "cases").rglob("*.txt"))
    missing = [word for _, word, *rest in table() if rest[2] == "1" and len(re.findall(rf"fault {word}(?![a-z0-9-])", texts)) < 2]
    assert missing == []
