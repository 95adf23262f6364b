"""Execute every notebook, each in its own folder and a kernel of this Python; fail on the first error in any.

Nothing is compared and nothing is written back: a notebook passes when all its cells run.

    python .ci/notebooks.py [FOLDER]
"""
# ruff: noqa: T201 - what it prints is its result

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

SECONDS_PER_CELL = 900


def execute(path: Path) -> str:
    """Run one notebook; return what went wrong, or an empty text."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        return str(error)
    return ""


def main() -> int:
    """Run all notebooks of the folder; return 1 if one failed or if there is none."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "notebooks")
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        print(f"no notebooks in {folder}")
        return 1
    failed = 0
    for path in paths:
        start = time.monotonic()
        problem = execute(path)
        failed += bool(problem)
        print(f"{path}: {'FAILED' if problem else 'ran'} in {time.monotonic() - start:.0f} s", flush=True)
        if problem:
            print(problem)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
