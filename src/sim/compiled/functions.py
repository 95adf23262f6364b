"""Functions of numbers, written out so that their bits are the same whatever library or processor is there."""

from __future__ import annotations

from llvmlite import ir
from numba import int64
from numba.core import types
from numba.extending import intrinsic

from sim.compiled.caching import kernel

_LOG2_E = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_MAGIC = 6755399441055744.0  # 1.5 x 2^52: what is added to it is rounded to a whole number in its lowest bits
_LEAST, _GREATEST = -708.0, 709.0
NORMAL_NODES = 256.0
"""Nodes of the table of the normal distribution in one standard deviation."""
_FARTHEST = 8.5
"""Standard deviations beyond which the distribution function is 0 or 1."""


@intrinsic
def _bits(_typing, value):
    """Return the bits of a double as a whole number."""

    def emit(_context, builder, _signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), emit


@intrinsic
def _from_bits(_typing, value):
    """Return the double with the bits of a whole number."""

    def emit(_context, builder, _signature, arguments):
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), emit


@kernel
def exponential(x):
    """Return e to the x, to within two units of the last place; 0 below -708, and no more than e to the 709.

    x = n ln 2 + r with |r| <= ln 2 / 2; e to the r by its series up to r^13, the power of two by its bits.
    """
    y = min(max(x, _LEAST), _GREATEST)
    shifted = y * _LOG2_E + _MAGIC
    n = shifted - _MAGIC
    r = (y - n * _LN2_HIGH) - n * _LN2_LOW
    p = 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    scaled = _from_bits(_bits(p) + (_bits(shifted) << int64(52)))
    return scaled if x >= _LEAST else 0.0


@kernel
def fill_exponential(values, factor, out):
    """Fill ``out`` with e to the ``factor`` x value."""
    for i in range(values.size):
        out[i] = exponential(factor * values[i])


@kernel
def fill_normal_share(values, cut, softness, table, density, out):
    """Fill ``out`` with the normal distribution function of (value - ``cut``) / ``softness``, to within 1e-9.

    ``table`` and ``density`` hold the function and its density at the nodes -8.5, -8.5 + 1/256 ... 8.5; between them it
    is continued by its Taylor series up to the second power.
    """
    inverse = 1.0 / softness
    for i in range(values.size):
        z = (values[i] - cut) * inverse
        z = _FARTHEST if z > _FARTHEST else z
        z = -_FARTHEST if z < -_FARTHEST else z
        place = (z + _FARTHEST) * NORMAL_NODES
        node = int64(place + 0.5)
        h = (place - node) / NORMAL_NODES
        share = table[node] + density[node] * (h - 0.5 * h * h * (z - h))
        out[i] = min(max(share, 0.0), 1.0)
