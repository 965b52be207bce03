"""A whole project in a folder of its own, with stand-ins for cmake, the host tool, the executor and the case binaries."""

import json
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from exchain.places import Places

HERE = Path(__file__).parent


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable} -S\nimport sys\nsys.path.insert(0, {str(HERE)!r})\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@dataclass
class Project:
    root: Path

    @property
    def places(self) -> Places:
        return Places(self.root, self.root / "build")

    def case(self, name: str, text: str) -> Path:
        """A case file and its own binary."""
        area, _, stem = name.partition("/")
        file = self.root / "cases" / area / f"{stem}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        canonical = " ".join(" ".join(line.split("#")[0] for line in text.splitlines()).split())
        script(self.places.target_bin / "cases" / f"{area}--{stem}.exe", f"import executor\nexecutor.main(sys.argv[1:], {canonical!r})")
        return file

    def runtime(self, **told) -> None:
        """How the reference runtime behaves."""
        self.library("reference", **told)

    def mutant(self, slug: str, head: str, **told) -> None:
        folder = self.root / "cases" / "mutants"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{slug}.patch").write_text(head + "\n--- a/runtime/x.c\n+++ b/runtime/x.c\nRule: not in the head\n")
        self.library(f"mutant-{slug}", **told)

    def library(self, name: str, **told) -> None:
        (self.places.target_bin / f"exchain-{name}.dll").write_text(json.dumps(told))

    def cmake(self, **told) -> None:
        (self.root / "cmake.json").write_text(json.dumps(told))


def lay_out(root: Path) -> Project:
    project = Project(root)
    (root / "harness").mkdir(parents=True)
    (root / "ci").mkdir()
    (root / "harness" / "trace").mkdir()
    (root / "harness" / "trace" / "branches.def").write_text('\nBRANCH(SEARCH, "search", "the next record is asked", "")\n')
    (root / "CMakePresets.json").write_text("{}")
    (root / "ci" / "wine.env").write_text("# of the stand-ins\nWINEDEBUG=-all\nDISPLAY=\n")
    script(project.places.tool, "import runpy\nrunpy.run_module('scenario_tool', run_name='__main__')")
    script(project.places.executor, "import executor\nexecutor.main(sys.argv[1:])")
    script(project.places.attached, "import os\nos.environ['ATTACHED'] = '1'\nos.execv(sys.argv[1], sys.argv[1:])")
    (root / "ci" / "matrix.json").write_text((HERE.parents[2] / "ci" / "matrix.json").read_text())
    for name in ("reference", "foreign-O2", "foreign-O0"):
        project.library(name)
    project.cmake()
    script(root / "path" / "cmake", "import runpy\nrunpy.run_module('cmake', run_name='__main__')")
    return project


def path_with(project: Project) -> str:
    return f"{project.root / 'path'}{os.pathsep}{os.environ['PATH']}"
