"""Starting Windows programs: under Wine, or natively on Windows. Nobody else knows which of the two it is."""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import locks
from .places import Places
from .stops import Interrupted, MachineTrouble

SERVER_LINGERS_SECONDS = 30  # after its last program, should we be killed and not get to stop it
SERVER_STOPS_SECONDS = 20

Argument = str | Path


class Child:
    """A running program, with everything that it starts."""

    def __init__(self, process: subprocess.Popen):
        self._process = process
        self._exit = os.pidfd_open(process.pid) if hasattr(os, "pidfd_open") else None

    def ended(self, seconds: float) -> bool:
        """Waits that long at most; returns at once when the program ends."""
        if self._exit is None:
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                return False
        elif self._process.returncode is None:
            poll = select.poll()
            poll.register(self._exit, select.POLLIN)
            if not poll.poll(seconds * 1000):
                return False
            self._process.wait()
        self._close()
        return True

    def signal(self) -> None:
        """Kills the whole process group; whoever waits for the child sees it end."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()

    def kill(self) -> None:
        self.signal()
        self._process.wait()
        self._close()

    def _close(self) -> None:
        if self._exit is not None:
            os.close(self._exit)
            self._exit = None


class Launcher:
    """What both have in common. Used as a context manager: nothing that was started outlives it."""

    environment: Mapping[str, str] = os.environ
    word = "natively"
    uses_wine = False
    settings: Mapping[str, str] = {}  # of the environment, beside the user's own; an empty one is taken out

    def __init__(self) -> None:
        self._children: set[Child] = set()
        self._guard = threading.Lock()
        self._stopped = False

    def __enter__(self) -> "Launcher":
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def command(self, program: Path, arguments: Sequence[Argument]) -> list[str]:
        return [str(program), *map(str, arguments)]

    def start(self, program: Path, arguments: Sequence[Argument], output: Path) -> Child:
        """Standard input is empty, output goes to a file: an orphan that keeps a pipe open would hold us up."""
        if not program.exists():
            raise MachineTrouble(f"{program} is missing (try: ./exchain build)")
        return self.start_command(self.command(program, arguments), self.environment, output)

    def start_command(self, command: Sequence[str], environment: Mapping[str, str], output: Path) -> Child:
        """The same with everything said."""
        with output.open("wb") as written, self._guard:
            if self._stopped:
                raise Interrupted("interrupted")
            try:
                process = subprocess.Popen(
                    command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=written, stderr=subprocess.STDOUT, start_new_session=True,
                )
            except OSError as error:
                raise MachineTrouble(f"{command[0]} cannot be started: {error.strerror}") from None
            child = Child(process)
            self._children.add(child)
        return child

    def run(self, program: Path, arguments: Sequence[Argument], output: Path, seconds: float) -> None:
        """Starts a program and waits for its end."""
        child = self.start(program, arguments, output)
        try:
            ended = child.ended(seconds)
        finally:
            self.forget(child)
        if not ended:
            raise MachineTrouble(f"{program.name} did not end within {seconds:g} s {self.word}")

    def forget(self, child: Child) -> None:
        """The child has ended, or must end now."""
        child.kill()
        with self._guard:
            self._children.discard(child)
            if self._stopped:
                raise Interrupted("interrupted")

    def stop(self) -> None:
        """Kills every child; whoever waits for one is told by Interrupted, and so is who wants to start another."""
        with self._guard:
            self._stopped = True
            for child in self._children:
                child.signal()


class Native(Launcher):
    """Windows itself."""

    def __enter__(self) -> "Native":
        if sys.platform == "win32":
            no_dialogs()
        return self


def no_dialogs() -> None:
    """A program of ours that crashes shows no window: children inherit the mode. The process's own filter for exceptions is called all the same."""
    import ctypes

    FAILCRITICALERRORS, NOGPFAULTERRORBOX, NOOPENFILEERRORBOX = 0x0001, 0x0002, 0x8000
    ctypes.windll.kernel32.SetErrorMode(FAILCRITICALERRORS | NOGPFAULTERRORBOX | NOOPENFILEERRORBOX)


class Wine(Launcher):
    """A prefix of our own, never the user's. Its server stays for warm starts and goes with the last exchain that uses it."""

    word = "under Wine"
    uses_wine = True

    def __init__(self, places: Places):
        super().__init__()
        self._places = places
        self._held = contextlib.ExitStack()

    def __enter__(self) -> "Wine":
        prefix = self._places.wine_prefix
        for name in ("wine", "wineserver"):
            if not shutil.which(name):
                raise MachineTrouble(f"{name} is missing (try: ./exchain setup)")
        if not (prefix / "system.reg").exists():
            raise MachineTrouble(f"there is no Wine prefix at {self._places.shown(prefix)} (try: ./exchain setup)")
        self.settings = wine_settings(self._places)
        self.environment = wine_environment(self._places)
        self._users = self._held.enter_context(locks.Lock(prefix.parent / "users.lock"))
        self._users.shared()
        self._server(f"-p{SERVER_LINGERS_SECONDS}")
        return self

    def __exit__(self, *_) -> None:
        with self._held:
            self.stop()
            if self._users.try_exclusive():
                self._stop_server()

    def command(self, program: Path, arguments: Sequence[Argument]) -> list[str]:
        return ["wine", str(program), *(windows_path(word) if isinstance(word, Path) else word for word in arguments)]

    def _stop_server(self) -> None:
        """SIGINT ends it in good order, and -w sees its end at once; -k alone would send the same, and look ever more seldom. What that one does behind it, SIGKILL, is for a server that hangs."""
        self._server("-k2")
        try:
            self._server("-w")
        except MachineTrouble:
            self._server("-k")
            self._server("-w")

    def _server(self, option: str) -> None:
        """Its status says only whether there was a server already. It forks and outlives us, so it gets no pipe of ours."""
        try:
            subprocess.run(
                ["wineserver", option], env=dict(self.environment), timeout=SERVER_STOPS_SECONDS, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise MachineTrouble(f"wineserver {option}: {error}") from None


def wine_environment(places: Places) -> dict[str, str]:
    """ci/wine.env on top of the user's environment; a name with nothing behind it is taken out."""
    settings = wine_settings(places)
    environment = {**os.environ, **settings}
    for name in [name for name, value in settings.items() if not value]:
        del environment[name]
    environment["WINEPREFIX"] = str(places.wine_prefix)
    return environment


def wine_settings(places: Places) -> dict[str, str]:
    try:
        lines = places.wine_environment.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise MachineTrouble(f"cannot read {places.shown(places.wine_environment)}: {error.strerror}") from None
    parts = (line.strip().partition("=") for line in lines if not line.strip().startswith("#"))
    return {name: value for name, is_setting, value in parts if is_setting}


def windows_path(path: Path) -> str:
    """Wine shows the whole file system as drive Z:."""
    return "Z:" + str(path.absolute()).replace("/", "\\")


def choose(places: Places) -> Launcher:
    return Native() if sys.platform == "win32" else Wine(places)
