"""Every way in which a command ends early, with its exit status. `cli.main` prints the message and nothing else."""

import enum


class Status(enum.IntEnum):
    AS_EXPECTED = 0
    NOT_AS_EXPECTED = 1
    WRONG_REQUEST = 2
    MACHINE_TROUBLE = 3


class Stop(Exception):
    """The message is for the user: the first line says what is the matter, further lines show where."""

    status: Status


class Broken(Stop):
    """The sources that the user is working on do not build."""

    status = Status.NOT_AS_EXPECTED


class WrongRequest(Stop):
    """What was asked for does not exist or does not parse."""

    status = Status.WRONG_REQUEST


class MachineTrouble(Stop):
    """Neither the user nor the runtime under test is to blame: a tool is missing, a disk is full, Wine does not start."""

    status = Status.MACHINE_TROUBLE


class NeverRan(MachineTrouble):
    """A program started and was gone before its first text: a mutant may be as broken as that."""


class Interrupted(MachineTrouble):
    """The user or the system told us to stop."""


class OutputClosed(MachineTrouble):
    """Whoever read our output has left."""
