"""Bits of words: which of 64 numbers are greater than others, and one set bit after the other."""

from __future__ import annotations

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

_MANY = 64
_WORD = ir.IntType(64)


@intrinsic
def greater_of_64(_typing, one, other, at):
    """Return a word whose bit b says whether number ``at + b`` of one array is greater than that of the other.

    Arrays are contiguous ones of int32, of any dimension, with 64 numbers from there on: compared as one vector of the
    compiler's.
    """
    for array in (one, other):
        if array.dtype != types.int32 or array.layout != "C":
            raise TypeError(f"a contiguous array of int32 is needed, not {array}")

    def emit(context, builder, signature, arguments):
        vector = ir.VectorType(ir.IntType(32), _MANY)
        read = []
        for kind, value in zip(signature.args[:2], arguments[:2], strict=True):
            data = context.make_array(kind)(context, builder, value).data
            place = builder.bitcast(builder.gep(data, [arguments[2]]), vector.as_pointer())
            read.append(builder.load(place, align=4))
        return builder.bitcast(builder.icmp_signed(">", *read), _WORD)

    return types.uint64(one, other, types.int64), emit


@intrinsic
def count_bits(_typing, word):
    """Return how many bits of a word are set."""
    return types.int64(types.uint64), lambda _context, builder, _signature, arguments: builder.ctpop(arguments[0])


@intrinsic
def lowest_bit(_typing, word):
    """Return the number of the lowest bit that is set, of a word that is not 0."""

    def emit(_context, builder, _signature, arguments):
        return builder.cttz(arguments[0], ir.IntType(1)(1))

    return types.int64(types.uint64), emit


@intrinsic
def without_lowest_bit(_typing, word):
    """Return the word with its lowest set bit cleared."""

    def emit(_context, builder, _signature, arguments):
        return builder.and_(arguments[0], builder.sub(arguments[0], _WORD(1)))

    return types.uint64(types.uint64), emit
