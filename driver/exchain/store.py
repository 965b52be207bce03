"""What exploring found, in one SQLite file: runs, shards, failures, groups, coverage.

One transaction a shard: its range, its failures and what it adds to the coverage are there together or not at all. So whoever is killed loses the shards that
were under way, nothing that was said, and a resumed run does those shards again and counts nothing twice.
"""

import contextlib
import json
import sqlite3
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .stops import MachineTrouble, WrongRequest

APPLICATION = 0x45584348  # "EXCH"
VERSION = 4  # of the tables, and of the order of the spaces that their numbers are of
HEADER = b"SQLite format 3\0"
HEADER_BYTES, USER_VERSION_AT, APPLICATION_ID_AT = 100, 60, 68  # sqlite.org/fileformat.html: the database header
NUMBER = struct.Struct(">I")
BUSY_SECONDS = 30

SCHEMA = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    request TEXT NOT NULL,             -- what was asked for, as JSON: whoever resumes must ask the same
    total INTEGER NOT NULL,            -- numbers 0 .. total - 1
    begun TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    seconds REAL NOT NULL DEFAULT 0,   -- of all who worked on it
    finished INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE shards (
    run INTEGER NOT NULL REFERENCES runs,
    first INTEGER NOT NULL,
    done INTEGER NOT NULL,             -- numbers first .. first + done - 1 were run
    operations INTEGER NOT NULL,
    faults INTEGER NOT NULL,
    seconds REAL NOT NULL,             -- of its worker
    PRIMARY KEY (run, first)
);
CREATE TABLE failures (
    run INTEGER NOT NULL REFERENCES runs,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    verdict TEXT NOT NULL,
    rule TEXT,                         -- or the stop's name
    place TEXT NOT NULL,               -- the operation that it was found at
    outcome TEXT, expected TEXT, reason TEXT NOT NULL,
    alone TEXT NOT NULL,               -- verdicts of its runs alone, in words
    prefix INTEGER,                    -- found in company only: the first number of a row of texts that shows it, of a space the shortest
    company TEXT,                      -- of random texts: the shortest row that shows it in the batch executor too, a text a line
    shape INTEGER,                     -- its group
    PRIMARY KEY (run, number)
);
CREATE TABLE groups (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs,
    verdict TEXT NOT NULL, rule TEXT, place TEXT NOT NULL,
    text TEXT NOT NULL,                -- from which nothing can be taken away
    nearest TEXT, differs TEXT         -- the nearest text that passes, and in what it differs
);
CREATE TABLE coverage (
    run INTEGER NOT NULL REFERENCES runs,
    kind TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (run, kind, name)
);
"""


@dataclass(frozen=True)
class Failure:
    number: int
    text: str
    verdict: str
    rule: str | None
    place: str
    outcome: str | None
    expected: str | None
    reason: str
    alone: tuple[str, ...] = ()
    prefix: int | None = None
    company: str | None = None
    group: int | None = None

    @property
    def only_in_company(self) -> bool:
        return bool(self.alone) and all(verdict == "PASS" for verdict in self.alone)

    @property
    def kind(self) -> tuple[str, str | None, str]:
        return self.verdict, self.rule, self.place


@dataclass(frozen=True)
class Group:
    id: int
    verdict: str
    rule: str | None
    place: str
    text: str
    nearest: str | None
    differs: str | None

    @property
    def kind(self) -> tuple[str, str | None, str]:
        return self.verdict, self.rule, self.place


@dataclass(frozen=True)
class Shard:
    first: int
    done: int
    operations: int
    faults: int
    seconds: float


class Store:
    """Opened by one exploring driver; several may share a file."""

    def __init__(self, path: Path):
        self.path = path
        check(path)
        with self.trouble():
            self.base = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            if not path.stat().st_size:
                with self.transaction():
                    for statement in SCHEMA.split(";"):
                        self.base.execute(statement)
                    self.base.execute(f"PRAGMA application_id = {APPLICATION}")
                    self.base.execute(f"PRAGMA user_version = {VERSION}")

    def close(self) -> None:
        self.base.close()

    @contextlib.contextmanager
    def trouble(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise MachineTrouble(f"{self.path}: {error}") from None

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        with self.trouble():
            self.base.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.base.execute("ROLLBACK")
                raise
            self.base.execute("COMMIT")

    # Runs.

    def begin(self, request: dict, total: int) -> int:
        with self.transaction():
            return self.base.execute("INSERT INTO runs (request, total) VALUES (?, ?)", (canonical(request), total)).lastrowid

    def unfinished(self) -> tuple[int, dict] | None:
        """The last run that did not come to its end, and what it was asked for."""
        with self.trouble():
            row = self.base.execute("SELECT id, request FROM runs WHERE NOT finished ORDER BY id DESC LIMIT 1").fetchone()
        return row and (row[0], json.loads(row[1]))

    def spent(self, run: int, seconds: float, finished: bool) -> None:
        with self.transaction():
            self.base.execute("UPDATE runs SET seconds = seconds + ?, finished = ? WHERE id = ?", (seconds, finished, run))

    def seconds(self, run: int) -> float:
        with self.trouble():
            return self.base.execute("SELECT seconds FROM runs WHERE id = ?", (run,)).fetchone()[0]

    # Shards.

    def keep(self, run: int, shard: Shard, failures: Iterable[Failure], coverage: Iterable[tuple[str, str, int]], seconds: float = 0.0) -> None:
        with self.transaction():
            self.base.execute("INSERT INTO shards VALUES (?, ?, ?, ?, ?, ?)", (run, shard.first, shard.done, shard.operations, shard.faults, shard.seconds))
            self.base.executemany(
                "INSERT INTO failures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                [(run, one.number, one.text, one.verdict, one.rule, one.place, one.outcome, one.expected, one.reason, json.dumps(one.alone), one.prefix, one.company) for one in failures],
            )
            self.base.executemany(
                "INSERT INTO coverage VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
                [(run, kind, name, count) for kind, name, count in coverage],
            )
            self.base.execute("UPDATE runs SET seconds = seconds + ? WHERE id = ?", (seconds, run))

    def left(self, run: int, total: int) -> list[tuple[int, int]]:
        """What was not run yet, as (first, count)."""
        ranges, at = [], 0
        with self.trouble():
            shards = self.base.execute("SELECT first, done FROM shards WHERE run = ? ORDER BY first", (run,)).fetchall()
        for first, done in shards:
            if first > at:
                ranges.append((at, first - at))
            at = max(at, first + done)
        return [*ranges, (at, total - at)] if at < total else ranges

    def sums(self, run: int) -> Shard:
        with self.trouble():
            row = self.base.execute("SELECT 0, TOTAL(done), TOTAL(operations), TOTAL(faults), TOTAL(seconds) FROM shards WHERE run = ?", (run,)).fetchone()
        return Shard(0, *map(int, row[1:4]), row[4])

    def coverage(self, run: int) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        with self.trouble():
            for kind, name, count in self.base.execute("SELECT kind, name, count FROM coverage WHERE run = ? ORDER BY kind, name", (run,)):
                found.setdefault(kind, {})[name] = count
        return found

    # Failures and groups.

    def failures(self, run: int) -> list[Failure]:
        with self.trouble():
            rows = self.base.execute(
                "SELECT number, text, verdict, rule, place, outcome, expected, reason, alone, prefix, company, shape FROM failures WHERE run = ? ORDER BY number", (run,)
            ).fetchall()
        return [Failure(*row[:8], tuple(json.loads(row[8])), *row[9:]) for row in rows]

    def groups(self, run: int) -> list[Group]:
        with self.trouble():
            rows = self.base.execute("SELECT id, verdict, rule, place, text, nearest, differs FROM groups WHERE run = ? ORDER BY id", (run,)).fetchall()
        return [Group(*row) for row in rows]

    def add_group(self, run: int, failure: Failure, text: str, nearest: str | None, differs: str | None) -> Group:
        with self.transaction():
            added = self.base.execute(
                "INSERT INTO groups (run, verdict, rule, place, text, nearest, differs) VALUES (?, ?, ?, ?, ?, ?, ?)", (run, *failure.kind, text, nearest, differs)
            ).lastrowid
            self.base.execute("UPDATE failures SET shape = ? WHERE run = ? AND number = ?", (added, run, failure.number))
        return Group(added, *failure.kind, text, nearest, differs)

    def join_group(self, run: int, failure: Failure, group: Group) -> None:
        with self.transaction():
            self.base.execute("UPDATE failures SET shape = ? WHERE run = ? AND number = ?", (group.id, run, failure.number))


def canonical(request: dict) -> str:
    return json.dumps(request, sort_keys=True)


def check(path: Path) -> None:
    """A file that is somebody else's or damaged is refused, and not written to."""
    if path.is_dir() or not path.parent.is_dir():
        raise WrongRequest(f"{path}: {'that is a folder' if path.is_dir() else 'there is no such folder'}, so it cannot hold what exploring finds")
    if not path.exists() or not path.stat().st_size:
        return
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
    if not head.startswith(HEADER):
        raise WrongRequest(f"{path} is no SQLite file: name another with --store")
    if len(head) == HEADER_BYTES:
        (version,), (application,) = NUMBER.unpack_from(head, USER_VERSION_AT), NUMBER.unpack_from(head, APPLICATION_ID_AT)
        if application != APPLICATION:
            raise WrongRequest(f"{path} is an SQLite file of another program's: name another with --store")
        if version != VERSION:
            raise WrongRequest(f"{path} was written by another version of exchain (its format is {version}, ours {VERSION}): name another with --store, or move this one away")
    # Whoever was killed in the middle of a transaction left a journal, and it is ours to take back what that one had begun.
    was_killed = path.with_name(path.name + "-journal").exists()
    try:
        base = sqlite3.connect(f"{path.absolute().as_uri()}?mode={'rw' if was_killed else 'ro'}", uri=True, timeout=BUSY_SECONDS)
        try:
            (said,) = base.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            base.close()
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        raise WrongRequest(f"{path} is damaged ({said.splitlines()[0]}): name another with --store")
