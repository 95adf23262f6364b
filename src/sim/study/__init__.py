"""What notebooks touch: a study to be run, and the results of one that was."""

from sim.study.explorations import Exploration, explore
from sim.study.results import Results
from sim.study.sensitivities import Sensitivity, sensitivity
from sim.study.studies import Interrupted, Study, load

__all__ = ["Exploration", "Interrupted", "Results", "Sensitivity", "Study", "explore", "load", "sensitivity"]
