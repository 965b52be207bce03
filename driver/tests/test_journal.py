"""The driver's reading of a journal, against the C header that owns the format."""

import subprocess
from pathlib import Path

import pytest
import standins.toy as toy

from exchain import journal
from exchain.journal import State

HARNESS = Path(__file__).parents[2] / "harness"

PROGRAM = """
#include <stdio.h>
#include "trace/journal.h"
#define SHOW(place) printf("%zu ", (size_t)(place))
int main(void) {
    SHOW(offsetof(struct journal_header, event_bytes)); SHOW(offsetof(struct journal_header, used));
    SHOW(offsetof(struct journal_header, runs)); SHOW(offsetof(struct journal_header, progress));
    SHOW(offsetof(struct journal_header, finished)); SHOW(offsetof(struct journal_header, current));
    SHOW(offsetof(struct journal_header, stop)); SHOW(offsetof(struct journal_header, went_on));
    SHOW(offsetof(struct journal_run, said)); SHOW(sizeof(struct journal_said));
    SHOW(offsetof(struct journal_run, index)); SHOW(offsetof(struct journal_run, state));
    SHOW(sizeof(struct journal_run)); SHOW(JOURNAL_HEADER_BYTES); SHOW(JOURNAL_BYTES);
    SHOW(JOURNAL_RUNNING); SHOW(JOURNAL_ENDED); SHOW(JOURNAL_STOPPED); SHOW(JOURNAL_TOO_LONG); SHOW(JOURNAL_NO_THUNKS);
    SHOW(JOURNAL_REFUSED);
    printf("%s", JOURNAL_MAGIC);
    return 0;
}
"""


def test_the_format_is_that_of_the_c_header(tmp_path):
    source, program = tmp_path / "show.c", tmp_path / "show"
    source.write_text(PROGRAM)
    subprocess.run(["cc", "-I", HARNESS, "-o", program, source], check=True)
    *numbers, magic = subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()
    assert list(map(int, numbers)) == [
        8, 12, 16, 20, 24, 28, journal.HEADER.size, journal.HEADER_BYTES - journal.TAIL.size, 28, toy.SAID.size, 0, 4, journal.RUN.size, journal.HEADER_BYTES, journal.FILE_BYTES, *State
    ]
    assert magic.encode() == journal.MAGIC


def test_what_a_journal_says(tmp_path):
    path = tmp_path / "a.journal"
    written = toy.Journal(str(path))
    assert journal.read(path) == journal.Journal(0, 0, False, -1, None)
    written.begin(7)
    written.event("t1 enter")
    found = journal.read(path)
    assert (found.runs, found.finished, found.index, found.state) == (1, False, 7, State.RUNNING)
    written.state(toy.STOPPED)
    written.begin(9)
    written.state(toy.ENDED)
    written.finished = 1
    written.move()
    after = journal.read(path)
    assert (after.runs, after.finished, after.index, after.state) == (2, True, 9, State.ENDED)
    assert after.progress > found.progress and after.went_on == 0


def test_a_journal_of_a_process_that_went_on(tmp_path):
    path = tmp_path / "a.journal"
    written = toy.Journal(str(path))
    for index in (3, 4):
        written.begin(index)
        written.event("t1 stop V1")
        written.report = b"the chain"
        written.go_on()
    found = journal.read(path)
    assert (found.runs, found.index, found.state, found.went_on) == (2, 4, State.STOPPED, 2)


@pytest.mark.parametrize("data", [b"", b"EXJRNL01", b"\0" * 8192, b"NOTAJRNL" + b"\0" * 8184])
def test_no_journal_yet(tmp_path, data):
    path = tmp_path / "a.journal"
    assert journal.read(path) is None
    path.write_bytes(data)
    assert journal.read(path) is None
