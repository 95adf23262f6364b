# ruff: noqa: E501 - messages stand here as users see them, in one line
"""What is wrong with a scenario file is said in one line: file, line, path, what was found, what is allowed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.interventions import EFFECTS
from sim.mechanisms import MECHANISMS
from sim.scenario import load_plan

Write = Callable[..., Path]
Problems = Callable[..., list[str]]

KEYS = (
    "extends, abstract, title, question, outcome, better, community, weeks, seeds, communities, suppress_below, "
    "interventions, also, mechanisms, draws, targets"
)
KINDS = ", ".join(sorted(effect.kind_of_effect for effect in EFFECTS))
NAMES = ", ".join(sorted(mechanism.name for mechanism in MECHANISMS))
OWN = "interventions:\n  - name: talks\n    "


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("weks: 3", f"2: 'weks' is not a key here; did you mean 'weeks'? keys: {KEYS}"),
        ("weeks: ten", "2: weeks: must be a whole number of at least 1, found 'ten'"),
        ("weeks: 0", "2: weeks: must be a whole number of at least 1, found 0"),
        ("weeks: 10.5", "2: weeks: must be a whole number of at least 1, found 10.5"),
        ("weeks: true", "2: weeks: must be a whole number of at least 1, found true"),
        ("weeks:", "2: weeks: must be a whole number of at least 1, found nothing"),
        ("weeks: [1]", "2: weeks: must be a whole number of at least 1, found a list"),
        ("better: less", "2: better: must be one of lower, higher, found 'less'"),
        ("better: highr", "2: better: must be one of lower, higher, found 'highr'; did you mean 'higher'?"),
        ("community: {synthesize: {residents: 200}}",
         "2: community: 'synthesize' is not a source of a community; did you mean 'synthesise'? sources: synthesise, survey, egocentric, graph"),
        ("community: {synthesise: {residnts: 200}}",
         "2: community.synthesise: 'residnts' is not a key here; did you mean 'residents'? keys: residents, profile, targets, "
         "table, composition"),
        ("community: here", "2: community: must be a mapping, found 'here'"),
        ("mechanisms: {influense: {noise: 0}}",
         f"2: mechanisms: 'influense' is not a mechanism; did you mean 'influence'? mechanisms: {NAMES}"),
        ("mechanisms: {word_of_mouth: {talk_aware: loud}}",
         "2: mechanisms.word_of_mouth.talk_aware: must be a number, found 'loud'"),
        ("mechanisms: {influence: {anchoring: .inf}}", "2: mechanisms.influence.anchoring: must be a number, found inf"),
        ("mechanisms: {influence: {reference: rst}}",
         "2: mechanisms.influence.reference: must be one of rest, none, found 'rst'; did you mean 'rest'?"),
        ("mechanisms: {influence: {confidence_bound: 2}}", "2: mechanisms.influence.confidence_bound: must lie in 0..1"),
        ("interventions: {use: befriending}", "2: interventions: must be a list, found a mapping"),
        ("interventions:\n  - befriending", "3: interventions[0]: must be a mapping, found 'befriending'"),
        ("interventions:\n  - use: befrending",
         "3: interventions[0].use: 'befrending' is not in the catalogue; did you mean 'befriending'? entries: "
         "anti_stigma_campaign, befriending, champions, connecting_people, day_service_closure, hub_closure, hub_opening, "
         "link_worker, network_mapping, peer_support, social_contact, timebank, volunteering"),
        ("interventions:\n  - title: Nothing",
         "3: interventions[0]: needs a 'name' of its own, or 'use' with an entry of the catalogue"),
        ("interventions:\n  - name: a.b", "3: interventions[0].name: 'a.b' cannot be a name: it must be a text without . [ ] ="),
        ("interventions:\n  - use: befriending\n  - use: befriending",
         "4: interventions[1].use: two interventions are called 'befriending'; give this one a 'name' of its own"),
        (OWN + "who: {lonliness: {above: 0.5}}",
         "4: interventions[0].who: 'lonliness' is not a column of this community; did you mean 'loneliness'? columns: "
         "age_band, area, disclosed, gender, household, influence, lived_experience, loneliness, lonely_at_start, "
         "self_stigma, stigma"),
        (OWN + "who:\n      loneliness: {abve: 0.5}",
         "5: interventions[0].who.loneliness: 'abve' is not a key here; did you mean 'above'? keys: above, below, "
         "at_least, at_most"),
        (OWN + "who: {age_band: {above: 65}}", None),
        (OWN + "who: {age_band: [65-73]}", None),
        (OWN + "who: {disclosed: often}", "4: interventions[0].who.disclosed: 'disclosed' is yes or no: give true or false"),
        (OWN + "who: {loneliness: high}",
         "4: interventions[0].who.loneliness: 'loneliness' is a number: give limits, e.g. {above: 0.5}, or a list of numbers"),
        (OWN + "choose: {by: degre, number: 3}",
         "4: interventions[0].choose.by: 'degre' is neither a rule nor a column; did you mean 'degree'? rules: everyone, "
         "nobody, random, nomination, degree, betweenness, eigenvector, bridging; columns: age_band, area, disclosed, gender, household, influence, "
         "lived_experience, loneliness, lonely_at_start, self_stigma, stigma"),
        (OWN + "choose: {by: age_band, number: 3}",
         "4: interventions[0].choose.by: 'age_band' has named values and cannot be ranked; use 'who' to filter by it"),
        (OWN + "choose: {by: random, number: 3, share: 0.1}",
         "4: interventions[0].choose: give either 'number' or 'share', not both"),
        (OWN + "choose: {number: 3}",
         "4: interventions[0].choose.number: has no meaning when everyone is chosen; add by: random, nomination, degree "
         "or a column"),
        (OWN + "choose: {by: random, order: lowest, number: 3}",
         "4: interventions[0].choose.order: has no meaning with by: random; it is for degree, betweenness, eigenvector, "
         "bridging and columns"),
        (OWN + "choose: {by: random, share: 1.5}",
         "4: interventions[0].choose.share: must be a number from 0 to 1, found 1.5"),
        (OWN + "runs: {start: 60}",
         "4: interventions[0].runs.start: week 60 comes after the last week, 52: it would never begin"),
        (OWN + "runs: {places: 0}", "4: interventions[0].runs.places: must be a whole number of at least 1, found 0"),
        (OWN + "spread: {rule: threshold}",
         "4: interventions[0].spread: rule: threshold needs either 'contacts' or 'share', found neither"),
        (OWN + "spread: {contacts: 2}", "4: interventions[0].spread.contacts: is only for rule: threshold"),
        (OWN + "spread: {broadcast_by: stigma}",
         "4: interventions[0].spread.broadcast_by: has no meaning without 'broadcast' above 0"),
        (OWN + "spread: {uptake: 40%}", "4: interventions[0].spread.uptake: must be a number from 0 to 1, found '40%'; did you mean 0.4?"),
        (OWN + "spread: {base_chance: 0.1}", "4: interventions[0].spread.base_chance: is only for rule: reinforced"),
        (OWN + "spread: {rule: reinforced, contacts: 2}",
         "4: interventions[0].spread.contacts: is only for rule: threshold"),
        (OWN + "spread: {rule: reinforced, contact_odds: 0.5}",
         "4: interventions[0].spread.contact_odds: must be a number of at least 1, found 0.5"),
        (OWN + "runs: {workers: 2}", "4: interventions[0].runs.workers: needs 'caseload'"),
        (OWN + "runs: {ramp_up: 8}", "4: interventions[0].runs.ramp_up: needs 'places', or 'workers' and 'caseload'"),
        (OWN + "runs: {places: 9, workers: 2, caseload: 4}",
         "4: interventions[0].runs.places: has no meaning with 'workers' and 'caseload'; leave it out or set it to null"),
        (OWN + "cost: {volunteer_hours: 2}", "4: interventions[0].cost.volunteer_hours: needs 'per_volunteer_hour'"),
        (OWN + "cost: {per_volunteer_week: 2 GBP}",
         "4: interventions[0].cost.per_volunteer_week: has no meaning without volunteers: no effect is a tie with: "
         "volunteer"),
        (OWN + "effects:\n      - shift: {stigma: -0.1, of: volunteers}",
         "5: interventions[0].effects[0].shift.of: has no meaning without volunteers: no effect is a tie with: volunteer"),
        (OWN + "cost: {fixed: 10 pounds}",
         "4: interventions[0].cost.fixed: must be an amount of money that is not negative, like 1500 GBP or a plain "
         "number, found '10 pounds'; did you mean 10 GBP?"),
        (OWN + "cost: {fixed: -5}",
         "4: interventions[0].cost.fixed: must be an amount of money that is not negative, like 1500 GBP or a plain "
         "number, found -5"),
        (OWN + "cost: {fixed: 10 GBP, per_week: 10 EUR}",
         "4: interventions[0].cost: all amounts must be in one currency, found fixed in GBP and per_week in EUR"),
        (OWN + "exclusive: 1", "4: interventions[0].exclusive: must be true or false, found 1"),
        (OWN + "effects: {tie: {}}", "4: interventions[0].effects: must be a list, found a mapping"),
        (OWN + "effects:\n      - tye: {with: volunteer}",
         f"5: interventions[0].effects[0]: 'tye' is not a kind of effect; did you mean 'tie'? kinds: {KINDS}"),
        (OWN + "effects:\n      - tie",
         f"5: interventions[0].effects[0]: must be a mapping whose key is the kind of effect ({KINDS}), found 'tie'"),
        (OWN + "effects:\n      - tie: {strength: 0.2}\n        shift: {stigma: 0.1}",
         "5: interventions[0].effects[0]: an effect has one key, its kind, with its settings under it; found tie, shift; "
         f"kinds: {KINDS}"),
        (OWN + "effects:\n      - tie: {with: volunteer}\n      - tie: {wth: volunteer}",
         "6: interventions[0].effects[1].tie: 'wth' is not a key here; did you mean 'with'? keys: with, kind, strength, "
         "number, ends, supports, group"),
        (OWN + "effects:\n      - tie: {with: voluntee}",
         "5: interventions[0].effects[0].tie.with: must be one of volunteer, participants, across_group, found "
         "'voluntee'; did you mean 'volunteer'?"),
        (OWN + "effects:\n      - tie:\n          with: volunteer\n          strength: 3",
         "7: interventions[0].effects[0].tie.strength: must be above 0 and at most 1, found 3"),
        (OWN + "effects:\n      - shift: {when: joined}",
         "5: interventions[0].effects[0].shift: a shift names exactly one of stigma, self_stigma, loneliness, found none"),
        (OWN + "effects:\n      - shift: {stigma: a lot}",
         "5: interventions[0].effects[0].shift: an amount is a number or like '-0.2 sd', found 'a lot'"),
        (OWN + "effects:\n      - close: {place: hubb}", None),
        (OWN + "effects:\n      - end_ties: {kind: frend}",
         "5: interventions[0].effects[0].end_ties.kind: 'frend' is not a kind of tie here; did you mean 'friend'? kinds: "
         "household, family, friend, neighbour, group"),
        (OWN + "effects:\n      - tie: {with: across_group, group: gender}", None),
        ("outcome: lonelyness", None),
        ("targets:\n  - {measure: often_lonly, below: 0.1}", None),
        ("targets:\n  - {measure: often_lonely, at: 60, below: 0.1}",
         "3: targets[0].at: week 60 comes after the last week, 52"),
        ("targets:\n  - {measure: often_lonely, at: 50}", "3: targets[0]: needs either 'below' or 'above', found neither"),
        ("targets:\n  - {below: 0.1}", "3: targets[0]: 'measure' is missing (Name of the measure)"),
        ("extends: comunity.yaml", None),
    ],
)  # fmt: skip
def test_each_kind_of_error(write: Write, problems: Problems, text: str, said: str | None) -> None:
    path = write("other", ("" if text.startswith("extends") else "extends: community.yaml\n") + text + "\n")
    lines = problems(path)
    assert len(lines) == 1, lines
    if said is not None:
        assert lines == [f"study/other.yaml:{said}"]
    else:
        assert lines[0].startswith("study/other.yaml:")
        assert (
            "did you mean" in lines[0]
            or "has named values: give one or a list of" in lines[0]
            or "yes-or-no" in lines[0]
        )


def test_all_problems_of_all_files_come_at_once(write: Write, problems: Problems) -> None:
    write("community", Path("study/community.yaml").read_text().replace("seeds", "sedes"))
    write("a", "extends: community.yaml\nweeks: ten\ninterventions:\n  - {name: x, who: {lonliness: 1}}\n")
    write("b", "extends: community.yaml\noutcme: stigma\n")
    places = [line.partition(" ")[0] for line in problems("study")]
    assert places == ["study/a.yaml:2:", "study/a.yaml:4:", "study/b.yaml:2:", "study/community.yaml:8:"]


def test_what_is_inherited_is_blamed_on_the_file_that_wrote_it_and_once(write: Write, problems: Problems) -> None:
    write("community", Path("study/community.yaml").read_text().replace("weeks: 52", "weeks: many"))
    for name in "abc":
        write(name, "extends: community.yaml\n")
    assert problems("study") == ["study/community.yaml:7: weeks: must be a whole number of at least 1, found 'many'"]


def test_missing_things_are_named(write: Write, problems: Problems) -> None:
    path = write("alone", "title: Alone\n")
    lines = problems(path)
    assert any(line.startswith("study/alone.yaml:1: community: is missing; say where it comes from") for line in lines)
    assert any(line.startswith("study/alone.yaml:1: outcome: is missing: which measure") for line in lines)


def test_exactly_one_source(write: Write, problems: Problems) -> None:
    path = write("none", "outcome: stigma\ncommunity: {}\n", folder="other")
    assert problems(path) == [
        "other/none.yaml:2: community: needs exactly one source of synthesise, survey, egocentric, graph, found none"
    ]


def test_a_source_says_itself_what_it_cannot_do(write: Write, problems: Problems) -> None:
    path = write("few", "extends: community.yaml\ncommunity: {synthesise: {residents: 3}}\n")
    assert problems(path) == [
        "study/few.yaml:2: community.synthesise.residents: must be a whole number from 20 to 5,000,000; found 3"
    ]


def test_scenarios_of_a_study_share_what_is_compared(write: Write, problems: Problems) -> None:
    write("longer", "extends: community.yaml\nweeks: 60\n")
    write("bigger", "extends: community.yaml\ncommunity:\n  synthesise:\n    residents: 300\n")
    shared = "the scenarios of one study share outcome, better, community, weeks, seeds, communities, draws"
    assert problems("study") == [
        f"study/bigger.yaml:4: community.synthesise.residents: is 300 here and 200 in baseline (study/community.yaml:6); {shared}",
        f"study/longer.yaml:2: weeks: is 60 here and 52 in baseline (study/community.yaml:7); {shared}",
    ]


def test_circles_are_reported_whole(write: Write, problems: Problems) -> None:
    write("a", "extends: b.yaml\n")
    write("b", "extends: a.yaml\n")
    assert problems("study/a.yaml") == [
        "study/b.yaml:1: extends: goes round in a circle: study/a.yaml -> study/b.yaml -> study/a.yaml"
    ]


def test_paths_that_are_not_there_or_hold_nothing(write: Write, problems: Problems) -> None:
    Path("empty").mkdir()
    assert problems("studdy") == ["studdy: there is no such file or folder; did you mean 'study'?"]
    assert problems("study/baselin.yaml") == [
        "study/baselin.yaml: there is no such file or folder; did you mean 'baseline.yaml'?"
    ]
    assert problems("empty") == ["empty: holds no scenario files (*.yaml)"]
    assert problems("study/community.yaml") == [
        "study/community.yaml:1: is abstract: it is there for others to extend; name one of those, or the folder"
    ]
    Path("study/x.yml").write_text("a: 1")
    assert problems("study") == ["study/x.yml: is left out by its ending; call it .yaml"]


def test_two_scenarios_of_one_name(write: Write, problems: Problems) -> None:
    write("x", "extends: ../study/community.yaml\n", folder="one")
    write("x", "extends: ../study/community.yaml\n", folder="two")
    assert problems("one/x.yaml", "two/x.yaml") == [
        "two/x.yaml: has the same name as one/x.yaml; scenarios that are compared need names of their own"
    ]


def test_a_programme_that_outlasts_the_study_is_noted_and_not_refused(write: Write) -> None:
    write(
        "long",
        "extends: community.yaml\ninterventions:\n  - {use: befriending, runs: {start: 40, weeks: 30, length: 6}}\n",
    )
    notes = load_plan("study")["long"].notes
    assert notes == ("befriending: runs for 30 weeks, of which the study sees 13",)


def test_the_module_that_holds_only_a_typo_in_abstract_is_said_once(write: Write, problems: Problems) -> None:
    write("community", Path("study/community.yaml").read_text().replace("abstract", "abstrct"))
    assert problems("study") == [
        f"study/community.yaml:1: 'abstrct' is not a key here; did you mean 'abstract'? keys: {KEYS}"
    ]


@pytest.mark.parametrize(("kind", "near"), [
    ("befreinder", "befriender"), ("freind", "friend"), ("neighbor", "neighbour"), ("guest", ""), ("befriender", ""),
])  # fmt: skip
def test_a_new_kind_of_tie_that_looks_like_a_slip_is_noted(write, kind, near):
    """Any name is allowed, since a programme may make ties of a kind of its own."""
    write(
        "talks",
        f"""
        extends: community.yaml
        interventions:
          - name: Talks
            choose: {{by: random, number: 5}}
            runs: {{start: 1}}
            effects: [{{tie: {{with: participants, kind: {kind}}}}}]
    """,
    )
    said = f"Talks: '{kind}' is a new kind of tie, which is allowed; did you mean '{near}'?"
    assert load_plan("study")["talks"].notes == ((said,) if near else ())


def test_a_file_given_as_targets_is_told_where_it_belongs(write: Write, problems: Problems) -> None:
    write(
        "x", "title: X\noutcome: loneliness\ncommunity: {synthesise: {residents: 300, targets: ours.csv}}\n", folder="y"
    )
    assert problems("y/x.yaml") == [
        "y/x.yaml:3: community.synthesise.targets: must be a mapping, found 'ours.csv'; a file with a table of figures "
        "stands under `table`"
    ]
