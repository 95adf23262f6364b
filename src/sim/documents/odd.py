"""ODD.md: its generated blocks, and the same text filled for one scenario."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import resources

from sim.documents import blocks, scenario_blocks
from sim.scenario import Plan, Scenario

__all__ = ["BLOCKS", "filled", "odd_of", "odd_text"]

BLOCKS: Mapping[str, Callable[[], str]] = {
    "scales": blocks.scales,
    "week": blocks.week,
    "profile": blocks.profile,
    "mechanisms": blocks.mechanisms,
    "programme": blocks.programme,
    "effects": blocks.effects,
    "catalogue": blocks.catalogued,
    "measures": blocks.measures,
}
"""What stands between ``<!-- generated: NAME -->`` and ``<!-- end: NAME -->`` in ODD.md, by name."""

_MARKED = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end: \2 -->)", re.DOTALL)


def odd_text(text: str) -> str:
    """Return ODD.md with its generated blocks written anew; what stands outside them stays."""
    return filled(text, {name: block() for name, block in BLOCKS.items()})


def odd_of(what: Plan | Scenario) -> str:
    """Return the ODD text of one scenario, or of the scenarios of a plan, with their own values in the tables."""
    scenarios = list(what.scenarios.values()) if isinstance(what, Plan) else [what]
    text = (resources.files("sim.documents") / "ODD.md").read_text(encoding="utf-8")
    own = {name: block() for name, block in BLOCKS.items()}
    own |= {
        "scales": scenario_blocks.scales(scenarios),
        "profile": scenario_blocks.community(scenarios),
        "mechanisms": scenario_blocks.mechanisms(scenarios),
        "catalogue": scenario_blocks.interventions(scenarios),
    }
    body = filled(text, own).partition("\n## 1.")
    return f"{scenario_blocks.head(scenarios)}\n\n{''.join(body[1:]).lstrip()}"


def filled(text: str, content: Mapping[str, str]) -> str:
    """Return a text with its marked blocks replaced.

    Raises
    ------
    ValueError
        If a block is marked that nothing writes, or one that is written is not marked exactly once.
    """
    marked = [found[2] for found in _MARKED.finditer(text)]
    if sorted(marked) != sorted(content):
        raise ValueError(f"ODD.md marks the blocks {sorted(marked)}, and {sorted(content)} are written")
    return _MARKED.sub(lambda found: f"{found[1]}{content[found[2]].strip()}\n{found[3]}", text)
