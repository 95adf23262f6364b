"""Which intervention is best in which plausible world, how much is lost by choosing another, and what decides it."""

from sim.exploration.tree import Leaf, Split, grow, leaves_of
from sim.exploration.wording import sentences
from sim.exploration.worlds import Ranking, rank

__all__ = ["Leaf", "Ranking", "Split", "grow", "leaves_of", "rank", "sentences"]
