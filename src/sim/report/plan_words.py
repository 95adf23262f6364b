"""What an intervention does, for whom, when and for how many, in sentences made from its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.compare.wording import joined, number, plain
from sim.measures import COMPARED

__all__ = ["effect_phrases", "eligible", "people_counted", "plan_sentences"]

_WITH = {
    "volunteer": "a volunteer",
    "participants": "other participants",
    "across_group": "somebody from the other side of the group line",
    "place": "members of a place",
}
_SHIFT_WHEN = {
    ("participants", "joined"): "on joining",
    ("participants", "each_week"): "with each week attended",
    ("participants", "completed"): "on completion",
    ("volunteers", "joined"): "when they first serve",
    ("volunteers", "each_week"): "with each week in which they serve",
}

_MISSING = 0.99
"""Where fewer than this share of those asked for are invited, the page tells how many are."""


def _plain(text: Any) -> str:
    return str(text).replace("_", " ")


def eligible(who: Mapping[str, Any]) -> str:
    """Return who is eligible, e.g. ``residents with loneliness above 0.5 and age band 65-74 or 75+``; empty if all."""
    parts = []
    for column, condition in who.items():
        name = _plain(column)
        if isinstance(condition, Mapping):
            bounds = [f"{_plain(key)} {plain(float(value))}" for key, value in condition.items()
                      if isinstance(value, int | float) and not isinstance(value, bool)]  # fmt: skip
            parts.append(f"{name} {joined(bounds)}")
        elif isinstance(condition, bool):
            parts.append(name if condition else f"no {name}")
        elif isinstance(condition, list | tuple):
            parts.append(f"{name} {joined([_plain(value) for value in condition], 'or')}")
        else:
            parts.append(f"{name} {_plain(condition)}")
    return f"residents with {joined(parts)}" if parts else ""


def _fewer(asked: int, anybody: str, counts: Mapping[str, float | None], least: int) -> str:
    """Return who is invited where fewer are than were asked for."""
    able, invited = (people_counted(counts[key], least) for key in ("eligible", "invited"))
    mean = f" (mean over {int(counts['runs'] or 0)} runs)" if int(counts.get("runs") or 1) > 1 else ""
    if able == invited:
        every = f"all, {invited}," if invited.startswith("fewer") else f"all {invited}"
        return f"Invited: {every} {anybody}{mean}; {asked:,} were asked for."
    return f"Invited: {invited} of the {anybody}{mean}; {asked:,} were asked for, and {able} are eligible."


def people_counted(people: float | None, least: int) -> str:
    """Return a count of people in words; of a surveyed community small ones are not told, nor stored (none)."""
    return f"fewer than {least}" if people is None or 0.0 < people < least else number(people)


def _too_few(invited: float | None, asked: int, least: int) -> bool:
    """Tell whether fewer were invited than asked for; a number that is not stored is below the least one told."""
    return asked > least if invited is None else invited < _MISSING * asked


def _invited(choose: Mapping[str, Any], anybody: str, counts: Mapping[str, float | None] | None, least: int) -> str:
    by, asked, share = str(choose.get("by", "everyone")), choose.get("number"), choose.get("share")
    if asked and counts is not None and _too_few(counts["invited"], asked, least):
        return _fewer(asked, anybody, counts, least)
    some = (
        f"{asked:,} of the {anybody}"
        if asked
        else f"{plain(100 * float(share))}% of the {anybody}"
        if share
        else anybody
    )
    if by == "nobody":
        return "Nobody is invited."
    if by == "everyone":
        return f"Invited: all {anybody}."
    if by == "random":
        return f"Invited: {some}, drawn at random."
    if by == "nomination":
        return f"Invited: {some}, as friends whom residents name."
    how_many = f"{asked:,} " if asked else f"{plain(100 * float(share))}% " if share else "people "
    return f"Invited: the {how_many}with the {choose.get('order', 'highest')} {_plain(by)} among the {anybody}."


def plan_sentences(
    item: Mapping[str, Any], counts: Mapping[str, float | None] | None = None, least: int = 0
) -> list[str]:
    """Return who is invited, when it runs and for how many, what it is meant to change, and how word spreads.

    Parameters
    ----------
    item
        An intervention, resolved.
    counts
        How many it found eligible and invited, as the manifest's ``programmes`` holds them; none where not known,
        and in place of a count of few surveyed people.
    least
        Counts below this are not told; 0 tells all.
    """
    runs, spread = item.get("runs") or {}, item.get("spread") or {}
    acts_on_people = any(set(effect) - {"close", "open", "end_ties"} for effect in item.get("effects") or ())
    sentences = []
    if acts_on_people:
        sentences.append(
            _invited(item.get("choose") or {}, eligible(item.get("who") or {}) or "residents", counts, least)
        )
    sentences.append(_when(runs))
    phrases = effect_phrases(item)
    if phrases:
        sentences.append(f"What it does in the model: {joined(phrases)}.")
    uptake = spread.get("uptake")
    if acts_on_people and isinstance(uptake, int | float) and uptake < 1:
        sentences.append(f"Of those who hear of it, {plain(100 * float(uptake))}% would come.")
    if acts_on_people and (rule := _rule(spread)):
        sentences.append(rule)
    return sentences


def _rule(spread: Mapping[str, Any]) -> str:
    """Return when the willing who were not invited come; empty where being willing is enough."""
    rule = spread.get("rule")
    if rule == "threshold":
        least, share = spread.get("contacts"), spread.get("share")
        who = f"{least} of their contacts take{'s' if least == 1 else ''}" if least else ""
        who = who or f"{plain(100 * float(share or 0.0))}% of their contacts take"
        return f"Those whom the programme did not invite itself come once at least {who} or took part."
    if rule == "reinforced":
        chance = f"{plain(100 * float(spread.get('base_chance') or 0.0))}% in a week"
        odds = plain(float(spread.get("contact_odds") or 1.0))
        return (
            "Those whom the programme did not invite itself come the sooner the more of their contacts take part: "
            f"{chance} without any, and each multiplies the odds by {odds}."
        )
    return ""


def _when(runs: Mapping[str, Any]) -> str:
    parts = [f"It starts in week {runs.get('start', 0)}"]
    if runs.get("weeks"):
        parts.append(f"runs for {runs['weeks']} weeks")
    if runs.get("places"):
        parts.append(f"has places for {runs['places']:,} at a time")
    if runs.get("workers") and runs.get("caseload"):
        plural = "" if int(runs["workers"]) == 1 else "s"
        parts.append(f"has {runs['workers']:,} worker{plural} with up to {runs['caseload']:,} participants each")
    if runs.get("group_size"):
        parts.append(f"meets in groups of {runs['group_size']:,}")
    if runs.get("length"):
        parts.append(f"a participant stays for {runs['length']} weeks")
    return f"{joined(parts)}."


def effect_phrases(item: Mapping[str, Any]) -> list[str]:
    """Return what each effect of an intervention does."""
    return [_effect(kind, settings or {}) for effect in item.get("effects") or () for kind, settings in effect.items()]


def _effect(kind: str, settings: Mapping[str, Any]) -> str:
    place = _plain(settings.get("place", "a place"))
    if kind == "tie":
        until = " while the programme lasts" if settings.get("ends") == "with_programme" else ""
        return (
            f"participants gain a tie with {_WITH.get(str(settings.get('with')), _plain(settings.get('with')))}{until}"
        )
    if kind == "shift":
        return _shift(settings)
    simple = {
        "close": f"“{place}” closes, and with it a share of the ties that were lived there ends",
        "open": f"“{place}” opens",
        "join": f"participants join “{place}”",
        "end_ties": f"ties of the kind “{_plain(settings.get('kind', 'any'))}” end",
        "reactivate": "participants take up ties that had lain dormant",
        "disclose": "some participants decide to be open about their lived experience",
        "engagement": "participants live their ties more, or less, than before",
    }
    return simple.get(kind, _plain(kind))


def _shift(settings: Mapping[str, Any]) -> str:
    moves = []
    for outcome, size in settings.items():
        if outcome not in COMPARED or not isinstance(size, int | float | str):
            continue
        words = plain(float(size)) if isinstance(size, int | float) else str(size).replace("-", "−", 1)
        moves.append(f"{_plain(outcome)} moves by {words.replace('sd', 'standard deviations')}")
    when = str(settings.get("when", ""))
    whose = str(settings.get("of") or "participants")
    told = _SHIFT_WHEN.get((whose, when), _plain(when))
    return f"{whose}' {joined(moves)} {told}".strip()
