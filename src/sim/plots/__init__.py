"""Figures: functions from a table and axes to axes. matplotlib is imported when something is drawn."""

from sim.plots.curves import curves, difference_curves, paired_by_week
from sim.plots.exploration import across_worlds, regrets
from sim.plots.figures import Picture, draw_figures, save_figures
from sim.plots.intervals import by_distance, by_group, by_scenario, group_words
from sim.plots.kinds import KINDS, Tables, draw_kind
from sim.plots.moved import alt_moved_by, moved_by, moved_table, rule_words
from sim.plots.posterior import corner, predictive
from sim.plots.sensitivity import importance, plane, swings
from sim.plots.words import alt_by_distance, alt_by_group, alt_by_scenario, alt_curves, alt_difference_curves

__all__ = [
    "KINDS",
    "Picture",
    "Tables",
    "across_worlds",
    "alt_by_distance",
    "alt_by_group",
    "alt_by_scenario",
    "alt_curves",
    "alt_difference_curves",
    "alt_moved_by",
    "by_distance",
    "by_group",
    "by_scenario",
    "corner",
    "curves",
    "difference_curves",
    "draw_figures",
    "draw_kind",
    "group_words",
    "importance",
    "moved_by",
    "moved_table",
    "paired_by_week",
    "plane",
    "predictive",
    "regrets",
    "rule_words",
    "save_figures",
    "swings",
]
