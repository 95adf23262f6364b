"""An effect whose interval excludes no difference is never said to be about the same."""

from __future__ import annotations

import pytest

from sim.compare.wording import amount


@pytest.mark.parametrize(
    ("effect", "lower", "upper", "words"),
    [
        (-0.00043, -0.0017, -0.0001, "0.0004 lower"),
        (0.00043, 0.0001, 0.0017, "0.0004 higher"),
        (-0.00043, -0.0017, 0.0004, "about the same"),
        (-0.0041, -0.0045, -0.0037, "0.0041 lower"),
    ],
)
def test_the_effect_keeps_a_digit_where_its_way_is_known(effect, lower, upper, words):
    assert amount({"measure": "loneliness", "effect": effect, "lower": lower, "upper": upper}) == words
