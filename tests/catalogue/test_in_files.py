"""What a scenario file says in another way takes back what the catalogue says."""

from pathlib import Path

from sim.interventions.spec import Intervention
from sim.scenario import load_plan


def used(folder: Path, text: str) -> Intervention:
    path = folder / "alone.yaml"
    path.write_text(
        "title: One entry\noutcome: stigma\ncommunity: {synthesise: {residents: 200, profile: england}}\n"
        f"interventions:\n  - {text}\n",
        encoding="utf-8",
    )
    plan = load_plan([path])
    (found,) = plan["alone"].interventions
    return found


def test_places_stand_in_for_workers_and_their_caseload(tmp_path: Path) -> None:
    as_it_stands = used(tmp_path, "{use: link_worker}").runs
    assert (as_it_stands.places, as_it_stands.workers, as_it_stands.caseload) == (None, 1, 52)
    in_places = used(tmp_path, "{use: link_worker, runs: {places: 30}}").runs
    assert (in_places.places, in_places.workers, in_places.caseload) == (30, None, None)
    assert used(tmp_path, "{use: link_worker, runs: {workers: 2}}").runs.all_places == 104


def test_workers_stand_in_for_places(tmp_path: Path) -> None:
    runs = used(tmp_path, "{use: befriending, runs: {workers: 2, caseload: 20}}").runs
    assert (runs.places, runs.all_places) == (None, 40)


def test_another_rule_of_uptake_does_without_the_threshold(tmp_path: Path) -> None:
    assert used(tmp_path, "{use: champions}").spread.contacts == 2
    for rule in ("simple", "reinforced"):
        spread = used(tmp_path, f"{{use: champions, spread: {{rule: {rule}}}}}").spread
        assert (spread.rule, spread.contacts) == (rule, None)
