"""What is known of a parameter before the data: a range, from the evidence unless it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import evidence
from sim.errors import InputError, did_you_mean
from sim.scenario.assigning import number_at
from sim.scenario.settable import paths

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.scenario.settable import Settable

__all__ = ["Prior", "priors_of"]

_DIGITS = 12
_FORMS = "PATH, PATH=LOW..HIGH or PATH=log:LOW..HIGH"


@dataclass(frozen=True)
class Prior:
    """The prior of one parameter: uniform over a range, or uniform in its logarithm."""

    path: str
    """Dotted path, as ``--set`` takes it."""
    low: float
    high: float
    log: bool = False
    """Whether each factor is as likely as any other, not each difference."""
    label: str = ""
    """What the parameter is, in words."""
    unit: str = ""
    support: str = "given"
    """Where the range comes from."""
    usual: float | None = None
    """The value that the scenario has."""

    def __post_init__(self) -> None:
        if not (np.isfinite([self.low, self.high]).all() and self.low < self.high):
            text = (
                f"{self.path}: the range must go from a lower to a higher number, found {self.low:g} to {self.high:g}"
            )
            raise InputError(text)
        if self.log and self.low <= 0:
            raise InputError(f"{self.path}: a range of factors (log) must lie above 0, found {self.low:g}")

    def value(self, unit: float) -> float:
        """Return the value below which a share ``unit``, 0 to 1, of the prior lies."""
        if self.log:
            found = float(np.exp(np.log(self.low) + unit * (np.log(self.high) - np.log(self.low))))
        else:
            found = self.low + unit * (self.high - self.low)
        return min(max(float(f"{found:.{_DIGITS}g}"), self.low), self.high)

    def share_below(self, value: float) -> float:
        """Return which share of the prior lies below a value."""
        if self.log:
            return float((np.log(value) - np.log(self.low)) / (np.log(self.high) - np.log(self.low)))
        return (value - self.low) / (self.high - self.low)

    def in_words(self) -> str:
        """Return the range in words."""
        return f"{self.low:g} to {self.high:g}" + (" (log)" if self.log else "")


def priors_of(asked: Mapping[str, Any] | Sequence[str], scenario: Scenario) -> list[Prior]:
    """Return the priors of the parameters that a user asks for.

    Parameters
    ----------
    asked
        Texts ``PATH``, ``PATH=LOW..HIGH`` or ``PATH=log:LOW..HIGH``; or a mapping from path to ``None`` (the evidence's
        range), ``(low, high)``, ``("log", low, high)`` or a :class:`Prior`.
    scenario
        In which the paths are looked up.

    Raises
    ------
    InputError
        If there is no such path, it holds no number, or no range is known and none is given.
    """
    given = dict(asked) if isinstance(asked, Mapping) else dict(map(_read, asked))
    if not given:
        raise InputError(
            "say which parameters are to be found, e.g. --parameter mechanisms.word_of_mouth.talk_aware; "
            "'sim explain PATH --paths' lists what can be set"
        )
    known = {item.path: item for item in paths(scenario)}
    return [_prior(path, said, scenario, known) for path, said in given.items()]


def _read(text: str) -> tuple[str, Any]:
    path, equals, said = text.partition("=")
    if not equals:
        return path.strip(), None
    is_log, rest = said.strip().startswith("log:"), said.strip().removeprefix("log:")
    low, dots, high = rest.partition("..")
    try:
        ends = (float(low), float(high))
    except ValueError:
        dots, ends = "", (0.0, 0.0)
    if not dots:
        raise InputError(f"--parameter {text}: must be {_FORMS}, e.g. {path.strip()}=0.1..0.3")
    return path.strip(), ("log", *ends) if is_log else ends


def _prior(path: str, said: Any, scenario: Scenario, known: Mapping[str, Settable]) -> Prior:
    if isinstance(said, Prior):
        return said
    settable = known.get(path)
    try:
        usual = number_at(scenario, path)
    except ValueError as error:
        hint = did_you_mean(path, list(known)) or "; 'sim explain PATH --paths' lists what can be set"
        raise InputError(f"--parameter {path}: {error}{hint}") from None
    label, unit = (settable.meaning, settable.unit) if settable is not None else ("", "")
    if said is None:
        return _from_evidence(path, scenario, settable, usual)
    try:
        is_log = len(said) == 3 and said[0] == "log"
        low, high = (float(end) for end in (said[1:] if is_log else said))
    except (TypeError, ValueError):
        text = f"{path}: give (low, high), ('log', low, high), or None for the evidence's range, not {said!r}"
        raise InputError(text) from None
    return Prior(path, low, high, is_log, label, unit, usual=usual)


def _from_evidence(path: str, scenario: Scenario, settable: Settable | None, usual: float | None) -> Prior:
    """Return the prior that the evidence entry behind a value, or behind its default, speaks for."""
    origin = scenario.origins.get(path)
    name = origin.evidence if origin is not None and origin.evidence else getattr(settable, "evidence", None)
    entry = evidence.entry(name) if name else None
    if entry is None or entry.low is None or entry.high is None:
        low, high = getattr(settable, "low", None), getattr(settable, "high", None)
        if not (settable is not None and settable.support and low is not None and high is not None):
            raise InputError(f"--parameter {path}: the evidence gives no range for it; give one: {path}=LOW..HIGH")
        return Prior(path, low, high, label=settable.meaning, unit=settable.unit, support=settable.support, usual=usual)
    return Prior(path, entry.low, entry.high, label=entry.label, unit=entry.unit, support=entry.cited(), usual=usual)
