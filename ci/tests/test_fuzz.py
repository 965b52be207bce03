"""ci/fuzz: what it refuses, and the short run over every target, which replays the corpus."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "harness" / "tests" / "corpus"
TARGETS = ("parse", "journal", "model")


def fuzz(*words, **more) -> subprocess.CompletedProcess:
    return subprocess.run([ROOT / "ci" / "fuzz", *words], cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, **more)


@pytest.mark.parametrize("words", [(), ("nonsense",), ("parse", "many"), ("parse", "0"), ("--keep",), ("--smoke", "parse"), ("--help",)])
def test_wrong_calls_are_refused_before_anything_is_built(words):
    done = fuzz(*words)
    assert done.returncode == 2 and done.stderr.startswith("fuzz: ") and len(done.stderr.splitlines()) == 1


def test_without_clang_it_says_so(tmp_path):
    for name in ("bash", "readlink", "cmake", "ninja", "mkdir"):
        (tmp_path / name).symlink_to(shutil.which(name))
    done = fuzz("--smoke", env={"PATH": str(tmp_path), "EXCHAIN_BUILD": str(tmp_path / "build")})
    assert done.returncode == 3 and "clang, cmake and ninja must be there" in done.stderr


@pytest.mark.parametrize("target", TARGETS)
def test_the_corpus_is_kept_and_small(target):
    files = list((CORPUS / target).iterdir())
    assert files and sum(file.stat().st_size for file in files) < 400_000
    assert (ROOT / "harness" / "tests" / f"fuzz_{target}.c").exists()


def can_fuzz() -> bool:
    """clang is there, and its run-time for fuzzing."""
    if not shutil.which("clang"):
        return False
    name = subprocess.run(["clang", "-print-file-name=libclang_rt.fuzzer-x86_64.a"], capture_output=True, text=True).stdout.strip()
    found = subprocess.run(["clang", "-print-runtime-dir"], capture_output=True, text=True).stdout.strip()
    return Path(name).exists() or any(Path(found).glob("libclang_rt.fuzzer*.a"))


@pytest.mark.skipif(not can_fuzz(), reason="no clang with libFuzzer here")
def test_a_short_run_of_every_target_finds_nothing():
    done = fuzz("--smoke")
    assert done.returncode == 0, done.stderr
    said = re.findall(r"^fuzz: (\w+): (\d+) executions, \d+ a second, (\d+) edges, no finding$", done.stdout, re.MULTILINE)
    assert [name for name, _, _ in said] == list(TARGETS)
    for name, runs, edges in said:
        assert int(runs) >= 20_000 and int(edges) > 150, f"{name} hardly went anywhere: {edges} edges"
