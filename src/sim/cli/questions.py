"""``sim sensitivity`` and ``sim explore``."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli import screens
from sim.cli.screens import note, say
from sim.errors import InputError, did_you_mean, listing

if TYPE_CHECKING:
    import pandas as pd

    from sim.study import Study

__all__ = ["Asked", "explore", "sensitivity"]


@dataclass(frozen=True)
class Asked:
    """What both commands are called with."""

    path: Path
    measure: str | None
    when: str
    parameters: Sequence[str]
    overrides: Sequence[str]
    seeds: int | None
    out: Path | None
    workers: int | None
    fresh: bool

    @property
    def processes(self) -> int:
        """As many as told, or as there are cores."""
        return self.workers or screens.cores()

    def study(self) -> Study:
        """Load the study with what the command line sets."""
        from sim.study import load

        return load(self.path, list(self.overrides))

    def given(self) -> dict[str, Any]:
        """Return what both functions take."""
        seeds = {} if self.seeds is None else {"seeds": self.seeds}
        return {
            "measure": self.measure,
            "when": self.when,
            "parameters": list(self.parameters) or None,
            "workers": self.processes,
            "fresh": self.fresh,
            **seeds,
        }


def sensitivity(asked: Asked, method: str, samples: int | None, scenario: str | None) -> int:
    """Print what the effect of a scenario hangs on; return the exit code."""
    from sim.study import sensitivity as find_out

    study = asked.study()
    name = _scenario(study, scenario)
    out = asked.out or Path("results") / f"{name}_{method}"
    with screens.progress_bar("points") as bar:
        found = find_out(study[name], method, samples=samples, out=out, progress=_telling(bar, asked), **asked.given())
    top = found.indices.head(25)
    said = _sayer(top[["index"]])
    rows = [_cells(row, method, said) for row in top.to_dict("records")]
    headings = {"morris": "effect of its range", "sobol": "total", "pawn": "PAWN", "tornado": "swing"}
    first = ["first order"] if method == "sobol" else []
    screens.table(["parameter", "range", headings[method], "95% interval", *first, "luck reaches", "verdict"], rows)
    if len(found.indices) > len(rows):
        say(f"... and {len(found.indices) - len(rows)} more in {out / 'indices.csv'}")
    if found.pairs is not None:
        _say_pairs(found.pairs)
    say()
    for sentence in found.sentences:
        say(sentence)
    return _end(found.write(out), found.analysis.errors)


def explore(asked: Asked, worlds: int | None) -> int:
    """Print which candidate is best in which worlds; return the exit code."""
    from sim.measures import COMPARED
    from sim.study import explore as find_out

    study = asked.study()
    out = asked.out or Path("results") / f"{study.name}_worlds"
    more: dict[str, Any] = {} if worlds is None else {"worlds": worlds}
    with screens.progress_bar("worlds") as bar:
        found = find_out(study, out=out, progress=_telling(bar, asked), **more, **asked.given())
    titles = {key: scenario.title for key, scenario in study.items()}
    measure = asked.measure or study.plan.outcome
    factor = 1000.0 if COMPARED[measure].is_share else 1.0
    said = _sayer(found.table[["maximum_regret"]] * factor)
    rows = [
        [titles[row["scenario"]], f"{row['share_best']:.0%}", *_effect_words(row, measure),
         f"{row['share_better']:.0%}", said(row["expected_regret"] * factor), said(row["maximum_regret"] * factor)]
        for row in found.table.to_dict("records")
    ]  # fmt: skip
    of = ", of 1,000" if factor > 1.0 else ""
    headings = ["candidate", "best in", f"mean effect{of}", "in 90% of worlds", "does good in", f"expected regret{of}",
                "at worst"]  # fmt: skip
    screens.table(headings, rows)
    say()
    for sentence in found.sentences:
        say(sentence)
    errors = tuple(dict.fromkeys(text for text in found.runs["error"] if text))
    return _end(found.write(out), errors)


def _effect_words(row: Mapping[Any, Any], measure: str) -> tuple[str, str]:
    """Return a candidate's mean effect over the worlds, and where it lies in nine of ten of them, in words."""
    from sim.compare.wording import amount, between

    lower, upper = float(row["effect_low"]), float(row["effect_high"])
    if lower == upper == float(row["effect"]) == 0.0:
        return "no difference", "no difference"  # the baseline with itself
    told = {"measure": measure, "effect": row["effect"], "lower": lower, "upper": upper, "seeds": 0}
    return amount(told, unit=False), between(told)


def _scenario(study: Study, asked: str | None) -> str:
    """Return the scenario that is meant."""
    names = [name for name in study if name != study.plan.baseline]
    if asked is None:
        if len(names) == 1:
            return names[0]
        raise InputError(f"the study has {len(names) or 'no'} scenarios besides its baseline; name one file, or give "
                         f"--scenario; scenarios: {listing(names) or 'none'}")  # fmt: skip
    if asked not in names:
        hint = did_you_mean(asked, names) or f"; scenarios: {listing(names) or 'none'}"
        raise InputError(f"--scenario: there is no scenario '{asked}' to compare with the baseline{hint}")
    return asked


def _telling(bar: Any, asked: Asked) -> Any:
    first = True

    def tell(progress: Any) -> None:
        nonlocal first
        if first:
            first = False
            left = progress.total - progress.done
            there = f"{progress.done} of {progress.total} points are there already; " if progress.done else ""
            note(f"{there}{left} to play with {asked.processes} worker{'s' if asked.processes > 1 else ''}")
        bar(progress)

    return tell


def _cells(row: Any, method: str, said: Callable[[float], str]) -> list[str]:
    first = [f"{said(row['first'])} ({said(row['first_lower'])} to {said(row['first_upper'])})"
             ] if method == "sobol" else []  # fmt: skip
    known = math.isfinite(row["lower"]) and math.isfinite(row["upper"])
    bounds = (
        f"{said(row['lower'])} to {said(row['upper'])}"
        if known
        else "none from one seed"
        if method == "tornado"
        else "not known"
    )
    front = [row["parameter"], row["range"], said(row["index"]), bounds]
    return [*front, *first, said(row["noise"]), row["verdict"]]


def _say_pairs(pairs: Any) -> None:
    strong = [row for row in pairs.to_dict("records") if row["verdict"] == "matters"][:5]
    say()
    if not strong:
        say("No pair of parameters does together what it does not do apart (second order): none is told from nothing.")
        return
    say("Pairs that do together what they do not do apart (second order):")
    said = _sayer(pairs.head(5)[["index"]])
    rows = [[f"{row['parameter']} with {row['with']}", said(row["index"]),
             f"{said(row['lower'])} to {said(row['upper'])}"] for row in strong]  # fmt: skip
    screens.table(["pair", "share of variance", "95% interval"], rows)


def _end(paths: Sequence[Path], errors: Sequence[str]) -> int:
    for text in errors[:5]:
        note(f"failed: {text}")
    say()
    for path in paths:
        if path.suffix in (".csv", ".png", ".parquet"):
            say(str(path))
    return 1 if errors else 0


def _sayer(numbers: pd.DataFrame) -> Callable[[float], str]:
    """Return how numbers of a kind are written: all with the decimals that the largest of these deserves.

    That is three digits that count, at most six decimals; what is smaller than the last of them is "about 0".
    """
    sizes = numbers.abs().to_numpy(dtype=float).ravel()
    greatest = max((float(size) for size in sizes if math.isfinite(size)), default=0.0)
    decimals = min(6, max(0, 2 - math.floor(math.log10(greatest)))) if greatest > 0 else 0

    def said(value: float) -> str:
        if not math.isfinite(value):
            return "not known" if math.isnan(value) else "unbounded"
        text = f"{abs(value):,.{decimals}f}"
        if not any(digit in "123456789" for digit in text):
            return "about 0" if value else "0"
        return f"−{text}" if value < 0 else text

    return said
