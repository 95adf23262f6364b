"""Questions asked of stored runs: paired effects, verdicts, sentences, suppression of small groups."""

from sim.compare.comparison import COLUMNS, comparison, residents_of, versus
from sim.compare.diffusion import time_to_share
from sim.compare.estimands import effects_by_part, sizes_by_part
from sim.compare.facts import Facts, records
from sim.compare.ripple import DISTANCES, ripple_summary
from sim.compare.sentences import IN_PEOPLE, answer, best_group, effect_words, headline_rows, in_people, ranked
from sim.compare.suppression import Suppressed, hidden_groups, suppress, suppress_ripple
from sim.compare.targets import TargetResult, target_results
from sim.compare.verdicts import VERDICTS, verdict, verdict_of
from sim.compare.writing import write_comparison

__all__ = [
    "COLUMNS",
    "DISTANCES",
    "IN_PEOPLE",
    "VERDICTS",
    "Facts",
    "Suppressed",
    "TargetResult",
    "answer",
    "best_group",
    "comparison",
    "effect_words",
    "effects_by_part",
    "headline_rows",
    "hidden_groups",
    "in_people",
    "ranked",
    "records",
    "residents_of",
    "ripple_summary",
    "sizes_by_part",
    "suppress",
    "suppress_ripple",
    "target_results",
    "time_to_share",
    "verdict",
    "verdict_of",
    "versus",
    "write_comparison",
]
