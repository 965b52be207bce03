"""docs/SWEEPING.md names functions, injection points and files: there they are."""

import re

import pytest

from exchain import symbols

pytestmark = pytest.mark.wine  # needs what the target's compiler has built

FUNCTION = re.compile(r"\b((?:xc|step|foreign|inject|machine)_\w+)(?:\+0x[0-9a-f]+)?\b(?!\.)")
POINT = re.compile(r"^    nth=\d+ +\w+ +(\w+) +(\w+) ", re.MULTILINE)
FILE = re.compile(r"`((?:harness|runtime|driver|cases)/[\w./-]+)`")
REQUEST = re.compile(r"^OS_(?:TAKE|ASK)\(\w+, (\w+),", re.MULTILINE)
NOT_FUNCTIONS = {"xc_os", "xc_options"}  # a table, a type


@pytest.fixture(scope="module")
def page(places):
    return (places.root / "docs" / "SWEEPING.md").read_text(encoding="utf-8")


def test_every_function_that_it_names_exists(places, page):
    images = [symbols.read(file) for file in (places.runtime("reference"), places.foreign("O2"), places.executor)]
    known = {name for image in images for name in image.names}
    named = set(FUNCTION.findall(page)) - NOT_FUNCTIONS
    assert {"xc_panic", "xc_stack_make", "step_recover", "inject_X87"} <= named, "it is read whole"
    assert named - known == set()
    assert "_Unwind_Find_FDE" in page and "_Unwind_Find_FDE" in known


def test_every_injection_point_that_it_names_exists(places, page):
    points = set(REQUEST.findall((places.root / "runtime" / "include" / "exchain" / "os_calls.def").read_text(encoding="utf-8")))
    named = {point for point, _ in POINT.findall(page)}
    assert len(POINT.findall(page)) == int(re.search(r"^    N = (\d+): nothing left", page, re.MULTILINE)[1])
    assert named and named <= points
    kinds = re.search(r"`runtime/include/exchain/os_calls.def`: (.*?)\. Each", page)[1].split(", ")
    assert len(kinds) == len(points), "what may be refused, in words: one for each request"


def test_every_file_that_it_names_exists(places, page):
    named = FILE.findall(page)
    assert "harness/inject/trap_floor.c" in named
    assert [name for name in named if not (places.root / name).exists()] == []
