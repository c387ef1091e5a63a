"""Ways to publish too early or too much: each is stopped, with its reason, and nothing stands where it would have.

The case is small and synthetic. `OPEN_BASE` has every decision and two approvals: it can be released, so a way that is
stopped is stopped by what it changes and by nothing else.
"""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PIL import Image
from put_examples import ONE_MORE, OTHER_DAY, OTHER_MODE, OTHER_PARTIES, OTHER_SITE
from release_examples import (
    COUNSEL,
    FIRST,
    OPEN,
    SECOND,
    TABLES,
    TOML,
    Row,
    approve,
    decided,
    one_sentence,
    own_keys,
    own_ring,
    row,
    saying,
    tried,
    with_document,
    with_file,
    write_case,
)

from consilience.casework.releasing import Reports
from consilience.publish.document import Heading, Paragraph, Sentence
from consilience.records.worded import UNREVIEWED, Worded
from consilience.vault.acts import PUBLISHED
from consilience.vault.store import Vault

NO_CODE = f"{'0' * 16}.{'0' * 16}"
"""A code of words and rows that no sentence has."""


@pytest.fixture(scope="module", autouse=True)
def _keys(tmp_path_factory: pytest.TempPathFactory) -> object:
    with own_ring(tmp_path_factory) as folder:
        yield folder


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case with nothing decided, and what it weighed in its cache."""
    case = write_case(tmp_path_factory.mktemp("bare") / "case")
    decided(case, [])
    return case


@pytest.fixture(scope="module")
def opened(bare: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case with everything decided and approved."""
    case = tmp_path_factory.mktemp("open") / "case"
    shutil.copytree(bare, case)
    assert not decided(case, list(OPEN.values())).bad
    approve(case, case.parent / "out")
    return case


@dataclass(frozen=True)
class Way:
    """One way to publish too early or too much.

    `without` are decisions of OPEN that were not made (then `rows` are those made instead); `tables` and `toml` change
    the case after everything was decided, `first` before `rows` were. `also`: what changes brings other reasons too,
    such as an outdated review.
    """

    reason: str
    without: Sequence[str] = ()
    rows: Sequence[Row] = ()
    tables: Mapping[str, Sequence[str]] | None = None
    toml: str | None = None
    reports: Reports = one_sentence
    profile: str = "public"
    before: Callable[[Path, Path], None] | None = None
    also: bool = False
    first: Mapping[str, Sequence[str]] | None = None


def _jpeg(**more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (1, 2, 3)).save(out, "JPEG", **more)
    return out.getvalue()


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Synthetic Camera"
    return _jpeg(exif=exif)


def _office(members: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return out.getvalue()


def _flagged(flag: str) -> Reports:
    said = Sentence("s1", "It was.", ("I1/attribution",), (flag,))
    return with_document(lambda one: replace(one, blocks=(Paragraph((said,)),)))


def _damage(case: Path, _: Path) -> None:
    exhibit = next(path for path in (case / ".consilience" / "exhibits").rglob("*") if path.is_file())
    exhibit.chmod(0o600)
    exhibit.write_bytes(exhibit.read_bytes()[:-1] + b"x")


def _damage_note(case: Path, _: Path) -> None:
    (note,) = (path for path in (case / ".consilience" / "privileged").rglob("*") if path.is_file())
    note.chmod(0o600)
    note.write_bytes(b"other words")


def _named(text: str) -> Callable[[Path, Path], None]:
    """The names in a language are given once everything is decided."""

    def write(case: Path, _: Path) -> None:
        (case / "narrative").mkdir()
        (case / "narrative" / "names.en.toml").write_text(text)

    return write


def _occupy(_: Path, out: Path) -> None:
    out.mkdir()


def _names_in_clear(case: Path, _: Path) -> None:
    (case / "identities.csv").write_text("source_id,name,contact\nW2,Synthetic Witness Person,+963 11 555 0101\n")


LETTERS = TABLES["letters"]
SENT = row("sent", "L1", "2020-04-01")
HEADER = LETTERS[0]
NAME_OF_INTERVIEWER = "Synthetic Interviewer"
COVERED = row("blur", "pictures/smoke.jpg", "0,0,32,48")
WITHDRAWN = [TABLES["interviews"][0] + ",withdrawn_on", TABLES["interviews"][1] + ",2019-01-01"]

WAYS: dict[str, Way] = {
    "nobody reviewed it": Way("I1: not reviewed", without=("first review", "second review")),
    "one person reviewed it where two must": Way(
        "reviewed by 1 of 2 persons: a second review is missing", without=("second review",)
    ),
    "one person reviewed it twice under two spellings": Way(
        "a second review is missing",
        without=("second review",),
        rows=(row("review", "I1", "reviewed", "  REVIEWER   one "),),
    ),
    "somebody contests it": Way("I1: contested", rows=(row("review", "I1", "contested", "Reviewer Three"),)),
    "somebody contested it before another reviewed it": Way(
        "I1: contested",
        without=("second review",),
        rows=(row("review", "I1", "contested", "Reviewer Three"), row("review", "I1", "reviewed", SECOND)),
    ),
    "it is retracted and still there": Way("I1 is retracted", rows=(row("review", "I1", "retracted", SECOND),)),
    "a review was withdrawn": Way("a second review is missing", rows=(row("withdraw", "@second review", reason="x"),)),
    "evidence changed after the review": Way(
        "reviewed on a finding that has changed: ",
        tables={"accounts": [*TABLES["accounts"][:2], TABLES["accounts"][2].replace("10:10", "10:40")]},
        also=True,
    ),
    "evidence changed after the sign-off": Way(
        "sign-off for risk was given on a finding that has changed",
        tables={"accounts": [*TABLES["accounts"][:2], TABLES["accounts"][2].replace("10:10", "10:40")]},
        also=True,
    ),
    "no lawyer looked at defamation": Way("sign-off for defamation is missing", without=("defamation",)),
    "no lawyer looked at the risk": Way("sign-off for risk is missing", without=("risk",)),
    "a sign-off names a sentence that is not there": Way(
        "names no incident and no sentence", rows=(row("sign_off", "s99", "risk", COUNSEL, scope=NO_CODE),)
    ),
    "a sign-off is of other words": Way(
        "of sentence s1 was given on other words", rows=(row("sign_off", "s1", "risk", COUNSEL, scope=NO_CODE),)
    ),
    "a letter has no deadline": Way("letter L1: has no deadline", tables={"letters": [
        HEADER, "L1,Syrian,Synthetic Addressee One,2020-04-01,", LETTERS[2]]}),
    "a letter was never sent": Way("letter L1: has no date of sending and no deadline", also=True, tables={"letters": [
        HEADER, "L1,Syrian,Synthetic Addressee One,,", LETTERS[2]]}),
    "a party is called otherwise after the review": Way(
        "reviewed on a finding that has changed: row names of parties", also=True,
        toml=TOML + '[party_labels]\nSyrian = "Turkish forces"\n'),
    "a party is called otherwise in a language after the sign-off": Way(
        "sign-off for defamation was given on a finding that has changed: row names of parties", also=True,
        before=_named("[parties]\nSyrian = 'Turkish forces'\n")),
    "an incident gets a name after the review": Way(
        "reviewed on a finding that has changed: row names of I1 (new)", also=True,
        before=_named("[incidents]\nI1 = 'A massacre by the Turkish army'\n")),
    "a facility gets a name after the review": Way(
        "reviewed on a finding that has changed: row names of F1 (new)", also=True,
        before=_named("[facilities]\nF1 = 'The hospital that the Turkish army destroyed'\n")),
    "the case gets another title after the review": Way(
        "reviewed on a finding that has changed: row names of the case", also=True,
        toml=TOML.replace("A small synthetic case", "Turkish war crimes")),
    "a letter put it under another name of the party": Way(
        "letter L1, sent on 2020-04-01: I1 was put under other names than those of today (Syrian)", rows=(SENT,),
        also=True, toml=TOML + '[party_labels]\nSyrian = "Turkish forces"\n'),
    "a letter put it under another name of the party, by a file of names": Way(
        "letter L1, sent on 2020-04-01: I1 was put under other names than those of today (Syrian)", rows=(SENT,),
        also=True, before=_named("[parties]\nSyrian = 'Turkish forces'\n")),
    "a letter is turned to a party to which nobody wrote": Way(
        "is of a letter to another party than its row names now", rows=(row("sent", "L2", "2020-04-01"),), also=True,
        tables={"letters": [HEADER, LETTERS[1], LETTERS[2].replace("Russian", "other")]}),
    "a letter is turned to an addressee to whom nobody wrote": Way(
        "is of a letter to another addressee than its row names now", rows=(row("sent", "L2", "2020-04-01"),),
        tables={"letters": [HEADER, LETTERS[1], LETTERS[2].replace("Addressee Two", "Never Written To")]}),
    "a letter of the table alone is turned to somebody else": Way(
        "letter L2: the table gave its days to a letter to another party or addressee",
        tables={"letters": [HEADER, LETTERS[1], LETTERS[2].replace("Addressee Two", "Never Written To")]}),
    "a deadline is granted to another party": Way(
        "is of a letter to another addressee than its row names now", rows=(row("due", "L2", "2020-05-01"),), also=True,
        tables={"letters": [HEADER, LETTERS[1], LETTERS[2].replace("Addressee Two", "Never Written To")]}),
    "a reply of the table is unsaid": Way(
        "letter L1: the table said that a reply came on 2020-04-10, and no longer does",
        first={"letters": [HEADER + ",replied_on", LETTERS[1] + ",2020-04-10", LETTERS[2] + ","]},
        rows=(row("note", "L1", "weighed in another room"),), tables={"letters": LETTERS}),
    "the row of a letter that was sent is taken out": Way(
        "letter L2: its row is gone, which said sent_on 2020-04-01",
        rows=(row("not_sought", "Russian", by=COUNSEL, reason="x"),),
        tables={"letters": LETTERS[:2]}),
    "a sending is unsaid": Way(
        "letter L2: the table said that it was sent on 2020-04-01, and no longer does",
        rows=(row("not_sought", "L2", by=COUNSEL, reason="x"),), tables={"letters": [
            HEADER, LETTERS[1], "L2,Russian,Synthetic Addressee Two,,"]}),
    "a sending is dated back": Way(
        "letter L2: the table said that it was sent on 2020-04-01, and no longer does",
        tables={"letters": [HEADER, LETTERS[1], LETTERS[2].replace("2020-04-01", "2020-03-01")]}),
    "a deadline is shortened under the addressee": Way(
        "letter L1: its deadline was 2020-04-20 once it was sent, and is 2020-04-10 now",
        rows=(row("due", "L1", "2020-04-10"),)),
    "a deadline is shortened in the table": Way(
        "letter L1: its deadline was 2020-04-20 once it was sent, and is 2020-04-10 now",
        tables={"letters": [HEADER, LETTERS[1].replace("04-20", "04-10"), LETTERS[2]]}),
    "a deadline of a letter whose day of sending is not on record is shortened": Way(
        "letter L1: its deadline was 2020-04-20 once it was sent, and is 2020-04-10 now",
        rows=(row("due", "L1", "2020-04-10"),), also=True,
        first={"letters": [HEADER, LETTERS[1].replace("2020-04-01", ""), LETTERS[2]]}),
    "a sending is moved with its deadline": Way(
        "letter L1: its deadline was 2020-04-20 once it was sent, and is 2020-04-10 now", also=True,
        tables={"letters": [HEADER, LETTERS[1].replace("04-01", "04-02").replace("04-20", "04-10"), LETTERS[2]]}),
    "a deadline is shortened, and the sending decided again": Way(
        "letter L1: its deadline was 2020-05-01 once it was sent, and is 2020-04-20 now",
        rows=(row("due", "L1", "2020-05-01"), SENT, row("due", "L1", "2020-04-20"), {**SENT, "by": SECOND})),
    "a deadline ends on the day of the report": Way("letter L1: its deadline, 2020-05-04, is not over", tables={
        "letters": [HEADER, "L1,Syrian,Synthetic Addressee One,2020-04-01,2020-05-04", LETTERS[2]]}),
    "a deadline is before the letter": Way("letter L1: has no deadline", also=True, tables={"letters": [
        HEADER, "L1,Syrian,Synthetic Addressee One,2020-04-21,2020-04-20", LETTERS[2]]}),
    "a deadline is on the day of the letter": Way("letter L1: has no deadline", also=True, tables={"letters": [
        HEADER, "L1,Syrian,Synthetic Addressee One,2020-04-20,2020-04-20", LETTERS[2]]}),
    "a deadline was decided, and the table says later that the letter went out after it": Way(
        "letter L1: its deadline is not after the day on which it was sent", rows=(row("due", "L1", "2020-04-10"),),
        also=True,
        tables={"letters": [HEADER, "L1,Syrian,Synthetic Addressee One,2020-04-10,", LETTERS[2]]}),
    "a letter without a deadline is taken out of the table": Way(
        "is of letter L3, which no table of letters claims: withdraw it", rows=(row("sent", "L3", "2020-04-01"),),
        first={"letters": [*LETTERS, "L3,other,Synthetic Addressee Three,,"]}, tables={"letters": [*LETTERS]}),
    "a row that the review rested on is gone": Way(
        "I1: was reviewed or signed on what is no longer claimed: A2", also=True,
        tables={"accounts": TABLES["accounts"][:2]}),
    "an incident that was reviewed is taken out of the tables": Way(
        "is of I2, which is no longer claimed: withdraw it", rows=(row("review", "I2", "reviewed"),), also=True,
        first={"accounts": [*TABLES["accounts"], "A9,I2,W2,,2017-04-02T18:05,minute,F2,air strike,,"]},
        tables={"accounts": TABLES["accounts"]}),
    "a deadline was moved into the future": Way(
        "letter L1: its deadline, 2020-06-01, is not over", rows=(row("due", "L1", "2020-06-01"),)
    ),
    "a finding says another day than the letter": Way(
        "letter L1, sent on 2020-04-01: I1 was put otherwise (day 2017-04-02, now 2017-04-03): send it anew",
        rows=(SENT,), tables=OTHER_DAY, also=True),
    "a finding says another site than the letter": Way(
        "I1 was put otherwise (facility F1, now F2; site Hospital one, now School two)", rows=(SENT,),
        tables=OTHER_SITE, also=True),
    "a finding says another mode than the letter": Way(
        "I1 was put otherwise (mode barrel bomb, now air strike; ", rows=(SENT,), tables=OTHER_MODE, also=True),
    "a finding names other parties than the letter": Way(
        "parties Syrian, now Russian or Syrian)", rows=(SENT,), tables=OTHER_PARTIES, also=True),
    "an incident was never put": Way(
        "letter L1, sent on 2020-04-01: I2 was not put", rows=(SENT,), tables=ONE_MORE, also=True),
    "somebody is accused who was asked only": Way(
        "letter L2, sent on 2020-04-01: I1 was asked about and not alleged", rows=(row("sent", "L2", "2020-04-01"),),
        tables=OTHER_PARTIES, also=True),
    "the letter that went out is of an edition that nobody kept": Way(
        "another edition was sent than the findings make now", rows=({**SENT, "scope": "edition:0123456789abcdef"},)),
    "an answer to the first letter is taken for one to the second": Way(
        "letter L1: its deadline, 2020-06-01, is not over", rows=(
            row("reply", "L1", "full", on="2020-04-10"),
            row("reply_effect", "I1", "unchanged", reason="says nothing of it", scope="L1"),
            row("due", "L1", "2020-06-01"), row("sent", "L1", "2020-04-25"))),
    "the deadline of the first letter is taken for one of the second": Way(
        "letter L1: its deadline is not after the day on which it was sent last, 2020-04-25", rows=(
            {**row("due", "L1", "2020-05-02"), "decision_id": "granted"}, row("sent", "L1", "2020-04-25"),
            row("withdraw", "granted", reason="it was never granted"))),
    "counsel said it need not be put again, and it changed once more": Way(
        "; what counsel decided was of something else", rows=(
            SENT, row("put_enough", "L1", by=COUNSEL, reason="it spoke of it in public")),
        tables=OTHER_DAY, also=True),
    "nobody signed why no reply is sought": Way("why no reply is sought is not signed", tables={"letters": [
        HEADER + ",not_sought_why", "L1,Syrian,Synthetic Addressee One,,,it would endanger someone", LETTERS[2] + ","]},
        also=True),
    "no letter to a party that is named": Way("Syrian is named and there is no letter to it", also=True, tables={
        "letters": [HEADER, LETTERS[2]]}),
    "a partial reply came and its time is not over": Way(
        "letter L1: its deadline, 2020-06-01, is not over",
        rows=(row("due", "L1", "2020-06-01"), row("reply", "L1", "partial"),
              row("reply_effect", "I1", "unchanged", reason="says nothing of it", scope="L1")),
    ),
    "a reply came and nobody weighed it": Way(
        "letter L1: has a reply, and no decision says what it changes", rows=(row("reply", "L1", "full"),)
    ),
    "a second reply came and nobody weighed it": Way(
        "letter L1: has a reply, and no decision says what it changes (reply_effect, scope L1): I1",
        rows=(row("reply", "L1", "full", on="2020-04-10"),
              row("reply_effect", "I1", "unchanged", reason="it denies", scope="L1"),
              row("reply", "L1", "full", on="2020-04-12", reason="it sends flight logs")),
    ),
    "a reply was weighed before it came": Way(
        "letter L1: has a reply, and no decision says what it changes",
        rows=(row("reply_effect", "I1", "unchanged", reason="in advance", scope="L1"), row("reply", "L1", "full")),
    ),
    "a reply of the table was weighed before it came": Way(
        "letter L1: has a reply, and no decision says what it changes",
        rows=(row("reply_effect", "I1", "unchanged", reason="in advance", scope="L1", on="2020-04-02"),),
        tables={"letters": [HEADER + ",replied_on", LETTERS[1] + ",2020-04-10", LETTERS[2] + ","]},
    ),
    "a second reply stands in the table alone": Way(
        "letter L1: has a reply, and no decision says what it changes",
        rows=(row("reply", "L1", "full", on="2020-04-10"),
              row("reply_effect", "I1", "unchanged", reason="it denies", scope="L1", on="2020-04-11")),
        tables={"letters": [HEADER + ",replied_on", LETTERS[1] + ",2020-04-24", LETTERS[2] + ","]},
    ),
    "a reply was weighed for one of two incidents": Way(
        "(reply_effect, scope L1): I2", also=True, first=ONE_MORE,
        rows=(row("reply", "L1", "full"), row("reply_effect", "I1", "unchanged", reason="x", scope="L1")),
    ),
    "the wider context rests on who did not agree": Way(
        "source W9: consent for the use 'public' is not given", also=True,
        first={"sources": [*TABLES["sources"], "W9,medical_worker,"],
               "interviews": [*TABLES["interviews"], "V9,W9,2018-03-02,remote,,analysis,2030-01-01"],
               "context": ["context_id,from,to,area,kind,value_min,value_max,what,source_id,locator",
                           "C1,2017-04-01,2017-04-30,Idlib,deaths,37,37,whom I carried,W9,p. 12"]},
    ),
    "a reply came after the day of the report": Way(
        "letter L1: a reply came on 2020-05-05, after as_of", rows=(row("reply", "L1", "full", on="2020-05-05"),)
    ),
    "a severe correction is open": Way(
        "is not answered", rows=(row("correction", "I1", "major", reason="the day is wrong"),)
    ),
    "the case does not say what day it is": Way(
        "case.toml has no as_of", toml=TOML.replace("as_of", "# as_of"), also=True),
    "the day lies ahead": Way("lies ahead", toml=TOML.replace("2020-05-04", "2999-01-01"), also=True),
    "an incident is later than the day": Way(
        "I1 happened after as_of", toml=TOML.replace("2020-05-04", "2017-04-01"), also=True
    ),
    "a search was made after the day": Way(
        "searches.csv, column date: 2 rows are dated after as_of 2020-05-04 (2, 4), the latest 2020-06-02",
        tables={"searches": ["search_id,date", "Q1,2020-06-02", "Q2,2020-05-04", "Q3,2020-05-05"]}),
    "a flight was logged after the day": Way(
        "sightings.csv, column time: a row is dated after as_of 2020-05-04 (4), the latest 2020-05-05", also=True,
        tables={"sightings": [*TABLES["sightings"], "S3,OBS1,2020-05-05T00:00,Northtown,Mi-8,circling"]}),
    "a letter was sent after the day": Way(
        "letter L1: was sent on 2020-05-05, after as_of 2020-05-04", also=True,
        tables={"letters": [HEADER, "L1,Syrian,Synthetic Addressee One,2020-05-05,2020-05-20", LETTERS[2]]}),
    "nobody wrote the profile down": Way("there is no profile 'everyone'", profile="everyone"),
    "consent is not for the public": Way(
        "source W1: consent for the use 'public' is not given",
        tables={"interviews": [TABLES["interviews"][0], TABLES["interviews"][1].replace("public;", "")]},
        also=True,
    ),
    "consent has run out": Way(
        "source W1: consent for the use 'public' is expired",
        tables={"interviews": [TABLES["interviews"][0], TABLES["interviews"][1].replace("2030", "2019")]},
        also=True,
    ),
    "consent ran out between the day of the report and today": Way(
        "source W1: consent for the use 'public' is expired",
        tables={"interviews": [TABLES["interviews"][0], TABLES["interviews"][1].replace("2030", "2021")]},
        also=True,
    ),
    "a reply in the table is later than the day of the report": Way(
        "letter L1: a reply came on 2020-05-05, after as_of",
        tables={"letters": [HEADER + ",replied_on", LETTERS[1] + ",2020-05-05", LETTERS[2] + ","]},
    ),
    "no reply is sought from somebody who was sent a letter": Way(
        "letter L1: was sent or answered, and counsel has signed",
        rows=(row("not_sought", "L1", by=COUNSEL, reason="x"),),
    ),
    "a letter was sent after counsel signed that none is": Way(
        "letter L1: its deadline, 2020-06-01, is not over",
        rows=(row("not_sought", "L1", by=COUNSEL, reason="x"), row("due", "L1", "2020-06-01")),
    ),
    "a covered picture of whoever has withdrawn": Way(
        "pictures/smoke.jpg: is no exhibit that may be used",
        rows=(COVERED,),
        tables={"interviews": WITHDRAWN},
        also=True,
    ),
    "a covered picture of whoever is sealed": Way(
        "pictures/smoke.jpg: is no exhibit that may be used", rows=(COVERED,), also=True,
        tables={"interviews": [TABLES["interviews"][0] + ",recording", TABLES["interviews"][1] + ",sealed"]},
    ),
    "a covered picture that others cite too, of whoever has withdrawn": Way(
        "pictures/smoke.jpg: consent of source W1 for the use 'public' is withdrawn", rows=(COVERED,), also=True,
        tables={"interviews": WITHDRAWN,
                "media": [*TABLES["media"], "M2,I1,W2,pictures/smoke.jpg,2017-04-02T11:00,smoke,"]},
    ),
    "a name of whoever has withdrawn": Way(
        "leak: report/extra.md: a name or contact of a person", tables={"interviews": WITHDRAWN},
        reports=saying(f"taken by {NAME_OF_INTERVIEWER}"), also=True,
    ),
    "the id of a source who has withdrawn": Way(
        "leak: report/extra.md: a source's id", reports=saying("OBS9 said so"), also=True,
        tables={"sources": [*TABLES["sources"], "OBS9,flight_spotter,"],
                "interviews": [*WITHDRAWN, "V9,OBS9,2018-03-02,remote,,analysis,,2019-01-01"]},
    ),
    "the name of a file of whoever has withdrawn": Way(
        "leak: report/extra.md: the name of a file", reports=saying("see the upper terrace door"), also=True,
        tables={"interviews": WITHDRAWN, "media": [
            *TABLES["media"], "M2,I1,W1,pictures/upper terrace door.jpg,2017-04-02T11:00,smoke,"]},
    ),
    "a note of the vault is damaged": Way(
        "the vault is damaged: ", rows=(row("note", "I1", "ask again", COUNSEL),), before=_damage_note
    ),
    "a file of the vault is damaged": Way("the vault is damaged: ", before=_damage),
    "the folder exists": Way("exists already: a release never changes one that stands", before=_occupy),
    "one approves twice under two spellings": Way("one person approved twice", without=("approvals",), rows=(
        row("publish", "public", "@content", FIRST), row("publish", "public", "@content", "reviewer  ONE"))),
    "only one person approves": Way("approved by 1 of 2 persons", without=("approvals",), rows=(
        row("publish", "public", "@content", FIRST),)),
    "the report changed after the approval": Way("an approval was given to other bytes", reports=saying("More.")),
    "a sentence rests on nothing": Way("sentence s1: rests on nothing", reports=with_document(
        lambda one: replace(one, blocks=(Paragraph((Sentence("s1", "It was.", ()),)),)))),
    "words that somebody wrote for the case, and no lawyer signed": Way(
        "sentence s1: words that were written for this case, and no lawyer has signed them for defamation", also=True,
        reports=with_document(lambda one: replace(one, blocks=(Paragraph((
            Sentence("s1", "The minister ordered it.", ("I1/attribution",), is_free=True),)),)))),
    "a heading that somebody wrote for the case, and no lawyer signed": Way(
        "sentence s1: words that were written for this case, and no lawyer has signed them for risk", also=True,
        reports=with_document(lambda one: replace(one, blocks=(
            Heading(1, "The minister ordered it", "n1", is_free=True), *one.blocks)))),
    "a sentence is flagged": Way("sentence s1: a number that no longer agrees",
                                 reports=_flagged("a number that no longer agrees")),
    "a sentence waits for a review, in whatever words": Way("sentence s1: نتيجة", reports=_flagged(
        Worded("نتيجة I1: مسودة", UNREVIEWED))),
    "the report is a draft": Way("is marked a draft", reports=with_document(lambda one: replace(one, is_draft=True))),
    "the report was made for others": Way("was made for the profile 'court'", reports=with_document(
        lambda one: replace(one, profile="court"))),
    "the report speaks of another day": Way("does not speak as of", reports=with_document(
        lambda one: replace(one, as_of="2020-05-03"))),
    "a picture is shown by one person alone": Way("showing it uncovered needs two persons", rows=(
        row("show", "pictures/smoke.jpg", reason="no face in it"),)),
    "a picture is shown without consent": Way(
        "needs consent for 'image', which is not given",
        rows=(row("show", "pictures/smoke.jpg", reason="no face"),
              row("show", "pictures/smoke.jpg", "", SECOND, reason="none")),
        tables={"interviews": [TABLES["interviews"][0], TABLES["interviews"][1].replace(";image", "")]},
        also=True,
    ),
    "a region to cover lies outside the picture": Way("lies outside its 64 by 48", rows=(
        row("blur", "pictures/smoke.jpg", "60,40,20,20"),)),
    "a name of the table of names": Way("a name or contact of a person", before=_names_in_clear,
                                        reports=saying("so said synthetic   WITNESS person")),
    "an interviewer's name": Way("a name or contact of a person", reports=saying(f"taken by {NAME_OF_INTERVIEWER}")),
    "a name split by tags": Way("a name or contact of a person", reports=with_file(
        "report/x.html", b"<p>Synthetic <b>Inter</b>viewer</p>")),
    "a name in the words of a document": Way("leak: document-en.html: a name or contact", reports=with_document(
        lambda one: replace(one, blocks=(Paragraph((Sentence("s1", f"By {NAME_OF_INTERVIEWER}.", ("case",)),)),)))),
    "a name in the name of a file": Way("in the name of a file", reports=with_file(
        "report/synthetic-interviewer.md", b"x")),
    "words of a private note": Way("words of a private note", reports=saying("the third house behind the old mill")),
    "a source's id": Way("a source's id in this case", reports=saying("OBS1 said so")),
    "a telephone number": Way("a telephone number", reports=saying("call +963 944 555 010")),
    "an e-mail address": Way("an e-mail address", reports=saying("write to someone@example.org")),
    "a link to an account": Way("a link to an account", reports=saying("https://t.me/synthetic_channel/4")),
    "a position that is too fine": Way("a position finer than", reports=saying('{"lat": 35.6123, "lon": 36.6021}')),
    "a position in degrees and seconds": Way("a position finer than", reports=saying("35°36'44\"N 36°36'07\"E")),
    "EXIF in a picture": Way("EXIF or XMP in a picture", reports=with_file("media/x.jpg", _exif())),
    "a comment in a picture": Way("a comment in a picture", reports=with_file("media/x.jpg", _jpeg(comment=b"hi"))),
    "bytes after a picture": Way("bytes after the end", reports=with_file("media/x.jpg", _jpeg() + b"more")),
    "an author in a document": Way("metadata: dc:creator", reports=with_file("report/x.docx", _office(
        {"docProps/core.xml": "<c><dc:creator>Somebody</dc:creator></c>"}))),
    "a thumbnail in a document": Way("a thumbnail", reports=with_file("report/x.docx", _office(
        {"docProps/thumbnail.jpeg": "x"})), also=True),
    "tracked changes": Way("tracked changes", reports=with_file("report/x.docx", _office(
        {"word/document.xml": "<w:p><w:del w:author='x'/></w:p>"}))),
    "a hidden sheet": Way("a hidden sheet", reports=with_file("tables/x.xlsx", _office(
        {"xl/workbook.xml": '<sheets><sheet name="x" state="hidden"/></sheets>'}))),
    "a formula in a table": Way("a cell that a spreadsheet would run", reports=with_file(
        "tables/x.csv", b"a,b\n1,=HYPERLINK(2)\n")),
    "an author in a PDF": Way("PDF metadata: Author", reports=with_file(
        "report/x.pdf", b"%PDF-1.7\n1 0 obj\n<</Author (Somebody)>>\nendobj\ntrailer\n%%EOF")),
    "a file inside a PDF": Way("a file in a PDF", reports=with_file(
        "report/x.pdf", b"%PDF-1.7\n1 0 obj\n<</Type /EmbeddedFile>>\nendobj\ntrailer\n%%EOF")),
    "an old version inside a PDF": Way("an earlier version inside a PDF", reports=with_file(
        "report/x.pdf", b"%PDF-1.7\n%%EOF\n%%EOF")),
    "the restricted class": Way("the restricted class", reports=with_file("restricted/observer_clocks.csv", b"a\n")),
    "a form that nobody can look into": Way("a form that the scan can't look into", reports=with_file(
        "report/x.bin", b"\0\1")),
}  # fmt: skip


MENDED = {
    "nobody reviewed it": "consilience review",
    "somebody contests it": "whoever contests it: ",
    "it is retracted and still there": "take it out of incidents",
    "a row that the review rested on is gone": "consilience review",
    "a letter without a deadline is taken out of the table": "restore the rows",
    "a letter has no deadline": "with kind due",
    "a deadline was decided, and the table says later that the letter went out after it": "with kind due",
    "a letter was never sent": "with kind sent, due, reply_effect, or not_sought",
    "a letter was sent after the day": "write a later as_of",
    "a deadline ends on the day of the report": "wait, and write a later as_of",
    "nobody signed why no reply is sought": "with kind not_sought, by counsel",
    "no letter to a party that is named": "a row of letters in",
    "a reply came and nobody weighed it": "with kind reply_effect",
    "no reply is sought from somebody who was sent a letter": "with kind withdraw",
    "consent is not for the public": "consilience consent list",
    "a picture is shown by one person alone": "with kind blur, show, or withdraw",
    "a sentence is flagged": "consilience report",
    "a sentence waits for a review, in whatever words": "consilience review",
}
"""What the remedy of a way's reason says."""


def test_there_are_more_than_thirty_ways() -> None:
    assert len(WAYS) >= 30


def _arranged(way: Way, bare: Path, opened: Path, case: Path) -> None:
    """The case as the way leaves it. "@content" and "@NAME" in rows stand for what is known only then."""
    shutil.copytree(bare if way.without else opened, case)
    made = {name: given for name, given in OPEN.items() if name not in way.without}
    if way.without:
        assert not decided(case, list(made.values())).bad
        if "approvals" not in way.without:
            approve(case, case.parent / "out")
    for name, lines in (way.first or {}).items():
        (case / f"{name}.csv").write_text("\n".join(lines) + "\n")
    rows = [_filled(one, case) for one in way.rows]
    assert not rows or not decided(case, rows).bad
    for name, lines in (way.tables or {}).items():
        (case / f"{name}.csv").write_text("\n".join(lines) + "\n")
    if way.toml is not None:
        (case / "case.toml").write_text(way.toml)


def _filled(given: Row, case: Path) -> Row:
    if given["value"] == "@content":
        content = tried(case, case.parent / "out", dry_run=True).content
        return {**given, "value": str(content)}
    if given["target"].startswith("@"):
        again = decided(case, [OPEN[given["target"][1:]]], dry_run=True)
        return {**given, "target": again.already[0].decision_id}
    return given


@pytest.mark.parametrize("name", list(WAYS))
def test_it_is_stopped_with_its_reason(name: str, bare: Path, opened: Path, tmp_path: Path) -> None:
    way, case, out = WAYS[name], tmp_path / "case", tmp_path / "out"
    _arranged(way, bare, opened, case)
    if way.before is not None:
        way.before(case, out)
    there = sorted(out.rglob("*")) if out.exists() else None
    acts = sum(act.kind == PUBLISHED for act in Vault.open(case).acts())
    done = tried(case, out, way.profile, way.reports)
    others = [one for one in done.reasons if way.reason not in one]
    assert any(way.reason in one for one in done.reasons), done.reasons
    assert way.also or all(one.startswith(("approved by", "an approval was given")) for one in others), others
    assert all("\n" not in one for one in (*done.reasons, *done.mends))
    mends = [mend for one, mend in zip(done.reasons, done.mends, strict=True) if way.reason in one]
    assert all(MENDED.get(name, "") in one for one in mends), mends
    assert len(done.mends) == len(done.reasons)
    assert done.manifest is None
    assert (sorted(out.rglob("*")) if out.exists() else None) == there
    assert sum(act.kind == PUBLISHED for act in Vault.open(case).acts()) == acts


def test_each_way_whose_remedy_is_told_is_one() -> None:
    assert set(MENDED) <= set(WAYS)


def test_without_a_signing_key_nothing_goes_out(opened: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSILIENCE_KEYS", str(tmp_path / "none"))
    shutil.copytree(opened, tmp_path / "case")
    done = tried(tmp_path / "case", tmp_path / "out")
    assert [one for one in done.reasons if "signing key" in one] == list(done.reasons)
    assert done.mends == ("consilience keys init --yes",)
    assert not (tmp_path / "out").exists()


def test_who_has_not_the_role_of_a_publisher_publishes_nothing(
    opened: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_keys(tmp_path / "keys")
    (tmp_path / "keys" / "roles").write_text("analyst\n")
    monkeypatch.setenv("CONSILIENCE_KEYS", str(tmp_path / "keys"))
    shutil.copytree(opened, tmp_path / "case")
    done = tried(tmp_path / "case", tmp_path / "out")
    assert done.reasons == ("to publish takes the role 'publisher'",)
    assert done.mends == ("consilience release by somebody whose keys have that role",)
    assert not (tmp_path / "out").exists()


def test_a_release_may_not_speak_of_an_earlier_day_than_the_one_before(opened: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(opened, case)
    assert tried(case, tmp_path / "first").manifest
    (case / "case.toml").write_text(TOML.replace("2020-05-04", "2020-05-03"))
    done = tried(case, tmp_path / "second")
    assert any("is before that of the release that this one follows" in one for one in done.reasons)


def test_what_a_leak_says_is_never_repeated(opened: Path, tmp_path: Path) -> None:
    shutil.copytree(opened, tmp_path / "case")
    done = tried(tmp_path / "case", tmp_path / "out", reports=saying(f"by {NAME_OF_INTERVIEWER}, +963 944 555 010"))
    said = json.dumps(done.reasons)
    assert "leak: report/extra.md" in said
    assert "interviews.csv, row 2, column interviewer" in said
    assert "synthetic" not in said.casefold()
    assert "944" not in said


def test_all_reasons_are_given_at_once(bare: Path, tmp_path: Path) -> None:
    shutil.copytree(bare, tmp_path / "case")
    done = tried(tmp_path / "case", tmp_path / "out", reports=saying("+963 944 555 010"))
    assert len(done.reasons) >= 4
    assert not (tmp_path / "out").exists()


def test_a_sign_off_of_another_edition_shuts_none_and_one_of_this_edition_does(opened: Path, tmp_path: Path) -> None:
    shutil.copytree(opened, tmp_path / "case")
    case, out = tmp_path / "case", tmp_path / "out"
    decided(case, [row("sign_off", f"{name}/s1", "risk", COUNSEL, scope=NO_CODE) for name in ("court/en", "public/ar")])
    assert tried(case, out, dry_run=True).reasons == ()
    decided(case, [row("sign_off", "public/en/s1", "risk", COUNSEL, scope=NO_CODE)])
    assert any("of sentence public/en/s1 was given on other words" in one for one in tried(case, out).reasons)
