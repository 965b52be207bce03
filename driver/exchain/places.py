"""Where everything lies: the source tree, the build folder, the programs in it."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from .stops import MachineTrouble, WrongRequest

TARGETS = ("i386",)
FOREIGN_LEVELS = ("O2", "O0")


@dataclass(frozen=True)
class Places:
    root: Path
    build: Path
    target: str = "i386"

    @property
    def cases(self) -> Path:
        return self.root / "cases"

    @property
    def prebuilt(self) -> bool:
        """Nothing is built here: the binaries were, elsewhere. On Windows always."""
        return sys.platform == "win32" or bool(os.environ.get("EXCHAIN_PREBUILT"))

    @property
    def tool(self) -> Path:
        if sys.platform == "win32":
            return self.target_bin / "exchain-scenario.exe"
        return self.build / "host" / "bin" / "exchain-scenario"

    @property
    def target_bin(self) -> Path:
        return self.build / self.target / "bin"

    @property
    def executor(self) -> Path:
        return self.target_bin / "exchain-execute.exe"

    @property
    def attached(self) -> Path:
        """The debugger that passes everything on."""
        return self.target_bin / "exchain-attached.exe"

    @property
    def matrix(self) -> Path:
        return self.root / "ci" / "matrix.json"

    @property
    def explorer(self) -> Path:
        return self.target_bin / "exchain-explore.exe"

    @property
    def explored(self) -> Path:
        """What exploring found, where nobody names another file."""
        return self.build / "explored.sqlite"

    @property
    def wine_prefix(self) -> Path:
        return self.build / "wine" / f"{self.target}-prefix"

    @property
    def wine_environment(self) -> Path:
        return self.root / "ci" / "wine.env"

    @property
    def logs(self) -> Path:
        return self.build / "log"

    def foreign(self, level: str) -> Path:
        return self.target_bin / f"exchain-foreign-{level}.dll"

    def mutant(self, slug: str) -> Path:
        return self.target_bin / f"exchain-mutant-{slug}.dll"

    def runtime(self, name: str) -> Path:
        """The adapter of a runtime under test. Known after the build only, because the build says which there are."""
        library = self.target_bin / f"exchain-{name}.dll"
        if not library.exists() or name not in self.runtimes():
            known = ", ".join(self.runtimes()) or "none is built yet"
            raise WrongRequest(f"there is no runtime {name!r} (there is: {known})")
        return library

    def runtimes(self) -> list[str]:
        names = (file.stem.removeprefix("exchain-") for file in self.target_bin.glob("exchain-*.dll"))
        return sorted(name for name in names if not name.startswith(("foreign-", "mutant-")))

    def case_binary(self, case_file: Path) -> Path | None:
        """The binary of cases/AREA/NAME.txt; a text from anywhere else has none."""
        try:
            name = case_file.resolve().relative_to(self.cases.resolve()).with_suffix("")
        except ValueError:
            return None
        return self.target_bin / "cases" / ("--".join(name.parts) + ".exe")

    def shown(self, path: Path) -> str:
        """A path as the user knows it: from the root of the project when it lies there."""
        try:
            return path.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            return str(path)


def find(target: str = "i386") -> Places:
    if target not in TARGETS:
        raise WrongRequest(f"there is no target {target!r} (there is: {', '.join(TARGETS)})")
    root = find_root()
    return Places(root, Path(os.environ.get("EXCHAIN_BUILD") or root / "build").absolute(), target)


def find_root() -> Path:
    """The source tree that this package is part of, or else the one around the current folder."""
    here = Path.cwd()
    for folder in (Path(__file__).resolve().parents[2], here, *here.parents):
        if (folder / "CMakePresets.json").exists() and (folder / "harness").is_dir():
            return folder
    raise MachineTrouble(f"exchain's source tree is neither around this package nor around {here}")
