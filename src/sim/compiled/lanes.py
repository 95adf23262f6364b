"""Eight doubles side by side: added and multiplied together, each in its own lane.

The lanes never meet, so a sum in a lane is the sum that a loop over one number would give, to the bit, on processors
with any width of vectors. Multiplication and addition are kept apart (no fused rounding).
"""

from __future__ import annotations

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, models, register_model

_DOUBLES = ir.VectorType(ir.DoubleType(), 8)
_INDEX = ir.IntType(32)


class _Eight(types.Type):
    """Eight doubles."""

    def __init__(self):
        super().__init__(name="eight doubles")


_EIGHT = _Eight()


@register_model(_Eight)
class _EightModel(models.PrimitiveModel):
    """Eight doubles are one vector of the compiler's."""

    def __init__(self, manager, kind):
        super().__init__(manager, kind, _DOUBLES)


@intrinsic
def nothing(_typing):
    """Return eight zeros."""
    return _EIGHT(), lambda *_: ir.Constant(_DOUBLES, [0.0] * 8)


def _placed(builder, *lanes):
    """Put numbers into lanes; ``None`` leaves 1."""
    found = ir.Constant(_DOUBLES, [1.0] * 8)
    for place, number in enumerate(lanes):
        if number is not None:
            found = builder.insert_element(found, number, _INDEX(place))
    return found


@intrinsic
def narrow_weights(_typing, influence, strength):
    """Return the factors of a narrow row: 2 lanes by influence, 3 by strength, the last by 1 (see ``passes``)."""

    def emit(_context, builder, _signature, arguments):
        k, w = arguments
        return _placed(builder, None, None, k, k, w, w, w, None)

    return _EIGHT(types.float64, types.float64), emit


@intrinsic
def wide_weights(_typing, influence, within, support):
    """Return the factors of a wide row's first half: by influence, within a bound, and by support (see ``passes``)."""

    def emit(_context, builder, _signature, arguments):
        k, m, s = arguments
        return _placed(builder, None, None, k, m, k, k, k, s)

    return _EIGHT(types.float64, types.float64, types.float64), emit


@intrinsic
def more_weights(_typing, strength):
    """Return the factors of a wide row's second half: 6 lanes by strength, 2 by 1."""

    def emit(_context, builder, _signature, arguments):
        w = arguments[0]
        return _placed(builder, w, w, w, w, w, w, None, None)

    return _EIGHT(types.float64), emit


@intrinsic
def add_row(_typing, sums, weights, rows, at):
    """Return ``sums + weights x rows[at : at + 8]``."""

    def emit(context, builder, signature, arguments):
        sums, weights, rows, at = arguments
        data = context.make_array(signature.args[2])(context, builder, rows).data
        row = builder.load(builder.bitcast(builder.gep(data, [at]), _DOUBLES.as_pointer()))
        row.align = 8
        return builder.fadd(sums, builder.fmul(weights, row))

    return _EIGHT(_EIGHT, _EIGHT, rows, types.uint64), emit


@intrinsic
def lane(_typing, eight, place):
    """Return one of the eight."""

    def emit(_context, builder, _signature, arguments):
        return builder.extract_element(arguments[0], builder.trunc(arguments[1], _INDEX))

    return types.float64(_EIGHT, types.int64), emit
