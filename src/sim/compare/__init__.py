"""Questions asked of stored runs: paired effects, rankings, costs, verdicts, sentences, suppression of small groups."""

from sim.compare.comparison import COLUMNS, comparison, extra_costs, residents_of, versus
from sim.compare.costs import at_budget, costs
from sim.compare.curve import effect_curve
from sim.compare.diffusion import time_to_share
from sim.compare.estimands import effects_by_part, estimands, sizes_by_part, through_ties
from sim.compare.facts import Facts, records
from sim.compare.gaps import gaps, how_counted, who_gains
from sim.compare.precision import precision, seeds_for_precision, variance_sentence
from sim.compare.ranking import NO_CHANCES, ranking
from sim.compare.references import Folder, against, between, manifest_against, why_not_paired
from sim.compare.remarks import ended, last_weeks, remarks, shortages
from sim.compare.ripple import DISTANCES, ripple_summary
from sim.compare.scaling import most, settings_at_budget
from sim.compare.sentences import IN_PEOPLE, answer, best_group, effect_words, headline_rows, in_people, ranked
from sim.compare.suppression import Suppressed, hidden_groups, only_shown, suppress, suppress_curve, suppress_ripple
from sim.compare.targets import TargetResult, target_results
from sim.compare.verdicts import VERDICTS, verdict, verdict_of
from sim.compare.writing import write_comparison

__all__ = [
    "COLUMNS",
    "DISTANCES",
    "IN_PEOPLE",
    "NO_CHANCES",
    "VERDICTS",
    "Facts",
    "Folder",
    "Suppressed",
    "TargetResult",
    "against",
    "answer",
    "at_budget",
    "best_group",
    "between",
    "comparison",
    "costs",
    "effect_curve",
    "effect_words",
    "effects_by_part",
    "ended",
    "estimands",
    "extra_costs",
    "gaps",
    "headline_rows",
    "hidden_groups",
    "how_counted",
    "in_people",
    "last_weeks",
    "manifest_against",
    "most",
    "only_shown",
    "precision",
    "ranked",
    "ranking",
    "records",
    "remarks",
    "residents_of",
    "ripple_summary",
    "seeds_for_precision",
    "settings_at_budget",
    "shortages",
    "sizes_by_part",
    "suppress",
    "suppress_curve",
    "suppress_ripple",
    "target_results",
    "through_ties",
    "time_to_share",
    "variance_sentence",
    "verdict",
    "verdict_of",
    "versus",
    "who_gains",
    "why_not_paired",
    "write_comparison",
]
