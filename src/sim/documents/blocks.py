"""Generated blocks of ODD.md: the order of a week, parameters, catalogue and measures, from the code itself."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from sim import catalogue, evidence
from sim.documents.markdown import in_words, one_line, range_of, support_of, table, value_of
from sim.documents.steps import steps_of
from sim.interventions import EFFECTS
from sim.interventions.programme import Programme
from sim.interventions.spec import Choose, Cost, Runs, Spread
from sim.measures import COMPARED
from sim.mechanisms import MECHANISMS
from sim.model.engine import Simulation
from sim.scenario.file_format import FileFormat
from sim.scenario.parameters import Parameter, described_as, first_sentence, parameters

__all__ = ["catalogued", "effects", "measures", "mechanisms", "profile", "programme", "scales", "week"]

_HEADINGS = ("parameter", "what it is", "usual value", "plausible range", "support")


def scales() -> str:
    """Return the extent of a run where a scenario does not say."""
    usual = {item.key: item.default for item in parameters(FileFormat)}
    return (
        f"One step is one week. A run has {usual['weeks']} weeks, and each scenario {usual['seeds']} runs on as many "
        "communities, where the scenario file does not say otherwise."
    )


def week() -> str:
    """Return the steps of a week and of a programme's week."""
    rules = [f"`{cls.name}`: {_of_module(cls)}" for cls in MECHANISMS]
    return "\n\n".join(
        [
            f"The model (`Simulation.step`):\n\n{_numbered(steps_of(Simulation.step))}",
            f"Rules that propose, in the order in which their proposals are added:\n\n{_listed(rules)}",
            f"One programme in its week (`Programme.play`):\n\n{_numbered(steps_of(Programme.play))}",
        ]
    )


def _of_module(cls: type) -> str:
    """Return the first sentence of the module that a rule stands in."""
    return first_sentence(sys.modules[cls.__module__].__doc__ or described_as(cls))


def _numbered(steps: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{number}. `{name}`: {said}" for number, (name, said) in enumerate(steps, start=1))


def _listed(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def profile() -> str:
    """Return what a synthesised community is made from."""
    held = [item for item in evidence.entries().values() if item.name.startswith("england.")]
    rows = [
        [f"`{item.name.partition('.')[2]}`", item.label, value_of(item), range_of(item), support_of(item)]
        for item in held
    ]
    return f"The profile `england`:\n\n{table(_HEADINGS, rows)}"


def mechanisms() -> str:
    """Return the parameters of every mechanism."""
    return "\n\n".join(f"*`{cls.name}`*: {_of_module(cls)}\n\n{_parameters(parameters(cls))}" for cls in MECHANISMS)


def programme() -> str:
    """Return the settings of a programme."""
    names = {"choose": Choose, "runs": Runs, "spread": Spread, "cost": Cost}
    return "\n\n".join(
        f"*`{name}`*: {one_line(described_as(cls))}\n\n{_parameters(parameters(cls))}" for name, cls in names.items()
    )


def effects() -> str:
    """Return every effect with its settings."""
    return "\n\n".join(
        f"*`{cls.kind_of_effect}`*: {one_line(described_as(cls))}\n\n{_parameters(parameters(cls))}" for cls in EFFECTS
    )


def _parameters(items: Iterable[Parameter]) -> str:
    return table(_HEADINGS, [_row(item) for item in items])


def _row(item: Parameter) -> list[str]:
    """Return one parameter: with its evidence if it has any, else with what is allowed."""
    if item.evidence is not None:
        entry = evidence.entry(item.evidence)
        return [f"`{item.key}`", entry.label, value_of(entry), range_of(entry), support_of(entry)]
    usual = "must be given" if item.required else in_words(item.default) if item.default != "" else "–"
    return [f"`{item.key}`", item.description, usual, "", "a choice"]


def catalogued() -> str:
    """Return the catalogue of interventions."""
    rows = []
    for name in catalogue.names():
        entry = catalogue.load(name)
        numbers = [evidence.entry(item) for item in dict.fromkeys(entry.evidence.values())]
        assumed = sum(item.is_assumption for item in numbers)
        rows.append([f"`{name}`", entry.title, entry.summary, entry.in_the_model, f"{len(numbers)}, {assumed} assumed"])
    return table(("name", "title", "what it is, and for whom", "what it does in the model", "numbers"), rows)


def measures() -> str:
    """Return every measure."""
    rows = [
        [f"`{item.name}`", item.label, item.description, item.unit or ("share" if item.is_share else ""), item.better]
        for item in COMPARED.values()
    ]
    return table(("measure", "label", "what exactly", "unit", "better"), rows)
