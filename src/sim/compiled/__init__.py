"""All compiled code: kernels, in modules by what they do.

Every kernel, and every function that a kernel calls, stands in this package, made by
:func:`sim.compiled.caching.kernel`, which sees to it that what is kept on disk is never stale. No threads and no
``fastmath``: sums are taken in the order written, so results are the same on every run. Kernels allocate nothing
except where they say so.

Kernels are reached as ``compiled.uniform(...)``; their modules, and with them numba, are imported when one is first
used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["load"]

_HOMES = {
    "accepting": ("accept_pairs",),
    "bits": ("count_bits", "greater_of_64", "lowest_bit", "without_lowest_bit"),
    "draws": ("drawn", "fill_pair_uniform", "fill_uniform", "inverse_normal", "to_normal", "uniform"),
    "functions": ("NORMAL_NODES", "exponential", "fill_exponential", "fill_normal_share"),
    "graphs": ("components", "count_other", "distances", "triangles"),
    "growing": ("close_triangles", "density_of_neighbours", "place_people"),
    "groups": ("add_by_group", "add_by_groups", "total", "total_in_order"),
    "lanes": ("add_row", "lane", "more_weights", "narrow_weights", "nothing", "wide_weights"),
    "living": ("follow", "live_ties"),
    "memory": ("prefetch",),
    "moving": (
        "apply_move", "ease_of_telling", "engage", "experience", "hear_of", "mean_around", "move_self_stigma",
        "pull_attitudes", "talk_of", "tell", "unmet_need",
    ),
    "passes": ("NARROW", "NARROW_SUMS", "WIDE", "WIDE_SUMS", "pass_narrow", "pass_wide"),
    "paths": ("count_on_paths",),
    "programmes": ("attend", "discharge", "mark"),
    "records": ("link_records", "wake_records"),
    "rewiring": ("count_triangles", "fill_rows", "largest_part", "rewire"),
    "rows": ("add_ties", "count_by_kind", "find_tie", "find_ties", "part_ties"),
    "seeking": ("seek_partners",),
    "telling": ("first_tellers",),
    "weekly": ("count_noted", "note_statuses", "sum_feelings", "sum_network"),
}  # fmt: skip
"""Names that others use, by the module that they stand in."""


def load() -> None:
    """Import every kernel's module now, numba included."""
    for home, names in _HOMES.items():
        module = import_module(f"sim.compiled.{home}")
        globals().update({name: getattr(module, name) for name in names})


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            load()
            return globals()[name]
        if name == home:
            return import_module(f"sim.compiled.{home}")
    raise AttributeError(f"module 'sim.compiled' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *(name for names in _HOMES.values() for name in names)})
