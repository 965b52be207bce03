"""File locks between exchain processes: one builder at a time; Wine's server goes with its last user."""

import sys
import time
from pathlib import Path

POLL_SECONDS = 0.1

if sys.platform == "win32":
    import msvcrt

    def take(file, exclusive: bool) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def take(file, exclusive: bool) -> bool:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class Lock:
    """Held until the `with` block ends, or the process does. On Windows a lock is always exclusive."""

    def __init__(self, path: Path):
        self._path = path

    def __enter__(self) -> "Lock":
        self._file = self._path.open("a+b")
        return self

    def __exit__(self, *_) -> None:
        self._file.close()

    def try_exclusive(self) -> bool:
        return take(self._file, exclusive=True)

    def exclusive(self) -> None:
        self._wait(exclusive=True)

    def shared(self) -> None:
        self._wait(exclusive=False)

    def _wait(self, exclusive: bool) -> None:
        while not take(self._file, exclusive):
            time.sleep(POLL_SECONDS)
