"""The week as it is played, and its Mesa face.

``Simulation`` plays weeks; ``CommunityModel`` is the same as a ``mesa.Model`` and ``Resident`` one of its
agents. Mesa takes more than a second to import, so it is loaded when one of the latter is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.model.community_model import CommunityModel
    from sim.model.engine import Simulation
    from sim.model.residents import Resident

__all__ = ["CommunityModel", "Resident", "Simulation"]

_HOMES = {
    "CommunityModel": "sim.model.community_model",
    "Resident": "sim.model.residents",
    "Simulation": "sim.model.engine",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
