"""The floors of docs/architecture.md hold, and the contracts that check them can fail."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "sim"

needs_linter = pytest.mark.skipif(
    importlib.util.find_spec("importlinter") is None, reason="import-linter comes with the extra 'dev'"
)


def lint(config: Path, package_folder: Path) -> subprocess.CompletedProcess[str]:
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=config.parent,
        env={**os.environ, "PYTHONPATH": str(package_folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@needs_linter
def test_imports_point_downwards() -> None:
    result = lint(ROOT / ".importlinter", ROOT / "src")
    assert result.returncode == 0, result.stdout + result.stderr


@needs_linter
def test_an_import_upwards_is_found(tmp_path: Path) -> None:
    package = tmp_path / "sim"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "errors.py").write_text("import sim.rules\n")
    (package / "rules.py").write_text("")
    (tmp_path / ".importlinter").write_text(
        "[importlinter]\nroot_package = sim\n\n[importlinter:contract:floors]\nname = floors\n"
        "type = layers\ncontainers = sim\nexhaustive = true\nlayers =\n    rules\n    errors\n"
    )
    result = lint(tmp_path / ".importlinter", tmp_path)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "sim.errors is not allowed to import sim.rules" in result.stdout


def test_the_document_names_every_module() -> None:
    floors = (ROOT / "docs" / "architecture.md").read_text("utf-8").split("## Central ideas")[0]
    named = set(re.findall(r"`(\w+)`", floors))
    modules = {path.stem for path in PACKAGE.glob("*.py")}
    modules |= {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert modules - {"__init__", "__main__", "_version"} <= named


def test_starting_the_package_loads_nothing_heavy() -> None:
    program = "import sim, sys; print(*sorted(set(sys.modules) & set(sys.argv[1:])))"
    heavy = ["mesa", "pandas", "matplotlib", "numba", "scipy"]
    found = subprocess.run(
        [sys.executable, "-c", program, *heavy],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == []
