"""The host tool is built for Windows as well, from the same sources: it must say the same, byte for byte, whatever it is asked."""

import subprocess
from pathlib import Path

import pytest

from exchain import launcher as launching
from exchain.campaign import scratch_folder
from exchain.cases import Case, case_files, write_list
from exchain.execute import Setting, attempt

pytestmark = pytest.mark.wine

TEXTS = [
    "recover { call { seh pass { back { panic } } } } clobber recover { fault nil-write }", "repeat 3000 { recover { panic 0xFFFFFFFF } }",
    'call { dll "a b.dll!f" { panic } }', "recover { fault idiv-overflow }", "call { seh catch { raise 0xE0000001 noncontinuable } }", "panic 7",
]


@pytest.fixture(scope="module")
def scratch(places):
    with launching.choose(places), scratch_folder(places) as folder:
        yield folder


@pytest.fixture(scope="module")
def journal(places, scratch) -> tuple[Path, Path]:
    """Of a real run, and its list."""
    list_file = write_list([Case(text, text) for text in TEXTS if "dll" not in text], scratch / "run.list")
    with launching.choose(places) as launcher:
        with attempt(launcher, places.executor, [*Setting().arguments(places, "O2"), "--list", list_file], scratch, 30) as made:
            kept = made.path.rename(scratch / "kept.journal")
    return list_file, kept


@pytest.fixture(scope="module")
def both(places, scratch):
    """What the two say: status, standard output, standard error."""
    environment = launching.wine_environment(places)

    def ask(*words, given: bytes = b"") -> tuple:
        own = subprocess.run([places.tool, *map(str, words)], input=given, capture_output=True, cwd=places.root)
        there = subprocess.run(
            ["wine", places.target_bin / "exchain-scenario.exe", *map(str, words)], input=given, capture_output=True, cwd=places.root, env=environment
        )
        return [(done.returncode, done.stdout, done.stderr.replace(b"\r\n", b"\n")) for done in (own, there)]

    return ask


def agree(answers) -> tuple:
    own, there = answers
    assert there == own
    return own


def test_texts_and_their_mistakes(both, places):
    files = [file.relative_to(places.root) for file in case_files(places.cases)]
    assert agree(both("print", *files))[0] == 0
    assert agree(both("print", given=b"recover { panic 7 }\r\n"))[1] == b"recover { panic 7 }\n"
    assert agree(both("print", given=b"recover {\n bak }"))[0] == 2
    assert agree(both("print", "no/such/file"))[0] == 3
    assert agree(both("nonsense"))[0] == 2


def test_predictions(both, scratch):
    list_file = write_list([Case(text, text) for text in TEXTS], scratch / "model.list")
    status, out, _ = agree(both("model", "--list", list_file.relative_to(Path.cwd()) if list_file.is_relative_to(Path.cwd()) else list_file))
    assert status == 0 and out.count(b"\n") == len(TEXTS)


def test_annotations(both, places):
    files = [file.relative_to(places.root) for file in case_files(places.cases / "leak")]
    assert b"mistakes: 0" in agree(both("expect", *files))[1]


def test_verdicts(both, journal):
    list_file, kept = journal
    status, out, _ = agree(both("judge", "--list", list_file, "--journal", kept))
    assert status == 0 and b'"verdict": "XFAIL"' in out and b'"verdict": "PASS"' in out
    damaged = kept.with_name("damaged.journal")
    damaged.write_bytes(kept.read_bytes()[:9000])
    assert agree(both("judge", "--list", list_file, "--journal", damaged))[0] == 3


def test_known_differences(both, scratch):
    list_file = write_list([Case(text, text) for text in TEXTS], scratch / "differences.list")
    assert b'"texts": [3]' in agree(both("differences", "--list", list_file))[1]


