"""Compiled code: never stale, and sums taken in the order written."""

from __future__ import annotations

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim import compiled

SOURCE = Path(inspect.getfile(compiled))


def run_copy(folder: Path) -> float:
    """Return what a kernel of a copied module gives in a fresh process that keeps its cache in the folder."""
    code = (
        "import numpy as np, kernels\n"
        "out = np.empty(1)\n"
        "kernels.fill_uniform(np.uint64(1), np.array([5], np.uint64), np.uint64(0), out)\n"
        "print(repr(float(out[0])))"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def test_an_edited_callee_is_never_stale(tmp_path):
    copy = tmp_path / "kernels.py"
    copy.write_text(SOURCE.read_text(encoding="utf-8"), encoding="utf-8")
    first = run_copy(tmp_path)
    assert run_copy(tmp_path) == first
    assert list((tmp_path / "cache").rglob("*.nbc"))
    edited = SOURCE.read_text(encoding="utf-8").replace("_TWO_TO_MINUS_53 = 2.0**-53", "_TWO_TO_MINUS_53 = 2.0**-54")
    copy.write_text(edited, encoding="utf-8")
    assert run_copy(tmp_path) == first / 2


def test_all_compiled_code_stands_in_one_module():
    package = SOURCE.parent
    others = [path for path in package.rglob("*.py") if path != SOURCE]
    assert others
    importing = [
        path.name
        for path in others
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        and any(name.startswith("numba") for name in [getattr(node, "module", "") or "", *(a.name for a in node.names)])
    ]
    assert importing == []


def test_no_kernel_uses_threads_or_fast_maths():
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    decorated = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list]
    assert len(decorated) > 10
    for node in decorated:
        for decorator in node.decorator_list:
            assert ast.unparse(decorator) == "njit(cache=True)"


def test_sums_are_taken_from_the_first_to_the_last():
    values = np.array([1e16, 1.0, -1e16, 1.0])
    assert compiled.total(values) == 1.0
    assert compiled.total(values[::-1].copy()) == 0.0


def test_group_sums_pass_over_missing_values():
    sums, counts = np.zeros(2), np.zeros(2, np.int64)
    compiled.add_by_group(np.array([1.0, 2.0, np.nan, 4.0, 8.0]), np.array([0, 1, 0, -1, 1], np.int64), sums, counts)
    assert sums.tolist() == [1.0, 10.0]
    assert counts.tolist() == [1, 2]


@pytest.mark.parametrize("bound", [np.inf, 0.3])
def test_the_pass_equals_a_loop_to_the_bit(make_community, bound):
    community = make_community(30, 90, 3)
    ties = community.ties
    ties.supports[::3] = False
    total, ends = compiled.COLUMNS, (8, 12, 13)
    grid = np.arange(30 * total).reshape(30, total)
    gathered = np.modf(grid * 0.7548776662)[0]
    out, pull, confidants = np.empty((30, total)), np.empty(30), np.empty(30)
    weight_i, weight_s = np.array([1.0, 0.9, 0.8, 0.7, 0.6]), np.array([0.5, 0.6, 0.7, 0.8, 0.9])
    engaged, welcome = 1 - gathered[:, 0] / 3, 1 + gathered[:, 0] / 4
    attitude, disclosed = community.observed("stigma"), community.flag("disclosed")
    passed_on = gathered[:, 5].copy()
    compiled.pass_over_ties(
        ties.start, ties.length, ties.neighbour, ties.strength, ties.kind, ties.supports, weight_i, weight_s,
        engaged, welcome, disclosed, attitude, passed_on, bound, gathered, out, pull, confidants,
    )  # fmt: skip
    for i in range(30):
        sums, expected_pull, weight = [0.0] * total, 0.0, 0.0
        for e in range(ties.start[i], ties.start[i] + ties.length[i]):
            j, w = ties.neighbour[e], ties.strength[e]
            k = w * weight_i[ties.kind[e]]
            lived = w * weight_s[ties.kind[e]] * (engaged[i] * engaged[j])
            lived *= welcome[j] if disclosed[i] else 1.0
            lived *= welcome[i] if disclosed[j] else 1.0
            lived = lived if ties.supports[e] else 0.0
            for c in range(total):
                factor = w if c < ends[0] else k if c < ends[1] else lived if c < ends[2] else 1.0
                sums[c] += factor * gathered[j, c]
            if abs(attitude[j] - attitude[i]) <= bound:
                expected_pull += k * (passed_on[j] - passed_on[i])
                weight += k
        assert out[i].tolist() == sums
        assert (pull[i], confidants[i]) == (expected_pull, weight)
