"""A scenario as a ``mesa.Model``, for those who work with Mesa."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol, runtime_checkable

import mesa
import numpy as np

from sim.community.community import Community
from sim.interventions.spec import Intervention
from sim.model.engine import Simulation
from sim.model.resident_set import ResidentSet
from sim.model.residents import Resident
from sim.rules import Mechanism

__all__ = ["CommunityModel", "ModelSpec", "SmallTown", "seed_from"]

_SEED_BITS = 53
"""Seeds that are drawn stay below 2**53, so that they survive JSON, spreadsheets and 64-bit tables."""


@runtime_checkable
class ModelSpec(Protocol):
    """What a model is made from; a scenario of a study is one."""

    @property
    def mechanisms(self) -> Sequence[Mechanism]:
        """The mechanisms of the week."""

    @property
    def interventions(self) -> Sequence[Intervention]:
        """What is done."""

    @property
    def weeks(self) -> int:
        """After how many weeks the model stops running."""

    def community_of(self, seed: int) -> int:
        """Return the number of the community that a run is played on."""

    def build_community(self, seed: int) -> Community:
        """Return a community by its number."""


@dataclass(frozen=True)
class SmallTown:
    """What ``CommunityModel()`` plays: a small English town in which nothing is done."""

    residents: int = 200
    """How many people live there; small, so that it is there at once."""
    weeks: int = 104
    """After how many weeks the model stops running: the default horizon of a scenario."""
    interventions: tuple[Intervention, ...] = ()

    @property
    def mechanisms(self) -> tuple[Mechanism, ...]:
        """Every mechanism with its values from the evidence, by name."""
        from sim.mechanisms import MECHANISMS

        return tuple(sorted((kind() for kind in MECHANISMS), key=lambda mechanism: mechanism.name))

    def community_of(self, seed: int) -> int:
        """Return a community of its own for every seed."""
        return seed

    def build_community(self, seed: int) -> Community:
        """Return a community of the profile ``england``."""
        from sim.community.synthesise import SynthesiseSource

        return SynthesiseSource(residents=self.residents).build(seed)


class CommunityModel(mesa.Model):  # type: ignore[misc]  # Mesa's types are not followed, see pyproject.toml
    """A community in which one scenario is played, week by week, as a Mesa model.

    The same weeks as ``sim run`` plays, to the bit. One step is one week; ``running`` turns false after
    ``spec.weeks``. Residents live in columns (``model.community.columns``); ``model.agents`` shows them as
    Mesa agents, which are made only when somebody asks for them.

    ``model.datacollector`` holds every measure of the whole community at week 0 and after each week. A model
    of your own that puts another ``DataCollector`` in its place calls its ``collect`` itself, as in Mesa.

    Parameters
    ----------
    spec
        A scenario, e.g. ``sim.load("scenarios/seaside_town")["befriending"]``; :class:`SmallTown` where absent.
    rng
        The seed of the run: a whole number from 0, or what :func:`seed_from` takes. Absent, a fresh seed is
        drawn from the operating system, as Mesa does; ``model.seed`` tells which.

    Notes
    -----
    Mesa's ``batch_run`` counts collected rows in version 3.3: its last row is then the week before the last.
    Mesa 3.5 reports the last week. The ``model.rng`` and ``model.random`` that Mesa provides are seeded too,
    but the week draws nothing from them.
    """

    def __init__(self, spec: ModelSpec | None = None, *, rng: Any = None) -> None:
        if spec is None:
            spec = SmallTown()
        elif not isinstance(spec, ModelSpec):
            raise TypeError(
                f"spec must be a scenario, not {type(spec).__name__}; "
                'take one from a study: sim.load("scenarios/seaside_town")["befriending"]'
            )
        seed = seed_from(rng)
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

    def mark_changed(self) -> None:
        """Say that columns or ties were changed from outside, so that what hangs on them is redone in time."""
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

    def _whole_set(self, name: str, others: Iterable[int]) -> ResidentSet:
        """Return one of the model's own sets, always the same object."""
        if name not in self._sets:
            residents = range(1, len(self.community) + 1)
            self._sets[name] = ResidentSet.of(self, [*residents, *others], whole=True)
        return self._sets[name]

    @agents.setter
    def agents(self, agents: object) -> NoReturn:
        raise AttributeError("model.agents belongs to Mesa; give what you want to keep another name")

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


def seed_from(rng: Any) -> int:
    """Return the whole number that a run is keyed by.

    Parameters
    ----------
    rng
        A whole number from 0 is taken as it is. None draws from the operating system. A ``SeedSequence`` or a
        sequence of whole numbers gives the same seed every time; a ``Generator`` or ``BitGenerator`` gives its
        next draw.

    Raises
    ------
    ValueError
        For a negative number.
    TypeError
        For anything else.
    """
    if isinstance(rng, int | np.integer) and not isinstance(rng, bool):
        if rng < 0:
            raise ValueError(f"rng must be a whole number from 0, not {rng}")
        return int(rng)
    if isinstance(rng, np.random.Generator | np.random.BitGenerator):
        return int(np.random.default_rng(rng).integers(2**_SEED_BITS))
    if rng is None or isinstance(rng, Sequence) and not isinstance(rng, str):
        rng = np.random.SeedSequence(rng)
    if not isinstance(rng, np.random.SeedSequence):
        raise TypeError(f"rng must be a whole number, a NumPy seed or generator, or None, not {rng!r}")
    return int(rng.generate_state(1, np.uint64)[0] >> np.uint64(64 - _SEED_BITS))
