"""Every shipped study, played by few runs: whatever its community hides, its report and its screen are written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.cli import main as command_line

STUDIES = sorted({path.parent for path in (Path(__file__).resolve().parents[2] / "scenarios").rglob("*.yaml")})
# what stands in a text where a number was not defined and nobody thought of it
BARE = re.compile(r"\b(nan|None)\b")


@pytest.mark.parametrize("folder", STUDIES, ids=lambda folder: folder.name)
def test_a_shipped_study_is_played_and_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "results"
    asked = ["run", str(folder), "--seeds", "4", "--workers", "1", "--weeks", "26", "--out", str(out)]
    monkeypatch.setattr("sys.argv", ["sim", *asked])
    with pytest.raises(SystemExit) as ended:
        command_line()
    screen = capsys.readouterr()
    assert ended.value.code == 0, screen.err
    results = sim.Results.open(out)
    assert results.report_path.stat().st_size > 100_000
    text = re.sub(r"<(script|style)\b.*?</\1>", "", results.report_path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not BARE.search(re.sub(r"<[^>]+>", " ", text))
    assert not BARE.search(screen.out)
