"""The pages say what the sources say: every rule and every stop code has its paragraph, under its own number, code and name."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RULE = re.compile(r"^RULE\((\d+), 0x([0-9A-F]+), (\w+), ", re.MULTILINE)
STOP = re.compile(r"^STOP\(0x([0-9A-F]+), (\w+), ", re.MULTILINE)
HEADING = re.compile(r"^## (.*)$", re.MULTILINE)
CHAIN_FAULTS = re.compile(r"enum verify_chain_fault \{(.*?)\};", re.DOTALL)


def source(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def rules() -> list[tuple[str, int, str]]:
    return [(f"V{number}", int(code, 16), name) for number, code, name in RULE.findall(source("harness/verify/rules.def"))]


def stops() -> list[tuple[int, str]]:
    return [(int(code, 16), name) for code, name in STOP.findall(source("runtime/stops.def"))]


def headings() -> list[str]:
    return [
        *(f"{rule} · 0x{code:08X} {name}" for rule, code, name in rules()),
        *(f"0x{code:08X} {name}" for code, name in stops()),
    ]


@pytest.fixture(scope="module")
def page() -> str:
    return source("docs/RULES.md")


def paragraph(page: str, heading: str) -> str:
    _, _, behind = page.partition(f"\n## {heading}\n")
    return re.split(r"^#", behind, maxsplit=1, flags=re.MULTILINE)[0].strip()


def test_the_sources_are_read_whole():
    assert [rule for rule, _, _ in rules()] == [f"V{number}" for number in range(1, 20)]
    for path, found in ("harness/verify/rules.def", rules()), ("runtime/stops.def", stops()):
        assert source(path).count("\nRULE(") + source(path).count("\nSTOP(") == len(found) > 0


def test_no_two_stops_share_a_code_or_a_name():
    codes = [code for _, code, _ in rules()] + [code for code, _ in stops()]
    names = [name for *_, name in rules()] + [name for _, name in stops()]
    assert len(set(codes)) == len(codes) and len(set(names)) == len(names)
    assert all(0xE001 <= code <= 0xE0FF for _, code, _ in rules()), "0xE0xx is the rules' range"
    assert all(0xE101 <= code < 0xE1FF for code, _ in stops()), "0xE1xx is the runtime's; 0xE1FF means that its last words failed"


@pytest.mark.parametrize("heading", headings())
def test_every_stop_has_a_paragraph_that_says_its_parameters(page, heading):
    assert f"\n## {heading}\n" in page
    assert "Parameters:" in paragraph(page, heading)


def test_the_page_knows_no_stop_that_there_is_not(page):
    assert HEADING.findall(page) == headings()


def test_the_page_numbers_the_chains_faults_as_the_sources_do(page):
    names = re.findall(r"VERIFY_CHAIN_\w+", CHAIN_FAULTS.search(source("harness/verify/verify.h"))[1])
    others = ("VERIFY_CHAIN_FINE", "VERIFY_CHAIN_OVERWRITTEN", "VERIFY_CHAIN_STRANGE_HANDLER")  # not V2's to blame
    said = " ".join(paragraph(page, "V2 · 0x0000E002 SEH_CHAIN_BROKEN").split())
    numbers = re.findall(r"(\d+) ", re.search(r"\((1 .*?)\)", said)[1])
    assert list(map(int, numbers)) == [names.index(name) for name in names if name not in others]
