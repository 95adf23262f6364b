"""Numbers in words: never more digits than are known, and always which way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from sim import stats
from sim.measures import COMPARED, Described

__all__ = [
    "COSTS_IN_WORDS",
    "amount",
    "between",
    "chance_words",
    "counted",
    "currency_of",
    "decimals_known",
    "group_phrase",
    "group_words",
    "joined",
    "level_words",
    "money",
    "number",
    "pairs_better",
    "people",
    "plain",
    "share_words",
    "title_of",
]

_CURRENCIES = {"GBP": "£", "EUR": "€", "USD": "$"}
_MOST_DECIMALS = 6


def decimals_known(half_width: float, fewest: int = 0) -> int:
    """Return how many decimals a number with this half width of its interval deserves.

    So many that the last one is the first digit of the half width: what comes after it is not known.

    Parameters
    ----------
    half_width
        Half the width of the 95% interval. Where it is zero, not finite or not a number, four digits count.
    fewest
        Decimals to show at least.
    """
    if not math.isfinite(half_width) or half_width <= 0.0:
        return max(fewest, 4)
    return min(max(fewest, -math.floor(math.log10(half_width))), _MOST_DECIMALS)


def number(value: float, decimals: int = 0) -> str:
    """Return a number with thousands separated and a proper minus sign; ``–`` where it is not defined."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{abs(value):,.{decimals}f}"
    is_zero = not any(digit in "123456789" for digit in text)
    return text if value >= 0.0 or is_zero else f"−{text}"


def plain(value: float, digits: int = 3) -> str:
    """Return a number with so many significant digits, without exponent: for levels and settings."""
    if not math.isfinite(value) or value == 0.0:
        return number(value)
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = number(value, min(decimals, 8))
    return text.rstrip("0").rstrip(".") if "." in text else text


def level_words(estimate: float, lower: float, upper: float) -> tuple[str, str, str]:
    """Return a level and the bounds of its interval, all to the decimals that the interval allows, two digits at least.

    Where there is no interval, or none of any width, three digits of the level are told.
    """
    width = (upper - lower) / 2.0
    known = math.isfinite(width) and width > 0.0
    place = math.floor(math.log10(abs(estimate))) if estimate and math.isfinite(estimate) else 0
    decimals = decimals_known(width, max(0, 1 - place)) if known else max(0, 2 - place)
    return number(estimate, decimals), number(lower, decimals), number(upper, decimals)


def money(value: float, currency: str = "GBP") -> str:
    """Return an amount of money to three significant digits, e.g. ``£12,300``."""
    if not math.isfinite(value):
        return number(value)
    place = 0 if value == 0.0 else math.floor(math.log10(abs(value)))
    whole = round(value, min(2, 2 - place)) if place < 2 else round(value, 2 - place)
    text = number(abs(whole), 2 if place < 1 and whole != int(whole) else 0)
    sign = "−" if whole < 0 else ""
    symbol = _CURRENCIES.get(currency)
    return f"{sign}{symbol}{text}" if symbol else f"{sign}{text} {currency}"


def unpaid(rows: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Return, by scenario, how much of its extra cost is volunteers' time, from rows of a comparison; none left out."""
    found = {
        str(row["scenario"]): float(row["effect"])
        for row in rows
        if (row["measure"], row["group"], row["when"]) == ("cost_volunteer_time", "all", "horizon")
    }
    return {name: worth for name, worth in found.items() if worth > 0.0}


def of_it_unpaid(worth: float, currency: str) -> str:
    """Return ``of it £2,050 volunteers' time, which nobody pays``; empty where there is none."""
    return f"of it {money(worth, currency)} volunteers' time, which nobody pays" if worth > 0.0 else ""


def one_person(row: Mapping[str, Any]) -> str:
    """Return what a cost for each person buys: ``to have one person fewer who is often lonely``."""
    label = COMPARED[str(row["measure"])].label
    verb = "has" if label.startswith("no ") else "is"
    return f"to have one person {'fewer' if float(row['effect']) < 0.0 else 'more'} who {verb} {label}"


def cost_words(value: float, currency: str, *, private: bool) -> str:
    """Return an extra cost in words; of a surveyed community one that is missing is not shown."""
    return "not shown: so few take part" if private and math.isnan(value) else money(value, currency)


def currency_of(manifest: Mapping[str, Any]) -> str:
    """Return the currency of the interventions' costs; the measure's unit where none is said."""
    for stored in manifest["scenarios"].values():
        for item in (stored.get("resolved") or {}).get("interventions") or ():
            found = (item.get("cost") or {}).get("currency")
            if found:
                return str(found)
    return COMPARED["cost"].unit


def counted(count: int, noun: str) -> str:
    """Return a number of things, of which one is no plural: ``1 run``, ``3 runs``, ``1,200 runs``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def joined(parts: Iterable[str], last: str = "and") -> str:
    """Return ``a, b and c``."""
    items = list(parts)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def title_of(titles: Mapping[str, str], name: str) -> str:
    """Return a scenario's title in quotation marks."""
    return f"“{titles.get(name, name)}”"


def _scaled(row: Mapping[str, Any]) -> tuple[float, float, float, tuple[str, str]]:
    """Return effect and bounds in the reader's unit, and the words for less and more."""
    measure = COMPARED[str(row["measure"])]
    factor = 1000.0 if measure.is_share else 1.0
    words = ("fewer", "more") if measure.is_share or _counts_people(measure) else ("lower", "higher")
    return float(row["effect"]) * factor, float(row["lower"]) * factor, float(row["upper"]) * factor, words


def _counts_people(measure: Described) -> bool:
    return measure.is_total and measure.unit == "residents"


def _decimals(effect: float, lower: float, upper: float) -> int:
    """Return how many decimals effect and bounds deserve: what is known, and at most two digits."""
    known = decimals_known((upper - lower) / 2.0)
    greatest = max(abs(value) for value in (effect, lower, upper) if math.isfinite(value))
    if greatest == 0.0:
        return known
    two_digits = max(0, 1 - math.floor(math.log10(greatest)))
    return min(known if upper > lower else two_digits, two_digits, _MOST_DECIMALS)


def _not_zero(value: float, decimals: int) -> str:
    """Return a size with as many more decimals as it takes not to print a bound that is not zero as zero."""
    while value != 0.0 and round(value, decimals) == 0.0 and decimals < _MOST_DECIMALS:
        decimals += 1
    return number(value, decimals)


def amount(row: Mapping[str, Any], *, unit: bool = True) -> str:
    """Return an effect in words: ``12 fewer in 1,000 residents``, ``0.012 lower``, ``no difference``.

    Parameters
    ----------
    row
        A row of a comparison.
    unit
        Whether to add ``in 1,000 residents`` to effects on shares, and ``residents`` to counts of them.
    """
    effect, lower, upper, (less, more) = _scaled(row)
    if math.isnan(effect):
        return "not defined"
    if effect == 0.0 and lower == upper:
        return "nobody" if str(row["measure"]) == "worse_off" else "no difference"
    decimals = _decimals(effect, lower, upper)
    goes_one_way = lower > 0.0 or upper < 0.0  # then it must not be rounded away
    text = _not_zero(abs(effect), decimals) if goes_one_way else number(abs(effect), decimals)
    if not _is_something(text):
        return "about the same"
    measure = COMPARED[str(row["measure"])]
    tail = " in 1,000 residents" if measure.is_share else " residents" if _counts_people(measure) else ""
    tail = tail if unit else ""
    return f"{text} {less if effect < 0.0 else more}{tail}"


def between(row: Mapping[str, Any]) -> str:
    """Return the 95% interval in words: ``8 to 16 fewer``, ``between 3 fewer and 5 more``."""
    effect, lower, upper, (less, more) = _scaled(row)
    if math.isnan(effect):
        return "not defined"
    if str(row["measure"]) == "worse_off" and (not math.isfinite(upper - lower) or stats.too_few(int(row["seeds"]))):
        several = math.isfinite(upper - lower)
        return f"counted in {int(row['seeds'])} communities" if several else "counted in one community"
    if not math.isfinite(upper - lower):
        return "not known from one run"
    if lower == upper:
        return "the same in every run"
    decimals = _decimals(effect, lower, upper)
    while round(lower, decimals) == round(upper, decimals) and decimals < decimals_known((upper - lower) / 2.0):
        decimals += 1
    low, high = number(abs(lower), decimals), number(abs(upper), decimals)
    if upper <= 0.0:
        return f"{_not_zero(-upper, decimals)} to {low} {less}"
    if lower >= 0.0:
        return f"{_not_zero(lower, decimals)} to {high} {more}"
    down = f"{low} {less}" if _is_something(low) else "no difference"
    up = f"{high} {more}" if _is_something(high) else "no difference"
    return f"between {down} and {up}"


def _is_something(text: str) -> bool:
    return any(digit in "123456789" for digit in text)


def share_words(row: Mapping[str, Any], name: str, lower: str, upper: str) -> str:
    """Return a share and its 95% interval in percent, e.g. ``24% (-1% to 47%)``; only the share where it has none."""
    share, low, high = (float(row[key]) for key in (name, lower, upper))
    digits = 1 if 0.0 < high - low < 0.02 else 0
    said = [f"{number(100.0 * value, digits)}%" for value in (share, low, high)]
    return said[0] if math.isnan(low) or low == high else f"{said[0]} ({said[1]} to {said[2]})"


def chance_words(value: float) -> str:
    """Return a chance, 0..1, in percent: ``37%``, never certain: ``over 99%``, ``under 1%``; ``–`` where not known."""
    if math.isnan(value):
        return "–"
    percent = round(100.0 * value)
    return "under 1%" if percent == 0 else "over 99%" if percent == 100 else f"{percent}%"


def pairs_better(row: Mapping[str, Any]) -> str:
    """Return ``46 of 50``: in how many paired runs the scenario was better; ``–`` where neither way is.

    Also for residents who are worse off: they are counted in communities, not in pairs of runs.
    """
    share, seeds = float(row["share_better"]), int(row["seeds"])
    if math.isnan(share) or str(row["measure"]) == "worse_off":
        return "–"
    return f"{round(share * seeds)} of {seeds}"


def people(row: Mapping[str, Any]) -> str:
    """Return the effect on a share as people: ``about 12 fewer residents in 1,000``; of a scale, as :func:`amount`.

    A reader who counts people wants no decimals: below one in 1,000 it is told in 10,000.
    """
    measure, effect = COMPARED[str(row["measure"])], float(row["effect"])
    if not measure.is_share or math.isnan(effect) or effect == 0.0:
        return amount(row)
    word = "fewer" if effect < 0.0 else "more"
    for base in (1000, 10_000):
        count = round(abs(effect) * base)
        if abs(effect) * base >= 0.95:
            return f"about {count:,} {word} resident{'' if count == 1 else 's'} in {base:,}"
    return f"fewer than one resident in 10,000 {'less' if effect < 0.0 else 'more'}"


COSTS_IN_WORDS = {
    "total": "in all",
    "fixed": "of it once, at the start",
    "per_week": "of it by the week that it runs",
    "per_participant": "of it by the participant who joins",
    "per_participant_week": "of it by the participant and week taken part",
    "per_attendance": "of it by the participant and week attended",
    "per_volunteer_week": "of it by the volunteer and week served",
    "volunteer_time": "of it volunteers' time, which nobody pays",
    "per person reached": "for each person reached",
    "per unit of effect": "for each unit of effect ({unit})",
}
"""Items of :func:`sim.compare.costs` as they stand in a table."""


def group_words(group: str) -> str:
    """Return ``age band: 65-74`` for ``age_band=65-74`` and ``everybody`` for ``all``."""
    column, _, value = group.partition("=")
    return f"{column.replace('_', ' ')}: {value}" if value else "everybody"


_GROUPS = {
    "lonely_at_start=low": "residents who were least lonely at the start",
    "lonely_at_start=middle": "residents who were neither least nor most lonely at the start",
    "lonely_at_start=high": "residents who were loneliest at the start",
    "lived_experience=yes": "residents with lived experience of mental-health problems",
    "lived_experience=no": "residents without lived experience of mental-health problems",
    "gender=woman": "women",
    "gender=man": "men",
}


def group_phrase(group: str) -> str:
    """Return a group of residents as it stands in a sentence: ``residents aged 65-74``, ``women``."""
    column, _, value = group.partition("=")
    if not value:
        return "everybody"
    if column == "age_band":
        return f"residents aged {value}"
    return _GROUPS.get(group, f"residents with {column.replace('_', ' ')} “{value}”")
