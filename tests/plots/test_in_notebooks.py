"""Figures show in notebooks: the second as well as the first."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_CELL = "axes = plots.regrets(pd.DataFrame({'scenario': ['a'], 'expected_regret': [1.0], 'maximum_regret': [2.0]}))"


@pytest.mark.verify
def test_every_figure_of_a_notebook_is_shown(tmp_path: Path) -> None:
    nbformat, nbclient = (
        pytest.importorskip("nbformat", reason="needs pip install -e '.[notebooks]'"),
        pytest.importorskip("nbclient", reason="needs pip install -e '.[notebooks]'"),
    )
    pytest.importorskip("ipykernel", reason="needs pip install -e '.[notebooks]'")
    sources = ["import pandas as pd\nfrom sim import plots", _CELL, _CELL]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    environment = {**os.environ}
    environment.pop("MPLBACKEND", None)
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute(cwd=str(tmp_path), env=environment)
    for cell in notebook.cells[1:]:
        assert any("image/png" in output.get("data", {}) for output in cell.outputs)
