import copy
import json

import pytest

from sim.store import Fingerprint, differences
from sim.store.fingerprint import engine_sources

PARTS = {
    "scenarios": {
        "baseline": {"weeks": 104, "interventions": []},
        "befriending": {
            "weeks": 104,
            "interventions": [
                {"name": "befriending", "runs": {"start": 4, "places": 60}, "who": {"age_band": ["65-74", "75+"]}},
                {"name": "talks", "effects": [{"shift": {"stigma": -0.2}}, {"tie": {"kind": "guest"}}]},
            ],
        },
    },
    "baseline": "baseline",
    "data": {"people.csv": "1a", "ties.csv": "2b"},
    "engine": {"version": "0.1.0", "sources": {"rng.py": "a", "run.py": "b"}},
    "libraries": {"numpy": "2.1", "scipy": "1.15", "numba": "0.61"},
}


def changed(edit):
    parts = copy.deepcopy(PARTS)
    edit(parts)
    return parts


def interventions(parts):
    return parts["scenarios"]["befriending"]["interventions"]


@pytest.mark.parametrize(("edit", "named"), [
    (lambda p: interventions(p)[0]["runs"].update(places=80),
     ["scenario 'befriending': interventions[0].runs.places was 60, is now 80"]),
    (lambda p: interventions(p)[0]["who"].update(age_band=["75+"]),
     ["scenario 'befriending': interventions[0].who.age_band was [\"65-74\", \"75+\"], is now [\"75+\"]"]),
    (lambda p: interventions(p)[1]["effects"][0]["shift"].update(stigma=-0.3),
     ["scenario 'befriending': interventions[1].effects[0].shift.stigma was -0.2, is now -0.3"]),
    (lambda p: interventions(p)[0]["runs"].pop("start"),
     ["scenario 'befriending': interventions[0].runs.start was 4, is not given any more"]),
    (lambda p: interventions(p)[0]["runs"].update(weeks=9),
     ["scenario 'befriending': interventions[0].runs.weeks was not given, is now 9"]),
    (lambda p: interventions(p).insert(0, {"name": "choir"}),
     ["scenario 'befriending': interventions[0] (choir) is new"]),
    (lambda p: interventions(p).pop(),
     ["scenario 'befriending': interventions[1] (talks) is not there any more"]),
    (lambda p: [each.update(weeks=52) for each in p["scenarios"].values()],
     ["every scenario: weeks was 104, is now 52"]),
    (lambda p: p["scenarios"].update(closure={}), ["scenario 'closure' is new"]),
    (lambda p: p["scenarios"].pop("befriending"), ["scenario 'befriending' is not there any more"]),
    (lambda p: p.update(baseline="befriending"), ['baseline was "baseline", is now "befriending"']),
    (lambda p: p["data"].update({"people.csv": "9z"}), ["data file people.csv has changed"]),
    (lambda p: p.update(data={"people.csv": "1a", "kin.csv": "3c"}),
     ["data file kin.csv is new", "data file ties.csv is not read any more"]),
    (lambda p: p["libraries"].update(numpy="2.3"), ["NumPy was 2.1, is 2.3"]),
    (lambda p: p["engine"].update(version="0.2.0", sources={}), ["sim was 0.1.0, is 0.2.0"]),
    (lambda p: p["engine"]["sources"].update({"rng.py": "c"}), ["the program has changed: rng.py"]),
])  # fmt: skip
def test_each_difference_is_named_and_changes_the_digest(edit, named):
    parts = changed(edit)
    assert differences(PARTS, parts) == named
    assert Fingerprint(PARTS).digest != Fingerprint(parts).digest
    assert differences(parts, parts) == []


def test_order_of_keys_changes_nothing():
    turned = dict(reversed(PARTS.items()))
    assert Fingerprint(turned).digest == Fingerprint(PARTS).digest
    assert differences(PARTS, turned) == []


def test_titles_questions_and_numbers_of_seeds_do_not_count(tmp_path):
    data = tmp_path / "people.csv"
    data.write_text("id\n1\n")
    plain = {"weeks": 3, "interventions": [{"name": "talks"}]}
    told = {**plain, "title": "T", "question": "Q", "seeds": 3, "communities": 3,
            "interventions": [{"name": "talks", "title": "Talks"}]}  # fmt: skip
    first = Fingerprint.of({"baseline": plain}, "baseline", {"people.csv": data})
    assert Fingerprint.of({"baseline": told}, "baseline", {"people.csv": data}).digest == first.digest
    data.write_text("id\n2\n")
    second = Fingerprint.of({"baseline": plain}, "baseline", {"people.csv": data})
    assert differences(first.parts, second.parts) == ["data file people.csv has changed"]


def test_parts_survive_being_stored(tmp_path):
    parts = Fingerprint.of({"a": {"who": (1, 2), 3: "x"}}, "a", {}).parts
    assert json.loads(json.dumps(parts)) == parts


def test_the_engine_is_what_computes_and_not_what_shows():
    sources = engine_sources()
    some = {"rng.py", "compiled/draws.py", "run/unit.py", "measures/base.py", "model/engine.py", "community/ties.py"}
    assert some <= set(sources)
    assert not [name for name in sources if name.startswith(("cli/", "store/", "report/", "plots/", "compare/"))]
