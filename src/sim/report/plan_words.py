"""What an intervention does, for whom, when and for how many, in sentences made from its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.compare.wording import joined, plain
from sim.measures import COMPARED

__all__ = ["effect_phrases", "eligible", "plan_sentences"]

_WITH = {
    "volunteer": "a volunteer",
    "participants": "other participants",
    "across_group": "somebody from the other side of the group line",
    "place": "members of a place",
}
_SHIFT_WHEN = {"joined": "on joining", "attended": "with each week attended", "completed": "on completion"}


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


def _invited(choose: Mapping[str, Any], anybody: str) -> str:
    by, number, share = str(choose.get("by", "everyone")), choose.get("number"), choose.get("share")
    some = (
        f"{number:,} of the {anybody}"
        if number
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
    how_many = f"{number:,} " if number else f"{plain(100 * float(share))}% " if share else "people "
    return f"Invited: the {how_many}with the {choose.get('order', 'highest')} {_plain(by)} among the {anybody}."


def plan_sentences(item: Mapping[str, Any]) -> list[str]:
    """Return who is invited, when it runs and for how many, what it is meant to change, and how word spreads."""
    runs, spread = item.get("runs") or {}, item.get("spread") or {}
    acts_on_people = any(set(effect) - {"close", "open", "end_ties"} for effect in item.get("effects") or ())
    sentences = []
    if acts_on_people:
        sentences.append(_invited(item.get("choose") or {}, eligible(item.get("who") or {}) or "residents"))
    sentences.append(_when(runs))
    phrases = effect_phrases(item)
    if phrases:
        sentences.append(f"What it does in the model: {joined(phrases)}.")
    uptake = spread.get("uptake")
    if acts_on_people and isinstance(uptake, int | float) and uptake < 1:
        rule = " once enough of their contacts take part" if spread.get("rule") == "threshold" else ""
        sentences.append(f"Of those who hear of it, {plain(100 * float(uptake))}% would come{rule}.")
    return sentences


def _when(runs: Mapping[str, Any]) -> str:
    parts = [f"It starts in week {runs.get('start', 0)}"]
    if runs.get("weeks"):
        parts.append(f"runs for {runs['weeks']} weeks")
    if runs.get("places"):
        parts.append(f"has places for {runs['places']:,} at a time")
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
    parts = []
    for outcome, size in settings.items():
        if outcome not in COMPARED or not isinstance(size, int | float | str):
            continue
        words = plain(float(size)) if isinstance(size, int | float) else str(size).replace("-", "−", 1)
        parts.append(f"{_plain(outcome)} by {words.replace('sd', 'standard deviations')}")
    when = str(settings.get("when", ""))
    return f"moves {joined(parts)} {_SHIFT_WHEN.get(when, _plain(when))}".strip()
