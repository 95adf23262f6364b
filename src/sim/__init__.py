"""How community interventions spread through social networks: explore and compare, do not predict.

>>> import sim
>>> study = sim.load("scenarios/seaside_town")
>>> results = study.run(seeds=50, workers=2)
>>> results.comparison()

What stands here is imported when it is first used, so that ``import sim`` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim._version import __version__

if TYPE_CHECKING:
    from sim import community
    from sim.model import CommunityModel, Resident
    from sim.scenario import Scenario
    from sim.study import Exploration, Results, Sensitivity, Study, explore, load, sensitivity

__all__ = [
    "Calibration",
    "CommunityModel",
    "Exploration",
    "Resident",
    "Results",
    "Scenario",
    "Sensitivity",
    "Study",
    "__version__",
    "calibrate",
    "community",
    "explore",
    "load",
    "sensitivity",
]

_HOMES = {
    "Calibration": "sim.study.calibrating",
    "CommunityModel": "sim.model",
    "Exploration": "sim.study",
    "Resident": "sim.model",
    "Results": "sim.study",
    "Scenario": "sim.scenario",
    "Sensitivity": "sim.study",
    "Study": "sim.study",
    "calibrate": "sim.study.calibrating",
    "explore": "sim.study",
    "load": "sim.study",
    "sensitivity": "sim.study",
}


def __getattr__(name: str) -> Any:
    if name == "community":
        return import_module("sim.community")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
