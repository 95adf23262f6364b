"""NetworKit, called so that what it finds hangs on what it is given and on nothing else.

Its algorithms use as many threads as there are cores, and some then give another answer each time; here they use one.
Its random numbers are its own, so nothing is called that uses them. It takes a stop (Ctrl-C) for itself while it works,
also where a process ignores stops, as workers do; here a stop goes to whom it concerns. Imported when first used, and
without its pictures: that takes a quarter of a second.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["graph_of", "run", "toolkit"]

_NOT_NEEDED = ("IPython", "matplotlib.pyplot", "networkx", "seaborn", "sklearn")
"""Packages that NetworKit imports where they are there, for pictures, prediction and conversion: seconds of work."""

_importing = Lock()


def toolkit() -> Any:
    """Return NetworKit, imported without what it does without where that is not there.

    Such packages are hidden only while NetworKit is imported, and only those that nobody has imported yet; who wants
    its pictures imports ``networkit`` before.
    """
    with _importing:
        hidden = [name for name in _NOT_NEEDED if name not in sys.modules and "networkit" not in sys.modules]
        sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
        try:
            import networkit
        finally:
            for name in hidden:
                sys.modules.pop(name, None)
    return networkit


def graph_of(one: NDArray[np.int64], other: NDArray[np.int64], size: int) -> Any:
    """Return an undirected graph of NetworKit.

    Parameters
    ----------
    one, other
        The ends of each tie, each tie once, as numbers from 0 to ``size`` - 1.
    size
        How many nodes there are.
    """
    networkit = toolkit()
    ends = (np.ascontiguousarray(one, np.uintp), np.ascontiguousarray(other, np.uintp))
    return networkit.GraphFromCoo(ends, n=size)


def run(make: Callable[[], Any]) -> Any:
    """Run an algorithm of NetworKit on one thread, and return it.

    Parameters
    ----------
    make
        Gives the algorithm, ready to run. Called again where a stop came that nobody listens to.

    Raises
    ------
    KeyboardInterrupt
        Where that is what a stop means in this process.
    """
    networkit = toolkit()
    with _one_thread(networkit):
        while True:
            try:
                return make().run()
            except RuntimeError as error:
                if "SIGINT" not in str(error):
                    raise
            signal.raise_signal(signal.SIGINT)


@contextmanager
def _one_thread(networkit: Any) -> Iterator[None]:
    before = networkit.getMaxNumberOfThreads()
    networkit.setNumberOfThreads(1)
    try:
        yield
    finally:
        networkit.setNumberOfThreads(before)
