"""What notebooks touch: a study to be run, and the results of one that was."""

from sim.study.results import Results
from sim.study.studies import Interrupted, Study, load

__all__ = ["Interrupted", "Results", "Study", "load"]
