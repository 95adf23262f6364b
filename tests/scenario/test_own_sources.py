"""The hash of a user's own class sees what the class calls, and nothing that it does not."""

from __future__ import annotations

import importlib
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from sim.scenario.own_sources import source_hash

CLASS = """
import dataclasses
{imports}

RATE = 2.0
UNUSED = 1

def doubled(value):
    return RATE * value

def bystander():
    return UNUSED

@dataclasses.dataclass(frozen=True)
class Winter:
    name = "winter"
    gloom: float = 0.0

    def propose(self, week):
        return {body}
"""
DEFAULTS = {"imports": "", "body": "doubled(self.gloom)"}
HELPER = "from further import STEP\n\ndef raised(value):\n    return value + STEP\n"


@pytest.fixture
def hashed(tmp_path, monkeypatch):
    """Return what gives the hash of a class in a module of its own, with other files beside it."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def of(files, module="my_rules"):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        for name in [name for name in sys.modules if name.split(".")[0] in ("my_rules", "helper", "further", "mine")]:
            del sys.modules[name]
        importlib.invalidate_caches()
        sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
        try:
            return source_hash(importlib.import_module(module).Winter)
        finally:
            sys.dont_write_bytecode = before

    return of


def module(**parts):
    return CLASS.format(**{**DEFAULTS, **parts})


def test_a_function_beside_the_class_counts(hashed):
    before = hashed({"my_rules.py": module()})
    assert hashed({"my_rules.py": module()}) == before
    assert hashed({"my_rules.py": module().replace("RATE * value", "RATE + value")}) != before
    assert hashed({"my_rules.py": module().replace("RATE = 2.0", "RATE = 2.5")}) != before


@pytest.mark.parametrize(
    ("imports", "body"),
    [("from helper import raised", "raised(1)"), ("import helper", "helper.raised(1)"),
     ("from further import STEP", "STEP"), ("", "__import__('helper').raised(1)")],
    ids=["function", "module", "constant", "hidden"],
)  # fmt: skip
def test_files_beside_it_that_it_imports_count_and_those_that_these_import(hashed, imports, body):
    files = {"my_rules.py": module(imports=imports, body=body), "helper.py": HELPER, "further.py": "STEP = 1\n"}
    before = hashed(files)
    seen = bool(imports)  # a name put together while it runs is not seen, as the documents say
    assert (hashed({**files, "further.py": "STEP = 2\n"}) != before) == seen
    assert hashed({**files, "unrelated.py": "STEP = 3\n"}) == before


def test_modules_of_the_same_package_count(hashed):
    files = {
        "mine/__init__.py": "", "mine/my_rules.py": module(imports="from . import tools\nfrom .more import one"),
        "mine/tools.py": "from mine.deeper import two\n", "mine/more.py": "one = 1\n", "mine/deeper.py": "two = 2\n",
        "mine/other.py": "three = 3\n",
    }  # fmt: skip
    before = hashed(files, "mine.my_rules")
    for changed, counts in (("tools", True), ("more", True), ("deeper", True), ("__init__", True), ("other", False)):
        other = {**files, f"mine/{changed}.py": files[f"mine/{changed}.py"] + "four = 4\n"}
        assert (hashed(other, "mine.my_rules") != before) == counts, changed


def test_the_folder_may_be_moved(hashed, tmp_path, monkeypatch):
    files = {"my_rules.py": module(imports="import helper"), "helper.py": HELPER, "further.py": "STEP = 1\n"}
    before = hashed(files)
    (tmp_path / "moved").mkdir()
    for name in files:
        (tmp_path / name).rename(tmp_path / "moved" / name)
    monkeypatch.syspath_prepend(str(tmp_path / "moved"))
    assert hashed({}) == before


def of_script(folder, text, run=None):
    """Return the hash that a script, or cells of a notebook, gives of its own class."""
    script = folder / "study.py"
    script.write_text(text + "\nfrom sim.scenario.own_sources import source_hash\nprint(source_hash(Winter))\n")
    command = [sys.executable, *(run or [str(script)])]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder).stdout.split()[-1]


CELLS = textwrap.dedent("""
    from IPython.core.interactiveshell import InteractiveShell
    shell = InteractiveShell.instance()
    for cell in open("study.py").read().replace("@dataclasses", "# cell@dataclasses").split("# cell"):
        shell.run_cell(cell).raise_error()
""")


@pytest.mark.parametrize("how", ["script", "notebook"])
def test_in_a_script_or_a_notebook_what_the_class_mentions_counts_and_the_rest_does_not(tmp_path, how):
    run = None
    if how == "notebook":
        pytest.importorskip("IPython", reason="needs pip install -e '.[notebooks]'")
        run = ["-c", CELLS]
    (tmp_path / "helper.py").write_text("def raised(value):\n    return value + 1\n")
    text = module(imports="import helper", body="doubled(helper.raised(self.gloom))")
    before = of_script(tmp_path, text, run)
    assert of_script(tmp_path, text.replace("UNUSED = 1", "UNUSED = 5"), run) == before
    assert of_script(tmp_path, text.replace("RATE * value", "RATE + value"), run) != before
    assert of_script(tmp_path, text.replace("RATE = 2.0", "RATE = 2.5"), run) != before
    (tmp_path / "helper.py").write_text("def raised(value):\n    return value + 2\n")
    assert of_script(tmp_path, text, run) != before


def test_the_programs_own_classes_and_installed_packages_are_left_out():
    """A class derived from one of the program's: what the program is made of stands in the fingerprint by itself."""
    from sim.mechanisms import Contact
    from sim.scenario import own_sources

    names = {"numpy": np, "__name__": "__main__"}
    exec(textwrap.dedent("""
        class Mild(Contact):
            def propose(self, week):
                return numpy.zeros(1)
    """), {**names, "Contact": Contact}, names)  # fmt: skip
    found = own_sources._Found("__main__")
    found.add_class(names["Mild"])
    assert not found.files
    assert list(found.texts) == ["source Mild.propose"]
