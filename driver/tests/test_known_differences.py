"""The list of known differences: every entry has its reason and source, is on the page, is met by a case, and shows as XFAIL where it is said to be."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from exchain.cases import case_files, collect, write_list
from exchain.tool import Tool

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "harness" / "model" / "differences.def"
ENTRY = re.compile(r'^DIFFERENCE\("([^"]*)", "([^"]*)", ((\w+)(?:\((\w+)[^)]*\))?),\s+"([^"]*)",\s+"([^"]*)"\)', re.MULTILINE)
PYTEST = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rxX"]


def entries() -> list[dict]:
    words = ("id", "platforms", "override", "what", "kind", "reason", "source")
    return [dict(zip(words, found)) for found in ENTRY.findall(LIST.read_text(encoding="utf-8"))]


def test_the_list_is_read_whole():
    assert len(entries()) == LIST.read_text(encoding="utf-8").count("\nDIFFERENCE(") > 0


def covers(one: str, other: str) -> bool:
    """Whether some platform has both names: one is the other, or the other with less of the version."""
    return "debugged" in (one, other) or one == other or other.startswith((f"{one}-", f"{one}.")) or one.startswith((f"{other}-", f"{other}."))


def test_ids_are_unique_and_no_platform_has_two_differences_of_a_kind():
    found = entries()
    assert len({entry["id"] for entry in found}) == len(found)
    for place, entry in enumerate(found):
        for other in found[:place]:
            if entry["kind"] == other["kind"]:
                both = [(a, b) for a in entry["platforms"].split() for b in other["platforms"].split() if covers(a, b)]
                assert not both, f"{entry['id']} and {other['id']} are both of {entry['kind']} on {both}"


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["id"])
def test_every_entry_is_well_formed(entry):
    assert re.fullmatch(r"[a-z0-9-]+", entry["id"])
    assert all(re.fullmatch(r"debugged|(wine|windows)(-\d+(\.\d+)*)?", word) for word in entry["platforms"].split())
    assert len(entry["reason"]) > 20 and len(entry["source"]) > 10


def test_the_page_has_the_list_and_nothing_else():
    page = (ROOT / "docs" / "PLATFORMS.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if re.match(r"\| `[a-z0-9-]+` \|", line)]
    expected = [f"| `{one['id']}` | {one['platforms']} | `{one['override']}` | {one['reason']} | {one['source']} |" for one in entries()]
    assert rows == expected


@pytest.fixture(scope="module")
def compiles(tmp_path_factory):
    """Whether the model's sources compile with another list."""
    compiler = os.environ.get("CC") or shutil.which("cc")
    if not compiler:
        pytest.skip("no C compiler")
    folder = tmp_path_factory.mktemp("harness")
    for part in ("scenario", "trace", "model", "inject"):
        shutil.copytree(ROOT / "harness" / part, folder / part)

    def compile_with(entry: str) -> subprocess.CompletedProcess:
        (folder / "model" / "differences.def").write_text(entry)
        command = [compiler, "-std=gnu11", "-fsyntax-only", f"-I{folder}", str(folder / "model" / "platform.c")]
        return subprocess.run(command, capture_output=True, text=True)

    return compile_with


WHOLE = 'DIFFERENCE("an-id", "wine", FAULT_DOES_NOTHING(UD2), "reason", "source")\n'


def test_the_build_takes_a_whole_entry(compiles):
    assert compiles(WHOLE).returncode == 0


@pytest.mark.parametrize("word", ["an-id", "wine", "reason", "source"])
def test_the_build_refuses_an_entry_that_lacks(compiles, word):
    done = compiles(WHOLE.replace(word, ""))
    assert done.returncode != 0 and "a known difference has an id, platforms, a reason and a source" in done.stderr


def test_the_build_refuses_a_kind_that_there_is_not(compiles):
    assert compiles(WHOLE.replace("UD2", "UD3")).returncode != 0


@pytest.fixture(scope="module")
def met(places, tmp_path_factory) -> dict:
    """For each entry, the cases that meet it."""
    scratch = tmp_path_factory.mktemp("met")
    tool = Tool(places.tool)
    cases = collect([str(file) for file in case_files(places.cases)], places, tool, scratch)
    found = tool.differences(write_list(cases, scratch / "all.list"))
    return {difference.id: [cases[index] for index in texts] for difference, texts in found}


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["id"])
def test_some_case_meets_every_entry(met, entry):
    assert met[entry["id"]], f"no case in cases/ comes out otherwise because of {entry['id']}"


@pytest.fixture(scope="module")
def run(met, places, tmp_path_factory) -> dict:
    """All cases that meet any entry, run here."""
    listed = tmp_path_factory.mktemp("run") / "met.list"
    texts = dict.fromkeys(case.text for cases in met.values() for case in cases)
    listed.write_text("".join(f"{text}\n" for text in texts))
    command = [sys.executable, "-m", "exchain", "run", "--list", str(listed), "--foreign", "O2", "--json", "-"]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return json.loads(done.stdout)


def environment() -> dict:
    return os.environ | {"PYTHONPATH": str(ROOT / "driver")}


@pytest.mark.wine
def test_entries_of_this_platform_show_with_id_reason_and_source_and_others_do_not(run, met):
    assert run["verdict"] == "pass", run["failures"]
    shown = {difference["id"]: difference for one in run["known_differences"] for difference in one["known"]}
    by_text = {one["text"]: one for one in run["known_differences"]}
    assert shown, "no entry is of this platform"
    for entry in entries():
        if any(entry["platforms"] == word for word in ("wine",)):
            assert entry["id"] in shown, f"{entry['id']} is of every Wine, and no run shows it"
        if entry["id"] in shown:
            assert shown[entry["id"]] == {word: entry[word] for word in ("id", "platforms", "reason", "source")}
            assert all(case.text in by_text and entry["id"] in by_text[case.text]["reason"] for case in met[entry["id"]])
    assert run["counts"]["XFAIL"] + run["counts"]["PASS"] == sum(run["counts"].values())


@pytest.mark.wine
def test_pytest_calls_it_xfailed_and_says_which(met):
    file = met["idiv-overflow-as-div0"][0].file
    done = subprocess.run([*PYTEST, f"{file}::batch-O2"], cwd=ROOT, env=environment(), capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0 and "1 xfailed" in done.stdout
    assert re.search(r"XFAIL .*idiv-overflow-as-div0: the processor", done.stdout)
