"""The driver of exchain: it builds, starts Wine (or runs natively), shows, stores and reports. It parses no scenario itself.

A command is a row of stages, a file each, in the order in which the data flows:

    cases -> build -> tool (print, model) -> launcher -> execute, binaries -> judging -> report, document

`campaign` puts the middle ones together for `run`, `repro`, `mutants` and the pytest plugin; `cli` is the command line.
"""

__version__ = "0.1.0"
