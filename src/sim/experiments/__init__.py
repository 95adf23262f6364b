"""Many points in the space of what is not known, each played with the same seeds, stored, and gone on with.

What :mod:`sim.sensitivity_analysis` and :mod:`sim.exploration` have in common: axes and their ranges, sequences whose
first n points stay the same when there are more, the paired effects of scenarios at one point, and the folder that
keeps them.
"""

from sim.experiments.asking import asked_axes, usual_axes
from sim.experiments.playing import GAIN, FunctionModel, Model, ScenarioModel, averaged, column, scenario_model
from sim.experiments.running import Done, Experiment, run_experiment
from sim.experiments.sequences import sobol_points, trajectories
from sim.experiments.space import Axis, Space

__all__ = [
    "GAIN",
    "Axis",
    "Done",
    "Experiment",
    "FunctionModel",
    "Model",
    "ScenarioModel",
    "Space",
    "asked_axes",
    "averaged",
    "column",
    "run_experiment",
    "scenario_model",
    "sobol_points",
    "trajectories",
    "usual_axes",
]
