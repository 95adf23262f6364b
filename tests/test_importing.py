"""What is heavy is imported when it is used: ``import sim`` and ``sim --help`` are quick."""

import subprocess
import sys
import time

import pytest

HEAVY = (
    "arviz", "dask", "distributed", "IPython", "jinja2", "joblib", "matplotlib", "mesa", "networkit", "networkx",
    "numba", "numpy", "pandas", "pyarrow", "pyabc", "pydantic", "ruamel", "SALib", "scipy", "solara", "tqdm",
)  # fmt: skip

IMPORT = "import sim"
LAZY = "import sim; dir(sim); sim.__version__"
HELP = "import sys; sys.argv = ['sim', '--help']; from sim.cli import main\ntry: main()\nexcept SystemExit: pass"
VERSION = HELP.replace("--help", "--version")
VERB = HELP.replace("'--help'", "'run', '--help'")


@pytest.mark.parametrize("program", [IMPORT, LAZY, HELP, VERSION, VERB], ids=["sim", "dir", "help", "version", "verb"])
def test_nothing_heavy_is_imported(program):
    heavy = [name for name in HEAVY if program != VERB or name != "pydantic"]  # typer looks at it for a verb's options
    told = f"{program}\nimport sys; print(); print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(("words", "allowed"), [(["-m", "sim", "--help"], 0.3), (["-c", "import sim"], 0.6)])
def test_they_are_quick(words, allowed):
    """Allow ten times the goal: the machine may be busy with something else. benchmarks/goals/goal_8.py measures."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run([sys.executable, *words], capture_output=True, check=True)
        times.append(time.perf_counter() - started)
    assert min(times) < 10 * allowed
