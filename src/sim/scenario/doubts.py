"""What is allowed and yet cannot be meant: shifts off the scale, conditions nobody meets, too few weeks to stay."""

from __future__ import annotations

from collections.abc import Iterator

from sim.community.columns import Column
from sim.community.community import Community
from sim.interventions.effects.shift import Shift, mean_and_sd, parse_amount
from sim.interventions.spec import Condition, Intervention

__all__ = ["doubts_of_names", "doubts_of_runs"]

_LARGE = 2.0
"""A shift of more standard deviations than this is asked about."""


def doubts_of_runs(item: Intervention, weeks: int) -> Iterator[str]:
    """Yield what is odd about an intervention whatever the community: no effects, or nobody could stay to the end.

    Parameters
    ----------
    item
        The intervention.
    weeks
        For how many weeks the study is played.
    """
    runs = item.runs
    if not item.effects:
        yield f"{item.name}: has no effects, so it changes nothing but what it costs"
    if runs.length is None:
        return
    if runs.weeks is not None and runs.length > runs.weeks:
        yield (
            f"{item.name}: it runs for {runs.weeks} weeks and a participation lasts {runs.length}, so nobody can join: "
            "nobody does who could not stay for the whole length"
        )
    elif runs.start + runs.length > weeks and any(getattr(each, "when", "") == "completed" for each in item.effects):
        yield (
            f"{item.name}: who joins in week {runs.start} completes after {runs.length} weeks, and {weeks} weeks are "
            "played, so nobody completes it and what it does on completion never happens"
        )


def doubts_of_names(item: Intervention, community: Community) -> Iterator[str]:
    """Yield what is odd about an intervention in a community: conditions that nobody meets, shifts off the scale."""
    for condition in item.who:
        if condition.column in community.columns:
            for text in _of_condition(condition, community.columns[condition.column]):
                yield f"{item.name}: who: {condition.column}: {text}"
    for effect in item.effects:
        if isinstance(effect, Shift) and (text := _of_shift(effect, community)):
            yield f"{item.name}: {text}"


def _of_condition(condition: Condition, column: Column) -> Iterator[str]:
    lower = [(value, key) for key in ("above", "at_least") if (value := getattr(condition, key)) is not None]
    upper = [(value, key) for key in ("below", "at_most") if (value := getattr(condition, key)) is not None]
    nobody = "so nobody is eligible"
    if column.bounds is not None:
        low, high = column.bounds
        for value, key in [*lower, *upper]:
            said = f"{_words(key)} {value:g}"
            if value > high or (value == high and key == "above"):
                then = nobody if (value, key) in lower else "so it leaves nobody out"
                yield f"{said}: the scale ends at {high:g}, {then}"
            elif value < low or (value == low and key == "below"):
                then = nobody if (value, key) in upper else "so it leaves nobody out"
                yield f"{said}: the scale begins at {low:g}, {then}"
    for value, key in lower:
        for other, limit in upper:
            both = key == "at_least" and limit == "at_most"
            if value > other or (value == other and not both):
                yield f"{_words(key)} {value:g} and {_words(limit)} {other:g} exclude each other, {nobody}"


def _words(key: str) -> str:
    return key.replace("_", " ")


def _of_shift(effect: Shift, community: Community) -> str:
    """Return that a shift is larger than the scale, or than people differ; empty where it is not."""
    column, given = community.columns.outcome(effect.outcome), getattr(effect, effect.outcome)
    amount, in_sd = parse_amount(given)
    sd = mean_and_sd(community, effect.outcome)[1]
    low, high = column.bounds or (0.0, 1.0)
    size, in_units = abs(amount), abs(amount) * sd if in_sd else abs(amount)
    name = effect.outcome.replace("_", "-")
    if in_units > high - low:
        return f"a shift of {name} by {given} is larger than its whole scale, from {low:g} to {high:g}"
    if (size if in_sd else size / sd if sd > 0.0 else 0.0) > _LARGE:
        return f"a shift of {name} by {given} is larger than {_LARGE:g} standard deviations of this community"
    return ""
