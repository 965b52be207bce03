"""ci/mutants in a small project of its own: patches that fit, that moved, that can be merged, that cannot."""

import subprocess
from pathlib import Path

import pytest

MUTANTS = Path(__file__).resolve().parents[1] / "mutants"
HEAD = "It forgets.\n\nSource: nobody/nothing#1\nRule: V1\n\n"
LINES = [f"line {number}" for number in range(1, 13)]


class Project:
    """A repository with one runtime file, runtime/a.c, and what ci/mutants says there."""

    def __init__(self, root: Path):
        self.root = root
        (root / "cases" / "mutants").mkdir(parents=True)
        (root / "runtime" / "tests").mkdir(parents=True)
        self.git("init", "-q")
        self.write(LINES)
        self.commit()

    def git(self, *words):
        subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@x", *words], cwd=self.root, check=True, stdout=subprocess.DEVNULL)

    def commit(self):
        self.git("add", "-A", "--", "runtime", "cases")
        self.git("commit", "-q", "--allow-empty", "-m", "x")

    def write(self, lines, name="a.c"):
        (self.root / "runtime" / name).write_text("\n".join(lines) + "\n")

    def patch(self, slug="one") -> Path:
        return self.root / "cases" / "mutants" / f"{slug}.patch"

    def opened(self, slug="one", name="a.c") -> Path:
        return self.root / "build" / "mutants-by-hand" / slug / "runtime" / name

    def run(self, *words):
        done = subprocess.run([MUTANTS, *words], cwd=self.root, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def mutant(self, slug="one", line=6):
        """Takes one line out."""
        assert self.run("open", slug)[0] == 0
        self.opened(slug).write_text(self.opened(slug).read_text().replace(f"line {line}\n", ""))
        self.patch(slug).write_text(HEAD)
        assert self.run("take", slug) == (0, f"{slug}: taken\n")
        self.commit()

    def fits(self, slug="one") -> bool:
        command = ["patch", "--dry-run", "--fuzz=0", "-p1", "--input", self.patch(slug)]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True)
        return done.returncode == 0 and "offset" not in done.stdout


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def test_a_mutant_is_written_as_code(project):
    project.mutant()
    assert project.patch().read_text().startswith(HEAD + "--- a/runtime/a.c\n+++ b/runtime/a.c\n@@ ")
    assert project.fits() and "\n-line 6\n" in project.patch().read_text()
    assert not project.opened().exists()


def test_a_patch_that_fits_is_left_alone(project):
    project.mutant()
    before = project.patch().read_bytes()
    assert project.run("refresh") == (0, "1 of 1 patches fit the runtime\n")
    assert project.patch().read_bytes() == before


@pytest.mark.parametrize("lines", [["new"] * 5 + LINES, [*LINES[:3], "new", *LINES[4:]], LINES[:8], [*LINES[:6], "line 6b", *LINES[7:]]],
                         ids=["moved", "context-before", "end-gone", "next-line"])
def test_a_patch_is_carried_over(project, lines):
    project.mutant()
    project.write(lines)
    if "new" in lines:  # the merge finds what it needs in the history as well
        project.commit()
        project.commit()
    status, said = project.run("refresh")
    assert status == 0 and "refreshed" in said and said.endswith("1 of 1 patches fit the runtime\n")
    assert project.fits() and project.patch().read_text().startswith(HEAD)
    changed = [line for line in project.patch().read_text().splitlines() if line.startswith(("+", "-")) and not line.startswith(("---", "+++"))]
    assert changed == ["-line 6"] and ("look whether" in said) == ("line 6b" in lines)
    assert project.run("refresh")[1] == "1 of 1 patches fit the runtime\n"


def test_a_line_that_the_mutant_changes_has_changed(project):
    project.mutant()
    project.mutant("two", 11)
    project.write([*LINES[:5], "line six", *LINES[6:]])
    before = project.patch().read_bytes()
    status, said = project.run("refresh")
    assert status == 1 and "runtime/a.c changed where the mutant changes it" in said and "1 of 2 patches fit" in said
    assert project.patch().read_bytes() == before
    assert project.run("refresh", "two")[0] == 0

    status, said = project.run("open", "one")
    assert status == 0 and "<<<<<<< the runtime" in project.opened().read_text()
    status, said = project.run("take", "one")
    assert status == 2 and "still has conflict marks" in said
    project.opened().write_text("\n".join([*LINES[:5], *LINES[6:]]) + "\n")
    assert project.run("take", "one")[0] == 0
    assert project.fits() and "\n-line six\n" in project.patch().read_text()


def test_a_runtime_that_does_it_by_itself(project):
    project.mutant()
    project.write([*LINES[:5], *LINES[6:]])
    status, said = project.run("refresh")
    assert status == 1 and "the runtime does what the mutant does already" in said


def test_a_file_that_is_gone_and_a_patch_from_nowhere(project):
    project.mutant()
    project.write(LINES, "b.c")
    (project.root / "runtime" / "a.c").unlink()
    assert "runtime/a.c is gone" in project.run("refresh")[1]
    project.write(LINES)
    project.patch().write_text(project.patch().read_text().replace("-line 6", "-line 66"))
    assert "no runtime in this branch's history fits it" in project.run("refresh")[1]


def test_a_mutant_may_bring_a_file(project):
    assert project.run("open", "one")[0] == 0
    project.opened().write_text("\n".join(["line 0", *LINES]) + "\n")
    project.opened(name="new.h").write_text("new\n")
    assert project.run("take", "one")[0] == 0
    project.commit()
    project.write([*LINES, "last"])
    assert project.run("refresh") == (0, "1 of 1 patches fit the runtime\n")
    assert project.run("open", "one")[0] == 0 and project.opened(name="new.h").read_text() == "new\n"


@pytest.mark.parametrize("words, said", [
    (["refresh", "nobody"], "there is no mutant 'nobody'"),
    (["take", "nobody"], "there is no mutant 'nobody'"),
    (["open", "No Body"], "a mutant's name is made of"),
    (["open"], "open which mutant?"),
])
def test_what_people_can_do_wrong(project, words, said):
    status, out = project.run(*words)
    assert status == 2 and said in out


def test_taking_what_was_not_opened_or_not_changed(project):
    project.mutant()
    assert project.run("take", "one") == (2, "ci/mutants: one is not open: ci/mutants open one\n")
    assert project.run("open", "two")[0] == 0
    assert "nothing was changed in build/mutants-by-hand/two/runtime" in project.run("take", "two")[1]
