"""Rewrite the generated documents of the repository in the current folder."""

from __future__ import annotations

import sys
from pathlib import Path

from sim.documents.writing import write

if not Path("ODD.md").is_file():
    sys.exit("run this in the repository's top folder, where ODD.md is")
for changed in write(Path()):
    sys.stdout.write(f"wrote {changed}\n")
