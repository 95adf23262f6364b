"""``model.agents``: Mesa's ``AgentSet`` over columns, without an object for each resident.

A set holds the unique ids of its members in their order. What can be answered from the columns is (``get``,
``set``, ``agg``, ``sort`` and ``groupby`` by the name of a column); residents are made only where a function
wants to see them. Agents that a user registers on the model can be members too.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING, Any, Literal

import mesa
import numpy as np
from mesa.agent import AgentSet
from numpy.typing import NDArray

from sim.model.residents import column_behind, is_member, read, write

try:
    from mesa.agentset import GroupBy  # Mesa 3.5
except ImportError:
    from mesa.agent import GroupBy  # Mesa 3.3

if TYPE_CHECKING:
    from sim.model.community_model import CommunityModel

__all__ = ["ResidentGroups", "ResidentSet"]

_EVERYBODY = (
    "this set always holds every agent of the model; change a copy instead: model.agents.copy(), or what "
    "select() returns"
)


class ResidentSet(AgentSet):  # type: ignore[misc]  # Mesa's types are not followed, see pyproject.toml
    """An ordered set of agents of one :class:`~sim.model.CommunityModel`.

    It does what Mesa's ``AgentSet`` does, with the same results. It holds its residents by number, so a set
    of a million costs eight megabytes; a registered agent that is removed from the model drops out.

    Parameters
    ----------
    agents
        Agents of one model; the first decides which.
    random
        Where shuffling takes its luck from; the model's own where absent.

    """

    random: Random

    def __init__(self, agents: Iterable[mesa.Agent], random: Random | None = None) -> None:
        members = list(dict.fromkeys(agents))
        model = members[0].model if members else None
        if model is None or not all(is_member(model, agent) for agent in members):
            raise ValueError("a ResidentSet needs agents of one CommunityModel; Mesa's AgentSet takes others")
        self._begin(model, [agent.unique_id for agent in members], random)

    def _begin(self, model: CommunityModel, ids: Any, random: Random | None = None, *, whole: bool = False) -> None:
        """Fill a new set; ``whole`` marks the model's own sets, whose members nobody else may change."""
        self._model = model
        self._ids: NDArray[np.int64] = np.asarray(ids, np.int64)
        self._whole = whole
        self.random = model.random if random is None else random

    @classmethod
    def of(cls, model: CommunityModel, ids: Any, random: Random | None = None, *, whole: bool = False) -> Any:
        """Return the set of the agents with these unique ids, in this order."""
        made = cls.__new__(cls)
        made._begin(model, ids, random, whole=whole)
        return made

    # --- who is in it ---------------------------------------------------------------------------------

    def _present(self) -> NDArray[np.int64]:
        """Return the unique ids of the members that are still there."""
        residents = len(self._model.community)
        others = self._ids > residents
        if others.any():
            gone = [number for number in self._ids[others].tolist() if number not in self._model.registered]
            if gone:
                self._ids = self._ids[~np.isin(self._ids, gone)]
        return self._ids

    def _rows(self) -> NDArray[np.int64] | None:
        """Return the members' rows, or None if not all of them are residents."""
        ids = self._present()
        return None if (ids > len(self._model.community)).any() else ids - 1

    def _column_rows(self, name: str) -> tuple[Any, NDArray[np.int64]] | None:
        """Return the column behind an attribute and the members' rows, where both can be had."""
        column = column_behind(self._model, name)
        rows = None if column is None else self._rows()
        return None if rows is None else (column, rows)

    def _like(self, ids: Any) -> ResidentSet:
        made: ResidentSet = type(self).of(self._model, ids, self.random)
        return made

    @property
    def _agents(self) -> dict[mesa.Agent, None]:
        """What Mesa's own methods would look for."""
        return dict.fromkeys(self)

    def __len__(self) -> int:
        return len(self._present())

    def __iter__(self) -> Iterator[mesa.Agent]:
        for number in self._present().tolist():
            agent = self._model.agent(number)
            if agent is not None:  # removed by what was done to an earlier one
                yield agent

    def __contains__(self, agent: object) -> bool:
        return is_member(self._model, agent) and bool((self._ids == agent.unique_id).any())  # type: ignore[attr-defined]

    def __getitem__(self, item: Any) -> Any:
        ids = self._present()[item]
        if isinstance(item, slice):
            return [self._model.agent(number) for number in ids.tolist()]
        return self._model.agent(int(ids))

    def to_list(self) -> list[mesa.Agent]:
        """Return the members as a list."""
        return list(self)

    def copy(self) -> ResidentSet:
        """Return a set with the same members whose members can be changed."""
        return self._like(self._present().copy())

    __copy__ = copy

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} agents>"

    # --- changing who is in it ------------------------------------------------------------------------

    def add(self, agent: mesa.Agent) -> None:
        """Add an agent of the same model at the end, if it is not there yet."""
        if agent in self:
            return
        self._refuse_if_whole()
        if not is_member(self._model, agent):
            raise ValueError("the agent belongs to another model")
        self._ids = np.append(self._present(), agent.unique_id)

    def discard(self, agent: mesa.Agent) -> None:
        """Take an agent out of the set, if it is there."""
        if agent in self:
            self._refuse_if_whole()
            self._ids = self._ids[self._ids != agent.unique_id]

    def remove(self, agent: mesa.Agent) -> None:
        """Take an agent out of the set; KeyError if it is not there."""
        if agent not in self:
            raise KeyError(agent)
        self.discard(agent)

    def include(self, number: int) -> None:
        """Take in an agent that has just been registered (the model calls this)."""
        self._ids = np.append(self._present(), number)

    def _refuse_if_whole(self) -> None:
        if self._whole:
            raise TypeError(_EVERYBODY)

    def _update(self, agents: Iterable[mesa.Agent]) -> ResidentSet:
        self._ids = np.array([agent.unique_id for agent in dict.fromkeys(agents)], np.int64)
        return self

    def _from_iterable(self, agents: Iterable[Any]) -> AgentSet:
        """Return the result of ``|``, ``&``, ``-``, ``^``: Mesa's plain set where others are among it."""
        members = list(dict.fromkeys(agents))
        if all(is_member(self._model, agent) for agent in members):
            return self._like([agent.unique_id for agent in members])
        return AgentSet(members, self.random)

    # --- choosing and ordering ------------------------------------------------------------------------

    def select(
        self,
        filter_func: Callable[[Any], bool] | None = None,
        at_most: float = float("inf"),
        inplace: bool = False,
        agent_type: type[mesa.Agent] | None = None,
    ) -> ResidentSet:
        """Return the members for which a function is true; see Mesa's ``AgentSet.select``."""
        most = int(len(self) * at_most) if isinstance(at_most, float) and at_most <= 1.0 else at_most
        if filter_func is None and agent_type in (None, mesa.Agent):
            ids = self._present()
            chosen = ids[: int(max(0, min(most, len(ids))))].tolist()
        else:
            chosen = []
            for agent in self:
                if len(chosen) >= most:
                    break
                of_type = agent_type is None or isinstance(agent, agent_type)
                if of_type and (filter_func is None or filter_func(agent)):
                    chosen.append(agent.unique_id)
        if not inplace:
            return self._like(chosen)
        if len(chosen) < len(self):
            self._refuse_if_whole()
            self._ids = np.array(chosen, np.int64)
        return self

    def _reorder(self, ids: Sequence[int], inplace: bool) -> ResidentSet:
        if not inplace:
            return self._like(ids)
        self._ids = np.array(ids, np.int64)
        return self

    def shuffle(self, inplace: bool = False) -> ResidentSet:
        """Return the members in random order."""
        ids = self._present().tolist()
        self.random.shuffle(ids)
        return self._reorder(ids, inplace)

    def sort(self, key: Callable[[Any], Any] | str, ascending: bool = False, inplace: bool = False) -> ResidentSet:
        """Return the members by an attribute or a function, from the highest unless ``ascending``."""
        if isinstance(key, str):
            values = self.get(key) if "." not in key else [operator.attrgetter(key)(agent) for agent in self]
        else:
            values = [key(agent) for agent in self]
        order = sorted(range(len(values)), key=values.__getitem__, reverse=not ascending)
        ids = self._present()
        return self._reorder([int(ids[at]) for at in order], inplace)

    def groupby(
        self, by: Callable[[Any], Hashable] | str, result_type: Literal["agentset", "list"] = "agentset"
    ) -> ResidentGroups:
        """Return the members in groups, by an attribute or a function, in order of first appearance."""
        keys = self.get(by) if isinstance(by, str) else [by(agent) for agent in self]
        groups: dict[Hashable, list[int]] = {}
        for key, number in zip(keys, self._present().tolist(), strict=True):
            groups.setdefault(key, []).append(number)
        sets = {key: self._like(ids) for key, ids in groups.items()}
        if result_type == "agentset":
            return ResidentGroups(sets)
        return ResidentGroups({key: members.to_list() for key, members in sets.items()})

    # --- reading and changing -------------------------------------------------------------------------

    def get(
        self,
        attr_names: str | Sequence[str],
        handle_missing: Literal["error", "default"] = "error",
        default_value: Any = None,
    ) -> list[Any]:
        """Return an attribute of each member, or a list of several attributes of each."""
        if handle_missing not in ("error", "default"):
            raise ValueError(f"Unknown handle_missing option: {handle_missing}, should be one of 'error' or 'default'")
        if not isinstance(attr_names, str):
            parts = [self.get(name, handle_missing, default_value) for name in attr_names]
            return [list(values) for values in zip(*parts, strict=True)] if parts else [[] for _ in self]
        found = self._column_rows(attr_names)
        if found is not None:
            values: list[Any] = read(*found)
            return values
        if handle_missing == "default":
            return [getattr(agent, attr_names, default_value) for agent in self]
        return [getattr(agent, attr_names) for agent in self]

    def set(self, attr_name: str, value: Any) -> ResidentSet:
        """Give an attribute of every member the same value."""
        found = self._column_rows(attr_name)
        if found is None:
            for agent in self:
                setattr(agent, attr_name, value)
        else:
            write(*found, value)
            self._model.mark_changed()
        return self

    def agg(self, attribute: str, func: Callable[..., Any] | Iterable[Callable[..., Any]]) -> Any:
        """Return a function of an attribute's values, or a list of several functions of them."""
        if callable(func):
            return func(self._values_for(func, attribute))
        return [function(self._values_for(function, attribute)) for function in func]

    def _values_for(self, function: Callable[..., Any], attribute: str) -> Any:
        """Return what a function is handed: an array for NumPy's own, which would make one anyway."""
        found = self._column_rows(attribute)
        is_numpy = str(getattr(function, "__module__", "")).startswith("numpy")
        if found is None or found[0].is_category or not is_numpy:
            return self.get(attribute)
        return found[0].observed[found[1]]

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> ResidentSet:
        """Call a function, or a method by its name, for each member in turn."""
        self._call(self._present().tolist(), method, args, kwargs)
        return self

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> ResidentSet:
        """Call a function, or a method by its name, for each member in random order."""
        ids = self._present().tolist()
        self.random.shuffle(ids)
        self._call(ids, method, args, kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Return what a function, or a method by its name, gives for each member."""
        return self._call(self._present().tolist(), method, args, kwargs)

    def _call(self, ids: list[int], method: str | Callable[..., Any], args: Any, kwargs: Any) -> list[Any]:
        results = []
        for number in ids:
            agent = self._model.agent(number)
            if agent is not None:
                called = getattr(agent, method) if isinstance(method, str) else None
                results.append(called(*args, **kwargs) if called else method(agent, *args, **kwargs))  # type: ignore[operator]
        return results

    # --- copies ---------------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        return {"model": self._model, "ids": self._present(), "random": self.random, "whole": self._whole}

    def __setstate__(self, state: dict[str, Any]) -> None:
        # Straight into place: the model may itself be only half restored.
        self._model, self._ids = state["model"], state["ids"]
        self.random, self._whole = state["random"], state["whole"]


class ResidentGroups(GroupBy):  # type: ignore[misc]  # Mesa's types are not followed, see pyproject.toml
    """Groups of agents, as Mesa's ``GroupBy``, that reads columns where it can."""

    def agg(self, attr_name: str, func: Callable[..., Any]) -> dict[Hashable, Any]:
        """Return a function of an attribute's values for each group."""
        return {
            key: group.agg(attr_name, func)
            if isinstance(group, AgentSet)
            else func([getattr(agent, attr_name) for agent in group])
            for key, group in self.groups.items()
        }
