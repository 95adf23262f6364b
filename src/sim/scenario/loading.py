"""From paths to trees: which files make a study, and what each scenario inherits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sim.errors import InputError, Problem, did_you_mean, listing
from sim.scenario.nodes import Node, Place, merged, shown
from sim.scenario.yaml_lines import read_yaml

__all__ = ["Family", "Files", "Selection", "family_of", "select", "without_interventions"]

BASELINE = "baseline"
OWN_KEYS = ("extends", "abstract", "also", "title")
"""Keys that a file does not pass on to those which extend it."""


@dataclass
class Files:
    """Scenario files, each read once."""

    read: dict[Path, Node | InputError] = field(default_factory=dict)

    def tree(self, path: Path) -> Node:
        """Return a file's own tree."""
        key = path.resolve()
        if key not in self.read:
            try:
                self.read[key] = read_yaml(path)
            except InputError as error:
                self.read[key] = error
        held = self.read[key]
        if isinstance(held, InputError):
            raise held
        return held

    def is_abstract(self, path: Path) -> bool:
        """Say whether a file is only there for others to extend; not known counts as no."""
        try:
            node = self.tree(path).child("abstract")
        except InputError:
            return False
        return node is not None and node.value is True


@dataclass
class Family:
    """A scenario file with what it inherits."""

    path: Path
    files: list[Node]
    """Own trees: the file itself, what it extends, and so on."""
    tree: Node
    """What comes out: inherited values overridden, interventions added."""
    title: str = ""
    """Title at the root of the family, which names the study."""
    made: bool = False
    """Whether it has no file of its own."""

    @property
    def shown(self) -> str:
        """Its file as users see it; empty where it has none."""
        return "" if self.made else shown(self.path)

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.path.stem


def family_of(path: Path, files: Files) -> Family:
    """Return a scenario file with what it inherits.

    Raises
    ------
    InputError
        If a file cannot be read, extends itself, or extends something that is not there.
    """
    chain = [path]
    trees = [files.tree(path)]
    while (node := trees[-1].child("extends")) is not None and isinstance(node.value, str):
        parent = (node.place.folder / node.value).resolve()
        _check_parent(parent, chain, trees[-1], node)
        chain.append(parent)
        trees.append(files.tree(parent))
    tree = _inherited(trees)
    title = trees[-1].child("title") if len(trees) > 1 else None
    return Family(path, trees, tree, str(title.value) if title is not None else "")


def _check_parent(parent: Path, chain: Sequence[Path], tree: Node, node: Node) -> None:
    if parent in [path.resolve() for path in chain]:
        circle = " -> ".join(shown(path) for path in [*chain, parent])
        raise InputError(tree.problem(("extends",), f"goes round in a circle: {circle}"))
    if not parent.is_file():
        there = sorted(path.name for path in parent.parent.glob("*.yaml")) if parent.parent.is_dir() else []
        hint = did_you_mean(parent.name, there)
        whole = "" if shown(parent) == str(node.value) else f" ({shown(parent)})"
        text = f"there is no file '{node.value}'{whole}{hint or ';'} files there: {listing(there) or 'none'}"
        raise InputError(tree.problem(("extends",), text))


def _inherited(trees: Sequence[Node]) -> Node:
    """Merge a file with what it extends, from the root of the family down."""
    result = Node({}, trees[-1].place)
    for depth, own in reversed(list(enumerate(trees))):
        also = own.child("also")
        kept = {key: node for key, node in own.value.items() if depth == 0 or key not in OWN_KEYS}
        result = merged(result, Node(kept, own.place))
        if also is not None and isinstance(also.value, list):
            before = result.child("interventions")
            inherited = before.value if before is not None and isinstance(before.value, list) else []
            items = [node.copy() for node in [*inherited, *also.value]]
            # Its items keep the places at which they were written; the list itself stands at its own key.
            result.value["interventions"] = Node(items, before.place if before is not None else also.place)
            result.value.pop("also", None)
    return result


@dataclass
class Selection:
    """The files of a study, and what is compared with what."""

    name: str
    paths: list[Path]
    """Scenario files, the baseline first where there is one."""
    baseline: Path | None
    """None: the first scenario without its interventions."""
    others: list[Path] = field(default_factory=list)
    """Abstract files of a folder, checked as well."""


def select(paths: Sequence[str | Path], files: Files) -> Selection:
    """Return the scenario files that paths of files and folders stand for.

    Raises
    ------
    InputError
        If a path is not there, or no scenario is among them.
    """
    if not paths:
        raise InputError("no scenario was given; name a folder of scenario files, or one of them")
    chosen: list[Path] = []
    others: list[Path] = []
    problems: list[Problem] = []
    for given in map(Path, paths):
        try:
            found, abstract = _under(given, files)
        except InputError as error:
            problems += error.problems
            continue
        chosen += [path for path in found if path.resolve() not in [p.resolve() for p in chosen]]
        others += abstract
    problems += _clashes(chosen)
    if problems:
        raise InputError(problems)
    first = Path(paths[0])
    folder = first.resolve() if first.is_dir() else first.resolve().parent
    name = (folder.name if first.is_dir() else first.stem) if len(paths) == 1 else folder.name
    baseline = _baseline(chosen, files)
    if baseline is not None:
        chosen = [baseline, *(path for path in chosen if path.resolve() != baseline.resolve())]
    return Selection(name, chosen, baseline, others)


def _under(given: Path, files: Files) -> tuple[list[Path], list[Path]]:
    """Return the scenario files and the abstract files that one path stands for."""
    if given.is_dir():
        inside = sorted(path for path in given.glob("*.yaml") if path.is_file() and not path.name.startswith("."))
        odd = sorted(given.glob("*.yml"))
        if odd:
            raise InputError(Problem(shown(odd[0]), message="is left out by its ending; call it .yaml"))
        abstract = [path for path in inside if files.is_abstract(path)]
        found = [path for path in inside if path not in abstract]
        if not found:
            what = "only abstract scenario files" if abstract else "no scenario files (*.yaml)"
            raise InputError(Problem(shown(given), message=f"holds {what}"))
        return found, abstract
    if not given.exists():
        around = given.parent if given.parent.is_dir() else Path()
        there = sorted(path.name for path in around.iterdir() if path.is_dir() or path.suffix == ".yaml")
        hint = did_you_mean(given.name, there)
        raise InputError(Problem(shown(given), message=f"there is no such file or folder{hint}"))
    if files.is_abstract(given):
        text = "is abstract: it is there for others to extend; name one of those, or the folder"
        line = files.tree(given).value["abstract"].place.line
        raise InputError(Problem(shown(given), line, message=text))
    return [given], []


def _clashes(paths: Sequence[Path]) -> list[Problem]:
    """Say which scenarios have the same name."""
    first: dict[str, Path] = {}
    problems = []
    for path in paths:
        other = first.setdefault(path.stem, path)
        if other is not path:
            text = f"has the same name as {shown(other)}; scenarios that are compared need names of their own"
            problems.append(Problem(shown(path), message=text))
    return problems


def _baseline(paths: Sequence[Path], files: Files) -> Path | None:
    """Return the baseline among the files, or the one beside them."""
    among = [path for path in paths if path.stem == BASELINE]
    if among:
        return among[0]
    beside = {path.resolve().parent / f"{BASELINE}.yaml": path.parent / f"{BASELINE}.yaml" for path in paths}
    there = [path for path in beside.values() if path.is_file() and not files.is_abstract(path)]
    if len(there) > 1:
        names = listing(shown(path) for path in there)
        raise InputError(f"these scenarios have different baselines beside them: {names}; name the one that is meant")
    return there[0] if there else None


def without_interventions(family: Family) -> Family:
    """Return a scenario without what is done in it, to compare it with."""
    tree = family.tree.copy()
    for key in ("interventions", "also"):
        tree.value.pop(key, None)
    tree.value["title"] = Node("Without interventions", Place("default"))
    return replace(family, path=family.path.with_name(f"{BASELINE}.yaml"), tree=tree, made=True)
