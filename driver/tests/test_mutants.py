"""The kill matrix: who is killed, by what, and what does not count."""

import json

import pytest

from exchain import mutants as breaking
from exchain.mutants import parse_head, read, slugs
from exchain.stops import WrongRequest

LONG = "call { seh pass { back { check } } }"
WHY = "# It shows something of its own.\n"


@pytest.fixture
def matrix(project, exchain):
    """Three cases, and the command's exit status and its JSON for them."""
    project.case("a/long", WHY + LONG)
    project.case("b/panic", WHY + "panic 1")
    project.case("c/check", WHY + "check")

    def run(*words) -> tuple[int, dict]:
        status, out, _ = exchain("mutants", "--json", "-", *words)
        return status, json.loads(out)

    return run


def test_a_head_is_read_up_to_the_patch():
    mutant = parse_head("x", "Recover forgets.\nSource: golang/go#7470\nRule: V1, V2\nText: check\nMore.\n--- a/x\nRule: V9\n", "x.patch")
    assert (mutant.source, mutant.rules, mutant.text) == ("golang/go#7470", ("V1", "V2"), "check")
    assert mutant.story == "Recover forgets.\nMore."


def test_a_head_without_a_rule_is_wrong(project):
    project.mutant("none", "A story")
    with pytest.raises(WrongRequest, match="cases/mutants/none.patch: its head has no line 'Rule:"):
        read(project.places, "none")


def test_an_unknown_mutant_names_the_possible_ones(project, exchain):
    project.mutant("one", "Rule: V1")
    project.mutant("two", "Rule: V1")
    assert slugs(project.places) == ["one", "two"]
    for command in (["mutants", "x"], ["run", "check", "--mutant", "x"], ["repro", "check", "--mutant", "x"], ["explore", "--mutants", "--mutant", "x"]):
        status, _, err = exchain(*command)
        assert (status, err) == (2, "exchain: there is no mutant 'x' (there is: one, two)\n")


def test_the_shortest_text_that_kills_is_told(project, matrix):
    project.mutant("one", "Rule: V1", behaviour={LONG: "stop V1", "panic 1": "stop V1"})
    status, said = matrix()
    assert (status, said["verdict"], said["counts"]["PASS"]) == (0, "pass", 1)
    one = said["mutants"]["one"]
    assert (one["killed_by"], one["case"], one["rule"], one["verdict"]) == ("panic 1", "cases/b/panic.txt", "V1", "VIOLATION")
    assert one["repro"] == "./exchain repro --mutant one 'panic 1'"


@pytest.mark.parametrize(
    "rule, behaviour",
    [("V1", "stop V1"), ("v1", "stop V1"), ("SEH_RECORD_LEFT_BEHIND", "stop E102"), ("0xE102", "stop E102"), ("0x0000E102", "stop E102"),
     ("CRASH", "die"), ("FAIL", "wrong"), ("VACUOUS", "vacuous"), ("V9, V1", "stop V1")],
)
def test_a_head_may_name_a_rule_a_stop_or_a_verdict(project, matrix, rule, behaviour):
    project.mutant("one", f"Rule: {rule}", behaviour={LONG: behaviour})
    assert matrix()[0] == 0


def test_a_mutant_that_survives_fails(project, matrix):
    project.mutant("one", "Rule: V1")
    status, said = matrix()
    assert (status, said["verdict"]) == (1, "fail")
    assert said["mutants"]["one"]["killed_by"] is None and said["mutants"]["one"]["note"] == "survived"
    assert said["failures"][0]["mutant"] == "one"


def test_a_kill_by_another_rule_does_not_count(project, matrix):
    project.mutant("one", "Rule: V2", behaviour={LONG: "stop V1"})
    status, said = matrix()
    assert (status, said["mutants"]["one"]["note"]) == (1, "killed by V1, expected V2")


@pytest.mark.parametrize("rule", ["V1", "HANG"])
def test_a_kill_by_hanging_does_not_count(project, matrix, rule):
    project.mutant("one", f"Rule: {rule}", behaviour={LONG: "hang"})
    status, said = matrix("--timeout", "1")
    assert (status, said["mutants"]["one"]["note"], said["counts"]["HANG"]) == (1, "killed by hanging only", 1)


def test_a_hang_does_not_hide_a_kill_behind_it(project, matrix):
    project.mutant("one", "Rule: V1", behaviour={"check": "hang", LONG: "stop V1"})
    assert matrix("--timeout", "1")[0] == 0


def test_a_kill_only_in_company_does_not_count(project, matrix):
    project.mutant("one", "Rule: V1", behaviour={LONG: "in-company stop V1"})
    status, said = matrix()
    assert (status, said["mutants"]["one"]["note"]) == (1, "killed only in company, not by a text alone")
    assert said["mutants"]["one"]["repro"].startswith("./exchain run --mutant one --foreign O2 --jobs 1 --list ")


def test_the_matrix_is_the_same_with_a_process_for_every_end(project, matrix):
    project.mutant("one", "Rule: V1", behaviour={LONG: "stop V1", "check": "stop E102", "panic 1": "die"})
    together, apart = matrix(), matrix("--apart")
    assert together == apart and [cell["rule"] for cell in together[1]["mutants"]["one"]["row"].values()] == ["SEH_RECORD_LEFT_BEHIND", "CRASH", "V1"]


def test_a_kill_that_only_a_process_that_went_on_sees_does_not_count(project, matrix):
    project.case("d/fault", WHY + "fault nil-read")  # ends a process, as predicted
    project.mutant("one", "Rule: V1", behaviour={LONG: "gone-on stop V1"})
    status, said = matrix()
    assert (status, said["mutants"]["one"]["note"]) == (1, "killed only in company, not by a text alone")
    assert matrix("--apart")[1]["mutants"]["one"]["note"] == "survived"


def test_a_text_of_the_head_is_run_too(project, matrix):
    project.mutant("one", "Rule: V1\nText: recover { panic }", behaviour={"recover { panic }": "stop V1"})
    status, said = matrix()
    assert (status, said["mutants"]["one"]["killed_by"]) == (0, "recover { panic }")


def test_a_mutant_is_tried_with_both_builds_of_the_foreign_frames(project, matrix):
    project.mutant("one", "Rule: V1", behaviour={LONG: "only-O0 stop V1"})
    status, said = matrix()
    assert (status, said["mutants"]["one"]["foreign"]) == (0, "O0")
    assert matrix("--foreign", "O2")[0] == 1


def test_what_the_reference_itself_fails_kills_nobody(project, matrix):
    project.runtime(behaviour={LONG: "stop V1"})
    project.mutant("one", "Rule: V1", behaviour={LONG: "stop V1"})
    status, said = matrix()
    assert status == 1 and said["mutants"]["one"]["killed_by"] is None
    assert LONG in [failure["text"] for failure in said["failures"]]


def test_a_mutant_that_does_not_get_to_its_first_text_is_no_kill(project, matrix):
    project.mutant("one", "Rule: V1", before_the_first=True)
    project.mutant("two", "Rule: V1", behaviour={LONG: "stop V1"})
    status, said = matrix()
    assert status == 1
    assert "before the first text" in said["mutants"]["one"]["note"] and said["mutants"]["two"]["killed_by"] == LONG


def test_the_matrix_has_every_case_that_noticed(project, matrix, exchain):
    project.mutant("all", "Rule: V1", behaviour={text: "stop V1" for text in (LONG, "panic 1", "check")})
    project.mutant("some", "Rule: CRASH", behaviour={LONG: "stop V1", "check": "die", "panic 1": "in-company stop V1"})
    project.mutant("single", "Rule: V1", behaviour={LONG: "stop V1"})
    status, said = matrix()
    assert status == 0 and said["cases"] == ["cases/a/long.txt", "cases/b/panic.txt", "cases/c/check.txt"]
    assert {slug: {case: cell["rule"] for case, cell in mutant["row"].items()} for slug, mutant in said["mutants"].items()} == {
        "all": {"cases/c/check.txt": "V1", "cases/b/panic.txt": "V1", "cases/a/long.txt": "V1"},
        "some": {"cases/c/check.txt": "CRASH", "cases/a/long.txt": "V1"},
        "single": {"cases/a/long.txt": "V1"},
    }
    assert said["mutants"]["some"]["row"]["cases/c/check.txt"] == {"verdict": "CRASH", "rule": "CRASH"}
    _, out, _ = exchain("mutants")
    lines = [line.split() for line in out.splitlines()]
    assert ["mutant", "killed", "by", "rule", "verdict", "cases", "how", "often", "by", "what"] in lines
    assert ["some", "cases/c/check.txt", "CRASH", "CRASH", "2", "CRASH", "1,", "V1", "1"] in lines
    assert ["mutant", "a", "1", "b", "1", "c", "1"] in lines and ["some", "1", "-", "1"] in lines
    assert "killed by every case: all" in out and "killed by cases/a/long.txt alone: single" in out
    assert "3 of 3 mutants killed by the rule in their head, each tried with 3 cases, in " in out


def test_all_cases_are_run_against_a_mutant_that_hangs_again_and_again(project, matrix, monkeypatch):
    monkeypatch.setattr(breaking, "HASTY_SECONDS", 0.3)
    for number in range(4):
        project.case(f"d/{number}", WHY + f"panic {number + 1}")
    project.mutant("one", "Rule: V1", behaviour={"check": "stop V1", LONG: "stop V1"} | {f"panic {number}": "hang" for number in range(1, 5)})
    status, said = matrix("--timeout", "1")
    one = said["mutants"]["one"]
    assert (status, one["note"]) == (0, "hung 5 times")
    assert [cell["verdict"] for cell in one["row"].values()] == ["VIOLATION", *["HANG"] * 5, "VIOLATION"]


@pytest.mark.parametrize("comment, status", [
    ("# Kills two.\n", 1),
    ("# Kills one.\n", 1),                                   # another case does as well
    ("", 1),
    ("# A case.\n", 1),
    ("# Kills one. The shortest way there is.\n", 0),
    ("# Kills one: the shortest way\n# that there is.\n", 0),
    ("# It is one more of these.\n", 1),                      # about a mutant, whatever it says
    ("#= outcome ok\n# It is the shortest way there is.\n", 1),
])
def test_a_case_that_is_not_needed_says_what_it_is_for(project, matrix, comment, status):
    project.case("c/check", comment + "check")
    project.mutant("one", "Rule: V1", behaviour={"check": "stop V1", LONG: "stop V1"})
    project.mutant("two", "Rule: V1", behaviour={LONG: "stop V1"})
    found, said = matrix()
    assert found == status and said["verdict"] == ("fail" if status else "pass")
    assert all(line.startswith("cases/c/check.txt: ") for line in said["disagreements"]) and bool(said["disagreements"]) == bool(status)
    claims = "cases/c/check.txt: its comment says that it kills two, which it does not"
    assert (claims in said["disagreements"]) == ("two" in comment)
    assert matrix("one")[0] == 0  # only the whole matrix can tell


def test_a_case_that_alone_kills_a_mutant_needs_no_other_reason(project, matrix):
    project.case("c/check", "check")
    project.mutant("one", "Rule: V1", behaviour={"check": "stop V1"})
    assert matrix()[0] == 0


def test_only_the_mutants_that_were_named(project, matrix):
    project.mutant("one", "Rule: V1", behaviour={LONG: "stop V1"})
    project.mutant("two", "Rule: V1")
    status, said = matrix("one")
    assert (status, list(said["mutants"])) == (0, ["one"])


def test_no_mutants_or_no_cases_fail(project, matrix, exchain):
    assert matrix()[0] == 1
    project.mutant("one", "Rule: V1")
    for file in project.places.cases.glob("?/*.txt"):
        file.unlink()
    status, out, _ = exchain("mutants")
    assert status == 1 and "nothing was collected" in out
