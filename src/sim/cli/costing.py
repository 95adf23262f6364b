"""What scenarios cost, on a screen, and how to play them at one budget."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.cli.results import Asked, label_of, table_of, title_of
from sim.cli.screens import say, table

if TYPE_CHECKING:
    from sim.study import Results

__all__ = ["print_budget", "print_costs"]


def print_costs(results: Results, asked: Asked) -> None:
    """Print what each scenario costs, by kind, by person reached and by unit of effect."""
    from sim.compare import records
    from sim.compare.wording import COSTS_IN_WORDS, currency_of, money

    found = table_of(results, asked)
    unit = currency_of(results.manifest)
    rows = []
    for row in records(found):
        known = not math.isnan(row["cost"])
        interval = f"{money(row['lower'], unit)} to {money(row['upper'], unit)}" if known else ""
        named = COSTS_IN_WORDS[row["item"]].format(unit=row["unit"])
        rows.append([
            title_of(results, row["scenario"]), named, money(row["cost"], unit) if known else "–", interval,
            row["why"],
        ])  # fmt: skip
    say(f"Extra cost up to week {results.facts.weeks}, in {unit}: all that is spent, unless it says 'for each'")
    table(["scenario", "cost", "mean", "95% interval", "note"], rows)


def print_budget(results: Results, asked: Asked) -> None:
    """Print what each scenario would do at one cost, and the commands that play them at that size."""
    from sim.compare import records
    from sim.compare.wording import amount, between, currency_of, money, number, unpaid

    assert asked.budget is not None
    unit = currency_of(results.manifest)
    measure = asked.measure or results.facts.outcome
    found = table_of(results, asked)
    say(f"{label_of(measure)} if each scenario were scaled to cost {money(asked.budget, unit)} (not played again)")
    rows = []
    for row in records(found):
        scaled = not math.isnan(row["factor"])
        rows.append([
            title_of(results, row["scenario"]), money(row["cost"], unit),
            f"x {number(row['factor'], 2)}" if scaled else "–", money(row["cost_then"], unit) if scaled else "–",
            amount(row) if scaled else "–", between(row) if scaled else "–", row["note"],
        ])  # fmt: skip
    table(["scenario", "cost as played", "scaled", "cost then", "effect", "95% interval", "note"], rows)
    if unpaid(records(results.comparison())):
        say("The time of volunteers, which nobody pays, counts in the costs at what an hour of it is worth.")
    _print_commands(results, found)


def _print_commands(results: Results, found: Any) -> None:
    """Print how to play the scenarios at the size that the budget allows."""
    import shlex

    from sim.compare import settings_at_budget

    lines = []
    for name, settings in settings_at_budget(found, results.manifest).items():
        stored = results.manifest["scenarios"][name]
        file = str(stored.get("file") or "")
        if not file or not settings:
            lines.append(f"{title_of(results, name)}: nothing in its file says how many it is for")
            continue
        words = ["sim", "run", file, "--seeds", str(results.manifest["seeds"])]
        before = {str(origin.get("where", "")) for origin in (stored.get("origins") or {}).values()}
        before = {text.removeprefix("--set").strip() for text in before if text.startswith("--set")}
        kept = sorted(text for text in before if not text.startswith("seeds="))
        words += [word for setting in (*kept, *settings) for word in ("--set", setting)]
        lines.append(shlex.join([*words, "--out", f"{results.path}_at_budget/{name}"]))
    if lines:
        say()
        say("To play them at that size instead:")
        for line in lines:
            say(line)
