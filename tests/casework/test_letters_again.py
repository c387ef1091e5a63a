"""Letters written again: what stands is never changed, what changed gets an edition beside it, and the old is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from release_examples import COUNSEL, OPEN, TABLES, decided, row, silence, write_case

from consilience.casework.check import check_case
from consilience.casework.outputs_told import told_places
from consilience.casework.replying import Letters, letters
from consilience.errors import UsageError
from consilience.records.left_out import Lost
from consilience.vault.store import Vault

NAMES = """\
[case]
title = "قضية مصطنعة"
[parties]
Syrian = "الطرف الأول"
[facilities]
F1 = "المشفى الأول"
[addressees]
L1 = "المكتب الأول"
"""
PLACES = ["place,lat,lon,position_error_m,names", "Northtown,35.62,36.60,2000,Northtown;بلدة الشمال"]
INCIDENTS = ["incident_id,title,facility_id,place", "I1,Hospital one on 2 April,F1,Northtown"]


@pytest.fixture(scope="module")
def weighed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = write_case(tmp_path_factory.mktemp("weighed") / "case", {"places": PLACES, "incidents": INCIDENTS})
    (case / "narrative").mkdir()
    (case / "narrative" / "names.ar.toml").write_text(NAMES, "utf-8")
    decided(case, [])
    return case


@pytest.fixture
def case(weighed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(weighed, tmp_path / "case"))


def written(case: Path, *forms: str) -> Letters:
    return letters(case, case.parent / "letters", languages=("en", "ar"), forms=forms or ("md",), progress=silence)


def names(case: Path) -> set[str]:
    return {path.name for path in (case.parent / "letters").iterdir()}


FIRST_WRITTEN = {"L1-en.md", "L1-ar.md", "L2-en.md", "L2-ar.md", "deadlines.ics", "editions.json", "editions.md"}


def test_the_same_letters_again_write_nothing(case: Path) -> None:
    assert len(written(case).written) == 5
    assert names(case) == FIRST_WRITTEN
    again = written(case)
    assert (again.written, again.kept, again.stale) == ((), (), ())


def test_letters_that_went_elsewhere_stand_in_the_ledger_once_and_those_in_the_usual_place_do_not(case: Path) -> None:
    for folder in ("letters", "letters", "case-letters"):
        letters(case, case.parent / folder, languages=("en",), forms=("md",), progress=silence)
    [line] = told_places(Vault.open(case).acts())
    assert line.startswith("letters (letters, ")


def test_a_deadline_that_was_moved_makes_a_new_edition_beside_what_was_sent(case: Path) -> None:
    written(case)
    folder = case.parent / "letters"
    first = (folder / "L1-en.md").read_bytes()
    assert not decided(case, [row("due", "L1", "2020-04-28")]).bad
    done = written(case)
    assert {path.name for path in done.written} == {"L1-en.2.md", "L1-ar.2.md", "deadlines.2.ics"}
    assert (folder / "L1-en.md").read_bytes() == first
    assert "28 April 2020" in (folder / "L1-en.2.md").read_text()
    (told,) = [line for line in done.stale if line.startswith("L1-en.md")]
    assert "was sent on 2020-04-01" in told
    assert told.endswith("it stays, beside L1-en.2.md")
    assert told in (folder / "editions.md").read_text()
    again = written(case)
    assert (again.written, again.stale, again.known) == ((), done.stale, done.stale), "which was said before"


def test_a_letter_in_a_language_that_was_not_asked_for_is_named_too_and_is_not_written(case: Path) -> None:
    written(case)
    assert (case.parent / "letters" / "editions.md").read_text().endswith("Every letter here says what holds.\n")
    decided(case, [row("due", "L1", "2020-04-28")])
    done = letters(case, case.parent / "letters", languages=("en",), forms=("md",), progress=silence)
    assert {path.name for path in done.written} == {"L1-en.2.md", "deadlines.2.ics"}
    (told,) = [line for line in done.stale if line.startswith("L1-ar.md")]
    assert told.endswith("it stays, and --lang ar writes a new one")
    assert not any(line.startswith("L2-") for line in done.stale), "of which nothing changed"
    written(case)
    assert "L1-ar.2.md" in names(case)


def test_a_letter_says_how_only_where_the_finding_holds_the_standard_of_its_own_case(case: Path) -> None:
    """Barrel bomb has 0.996: enough where a case asks for 0.95, not decidable where it asks for 0.999."""
    written(case)
    assert "barrel bomb" in (case.parent / "letters" / "L1-en.md").read_text()
    toml = case / "case.toml"
    toml.write_text(toml.read_text().replace("[case]", "[case]\nattribution_level = 0.999", 1))
    written(case)
    assert "barrel bomb" not in (case.parent / "letters" / "L1-en.2.md").read_text()


def test_that_a_letter_was_sent_makes_no_new_letter(case: Path) -> None:
    (case / "letters.csv").write_text(
        "\n".join([TABLES["letters"][0], "L1,Syrian,One,,2020-04-20", TABLES["letters"][2]])
    )
    written(case)
    decided(case, [row("sent", "L1", "2020-04-02")])
    assert written(case).written == ()


def test_what_somebody_edited_stays_and_is_said(case: Path) -> None:
    written(case)
    file = case.parent / "letters" / "L1-en.md"
    file.write_text("edited by hand")
    assert written(case).kept == (file,)
    assert file.read_text() == "edited by hand"


def test_a_finding_that_was_retracted_goes_out_of_the_letters_and_the_old_ones_are_named(case: Path) -> None:
    written(case)
    decided(case, [*OPEN.values(), row("review", "I1", "retracted", "Reviewer Three")])
    done = written(case)
    assert any(line.startswith("L1-ar.md") for line in done.stale)
    assert "Northtown" not in (case.parent / "letters" / "L1-en.2.md").read_text()


def test_a_letter_that_is_no_longer_to_be_sent_is_named(case: Path) -> None:
    (case / "letters.csv").write_text("\n".join([TABLES["letters"][0], "L1,Syrian,One,,", TABLES["letters"][2]]))
    written(case)
    decided(case, [row("not_sought", "L1", by=COUNSEL, reason="it would endanger someone")])
    assert "L1-en.md: no such letter is to be written any more; it stays as it is" in written(case).stale


def test_a_letter_of_a_folder_that_nobody_remembers_is_not_written_over(case: Path) -> None:
    folder = case.parent / "letters"
    folder.mkdir()
    (folder / "L1-en.md").write_text("from somewhere")
    done = written(case)
    assert (folder / "L1-en.md").read_text() == "from somewhere"
    assert folder / "L1-en.2.md" in done.written
    assert any(line.startswith("L1-en.md") for line in done.stale)


def test_a_register_that_cannot_be_read_is_an_error_and_nothing_is_written(case: Path) -> None:
    folder = case.parent / "letters"
    folder.mkdir()
    (folder / "editions.json").write_text("[]")
    with pytest.raises(UsageError, match="register of letters"):
        written(case)
    assert names(case) == {"editions.json"}


def test_no_id_of_a_letter_leads_out_of_the_folder(case: Path) -> None:
    (case / "letters.csv").write_text("\n".join([TABLES["letters"][0], "../../L9,Syrian,One,,2020-04-20"]))
    written(case)
    assert {name for name in names(case) if "L9" in name} == {"...2f....2f.L9-en.md", "...2f....2f.L9-ar.md"}


def test_every_form_says_the_same_and_another_form_is_added_to_the_same_edition(case: Path) -> None:
    written(case)
    done = written(case, "md", "docx", "pdf")
    assert {path.name for path in done.written} == {
        f"L{n}-{t}.{f}" for n in "12" for t in ("en", "ar") for f in ("docx", "pdf")
    }
    with pytest.raises(UsageError, match="no letters in this form"):
        written(case, "html")


def test_an_arabic_letter_names_parties_places_and_addressees_in_arabic(case: Path) -> None:
    written(case)
    text = (case.parent / "letters" / "L1-ar.md").read_text()
    for said in ("قضية مصطنعة", "الطرف الأول", "المشفى الأول", "بلدة الشمال", "المكتب الأول"):
        assert said in text
    for said in ("Northtown", "Hospital", "Syrian", "small", "Synthetic"):
        assert said not in text
    assert "Northtown: Hospital one" in (case.parent / "letters" / "L1-en.md").read_text()


@pytest.mark.parametrize("due", ["2020-03-31", "2020-04-01"])
def test_a_deadline_that_leaves_no_day_is_a_bad_value_with_file_row_and_column(case: Path, due: str) -> None:
    (case / "letters.csv").write_text("\n".join([TABLES["letters"][0], f"L1,Syrian,One,2020-04-01,{due}"]) + "\n")
    (bad,) = [one for one in check_case(case).left_out if one.table == "letters"]
    assert (str(bad.file), bad.row, bad.column, bad.value, bad.lost) == ("letters.csv", 2, "due_on", due, Lost.VALUE)
    assert bad.expected == "a day after sent_on"
    told = letters(case, None, progress=silence)
    assert told.letters[0].due_on is None


def test_a_decided_deadline_lies_after_the_letter_whichever_is_decided_last(case: Path) -> None:
    (edition,) = {told.now.edition for told in letters(case, None, progress=silence).told[:1] if told}
    done = decided(
        case,
        [
            row("due", "L1", "2020-04-01"),
            row("due", "L1", "2020-03-01"),
            row("sent", "L1", "2020-04-20"),
            row("due", "L1", "2020-05-02"),
            {**row("sent", "L1", "2020-04-20"), "scope": edition},
        ],
    )
    assert [(bad.row, bad.column) for bad in done.bad] == [(2, "value"), (3, "value"), (4, "value")]
    assert "decide a later deadline first" in done.bad[2].why
    assert [one.value for one in done.recorded] == ["2020-05-02", "2020-04-20"]


def test_the_register_says_which_bytes_were_written(case: Path) -> None:
    written(case)
    told = json.loads((case.parent / "letters" / "editions.json").read_text())
    assert told["schema"] == "consilience.letters/1"
    assert set(told["editions"]) == {"L1-en", "L1-ar", "L2-en", "L2-ar", "deadlines"}
