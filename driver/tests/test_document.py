"""The JSON of every command, against the schema that the contract states."""

import json
import types
import typing

import pytest
import standins

from exchain.document import Document, Failure
from exchain.verdicts import Verdict

LONG = "call { seh pass { back { check } } }"


def conforms(value, hint) -> bool:
    """Whether a value is of a type made of TypedDict, dict, list, unions and plain types."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if typing.is_typeddict(hint):
        hints = typing.get_type_hints(hint)
        return isinstance(value, dict) and hints.keys() <= value.keys() and all(conforms(value[key], kind) for key, kind in hints.items())
    if origin is list:
        return isinstance(value, list) and all(conforms(one, arguments[0]) for one in value)
    if origin is dict:
        return isinstance(value, dict) and all(conforms(key, arguments[0]) and conforms(one, arguments[1]) for key, one in value.items())
    if origin is types.UnionType:
        return any(conforms(value, kind) for kind in arguments)
    return type(value) is hint


@pytest.fixture
def said(project, exchain):
    """Runs a command; gives its exit status and its document, which must keep the schema, whatever it says."""

    def run(command, *words):
        status, out, _ = exchain(command, *words, "--json", "-")
        document = json.loads(out)
        assert conforms(document, Document)
        assert document["schema"] == "exchain-1" and document["command"] == command
        assert document["counts"].keys() == {verdict.word for verdict in Verdict}
        assert document["verdict"] == ("pass" if status == 0 else "fail")
        assert all(one["verdict"] in document["counts"] for one in document["failures"])
        assert all(one["repro"].startswith("./exchain ") for one in document["failures"] if command in ("run", "repro"))
        return status, document

    return run


def test_the_checker_itself():
    failure = {"text": "", "verdict": "", "outcome": None, "expected": "ok", "rule": None, "repro": ""}
    assert conforms(failure, Failure)
    assert not conforms({**failure, "repro": None}, Failure)
    assert not conforms({"text": ""}, Failure)
    assert not conforms({"PASS": True}, dict[str, int])


def test_run(project, said):
    project.case("a/check", "check")
    project.case("a/long", LONG)
    assert said("run")[1]["counts"]["PASS"] == 6
    project.runtime(behaviour={LONG: "stop V1"})
    status, document = said("run")
    assert status == 1 and document["counts"] | {"PASS": 3, "VIOLATION": 3} == document["counts"]
    failure = document["failures"][0]
    assert {key: failure[key] for key in ("text", "verdict", "outcome", "expected", "rule", "repro")} == {
        "text": LONG, "verdict": "VIOLATION", "outcome": "violation V1", "expected": "ok", "rule": "V1", "repro": f"./exchain repro '{LONG}'",
    }
    assert (failure["way"], failure["alone"], failure["only_in_company"]) == ("batch-O2", "VIOLATION", False)


def test_run_that_collects_nothing(project, said):
    assert said("run") [0] == 1


def test_repro(project, said):
    status, document = said("repro", LONG)
    assert status == 0 and (document["outcome"], document["expected"]) == ("ok", "ok")
    assert document["trace"] == document["expected_trace"] and document["trace"][-1] == "t1 end ok"
    project.runtime(behaviour={LONG: "only-O0 stop V1"})
    assert said("repro", LONG)[0] == 0
    status, document = said("repro", LONG, "--foreign", "both")
    assert (status, document["outcome"], document["expected"], document["difference"]) == (1, "violation V1", "ok", 5)
    assert document["trace"][-1] == "t1 stop V1" and "dead: below esp" in document["report"]


def test_model(project, said):
    status, document = said("model", "panic 1")
    assert (status, document["outcome"], document["trace"][-1]) == (0, "panic 1", "t1 end panic 1")
    assert said("model", "repeat 70000 { check }")[0] == 1
    assert said("model", project.case("a/wrong", "check #= wrong"))[0] == 1


def test_mutants(project, said):
    project.case("a/long", LONG)
    project.mutant("one", "Rule: V1", behaviour={LONG: "stop V1"})
    project.mutant("two", "Rule: V1")
    status, document = said("mutants")
    assert status == 1 and document["mutants"]["one"]["killed_by"] == LONG and document["mutants"]["two"]["killed_by"] is None
    assert said("mutants", "one")[0] == 0
    project.mutant("three", "Rule: V1", before_the_first=True)
    assert said("mutants", "three")[0] == 1


def test_bench(project, said):
    assert said("bench")[0] == 1
    standins.script(project.places.target_bin / "bench" / "call.exe", """print('{"name": "call", "ns": 4.0, "floor_ns": null}')""")
    status, document = said("bench")
    assert status == 0 and document["rows"] == [{"name": "call", "ns": 4.0, "peer_ns": None, "floor_ns": None, "ratio": None}]


def test_everything_else_goes_to_standard_error(project, exchain):
    project.runtime(behaviour={"check": "stop V1"})
    status, out, err = exchain("run", "check", "--json", "-")
    assert json.loads(out) and "VIOLATION check" in err


def test_a_file(project, exchain, tmp_path):
    status, out, _ = exchain("run", "check", "--json", tmp_path / "a.json")
    assert status == 0 and "passed" in out
    assert json.loads((tmp_path / "a.json").read_text())["verdict"] == "pass"


@pytest.mark.parametrize("command", [["run", "check"], ["repro", "check"], ["model", "check"], ["mutants"], ["bench"], ["test"]])
def test_a_file_that_cannot_be_is_told_before_anything_runs(project, exchain, command):
    status, _, err = exchain(*command, "--json", "none/a.json")
    assert (status, err) == (2, "exchain: --json none/a.json: there is no such folder\n")
    assert exchain(*command, "--json", project.root)[0] == 2
    assert not (project.root / "cmake.calls").exists()
