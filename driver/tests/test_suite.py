"""The test command: what counts as passed, and that nothing which ran nothing does."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import standins

from exchain import places as locating, suite
from exchain.suite import Section

JUNIT = '<testsuites><testsuite tests="{tests}" failures="{failures}" errors="0" skipped="{skipped}"/></testsuites>'


@pytest.fixture
def test_command(project, exchain, monkeypatch):
    """The command over sections, each a script of (tests, failures, skipped, exit status)."""

    def run(*told) -> tuple[int, str, dict]:
        def sections(places, environment, jobs):
            return [section(number, *numbers) for number, numbers in enumerate(told)]

        def section(number, tests, failures, skipped, status):
            junit, log = project.places.logs / f"{number}.xml", project.places.logs / f"{number}.log"
            text = JUNIT.format(tests=tests, failures=failures, skipped=skipped)
            body = f"print('words of', {number}); sys.exit({status})"
            if tests is not None:
                body = f"open({str(junit)!r}, 'w').write({text!r}); " + body
            return Section(f"section {number}", [str(standins.script(project.root / f"section-{number}", body))], junit, log, {})

        monkeypatch.setattr(suite, "sections", sections)
        status, out, _ = exchain("test", "--json", project.root / "test.json")
        return status, out, json.loads((project.root / "test.json").read_text())

    return run


def test_all_sections_are_summed_in_the_closing_line(test_command):
    status, out, document = test_command((3, 0, 0, 0), (5, 0, 1, 0))
    assert (status, out.splitlines()[-1], document["verdict"]) == (0, "7 passed, 0 failed, 1 skipped", "pass")
    assert (document["counts"]["PASS"], document["counts"]["SKIP"]) == (7, 1)


def test_a_failed_test_fails_and_shows_the_runners_words(test_command):
    status, out, document = test_command((3, 1, 0, 8), (5, 0, 0, 0))
    assert (status, out.splitlines()[-1], document["verdict"]) == (1, "7 passed, 1 failed", "fail")
    assert "  words of 0" in out and "words of 1" not in out
    assert [section["failed"] for section in document["sections"]] == [1, 0]


@pytest.mark.parametrize("ran_nothing", [(0, 0, 0, 0), (None, 0, 0, 0), (2, 0, 2, 0)])
def test_a_section_that_ran_nothing_fails(test_command, ran_nothing):
    status, out, _ = test_command((3, 0, 0, 0), ran_nothing)
    assert status == 1 and "section 1 ran nothing" in out
    assert out.splitlines()[-1].startswith("3 passed, 1 failed")


def test_a_runner_that_is_unhappy_without_a_failed_test_fails(test_command):
    status, out, _ = test_command((3, 0, 0, 2))
    assert status == 1 and "section 0 ended with status 2" in out


def test_a_result_of_an_earlier_run_does_not_count(project, test_command):
    test_command((3, 0, 0, 0))
    assert test_command((None, 0, 0, 0))[0] == 1


def test_wine_is_warm_before_a_runner_lends_it_a_pipe(project, test_command):
    executor = project.places.executor
    executor.write_text(executor.read_text().replace("import executor\n", f"open({str(project.root / 'warm')!r}, 'w').write(repr(sys.argv[1:])); sys.exit()\n"))
    test_command((3, 0, 0, 0))
    assert (project.root / "warm").read_text() == "['--help']"


def test_a_missing_runner(project, exchain, monkeypatch):
    gone = Section("gone", ["no-such-runner"], project.root / "x.xml", project.root / "x.log", {})
    monkeypatch.setattr(suite, "sections", lambda *_: [gone])
    assert exchain("test")[::2] == (3, "exchain: no-such-runner is missing (try: ./exchain setup)\n")


def test_the_real_sections(project):
    found = suite.sections(project.places, {"WINEPREFIX": "x"}, 2)
    assert [section.name for section in found] == ["ctest host", "ctest host-sanitized", "ctest i386", "pytest", "pytest alone"]
    assert found[2].environment == {"WINEPREFIX": "x"}
    assert len({file for section in found for file in (section.junit, section.log)}) == 2 * len(found)
    assert all(str(section.junit) in " ".join(section.command) for section in found)


def test_what_wants_the_machine_for_itself_is_run_once_and_behind_the_others():
    """Each section is asked what it would run: together all there is, none twice, and what is alone has no workers."""
    root = locating.find().root
    *_, beside, alone = suite.sections(locating.find(), {}, 2)
    of_beside, of_alone, of_all = (collected(root, options) for options in (options_of(beside), options_of(alone), []))
    assert of_beside and of_alone and not of_beside & of_alone and of_beside | of_alone == of_all
    assert "-n" not in alone.command and any("test_core_of_seven.py" in test for test in of_alone)


def options_of(section: Section) -> list[str]:
    words = section.command[section.command.index("-m", 2 + section.command.index("pytest")) :]
    return words[: words.index("-n")] if "-n" in words else words


def collected(root: Path, options: list[str]) -> set[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *(options or ["-m", ""]), "driver/tests"]
    said = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    return {line for line in said.splitlines() if "::" in line}
