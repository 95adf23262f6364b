"""Progress for notebooks and scripts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.calibration import Progress as CalibrationProgress
    from sim.ensemble import Progress
    from sim.experiments import Done

__all__ = ["Bar", "Counter"]


class Bar:
    """Progress for notebooks and scripts: tqdm's bar where it is installed, in notebooks without junk."""

    def __init__(self, wanted: bool, what: str = "runs") -> None:
        self._what = what
        self._wanted = wanted and ("ipykernel" in sys.modules or sys.stderr.isatty())
        self._bar: Any = None

    def __enter__(self) -> Bar:
        return self

    def __call__(self, progress: Progress | Done) -> None:
        """Show how far it is."""
        if not self._wanted or (self._bar is None and progress.done >= progress.total):
            return
        if self._bar is None:
            try:
                from tqdm.auto import tqdm  # type: ignore[import-untyped,unused-ignore]
            except ImportError:
                self._wanted = False
                return
            self._bar = tqdm(total=progress.total, initial=progress.done, desc=self._what)
        self._bar.update(progress.done - self._bar.n)

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.close()


class Counter:
    """Progress of a calibration: simulations beside how far the generation is.

    Parameters
    ----------
    wanted
        Whether to show it, in notebooks and on terminals; or what to call with it.
    """

    def __init__(self, wanted: bool | Callable[[CalibrationProgress], None]) -> None:
        self._told = wanted if callable(wanted) else None
        self._wanted = wanted is True and ("ipykernel" in sys.modules or sys.stderr.isatty())
        self._bar: Any = None

    def __enter__(self) -> Counter:
        return self

    def __call__(self, progress: CalibrationProgress) -> None:
        """Show how far it is."""
        if self._told is not None:
            self._told(progress)
        if not self._wanted:
            return
        if self._bar is None:
            try:
                from tqdm.auto import tqdm  # type: ignore[import-untyped,unused-ignore]
            except ImportError:
                self._wanted = False
                return
            self._bar = tqdm(total=progress.most, desc="simulations")
        self._bar.update(progress.simulations - self._bar.n)
        self._bar.set_postfix_str(
            f"generation {progress.generation}: {progress.accepted} of {progress.particles}", refresh=False
        )

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.total = self._bar.n  # fewer simulations than allowed are no failure
            self._bar.close()
