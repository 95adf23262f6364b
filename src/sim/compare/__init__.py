"""Questions asked of stored runs: paired effects, verdicts, sentences, suppression of small groups."""

from sim.compare.comparison import COLUMNS, comparison, residents_of, versus
from sim.compare.facts import Facts
from sim.compare.sentences import answer, headline_rows, ranked
from sim.compare.suppression import Suppressed, hidden_groups, suppress, suppress_ripple
from sim.compare.verdicts import VERDICTS, verdict, verdict_of
from sim.compare.writing import write_comparison

__all__ = [
    "COLUMNS",
    "VERDICTS",
    "Facts",
    "Suppressed",
    "answer",
    "comparison",
    "headline_rows",
    "hidden_groups",
    "ranked",
    "residents_of",
    "suppress",
    "suppress_ripple",
    "verdict",
    "verdict_of",
    "versus",
    "write_comparison",
]
