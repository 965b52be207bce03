"""Runs the driver as it runs on Windows: as_on_windows.py exchain WORDS, or as_on_windows.py pytest WORDS.

What only POSIX has is taken away, what only Windows has is stood in for, and Windows' programs are started by Wine behind the driver's back. Everything between is
the driver's own native path: the choice of the launcher, the tool for Windows, locks, the killing of children, files that are open twice, the lines to paste.
"""

import ctypes
import fcntl as real_fcntl
import os
import signal
import sys
import types

# These look at the platform when they are imported, and are not ours to try.
import subprocess  # noqa: F401
import click  # noqa: F401
import pytest
import rich.console  # noqa: F401
import rich.progress  # noqa: F401
import typer  # noqa: F401

ASKED = []  # of SetErrorMode


def locking(descriptor: int, mode: int, count: int) -> None:
    """Of the CRT: locks bytes from where the file stands, or says that somebody has."""
    assert mode == sys.modules["msvcrt"].LK_NBLCK and count == 1
    assert os.lseek(descriptor, 0, os.SEEK_CUR) == 0
    real_fcntl.flock(descriptor, real_fcntl.LOCK_EX | real_fcntl.LOCK_NB)


def become_windows() -> None:
    sys.platform = "win32"
    sys.modules["fcntl"] = None
    sys.modules["msvcrt"] = types.SimpleNamespace(locking=locking, LK_NBLCK=2)
    ctypes.windll = types.SimpleNamespace(kernel32=types.SimpleNamespace(SetErrorMode=ASKED.append))
    for name in ("killpg", "pidfd_open", "setsid", "getuid", "geteuid"):
        delattr(os, name)
    del signal.SIGHUP


def let_wine_start_programs() -> None:
    from exchain.launcher import Native
    from exchain.tool import Tool

    own_command, tool_command = Native.command, Tool.command
    Native.command = lambda self, program, arguments: ["wine", *own_command(self, program, arguments)]
    Tool.command = lambda self, *arguments: ["wine", *tool_command(self, *arguments)]


def main(command: str, *words: str) -> int:
    become_windows()
    let_wine_start_programs()
    if command == "pytest":
        status = pytest.main(list(words))
    else:
        from exchain import cli

        status = cli.main(list(words))
    assert ASKED in ([], [0x8003]), "dialogs were not turned off"
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
