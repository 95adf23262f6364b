"""A scenario as a ``mesa.Model``, for those who work with Mesa."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

import mesa
import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.community import Community
from sim.errors import InputError, did_you_mean, listing
from sim.measures import MEASURES
from sim.model.engine import Simulation
from sim.model.resident_set import ResidentSet
from sim.model.residents import Resident
from sim.model.spec import Given, ModelSpec, SmallTown, seed_from

__all__ = ["CommunityModel"]


class CommunityModel(mesa.Model):  # type: ignore[misc]  # Mesa's types are not followed, see pyproject.toml
    """A community in which one scenario is played, week by week, as a Mesa model.

    The same weeks as ``sim run`` plays, to the bit. One step is one week; ``running`` turns false after
    ``spec.weeks``. Residents live in columns (``model.community.columns``); ``model.agents`` shows them as
    Mesa agents, which are made only when somebody asks for them.

    ``model.datacollector`` holds every measure of the whole community at week 0 and after each week. Another
    ``DataCollector`` put in its place is for you to call, as in Mesa; with None nothing is collected.

    Parameters
    ----------
    spec
        A scenario, e.g. ``sim.load("scenarios/seaside_town")["befriending"]``, or a community, in which then nothing
        is done; a :class:`~sim.model.spec.SmallTown` where absent.
    rng
        The seed of the run: a whole number from 0, or what
        :func:`~sim.model.spec.seed_from` takes. Absent, a fresh seed is drawn from the operating system, as
        Mesa does; ``model.seed`` tells which.

    Notes
    -----
    Mesa's ``batch_run`` counts collected rows in version 3.3: its last row is then the week before the last.
    Mesa 3.5 reports the last week. The ``model.rng`` and ``model.random`` that Mesa provides are seeded too,
    but the week draws nothing from them.

    """

    def __init__(self, spec: ModelSpec | Community | None = None, *, rng: Any = None) -> None:
        if spec is None:
            spec = SmallTown()
        elif isinstance(spec, Community):
            spec = Given(community=spec)
        elif not isinstance(spec, ModelSpec):
            raise TypeError(
                f"spec must be a scenario, not {type(spec).__name__}; "
                'take one from a study: sim.load("scenarios/seaside_town")["befriending"]'
            )
        seed = seed_from(rng)
        drawn: Any = getattr(spec, "drawn", None)
        if drawn is not None:
            spec = drawn(seed)  # a scenario whose parameters each seed draws
        assert isinstance(spec, ModelSpec)
        super().__init__(rng=seed)
        self.spec = spec
        self.seed = seed
        self.registered: dict[int, mesa.Agent] = {}
        """Agents other than residents, by unique id."""
        self._views: dict[int, Resident] = {}
        self._sets: dict[str, ResidentSet] = {}
        self._changed = False
        community = spec.build_community(spec.community_of(seed)).copy()
        self.simulation = Simulation(community, spec.mechanisms, spec.interventions, seed)
        self.agent_id_counter = len(community) + 1
        self.running = spec.weeks > 0
        self.datacollector: Any = mesa.DataCollector({name: [self.measure, [name]] for name in MEASURES})
        self._own_collector = self.datacollector
        self.datacollector.collect(self)

    # --- the week ---------------------------------------------------------------------------------------

    @property
    def community(self) -> Community:
        """The community as it stands. After changing columns or ties by hand, call :meth:`mark_changed`."""
        return self.simulation.community

    @property
    def week(self) -> int:
        """How many weeks have been played; the same as ``steps``."""
        return int(self.simulation.week)

    def step(self) -> None:
        """Play one week."""
        self._refresh()
        self.simulation.step()
        if self.week >= self.spec.weeks:
            self.running = False
        if self.datacollector is self._own_collector:
            self.datacollector.collect(self)

    def measure(self, name: str, group: str = "all") -> float:
        """Return a measure as it stands now, of everybody or of a group.

        Parameters
        ----------
        name
            One of :data:`sim.measures.MEASURES`, e.g. ``loneliness``.
        group
            ``all``, or a value of a category or of a yes-or-no column as in result tables, e.g.
            ``age_band=65-74`` or ``lived_experience=yes``.

        Returns
        -------
        float
            In the measure's unit; NaN for a group without anybody whom the measure concerns.

        Raises
        ------
        InputError
            If there is no such measure or group, or the measure is of the whole community only.

        """
        if name not in MEASURES:
            near = did_you_mean(name, list(MEASURES))
            raise InputError(f"'{name}' is not a measure{near}; measures: {listing(MEASURES, 30)}")
        self._refresh()
        measure = MEASURES[name]
        values, weights = measure.of(self.simulation.look)
        if group != "all":
            if not measure.by_group:
                raise InputError(f"'{name}' is a measure of the whole community, not of a group")
            chosen = _members(self.community, group)
            values, weights = values[chosen], None if weights is None else weights[chosen]
        # Residents are added in the same order as in `sim run`, so that both give the same to the bit.
        add = compiled.total if group == "all" else compiled.total_in_order
        total = float(add(values))
        if measure.is_total:
            return total
        weight = float(len(values) if weights is None else add(weights))
        return total / weight if weight > 0 else float("nan")

    def mark_changed(self) -> None:
        """Say that columns or ties were changed by hand, so that what hangs on them is redone in time."""
        self._changed = True

    def _refresh(self) -> None:
        if self._changed:
            self.simulation.refresh()
            self._changed = False

    # --- the agents -------------------------------------------------------------------------------------

    def resident(self, row: int) -> Resident:
        """Return the resident of a row of the columns; always the same object."""
        view = self._views.get(row)
        if view is None:
            view = self._views[row] = Resident._view(self, row)
        return view

    def agent(self, unique_id: int) -> mesa.Agent | None:
        """Return an agent by its unique id, or None if there is no such agent (any more)."""
        if 1 <= unique_id <= len(self.community):
            return self.resident(unique_id - 1)
        return self.registered.get(unique_id)

    @property
    def agents(self) -> ResidentSet:
        """All residents in canonical order, and after them the agents that were registered."""
        return self._whole_set("all", self.registered)

    @agents.setter
    def agents(self, agents: object) -> NoReturn:
        raise AttributeError("model.agents belongs to Mesa; give what you want to keep another name")

    def _whole_set(self, name: str, others: Iterable[int]) -> ResidentSet:
        """Return one of the model's own sets, always the same object."""
        if name not in self._sets:
            residents = range(1, len(self.community) + 1)
            self._sets[name] = ResidentSet.of(self, [*residents, *others], whole=True)
        return self._sets[name]

    @property
    def agents_by_type(self) -> dict[type[mesa.Agent], Any]:
        """Sets of agents by their class, residents first."""
        return {Resident: self._whole_set("residents", ()), **self._agents_by_type}

    @property
    def agent_types(self) -> list[type[mesa.Agent]]:
        """The classes of agents in the model, residents first."""
        return [Resident, *self._agents_by_type]

    def register_agent(self, agent: mesa.Agent) -> None:
        """Take in an agent of another class (Mesa calls this when one is made)."""
        numbers = getattr(mesa.Agent, "_ids", None)
        if numbers is not None:
            # Mesa 3.3 numbers agents in a table on the class that would keep this model in memory for ever,
            # and from 1, which is a resident's number.
            numbers.pop(self, None)
            agent.unique_id = self.agent_id_counter
            self.agent_id_counter += 1
        super().register_agent(agent)
        self.registered[agent.unique_id] = agent
        if "all" in self._sets:
            self._sets["all"].include(agent.unique_id)

    def deregister_agent(self, agent: mesa.Agent) -> None:
        """Let an agent go that is not a resident (Mesa calls this when one is removed)."""
        super().deregister_agent(agent)
        del self.registered[agent.unique_id]

    def remove_all_agents(self) -> NoReturn:
        """Raise ``TypeError``: the population is closed."""
        raise TypeError(
            "residents cannot be removed from a CommunityModel; remove agents of your own one by one, "
            "or make a new model"
        )


def _members(community: Community, group: str) -> NDArray[np.bool_]:
    """Say who belongs to a group that is written as in result tables, ``column=value``."""
    column, _, value = group.partition("=")
    held = community.columns[column]
    if not (held.is_category or held.is_flag):
        raise InputError(f"'{column}' is a number; a group is a value of a category or of a yes-or-no column")
    names, codes = community.group_codes(column)
    if value not in names:
        raise InputError(
            f"'{value}' is not a group of '{column}'{did_you_mean(value, names) or ';'} groups: {listing(names)}"
        )
    return np.asarray(codes == names.index(value))
