"""From a family of files to one resolved scenario: overrides, catalogue, defaults, origins."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from sim.errors import InputError, Problem, listing
from sim.interventions.spec import Intervention
from sim.scenario import registries
from sim.scenario.building import build, build_intervention, evidence_of, origins_of, plain
from sim.scenario.catalogue import with_catalogue
from sim.scenario.checking import Checked, check_format
from sim.scenario.draws import ParameterDraws, read_draws
from sim.scenario.file_format import FileFormat
from sim.scenario.loading import Family
from sim.scenario.nodes import Node
from sim.scenario.overrides import Override, name_of
from sim.scenario.plan import Origin, Scenario, Target

__all__ = ["Draft", "draft_of", "scenario_of"]

_DEFAULT_WEEKS = FileFormat.weeks
_DEFAULT_SEEDS = FileFormat.seeds


@dataclass
class Draft:
    """A scenario on its way: what could be made of it, and all that is wrong."""

    family: Family
    checked: Checked
    names: list[str]
    """Names of its interventions as written."""
    used: set[str] = field(default_factory=set)
    """Overrides that it had a place for."""
    source: Any = None
    source_key: str = ""
    mechanisms: list[Any] = field(default_factory=list)
    interventions: dict[int, Intervention] = field(default_factory=dict)
    """By position in the tree."""
    targets: list[Target] = field(default_factory=list)
    draws: ParameterDraws | None = None

    @property
    def tree(self) -> Node:
        """What is left of its tree after all that is wrong was taken out."""
        return self.checked.tree

    @property
    def problems(self) -> list[Problem]:
        """What is wrong."""
        return self.checked.problems

    def single(self, key: str, default: Any) -> Any:
        """Return a single value at the top of the tree."""
        node = self.tree.child(key)
        return default if node is None or node.value is None else node.value

    @property
    def weeks(self) -> int:
        """The horizon."""
        return int(self.single("weeks", _DEFAULT_WEEKS))


def draft_of(family: Family, overrides: Sequence[Override]) -> Draft:
    """Return what can be made of a scenario's tree, with all that is wrong in its format."""
    tree = family.tree.copy()
    used = {item.text for item in overrides if not item.inside_interventions and item.apply(tree)}
    problems, unknown = with_catalogue(tree)
    used |= {item.text for item in overrides if item.inside_interventions and item.apply(tree)}
    names = _names(tree)
    checked = check_format(tree)
    checked.problems[:0] = problems
    for position in unknown:  # what the entry would have said is missing, and that means nothing
        item = checked.tree.at(("interventions", position))
        if item is not None:
            checked.holes |= {id(item), *(id(part) for part in item.value.values())}
    draft = Draft(family, checked, names, used)
    _fill_source(draft)
    _fill_mechanisms(draft)
    _fill_interventions(draft)
    _fill_targets(draft)
    _fill_draws(draft)
    return draft


def _names(tree: Node) -> list[str]:
    listed = tree.child("interventions")
    items = listed.value if listed is not None and isinstance(listed.value, list) else []
    return [name for name in map(name_of, items) if name]


def _fill_source(draft: Draft) -> None:
    checked, node = draft.checked, draft.tree.child("community")
    keys = list(registries.sources())
    if node is None:
        if not checked.lacks(draft.tree):
            text = "is missing; say where it comes from, e.g. {synthesise: {residents: 2000, profile: england}}"
            text += f"; sources: {listing(keys)}"
            checked.refuse(("community",), text)
        return
    given = [key for key in keys if node.child(key) is not None]
    if len(given) != 1:
        if not checked.lacks(node):
            text = f"needs exactly one source of {listing(keys)}, found {' and '.join(given) or 'none'}"
            checked.refuse(("community",), text)
        return
    draft.source_key = given[0]
    inner = node.child(given[0])
    draft.source = build(registries.sources()[given[0]], inner, ("community", given[0]), checked)


def _fill_mechanisms(draft: Draft) -> None:
    for name, cls in sorted(registries.mechanisms().items()):
        node = draft.tree.at(("mechanisms", name))
        made = build(cls, node, ("mechanisms", name), draft.checked)
        if made is not None:
            draft.mechanisms.append(made)


def _fill_interventions(draft: Draft) -> None:
    checked, listed = draft.checked, draft.tree.child("interventions")
    first: dict[str, int] = {}
    for position, node in enumerate(listed.value if listed is not None else ()):
        location = ("interventions", position)
        name = name_of(node)
        if name is None:
            if not checked.lacks(node):
                checked.refuse(location, "needs a 'name' of its own, or 'use' with an entry of the catalogue")
            continue
        if not name.strip() or set(name) & set(".[]=\n"):
            checked.refuse((*location, "name"), f"'{name}' cannot be a name: it must be a text without . [ ] =")
            continue
        if name in first:
            text = f"two interventions are called '{name}'; give this one a 'name' of its own"
            checked.refuse((*location, "name" if node.child("name") else "use"), text)
            continue
        first[name] = position
        made = build_intervention(node, name, location, checked)
        if made is not None:
            draft.interventions[position] = made


def _fill_targets(draft: Draft) -> None:
    listed = draft.tree.child("targets")
    for position, node in enumerate(listed.value if listed is not None else ()):
        made = build(Target, node, ("targets", position), draft.checked)
        if made is not None:
            draft.targets.append(made)


def _fill_draws(draft: Draft) -> None:
    node = draft.tree.child("draws")
    if node is None or node.value is None:
        return
    try:
        draft.draws = read_draws(Path(os.path.normpath(node.place.folder / str(node.value))))
    except InputError as error:
        at = node.place.where
        draft.problems.extend(replace(item, message=f"{item.message} (named in {at})") for item in error.problems)


def better_of(draft: Draft) -> str | None:
    """Return which way of the primary measure is better, said or usual; ``None`` if neither."""
    said = draft.single("better", None)
    if said is not None:
        return str(said)
    measure = registries.measures().get(draft.single("outcome", ""))
    return measure.better or None if measure is not None else None


def scenario_of(draft: Draft, notes: Sequence[str] = ()) -> Scenario:
    """Return the scenario of a draft in which nothing is wrong."""
    family = draft.family
    interventions = sorted(draft.interventions.values(), key=lambda item: item.name)
    interventions = [_titled(item) for item in interventions]
    mechanisms = tuple(sorted(draft.mechanisms, key=lambda item: item.name))
    seeds = int(draft.single("seeds", _DEFAULT_SEEDS))
    top = {
        "title": draft.single("title", "") or _spoken(family.name),
        "question": draft.single("question", ""),
        "outcome": draft.single("outcome", ""),
        "better": better_of(draft) or "lower",
        "weeks": draft.weeks,
        "seeds": seeds,
        "communities": int(draft.single("communities", seeds)),
    }
    folder = family.tree.place.folder
    resolved = {
        **top,
        "suppress_below": int(draft.single("suppress_below", FileFormat.suppress_below)),
        "community": {draft.source_key: plain(draft.source, folder)},
        "mechanisms": {item.name: plain(item, folder) for item in mechanisms},
        "interventions": [_without_ids(plain(item, folder), draft) for item in interventions],
        "targets": [plain(item, folder) for item in draft.targets],
        "draws": None if draft.draws is None else plain(draft.draws.file, folder),
    }
    return Scenario(
        name=family.name, file=family.shown, **top, source=draft.source, mechanisms=mechanisms,
        interventions=tuple(interventions), targets=tuple(draft.targets), resolved=resolved,
        origins=_origins(draft, resolved, mechanisms), notes=tuple(notes), draws=draft.draws,
    )  # fmt: skip


def _without_ids(intervention: dict[str, Any], draft: Draft) -> dict[str, Any]:
    """Say of residents of a survey who are chosen by id only how many they are.

    What is resolved goes into manifests, reports and explanations. A digest that nobody can work out without the
    survey's files tells two lists apart, so that results of one are not taken for results of the other.
    """
    ids = intervention["choose"].get("ids")
    if ids and draft.source_key != "synthesise":
        digest = sha256(repr(sorted(map(str, ids))).encode())
        files = draft.source.files
        for file in files() if callable(files) else files:
            digest.update(Path(file).read_bytes())
        intervention["choose"]["ids"] = f"{len(ids)} residents named in the scenario ({digest.hexdigest()[:16]})"
    return intervention


def _spoken(name: str) -> str:
    """Return a name as a title."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _titled(item: Intervention) -> Intervention:
    return item if item.title else replace(item, title=_spoken(item.name))


def _origins(draft: Draft, resolved: dict[str, Any], mechanisms: Sequence[Any]) -> dict[str, Origin]:
    evidence: dict[str, str] = {}
    for item in mechanisms:
        evidence_of(item, ("mechanisms", item.name), evidence)
    evidence_of(draft.source, ("community", draft.source_key), evidence)
    for intervention in draft.interventions.values():
        for position, effect in enumerate(intervention.effects):
            kind = registries.kind_of(effect)
            evidence_of(effect, ("interventions", intervention.name, "effects", position, kind), evidence)
        evidence_of(intervention, ("interventions", intervention.name), evidence)
    tree = Node(dict(draft.tree.value), draft.tree.place)
    listed = tree.child("interventions")
    if listed is not None:
        by_name = {item.name: listed.value[position] for position, item in draft.interventions.items()}
        tree.value["interventions"] = Node(by_name, listed.place)
    found: dict[str, Origin] = {}
    origins_of(resolved, tree, (), evidence, found)
    return found
