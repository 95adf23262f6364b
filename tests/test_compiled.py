"""Compiled code: never stale, and sums taken in the order written."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim import compiled

PACKAGE = Path(inspect.getfile(compiled)).parent
MODULES = sorted(path for path in PACKAGE.glob("*.py") if path.name not in ("__init__.py", "caching.py"))
CALLER = """
import numpy as np
from sim import compiled
out = np.empty(1)
compiled.first_tellers(
    np.uint64(1), np.array([0], np.int32), np.array([5, 6, 7], np.uint64), np.array([0, 2, 2]),
    np.array([2, 0, 0], np.int32), np.array([1, 2], np.int32), np.ones(2), np.array([0.0, 1.0, 1.1]), out,
)
print(repr(float(out[0])))
"""


def copy_package(folder: Path) -> Path:
    """Copy the compiled code into a package ``sim`` of its own, and return its folder."""
    copy = folder / "sim" / "compiled"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "sim" / "__init__.py").write_text("")
    return copy


def run_copy(folder: Path, **variables: str) -> float:
    """Return what a kernel of the copy gives that calls one of another module, in a fresh process."""
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(folder), **variables}
    done = subprocess.run(
        [sys.executable, "-c", CALLER], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def test_an_edited_callee_in_another_module_is_never_stale(tmp_path):
    copy, cache = copy_package(tmp_path), tmp_path / "cache"
    first = run_copy(tmp_path, NUMBA_CACHE_DIR=str(cache))
    kept = sorted(cache.rglob("*.nbc"))
    assert kept
    assert run_copy(tmp_path, NUMBA_CACHE_DIR=str(cache)) == first
    assert sorted(cache.rglob("*.nbc")) == kept, "the second process compiles nothing"
    callee = copy / "draws.py"
    text = callee.read_text(encoding="utf-8")
    edited = text.replace("    return drawn(", "    return 1.0 - drawn(")
    assert edited != text
    callee.write_text(edited, encoding="utf-8")
    assert {first, run_copy(tmp_path, NUMBA_CACHE_DIR=str(cache))} == {1.0, 2.0}


def test_compiled_code_is_kept_beside_the_package_and_old_code_is_removed(tmp_path):
    copy = copy_package(tmp_path)
    old, recent = (copy / "__pycache__" / f"kernels-{name}" for name in ("old", "recent"))
    for folder in (old, recent):
        folder.mkdir(parents=True)
        (folder / "some.nbc").write_text("")
    os.utime(old, (0, 0))
    run_copy(tmp_path)
    assert not old.exists()
    assert recent.exists()
    assert list((copy / "__pycache__").rglob("*first_tellers*.nbc"))


def test_compiled_code_goes_to_the_users_cache_where_the_package_cannot_be_written(tmp_path):
    copy, home = copy_package(tmp_path), tmp_path / "home"
    (copy / "__pycache__").write_text("in the way")
    run_copy(tmp_path, HOME=str(home), XDG_CACHE_HOME=str(home / "cache"))
    assert list(home.rglob("*first_tellers*.nbc"))


def test_all_compiled_code_stands_in_one_package():
    others = [path for path in PACKAGE.parent.rglob("*.py") if path.parent != PACKAGE]
    assert others
    importing = [
        path.name
        for path in others
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        and any(name.startswith("numba") for name in [getattr(node, "module", "") or "", *(a.name for a in node.names)])
    ]
    assert importing == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_kernel_uses_threads_or_fast_maths(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert functions
    for node in functions:
        if node.args.args and node.args.args[0].arg == "builder":
            continue  # writes part of an intrinsic
        assert [ast.unparse(decorator) for decorator in node.decorator_list] in (["kernel"], ["intrinsic"])


def test_every_public_kernel_is_reached_from_the_package():
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        public = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"}
        assert public <= set(dir(compiled)), path.name
        for name in compiled._HOMES[path.stem]:
            assert getattr(compiled, name) is getattr(importlib.import_module(f"sim.compiled.{path.stem}"), name)


def test_an_unknown_kernel_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'unifrom'"):
        compiled.unifrom  # noqa: B018


def test_numba_is_imported_when_a_kernel_is_first_used():
    code = "import sys; from sim import compiled; assert 'numba' not in sys.modules; compiled.total; import numba"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 31, 100])
def test_sums_are_taken_in_eight_parts_and_these_in_pairs(size):
    values = np.modf(np.arange(1, size + 1) * 0.7548776662)[0] * 10.0 ** (np.arange(size) % 7)
    whole = size - size % 8
    parts = [0.0] * 8
    for i in range(whole):
        parts[i % 8] += float(values[i])
    a, b, c, d, e, f, g, h = parts
    rest = 0.0
    for i in range(whole, size):
        rest += float(values[i])
    assert compiled.total(values) == (((a + b) + (c + d)) + ((e + f) + (g + h))) + rest
    in_order = 0.0
    for value in values.tolist():
        in_order += value
    assert compiled.total_in_order(values) == in_order


def test_the_exponential_function_is_exact_to_two_units_of_the_last_place():
    x = np.concatenate([np.linspace(-708, 709, 20_001), np.linspace(-2, 2, 20_001), [0.0]])
    out = np.empty(len(x))
    compiled.fill_exponential(x, 1.0, out)
    assert np.abs(out / np.exp(x) - 1).max() < 2 * 2.3e-16
    assert out[-1] == 1.0
    assert compiled.exponential(-800.0) == 0.0
    assert np.isfinite(compiled.exponential(800.0))


def test_group_sums_pass_over_missing_values():
    sums, counts = np.zeros(2), np.zeros(2, np.int64)
    compiled.add_by_group(np.array([1.0, 2.0, np.nan, 4.0, 8.0]), np.array([0, 1, 0, -1, 1], np.int64), sums, counts)
    assert sums.tolist() == [1.0, 10.0]
    assert counts.tolist() == [1, 2]


@pytest.mark.parametrize("ahead", [0, 8])
@pytest.mark.parametrize(("width", "bound"), [("narrow", np.inf), ("wide", np.inf), ("wide", 0.3)])
def test_the_pass_equals_a_loop_to_the_bit(make_community, width, bound, ahead):
    residents = 30
    community = make_community(residents, 90, 3)
    ties = community.ties
    ties.supports[::3] = False
    numbers = compiled.NARROW if width == "narrow" else compiled.WIDE
    rows = np.modf(np.arange(residents * numbers).reshape(residents, numbers) * 0.7548776662)[0]
    disclosed = np.arange(residents) % 4 == 0
    rows[:, 0] = np.where(disclosed, -1.0, 1.0) * (0.7 + rows[:, 0])
    welcome, rows[:, 1] = rows[:, 1].copy(), rows[:, 0] * rows[:, 1]
    weight_i, weight_s = np.array([1.0, 0.9, 0.8, 0.7, 0.6]), np.array([0.5, 0.6, 0.7, 0.8, 0.9])
    out = np.empty((compiled.NARROW_SUMS if width == "narrow" else compiled.WIDE_SUMS, residents))
    lived, least = np.zeros(len(ties.strength)), np.empty(residents)
    job = compiled.pass_narrow if width == "narrow" else compiled.pass_wide
    job(
        ties.start, ties.length, ties.neighbour, ties.strength, ties.kind, ties.supports, weight_i, weight_s,
        bound, rows.ravel(), ahead, lived, least, out,
    )  # fmt: skip
    for i in range(residents):
        expected, fewest = slow_sums(ties, i, rows, welcome, disclosed, weight_i, weight_s, bound, lived)
        wanted = expected["narrow"] if width == "narrow" else expected["wide"]
        assert out[:, i].tolist() == wanted
        assert least[i] == fewest


def slow_sums(ties, i, rows, welcome, disclosed, weight_i, weight_s, bound, lived):
    """Return the sums of one resident in both layouts, and the least lived of her ties, one tie after the other."""
    fewest = 1.0
    head = [0.0] * 4
    by = {(factor, c): 0.0 for factor in "iwcl" for c in range(rows.shape[1])}
    passed_on, confidants = 0.0, 0.0
    for e in range(ties.start[i], ties.start[i] + ties.length[i]):
        j, w = ties.neighbour[e], ties.strength[e]
        k = w * weight_i[ties.kind[e]]
        to_me = abs(rows[j, 0]) * (welcome[j] if disclosed[i] else 1.0)
        to_her = abs(rows[i, 0]) * (welcome[i] if disclosed[j] else 1.0)
        f = to_me * to_her
        assert lived[e] == f
        fewest = min(fewest, f)
        supported = w * weight_s[ties.kind[e]] * f if ties.supports[e] else 0.0
        for at, value in enumerate((w, k, supported, k * rows[j, 2])):
            head[at] += value
        for c in range(rows.shape[1]):
            by["i", c] += k * rows[j, c]
            by["w", c] += w * rows[j, c]
            by["c", c] += rows[j, c]
            by["l", c] += supported * rows[j, c]
        if abs(rows[j, 2] - rows[i, 2]) <= bound:
            passed_on += k * rows[j, 3]
            confidants += k
    narrow_pull, pull = head[3] - head[1] * rows[i, 2], passed_on - confidants * rows[i, 3]
    narrow = [*head, by["i", 3], by["w", 4], by["w", 5], by["w", 6], by["c", 7], narrow_pull]
    if rows.shape[1] == compiled.NARROW:
        return {"narrow": narrow}, fewest
    middle = [by["i", 4], by["i", 5], by["i", 6], by["l", 7], *(by["w", c] for c in range(8, 14))]
    return {"wide": [*head, *middle, by["c", 14], by["c", 15], pull, confidants]}, fewest


def test_a_tie_is_lived_alike_from_both_sides(make_community):
    residents = 40
    ties = make_community(residents, 160, 5).ties
    rows = np.modf(np.arange(residents * 8).reshape(residents, 8) * 0.7548776662)[0]
    rows[::2, 0] *= -1.0
    rows[:, 1] *= rows[:, 0]
    lived, least, out = np.zeros(len(ties.strength)), np.empty(residents), np.empty((compiled.NARROW_SUMS, residents))
    weights = np.ones(5)
    compiled.pass_narrow(
        ties.start, ties.length, ties.neighbour, ties.strength, ties.kind, ties.supports, weights, weights, np.inf,
        rows.ravel(), 0, lived, least, out,
    )  # fmt: skip
    entries, row = ties.entries(), ties.rows()
    back = np.empty(len(entries), np.int64)
    compiled.find_ties(ties.start, ties.length, ties.neighbour, ties.neighbour[entries], row, back)
    assert (lived[entries] == lived[back]).all()
    assert len(np.unique(lived[entries])) > 50


def test_strengths_follow_what_is_lived():
    strength, reference = np.array([0.5, 0.5, 0.9, 0.3]), np.array([0.5, 0.8, 0.9, 0.3])
    compiled.follow(0.1, np.array([1.0, 0.5, 1.5, 0.0]), reference, strength)
    assert strength.tolist() == [0.5, 0.5 + 0.1 * (0.4 - 0.5), 0.9 + 0.1 * (1.0 - 0.9), 0.3 - 0.1 * 0.3]
