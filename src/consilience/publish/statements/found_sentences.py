"""What was found for an incident, in sentences: where, when, whether, how, by whom, and how sure of the basis.

Rules, each held by a test: a likelihood word stands with its range and never in a sentence with a grade of confidence;
a likelihood ratio says how much more probable the *evidence* is under one proposition than under another, never the
reverse; a profile without a posterior says none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from consilience.publish.document import Sentence
from consilience.publish.statements.admitted import Block
from consilience.publish.statements.casualty_sentences import casualty_sentences
from consilience.publish.statements.frame import Frame
from consilience.publish.statements.rough_times import is_rough
from consilience.records.counting import is_established

_LEAST_CLUSTER = 0.05
"""Below it the weapon's bomblets are not spoken of, as in the working report."""


def found_sentences(frame: Frame, block: Block) -> Iterator[tuple[Sentence, ...]]:
    """Paragraph by paragraph, in the order in which a reader asks."""
    counted = frame.case.profile.shows_posterior
    yield (*_where(frame, block), *(_when_and_how(frame, block) if counted else _alleged(frame, block)))
    if counted:
        yield tuple(attribution_sentences(frame, block))
    yield tuple(ratio_sentences(frame, block))
    yield (confidence_sentence(frame, block), *casualty_sentences(frame, block))


def _where(frame: Frame, block: Block) -> Iterable[Sentence]:
    words, facility = frame.words, block["facility_id"]
    row = frame.case.rows["facilities"].get(facility or "")
    if row is None:
        named = frame.case.rows["incidents"].get(block["incident_id"], {}).get("place")
        if named:
            said = {"name": words.foreign(named), "kind": words.label("kind_not_known")}
            path = f"incidents/{block['incident_id']}"
            yield frame.say(f"{block['incident_id']}/place", "place_without_position", (path,), **said)
        return
    support = (f"facilities/{facility}",)
    values = {
        "name": frame.facility(facility),
        "kind": words.word("facility_kind", row["kind"]) if row["kind"] else words.label("kind_not_known"),
    }
    if row["lat"] is None or row["lon"] is None:
        yield frame.say(f"{block['incident_id']}/place", "place_without_position", support, **values)
        return
    decimals = frame.case.profile.coordinate_decimals
    error = "" if row["position_error_m"] is None else words.label("known_to", metres=f"{row['position_error_m']:,.0f}")
    position = words.label("position", lat=f"{row['lat']:.{decimals}f}", lon=f"{row['lon']:.{decimals}f}")
    yield frame.say(f"{block['incident_id']}/place", "place", support, position=position, error=error, **values)
    if row["deconflicted"] and row["deconflicted"] != "false":
        yield frame.say(f"{block['incident_id']}/deconflicted", "deconflicted", support)


def _when_and_how(frame: Frame, block: Block) -> Iterable[Sentence]:
    words, incident_id, time = frame.words, block["incident_id"], block["time"]
    median = time["median"]
    yield frame.say(
        f"{incident_id}/time", "time_roughly" if is_rough(time) else "time", (f"{incident_id}/time",),
        date=words.day(words.day_of(median)), clock=words.clock(median), level=words.percent(time["level"]),
        interval=words.interval(time["low"], time["high"]),
    )  # fmt: skip
    yield frame.sentence(
        f"{incident_id}/attack",
        words.likely(words.label("that_attack"), block["attack_probability"]),
        (f"{incident_id}/attack_probability",),
    )
    mode = max(block["mode"], key=lambda name: block["mode"][name])
    that = words.label("that_mode", mode=words.word("mode_of", mode))
    yield frame.sentence(f"{incident_id}/mode", words.likely(that, block["mode"][mode]), (f"{incident_id}/mode",))
    if block["cluster"] >= _LEAST_CLUSTER:
        said = words.likely(words.label("that_cluster"), block["cluster"])
        yield frame.sentence(f"{incident_id}/cluster", said, (f"{incident_id}/cluster",))


def attribution_sentences(frame: Frame, block: Block) -> Iterator[Sentence]:
    """Who is named, how probable that is, how far it moves over the assumptions, and whether it holds there."""
    words, incident_id, named = frame.words, block["incident_id"], block["attribution"]
    path = f"{incident_id}/attribution"
    if not named["set"]:
        yield frame.say(path, "nobody_named" if is_established(block) else "nothing_attributed", (path,))
    else:
        yield frame.say(path, f"named_{named['relation']}_{'one' if len(named['set']) == 1 else 'more'}", (path,),
                        who=frame.wording(named), level=words.percent(named["level"]))  # fmt: skip
        that = words.label("that_party", who=frame.wording(named))
        yield frame.sentence(f"{path}/probability", words.likely(that, _named(block)), (path, f"{incident_id}/party"))
    shares = [
        words.label("share", what=words.party(party), percent=words.percent(share))
        for party, share in sorted(block["party"].items(), key=lambda item: -item[1])
    ]
    yield frame.say(f"{incident_id}/party", "party_shares", (f"{incident_id}/party",), shares=words.listed(shares))
    if block["party_range"]:
        spans = [
            words.label("share_span", what=words.party(party), low=words.percent(low), high=words.percent(high))
            for party, (low, high) in block["party_range"].items()
        ]
        yield frame.say(f"{incident_id}/party_range", "party_range", (f"{incident_id}/party_range",),
                        spans=words.label("semicolon").join(spans))  # fmt: skip
    if named["survives_range"] is not None and named["set"]:
        yield frame.say(
            f"{path}/survives_range", "survives" if named["survives_range"] else "does_not_survive", (path,)
        )


def _named(block: Block) -> float:
    """The probability that the named parties did it and nobody else.

    For one party without what it would have done together with another (`party` gives it half of that); for several,
    "or" holds each alone and both; `together` is a hypothesis of its own (findings-format.md).
    """
    named, party, together = block["attribution"], block["party"], float(block["together"])
    if named["relation"] == "together":
        return together
    if len(named["set"]) == 1:
        return max(0.0, float(party[named["set"][0]]) - together / 2)
    return min(1.0, float(sum(party[name] for name in named["set"])))


def ratio_sentences(frame: Frame, block: Block) -> Iterator[Sentence]:
    """The strength of the evidence between two propositions by ENFSI's words; the favoured one is named first."""
    words, incident_id = frame.words, block["incident_id"]
    for pair, weight in (block.get("log10_lr") or {}).items():
        first, _, second = pair.partition(":")
        propositions = [proposition(frame, first), proposition(frame, second)]
        favoured, other = propositions if weight >= 0 else propositions[::-1]
        yield frame.say(
            f"{incident_id}/log10_lr/{pair}", "likelihood_ratio", (f"{incident_id}/log10_lr",),
            times=words.times(weight), favoured=favoured, other=other, support=words.support(weight),
        )  # fmt: skip


def proposition(frame: Frame, name: str) -> str:
    """A hypothesis of `log10_lr` as a clause."""
    fixed = {"attack": "an_attack_happened", "none": "nothing_happened"}
    if name in fixed:
        return frame.words.label(fixed[name])
    return frame.words.label("party_did_it", who=frame.words.party(name))


def _alleged(frame: Frame, block: Block) -> Iterable[Sentence]:
    """When it is alleged to have happened: a profile without a posterior gives no time found."""
    incident_id = block["incident_id"]
    row = frame.case.rows["incidents"].get(incident_id)
    start, end = (frame.words.stated(row, name) for name in ("window_start", "window_end")) if row else ("", "")
    if start and end:
        window = frame.words.label("span", low=start, high=end)
        yield frame.say(f"{incident_id}/window", "alleged_window", (f"incidents/{incident_id}",), window=window)


def confidence_sentence(frame: Frame, block: Block) -> Sentence:
    """The grade and what it rests on, without a word of likelihood. That what a log may add is left out is said of
    every incident: said only where a reason was dropped, it would tell whether there is one."""
    words, given = frame.words, block["confidence"]
    shown = [reason(frame, one) for one in given["because"] if one not in OF_COVERAGE]
    because = words.label("semicolon").join([*shown, words.label("because_of_logs")])
    return frame.say(
        f"{block['incident_id']}/confidence", "confidence", (f"{block['incident_id']}/confidence",),
        grade=words.word("grade", given["grade"]), because=because,
    )  # fmt: skip


OF_COVERAGE = (
    "a whole log covers the place at the time found",
    "the log is a selection or has a gap at the time found",
    "no log of the sky",
)
"""Reasons of the confidence rule that say whether somebody watched there and then. No edition repeats them: where no
log was kept, no observer stood near (docs/proof.md, Observers' posts)."""
_COUNTED: Mapping[str, re.Pattern[str]] = {
    "because_account": re.compile(r"^accounts of (\d+) independent sources?$"),
    "because_contradiction": re.compile(r"^(\d+) pieces? in contradiction to the rest$"),
    "because_tension": re.compile(r"^(\d+) pieces? in tension with the rest$"),
}
_AMOUNT = re.compile(r"^(\d+) pieces? of evidence with something to say, from (\d+) independent groups?$")


def reason(frame: Frame, clause: str) -> str:
    """A reason of the confidence rule (conclude/confidence.py) in this language; one that the catalogue does not know
    stands as findings.json has it.
    """
    words = frame.words
    if amount := _AMOUNT.match(clause):
        pieces, groups = (
            words.count(key, int(n)) for key, n in zip(("pieces", "groups"), amount.groups(), strict=True)
        )
        return words.label("because_amount", pieces=pieces, groups=groups)
    parts = []
    for part in clause.split(", "):
        counted = next(((key, int(m[1])) for key, rule in _COUNTED.items() if (m := rule.match(part))), None)
        parts.append(words.count(*counted) if counted else words.word("because", part))
    return words.label("comma").join(parts)
