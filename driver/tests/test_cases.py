"""Collecting: files, folders, texts and lists; and what is said when one of them is wrong."""

import pytest
from hypothesis import given, strategies as some

from exchain import cases
from exchain.cases import Case, caret, collect, predict, read_list
from exchain.stops import WrongRequest
from exchain.tool import Mistake, Tool


@pytest.fixture
def collected(project, tmp_path):
    def collect_here(*arguments):
        return collect([str(argument) for argument in arguments], project.places, Tool(project.places.tool), tmp_path)

    return collect_here


def test_a_file_a_folder_and_a_text_in_the_order_they_were_named(project, collected):
    project.case("panic/plain", "# why\npanic 7\n")
    project.case("seh/pass", "call { seh pass { back { check } } }")
    project.case("seh/catch", "call {\n  seh catch { raise 1 } # here\n}")
    found = collected("check", "cases/seh", project.root / "cases/panic/plain.txt")
    assert [(case.name, case.text) for case in found] == [
        ("check", "check"),
        ("cases/seh/catch.txt", "call { seh catch { raise 1 } }"),
        ("cases/seh/pass.txt", "call { seh pass { back { check } } }"),
        ("cases/panic/plain.txt", "panic 7"),
    ]
    assert found[0].file is None and found[1].file == project.root / "cases/seh/catch.txt"


def test_a_file_that_is_named_twice_counts_once(project, collected):
    project.case("seh/pass", "check")
    assert len(collected("cases/seh", "cases/seh/pass.txt", "./cases/seh")) == 1


def test_all_cases_are_the_text_files_but_not_cmakes(project):
    project.case("seh/pass", "check")
    (project.root / "cases" / "CMakeLists.txt").write_text("no case")
    (project.root / "cases" / "seh" / "notes.md").write_text("no case")
    assert [file.name for file in cases.case_files(project.places.cases)] == ["pass.txt"]


def test_what_is_neither_file_nor_folder_nor_text(collected):
    with pytest.raises(WrongRequest) as wrong:
        collected("panik")
    first, *rest = str(wrong.value).splitlines()
    assert "'panik' is neither a file nor a directory, and as a scenario it is wrong: 1:1: " in first
    assert rest == ["  panik", "  ^"]


@pytest.mark.parametrize("words", ["cases/panik.txt", "cases/nope", "panik.txt", "cases\\nope"])
def test_a_path_that_leads_nowhere_gets_one_line(collected, words):
    with pytest.raises(WrongRequest) as wrong:
        collected(words)
    assert str(wrong.value) == f"there is no file or folder {words!r}"


def test_no_words_are_a_text_and_not_the_current_folder(project, collected):
    project.case("seh/pass", "check")
    assert [case.text for case in collected("")] == [""]


def test_a_text_longer_than_a_file_name(collected):
    text = " ".join(["check"] * 2000)
    assert collected(text)[0].text == text


def test_every_wrong_file_is_told_with_line_column_and_caret(project, collected):
    project.case("seh/one", "check\ncall { paass }")
    project.case("seh/two", "check")
    project.case("seh/three", "}")
    with pytest.raises(WrongRequest) as wrong:
        collected("cases")
    said = str(wrong.value)
    assert "cases/seh/one.txt:2:8: there is no operation 'paass'" in said
    assert "  call { paass }\n         ^\n" in said
    assert "cases/seh/three.txt:1:1: " in said
    assert "two" not in said


def test_a_thousand_wrong_files_are_not_all_told(project, collected):
    for number in range(15):
        project.case(f"seh/wrong{number}", "wrong")
    with pytest.raises(WrongRequest, match=r"\.\.\. and 5 more"):
        collected("cases")


@pytest.mark.parametrize("column", [1, 30, 60, 200, 380, 400])
def test_of_a_long_line_the_part_around_the_mistake_is_shown(column):
    line = "".join(chr(ord("a") + place % 23) for place in range(400))
    shown, under = caret(line, Mistake(1, column, "x"))
    place = under.index("^")
    assert len(shown) < 120 and shown[place] == line[column - 1] and shown[place - 3 : place].strip(" .") in line[max(0, column - 4) : column]


@given(some.text(alphabet=some.characters(blacklist_categories=["Cs"]), max_size=300), some.integers(1, 5), some.integers(1, 400))
def test_a_caret_stands_under_its_character(text, line, column):
    lines = text.splitlines()
    shown, under = caret(text, Mistake(line, column, "x"))
    assert under.strip() == "^" and len(shown) < 120
    if line <= len(lines) and column <= len(lines[line - 1]):
        character = lines[line - 1][column - 1]
        assert (shown + " ")[under.index("^")] == (character if character.isprintable() else " ")


def test_a_list_skips_comments_and_knows_its_lines(project, tmp_path):
    file = tmp_path / "texts.list"
    file.write_text("# some\n\ncheck\n  panic 1\n")
    assert read_list(file, project.places) == [Case(f"{file}:3", "check"), Case(f"{file}:4", "panic 1")]


def test_predicting_makes_texts_canonical_and_names_the_line_of_a_mistake(project, tmp_path):
    tool = Tool(project.places.tool)
    found, predictions = predict([Case("a.list:3", "check"), Case("a.list:9", "panic   1")], tool, tmp_path)
    assert [case.text for case in found] == ["check", "panic 1"]
    assert predictions[1].outcome == "panic 1"
    with pytest.raises(WrongRequest) as wrong:
        predict([Case("a.list:3", "check"), Case("a.list:9", "call { paass }")], tool, tmp_path)
    assert str(wrong.value).splitlines() == ["a.list:9:8: there is no operation 'paass', expected one", "  call { paass }", "         ^"]


def test_nothing_predicts_nothing(project, tmp_path):
    assert predict([], Tool(tmp_path / "missing"), tmp_path) == ([], [])
