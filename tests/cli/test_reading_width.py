"""Running text fits the terminal, and has a fixed width in a pipe."""

import sys

import pytest

from sim.cli.screens import reading_width


@pytest.mark.parametrize(("columns", "width"), [("20", 40), ("80", 80), ("120", 100)])
def test_on_a_terminal(columns: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert reading_width() == width


def test_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False, raising=False)
    assert reading_width() == 100
