"""The benchmarks run, at tiny sizes, and their table says what was measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from benchmarks.goals import Line, goals
from benchmarks.ours import MECHANISMS, Inputs
from benchmarks.peers import people
from benchmarks.timing import medians

from benchmarks import __main__ as command

ROOT = Path(__file__).parents[2]


def test_every_goal_is_a_module_with_a_title():
    assert "2" in goals()
    assert all(module.TITLE and callable(module.measure) for module in goals().values())


def test_a_week_is_measured_in_a_process_of_its_own():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--only", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "| 2 | week, 500 residents |" in done.stdout
    assert "goal 2: a whole week" in done.stderr


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (Line("1", "a", ratio=1.4, allowed=1.5), "reached"),
        (Line("1", "a", ratio=1.6, allowed=1.5), "missed"),
        (Line("1", "a", ratio=1.6, allowed=1.5, way="at least"), "reached"),
        (Line("1", "a", ratio=1.4, allowed=1.5, way="at least"), "missed"),
        (Line("1", "a", skipped="ndlib is not installed"), "not measured: ndlib is not installed"),
        (Line("1", "a", ratio=2.0), "for comparison"),
    ],
)
def test_verdicts(line, verdict):
    assert line.cells()[-1] == verdict


def test_lines_of_a_goal_replace_earlier_ones_and_leave_others():
    page = f"before\n{command.BEGIN}\n{command.END}\nafter\n"
    first = command.replaced(page, [Line("1", "old", ratio=1.0, allowed=2.0), Line("2", "other", ratio=3.0)])
    second = command.replaced(first, [Line("1", "new", ratio=1.5, allowed=2.0)])
    rows = command.written(second)
    assert [row[:2] for row in rows] == [["1", "new"], ["2", "other"]]
    assert second.startswith("before\n")
    assert second.endswith("\nafter\n")


def test_jobs_are_taken_in_turn():
    order: list[str] = []
    found = medians({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=2)
    assert order == ["a", "b"] * 3
    assert set(found) == {"a", "b"}


def test_agents_of_mesa_take_the_same_sums_as_the_pass():
    """The same mechanism on the same network: else how many times as fast would mean nothing."""
    inputs, model = Inputs(80), people(80)
    inputs.take()
    model.agents.do("step")
    theirs = np.array([person.sums for person in model.agents]).T
    assert np.allclose(theirs, inputs.sums, rtol=0, atol=1e-12)
    assert inputs.sums[2].std() > 0


@pytest.mark.parametrize("name", sorted(MECHANISMS))
def test_what_others_are_compared_with_does_something(name):
    job, entries = MECHANISMS[name](200)
    assert entries > 1_000
    job()


def test_processes_are_timed_by_the_clock_and_not_by_this_process():
    """Processor time of this process would say that every command starts at once."""
    lines = goals()["8"].measure(quick=True)
    assert all(line.ratio > 0.005 for line in lines)
