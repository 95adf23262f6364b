"""Residents as Mesa agents: each is a view of one row of the community's columns.

The columns are the state. A resident holds nothing but the number of her row, is made when somebody asks for
her, and then stays the same object for as long as her model lives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.community.columns import Column, Outcome
from sim.community.participation import Status
from sim.errors import did_you_mean, listing

if TYPE_CHECKING:
    from sim.model.community_model import CommunityModel

__all__ = ["Resident", "column_behind", "is_member", "read", "write"]

_FIXED = (
    "the residents of a CommunityModel are the people of its community: they cannot be {what} one by one; "
    "who there is stands in the scenario's community"
)


class Resident(mesa.Agent):  # type: ignore[misc]  # Mesa's types are not followed, see pyproject.toml
    """One resident, as Mesa sees her.

    Every column of the community is an attribute: numbers as ``float``, yes-or-no columns as ``bool``,
    categories as their names (an empty text where missing). Setting an attribute changes the column. An
    outcome that the week moves (``stigma``, ``self_stigma``, ``loneliness``) is set to what others observe,
    within its bounds; it is moved from where it rests, so the model will pull it back in its own time.

    A column whose name Mesa or this class already uses (say ``pos``) is read as ``resident["pos"]``.

    Raises
    ------
    AttributeError
        For a name that is neither a column nor an attribute of Mesa's agents, also when setting it.
    ValueError
        When a value does not fit its column.
    TypeError
        When a resident is made or removed by hand.

    """

    model: CommunityModel
    pos: Any = None
    """Free for Mesa's drawing components; the model does not read it."""

    def __init__(self, model: CommunityModel, *args: Any, **kwargs: Any) -> None:
        raise TypeError(_FIXED.format(what="added"))

    @classmethod
    def create_agents(cls, model: CommunityModel, n: int, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise ``TypeError``: the community says who there is."""
        raise TypeError(_FIXED.format(what="added"))

    @classmethod
    def from_dataframe(cls, model: CommunityModel, df: Any, **kwargs: Any) -> NoReturn:
        """Raise ``TypeError``: the community says who there is."""
        raise TypeError(_FIXED.format(what="added"))

    def remove(self) -> NoReturn:
        """Raise ``TypeError``: the population is closed."""
        raise TypeError(_FIXED.format(what="removed"))

    @classmethod
    def _view(cls, model: CommunityModel, row: int) -> Resident:
        """Return a view of one row; :meth:`CommunityModel.resident` keeps it."""
        resident = cls.__new__(cls)
        # Not through Mesa's constructor: that registers the agent, and in Mesa 3.3 it also keeps the model
        # in memory for ever (`Agent._ids`).
        resident.__dict__.update(model=model, _row=row)
        return resident

    @property
    def unique_id(self) -> int:
        """Mesa's number of the agent: 1 for the first resident in canonical order."""
        return int(self._row) + 1

    @property
    def id(self) -> int | str:
        """The resident's id as given in the survey or by the synthesis."""
        given = self.model.community.ids[self._row]
        return given.item() if isinstance(given, np.generic) else given  # type: ignore[no-any-return]

    @property
    def participation(self) -> dict[str, str]:
        """How far she has come with each intervention, in words, by name of the intervention."""
        return {
            name: Status(int(state.status[self._row])).name.lower()
            for name, state in self.model.community.participation.items()
        }

    def neighbours(self) -> list[Resident]:
        """Return the residents she is tied to now, in canonical order."""
        return [self.model.resident(int(row)) for row in self.model.community.ties.neighbours(self._row)]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "model" not in self.__dict__:  # asked by pickle before there is a row
            raise AttributeError(name)
        columns = self.model.community.columns
        if name in columns:
            return read(columns[name], self._row)
        raise AttributeError(_no_attribute(self.model, name), name=name, obj=self)

    def __setattr__(self, name: str, value: Any) -> None:
        column = column_behind(self.model, name)
        if column is not None:
            write(column, self._row, value)
            self.model.mark_changed()
        elif hasattr(type(self), name):
            object.__setattr__(self, name, value)
        else:
            raise AttributeError(_no_attribute(self.model, name), name=name, obj=self)

    def __getitem__(self, name: str) -> Any:
        return read(self.model.community.columns[name], self._row)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.model.community.columns})

    def __repr__(self) -> str:
        return f"Resident(id={self.id!r})"


_TAKEN = frozenset({*dir(Resident), "model", "_row"})
"""Names that are not looked up among the columns."""


def is_member(model: Any, agent: object) -> bool:
    """Say whether an agent is a resident of a model or registered on it."""
    if not isinstance(agent, mesa.Agent) or getattr(agent, "model", None) is not model:
        return False
    return isinstance(agent, Resident) or getattr(model, "registered", {}).get(agent.unique_id) is agent


def column_behind(model: CommunityModel, name: str) -> Column | None:
    """Return the column that an attribute of a resident reads, or None where it is not a column's."""
    return None if name in _TAKEN else model.community.columns.get(name)


def read(column: Column, rows: Any) -> Any:
    """Return what readers see of one row, or a list of it for several rows.

    Parameters
    ----------
    column
        The column to read.
    rows
        The number of a row, or an array of them.

    """
    values = column.observed[rows]
    if not column.is_category:
        return values.tolist()
    names = (*column.categories, "")  # a missing value has code -1
    return names[values] if np.ndim(values) == 0 else [names[code] for code in values]


def write(column: Column, rows: Any, value: Any) -> None:
    """Give one row, or several, a value as readers see it.

    Raises
    ------
    ValueError
        If the value does not fit the column: outside its bounds, not one of its categories, not yes or no.

    """
    if column.is_category:
        column.values[rows] = _code(column, value)
    elif column.is_flag:
        if not isinstance(value, bool | np.bool_):
            raise ValueError(f"'{column.name}' is yes or no: give True or False, not {value!r}")
        column.values[rows] = value
    elif isinstance(column, Outcome):
        _move_to(column, rows, _number(column, value))
    else:
        column.values[rows] = _number(column, value)


def _move_to(column: Outcome, rows: Any, value: float) -> None:
    """Move an outcome such that the value is what others observe (to the last digit of a sum)."""
    latent: NDArray[np.float64] = column.values[rows]
    # Who is there already stays where she is: at a bound the latent value may lie beyond it.
    there = column.observed[rows] == value
    column.moved[rows] = np.where(there, column.moved[rows], value - latent)
    # The same sum as Outcome.refresh takes, for these rows only: a loop over residents stays linear.
    column.observed[rows] = np.clip(latent + column.moved[rows], *_bounds(column))


def _number(column: Column, value: Any) -> float:
    """Return a value that fits a column of numbers."""
    low, high = _bounds(column)
    if isinstance(value, bool | np.bool_ | str) or not np.isscalar(value) or np.iscomplexobj(value):
        raise ValueError(f"'{column.name}' is a number, not {value!r}")
    number = float(value)  # type: ignore[arg-type]
    if not (np.isfinite(number) and low <= number <= high):
        allowed = f"from {low:g} to {high:g}" if np.isfinite(low) or np.isfinite(high) else "finite"
        raise ValueError(f"'{column.name}' must be {allowed}, not {value!r}")
    return number


def _bounds(column: Column) -> tuple[float, float]:
    return column.bounds or (-np.inf, np.inf)


def _code(column: Column, value: Any) -> int:
    """Return the code of a category by its name; an empty text or None is missing."""
    if value is None or value == "":
        return -1
    if value not in column.categories:
        raise ValueError(
            f"'{value}' is not one of the values of '{column.name}'"
            f"{did_you_mean(value, column.categories) or ';'} values: {listing(column.categories)}"
        )
    return column.categories.index(value)


def _no_attribute(model: CommunityModel, name: str) -> str:
    """Return what to say about a name that residents do not have."""
    columns = model.community.columns
    return (
        f"residents of this community have no '{name}'"
        f"{did_you_mean(name, [*columns, 'id', 'neighbours', 'participation', 'unique_id']) or ';'} "
        f"columns: {listing(columns)}"
    )
