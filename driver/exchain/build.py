"""Building: CMake's presets, one process at a time, with a log; when it fails, the compiler's own first words."""

import contextlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from . import locks
from .places import TARGETS, Places
from .stops import Broken, MachineTrouble

ERROR_LINES = 8
FULL_BYTES = 256 << 10
COMPILER_ERROR = re.compile(r"^(?!ninja: ).*(: (fatal )?error: |: undefined reference to |multiple definition of )|^error: ")
TROUBLE = re.compile(r"No space left on device|Permission denied|Read-only file system|Cannot allocate memory|: not found$")
STEP_FAILED = re.compile(r"^FAILED: ")
STEP = re.compile(r"^\[(\d+)/(\d+)\]")

Show = Callable[[str], None]


def build(places: Places, presets: Sequence[str], show: Show = lambda line: None, goal: str | None = None, also: Sequence[str] = ()) -> None:
    """Brings the build folders of these presets up to date: all of them, or the one goal and what is wanted beside it. Whoever else is building is waited for."""
    if places.prebuilt:
        return require_binaries(places)
    places.build.mkdir(parents=True, exist_ok=True)
    places.logs.mkdir(exist_ok=True)
    with contextlib.ExitStack() as held:
        lock = held.enter_context(locks.Lock(places.build / "build.lock"))
        if not lock.try_exclusive():
            show("waiting for another exchain to build")
            lock.exclusive()
        for preset in presets:
            folder = places.build / preset
            if not (folder / "build.ninja").exists():
                show(f"configuring {preset}")
                run(configuration(places, preset), places, f"configure-{preset}", show)
            show(f"building {preset}")
            run(["cmake", "--build", str(folder), *(["--target", goal, *also] if goal else [])], places, f"build-{preset}", lambda line: show(f"building {preset} {line}"))


def require_binaries(places: Places) -> None:
    missing = [file for file in (places.tool, places.executor) if not file.exists()]
    if missing:
        where = "on Windows" if sys.platform == "win32" else "with EXCHAIN_PREBUILT"
        raise MachineTrouble(f"{places.shown(missing[0])} is missing: {where} nothing is built, the binaries of a build on Linux must be there (docs/PLATFORMS.md)")


def configuration(places: Places, preset: str) -> list[str]:
    """What CMake has to know beside the preset: where the other build folder is, and what runs the target's programs here."""
    command = ["cmake", "--preset", preset, "-B", str(places.build / preset)]
    if preset in TARGETS:
        command += [f"-DEXCHAIN_BUILD={places.build}", f"-DEXCHAIN_HOST_TOOL={places.tool}"]
        command += ["-DCMAKE_CROSSCOMPILING_EMULATOR=wine"] * (sys.platform != "win32")
    return command


def run(command: list[str], places: Places, name: str, show: Show) -> None:
    log = places.logs / f"{name}.log"
    try:
        status = follow(command, places.root, log, show)
    except FileNotFoundError:
        raise MachineTrouble(f"{command[0]} is missing (try: ./exchain setup)") from None
    if status != 0:
        if shutil.disk_usage(places.build).free < FULL_BYTES:
            # What the tools say of it differs: some only die, of a signal.
            raise MachineTrouble(f"{name} failed: No space left on device (log: {places.shown(log)})")
        raise failure(name, status, log.read_text(encoding="utf-8", errors="replace"), places.shown(log))


def follow(command: list[str], folder: Path, log: Path, show: Show) -> int:
    with log.open("w", encoding="utf-8", errors="replace") as written:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8", errors="replace",
        )
        with ended_with_us(process):
            for line in process.stdout:
                written.write(line)
                step = STEP.match(line)
                if step:
                    show(f"{step[1]}/{step[2]}")
        return process.returncode


@contextlib.contextmanager
def ended_with_us(process: subprocess.Popen) -> Iterator[None]:
    try:
        with process:
            yield
    except BaseException:
        process.kill()
        raise


def failure(name: str, status: int, said: str, log: str) -> Broken | MachineTrouble:
    """A step that fails is the sources' fault, so the user's: not as expected. Everything else that can happen is the machine's trouble."""
    lines = [line.rstrip() for line in said.splitlines() if line.strip()]
    trouble = next((line for line in lines if TROUBLE.search(line)), None)
    if trouble:
        return MachineTrouble(f"{name} failed: {trouble} (log: {log})")
    errors = [line for line in lines if COMPILER_ERROR.search(line)]
    if errors:
        return Broken("\n  ".join([f"{name} failed (log: {log}):", *errors[:ERROR_LINES]]))
    if any(STEP_FAILED.search(line) for line in lines):
        return Broken("\n  ".join([f"{name} failed (log: {log}):", *lines[-ERROR_LINES:]]))
    return MachineTrouble("\n  ".join([f"{name} failed with status {status} (log: {log}):", *lines[-ERROR_LINES:]]))
