"""Keyed random draws: the same person has the same luck in every scenario.

A draw is a pure function of a *key* (run seed, name of the rule, week) and a *counter* (who it is for: a
resident, or the two residents of a tie). Nothing is consumed from a stream, so what one rule draws cannot
shift what another gets, the order of residents does not matter, and two scenarios of the same seed differ
only by what they change.

The generator is Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, *Parallel random numbers: as easy as 1, 2,
3*, SC'11). This module is the plain NumPy statement of it; :mod:`sim.compiled` does the same in compiled
code, equal to the bit. ``docs/architecture.md`` fixes the layout of keys and counters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Draws", "Stream", "identities", "philox", "rule_code", "stream_key", "uniform_from_words"]

Identities = NDArray[np.uint64]
Floats = NDArray[np.float64]

_MASK32 = 0xFFFFFFFF
_MASK64 = 0xFFFFFFFFFFFFFFFF
_TEXT_IDENTITY = 1 << 63


def rule_code(rule: str) -> int:
    """Return the 64-bit number that stands for the name of a rule in keys."""
    return int.from_bytes(hashlib.blake2b(rule.encode(), digest_size=8).digest(), "little")


def _mix(value: int) -> int:
    """Return the finaliser of SplitMix64 (Steele, Lea & Flood 2014) of a 64-bit number."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK64
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK64
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK64
    return value ^ (value >> 31)


@lru_cache(maxsize=4096)
def _run_key(seed: int, rule: str) -> int:
    """Return the part of a key that is the same in every week."""
    return _mix(_mix(seed & _MASK64) ^ rule_code(rule))


def stream_key(seed: int, rule: str, week: int) -> int:
    """Return the 64-bit key of the draws of one rule in one week of one run."""
    return _mix(_run_key(seed, rule) ^ (week & _MASK64))


def identities(ids: Iterable[Any]) -> Identities:
    """Return a 64-bit identity for each resident's id.

    Whole numbers, and texts that are a whole number in its usual form ("17", not "017"), stand for
    themselves; every other text is hashed. An id therefore means the same person whether it came from a
    table with numbers or with text, and on every machine.
    """
    if isinstance(ids, np.ndarray) and ids.dtype.kind in "iu":
        if ids.size and ids.min() < 0:
            raise ValueError("ids must not be negative")
        return ids.astype(np.uint64)
    return np.array([_identity(str(item)) for item in ids], dtype=np.uint64)


def _identity(text: str) -> int:
    if text.isascii() and text.isdigit() and (text == "0" or text[0] != "0") and len(text) < 19:
        return int(text)
    return _TEXT_IDENTITY | int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def philox(key: int, low: Identities, high: Identities) -> NDArray[np.uint64]:
    """Return the four 32-bit words of Philox4x32-10, shape (4, size), for 128-bit counters.

    Parameters
    ----------
    key
        64 bits: the first key word is the lower half.
    low, high
        Lower and upper 64 bits of each counter; broadcast against each other.

    """
    low, high = np.broadcast_arrays(np.asarray(low, np.uint64), np.asarray(high, np.uint64))
    shift, mask = np.uint64(32), np.uint64(_MASK32)
    c0, c1, c2, c3 = low & mask, low >> shift, high & mask, high >> shift
    k0, k1 = key & _MASK32, key >> 32
    for _ in range(10):
        product0 = np.uint64(0xD2511F53) * c0
        product1 = np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = (
            (product1 >> shift) ^ c1 ^ np.uint64(k0),
            product1 & mask,
            (product0 >> shift) ^ c3 ^ np.uint64(k1),
            product0 & mask,
        )
        k0, k1 = (k0 + 0x9E3779B9) & _MASK32, (k1 + 0xBB67AE85) & _MASK32
    return np.stack([c0, c1, c2, c3])


def uniform_from_words(word0: NDArray[np.uint64], word1: NDArray[np.uint64]) -> Floats:
    """Return doubles in [0, 1) from the upper 53 of 64 bits (word1 above word0)."""
    bits = (word1 << np.uint64(32)) | word0
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


@dataclass(frozen=True)
class Stream:
    """The draws of one rule in one week of one run."""

    key: int
    """64-bit key: see :func:`stream_key`."""

    def uniform(self, who: Identities, number: int = 0) -> Floats:
        """Return one uniform draw in [0, 1) for each resident; ``number`` tells several draws apart."""
        from sim import compiled

        out = np.empty(len(who), np.float64)
        compiled.fill_uniform(np.uint64(self.key), who, np.uint64(number), out)
        return out

    def normal(self, who: Identities, number: int = 0) -> Floats:
        """Return one standard normal draw for each resident, by inverting the distribution function."""
        from sim import compiled

        out = self.uniform(who, number)
        compiled.to_normal(out)
        return out

    def pair_uniform(self, one: Identities, other: Identities) -> Floats:
        """Return one uniform draw in [0, 1) for each pair of residents, whichever is named first."""
        from sim import compiled

        out = np.empty(len(one), np.float64)
        compiled.fill_pair_uniform(np.uint64(self.key), one, other, out)
        return out


@dataclass(frozen=True)
class Draws:
    """All the luck of one run (or of the making of one community)."""

    seed: int
    """Seed of the run, any whole number; its lower 64 bits count."""

    def stream(self, rule: str, week: int = 0) -> Stream:
        """Return the draws of a rule in a week."""
        return Stream(stream_key(self.seed, rule, week))
