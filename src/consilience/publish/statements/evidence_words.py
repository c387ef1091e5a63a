"""What a piece of evidence says, in the words of a language and from the columns that the profile allows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from consilience.publish.catalogue import catalogue_of, languages
from consilience.publish.statements.admitted import Row
from consilience.publish.statements.frame import Frame
from consilience.publish.statements.site_words import site_says
from consilience.publish.statements.words import Words

Clauses = Iterable[str]
_PLACE_WORDS = frozenset((
    "page", "pages", "pp", "row", "rows", "line", "lines", "col", "column", "columns", "sheet", "cell", "fig", "figure",
    "table", "annex", "appendix", "para", "paragraph", "chapter", "section", "part", "vol", "volume", "min", "sec",
    "minute", "second", "no", "nr", "number", "at", "to", "and", "from", "of", "the", "in", "on", "see", "cf", "above",
    "below", "ibid", "ibidem", "idem", "op", "cit", "et", "al", "file", "files", "folder", "document", "doc", "report",
    "screenshot", "screenshots", "screen", "shot", "image", "picture", "photo", "photograph", "video", "clip", "audio",
    "recording", "message", "post", "link", "url", "item", "exhibit", "scan", "copy", "note", "notes", "incident",
    "unknown", "anonymous", "anon", "unnamed", "none", "na", "nil", "source", "sources", "various", "several", "tbd",
    "صفحة", "صفحات", "سطر", "سطور", "صف", "صفوف", "عمود", "جدول", "ورقة", "خلية", "شكل", "ملحق", "فقرة", "فصل", "قسم",
    "جزء", "مجلد", "رقم", "دقيقة", "ثانية", "من", "إلى", "الى", "في", "على", "انظر", "أعلاه", "أدناه", "مرجع", "نفسه",
    "سابق", "ملف", "وثيقة", "مستند", "تقرير", "لقطة", "شاشة", "صورة", "فيديو", "مقطع", "تسجيل", "رسالة", "منشور",
    "رابط", "مصدر", "مصادر", "مجهول", "مجهولة", "معروف", "غير", "بلا", "حادثة",
))  # fmt: skip
"""Words that say where in an exhibit something stands, or that nobody is named, and not who said it (our choice)."""
_FILE = re.compile(
    r"\S*\.(?:pdf|md|txt|rtf|docx?|odt|xlsx?|ods|csv|parquet|json|xml|html?|pptx?|jpe?g|png|gif|webp|heic|tiff?|svg|mp4|"
    r"mov|avi|mkv|mp3|wav|m4a|ogg|opus|zip|eml|msg)\b",
    re.IGNORECASE,
)
"""The name of a file, by its ending."""
_ROMAN = re.compile(r"[ivxlcdm]+")


def who(frame: Frame, row: Row) -> str:
    """The role of the source, and its name where the profile lets one stand."""
    role, name = row.get("role"), row.get("source")
    words = frame.words
    said = words.word("role", role) if role else ""
    if name:
        return words.label("role_and_name", role=said, name=words.foreign(name)) if said else words.foreign(name)
    return said


def stated_by(frame: Frame, row: Row) -> str:
    """Who says what a row of `context` says: its source, as far as the profile tells, and `locator`, where it was said.

    Empty where nobody is named: no source, and a locator that is only a place in something ("p. 12", "screenshot 4",
    "Incident-3.md"), a day, or says that nobody is known ("unknown", "ibid.").
    """
    words, locator = frame.words, row["locator"] or ""
    said = (who(frame, row) or words.label("one_source")) if "role" in row else ""
    if not said and not _names_somebody(locator):
        return ""
    return words.label("comma").join(part for part in (said, words.foreign(locator) if locator else "") if part)


def _names_somebody(locator: str) -> bool:
    """Is there a word beside file names, numbers, days and words for a place in something?"""
    words = (word.casefold() for word in re.findall(r"[^\W\d_]{2,}", _FILE.sub(" ", locator)))
    return any(
        word not in _PLACE_WORDS and word.removeprefix("ال") not in _PLACE_WORDS
        and word not in _month_words() and not _ROMAN.fullmatch(word)
        for word in words
    )  # fmt: skip


@cache
def _month_words() -> frozenset[str]:
    """The names of months in every language, whole and by their first three letters."""
    names = (str(name) for language in languages() for name in catalogue_of(language).phrases["months"].values())
    words = {word.casefold() for name in names for word in re.findall(r"[^\W\d_]{2,}", name)}
    return frozenset(words | {word[:3] for word in words if word.isascii()})


def says(frame: Frame, table: str, row: Row) -> str:
    """One line; that it is withheld, where the person did not consent to this use."""
    if row.get("withheld"):
        return frame.words.label("withheld")
    if table == "site_status":
        return site_says(frame, row)
    clauses = [clause for clause in _SAYERS[table](frame.words, row) if clause]
    return frame.words.label("semicolon").join(clauses) or frame.words.label("no_words")


def _account(words: Words, row: Row) -> Clauses:
    yield _join(words, [words.word("perception", row["perception"]) if row["perception"] else "", _timed(words, row)])
    means = [row[name] for name in ("platform", "munition") if row[name] and _differs(row[name], row["mode"])]
    yield _join(
        words,
        [
            words.word("mode", row["mode"]) if row["mode"] else "",
            *(words.foreign(one) for one in dict.fromkeys(means)),
            words.label("cluster_munition") if row["cluster"] == "yes" else "",
        ],
    )
    if row["party"]:
        basis = words.word("party_basis", row["party_basis"] or "assumption")
        yield words.label("party_by_basis", party=said_party(words, row["party"]), basis=basis)
    if row["strikes"] is not None:
        yield words.count("strikes", row["strikes"])
    for what in ("killed", "injured"):
        low, high = row[f"{what}_min"], row[f"{what}_max"]
        if low is not None or high is not None:
            yield words.label(f"{what}_range", range=words.span_of(low, high))


def _sighting(words: Words, row: Row) -> Clauses:
    if "time_lo" not in row:
        yield words.label("log_entry_withheld")
        return
    yield _timed(words, row)
    yield _join(
        words,
        [
            words.foreign(row["platform"] or ""),
            words.word("activity", row["activity"]) if row["activity"] else "",
        ],
    )


def _transmission(words: Words, row: Row) -> Clauses:
    if "time_lo" in row:
        yield _timed(words, row)
        yield words.label("megahertz", n=f"{row['frequency_mhz']:g}") if row["frequency_mhz"] is not None else ""
    yield words.word("phrase", row["phrase"]) if row["phrase"] else ""
    yield words.label("in_language", language=words.word("language", row["language"])) if row["language"] else ""


def _media(words: Words, row: Row) -> Clauses:
    if row["shows"]:
        yield words.label("shows", what=_join(words, [words.word("shows", shown) for shown in row["shows"]]))
    for column in ("captured_at", "uploaded_at"):
        if f"{column}_lo" in row and (when := words.stated(row, column)):
            yield words.label(column, when=when)
    if row["link_status"]:
        yield words.label("link_status", status=words.word("link_status", row["link_status"]))


def _imagery(words: Words, row: Row) -> Clauses:
    yield words.foreign(row["sensor"] or "")
    when = words.stated(row, "acquired_at")
    yield words.label("scene_of", when=when) if when else ""
    damage = words.word("damage", row["damage"]) if row["damage"] else ""
    yield words.label("damage_read", damage=damage) if damage else words.label("damage_not_read")


def _munition(words: Words, row: Row) -> Clauses:
    yield words.foreign(row["name"] or "")
    yield words.foreign(row["basis"] or "")


def _detection(words: Words, row: Row) -> Clauses:
    yield _join(words, [words.word("detection_kind", row["kind"]) if row["kind"] else "", words.stated(row, "time")])
    yield words.label("value", n=f"{row['value']:g}") if row["value"] is not None else ""
    yield words.label("confidence_given", n=row["confidence"]) if row["confidence"] else ""


_SAYERS: Mapping[str, Callable[[Words, Row], Clauses]] = {
    "accounts": _account,
    "sightings": _sighting,
    "transmissions": _transmission,
    "media": _media,
    "imagery": _imagery,
    "munitions": _munition,
    "detections": _detection,
}


def said_party(words: Words, party: str) -> str:
    """A party column's text: `A;B` either, `A+B` both."""
    either = [words.listed([words.party(name) for name in both.split("+")]) for both in party.split(";")]
    return words.listed(either, "or")


def _timed(words: Words, row: Row) -> str:
    """The stated time, a word for the part of the day, and how precise it is said to be."""
    precision = row["time_precision"]
    said = [
        words.stated(row, "time"),
        words.word("time_word", row["time_words"]) if row["time_words"] else "",
        words.label("bracketed", what=words.word("precision", precision)) if precision and precision != "day" else "",
    ]
    return " ".join(part for part in said if part)


def _differs(said: str, mode: str | None) -> bool:
    """Does it say more than the mode does? A barrel bomb is the mode and the munition: it is said once."""
    return mode is None or said.strip().casefold() != mode.casefold()


def _join(words: Words, parts: Iterable[str]) -> str:
    return words.label("comma").join(part for part in parts if part)
