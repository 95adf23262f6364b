"""Result folders without a run."""

from __future__ import annotations

import json
from pathlib import Path


def folder_of(study, path: Path, failures: str = "", **more) -> Path:
    """Write a made-up study as a result folder."""
    path.mkdir(exist_ok=True)
    manifest = {
        **study.manifest,
        "fingerprint": {"digest": "abc123", "parts": {}},
        "versions": {"python": "3.11.9", "sim": "0.1.0"},
        "units": {"done": [], "failed": [], "pending": []},
        **more,
    }
    (path / "manifest.json").write_text(json.dumps(manifest))
    for name in ("series", "effects", "ripple", "contributions"):
        getattr(study, name).to_parquet(path / f"{name}.parquet")
    (path / "failures.csv").write_text(f"community,seed,scenario,error\n{failures}")
    return path
