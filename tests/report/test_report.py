"""The report says what the numbers say, hides what it must, and needs nothing from outside."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from folders import folder_of

from sim.errors import InputError
from sim.report import write_report
from sim.report.writing import command

VOID = {"meta", "img", "br", "hr", "link", "input"}


class Page(HTMLParser):
    """The parts of a page that the tests look at; refuses tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[int] = []
        self.words: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def page(drawn_page, monkeypatch):
    """The report of a made-up study, without the files of its figures: drawing them is slow, and tested elsewhere."""
    monkeypatch.setattr("sim.report.writing.save_figures", lambda *arguments: [])
    return drawn_page


@pytest.fixture
def drawn_page(fake_study, tmp_path):
    def of(*arguments, failures="", extra=None, **options):
        study = fake_study(*arguments, **{"seeds": 20, "weeks": 4, **options})
        path = write_report(folder_of(study, tmp_path / "results", failures, **(extra or {})))
        return Page(path.read_text(encoding="utf-8"))

    return of


def test_the_page_is_whole_and_accessible(page):
    found = page()
    charts = [held for held in found.all("svg") if held.get("role") == "img"]
    assert len(charts) == 5
    assert all(held.get("aria-label") for held in charts)
    assert found.all("html")[0]["lang"] == "en-GB"
    assert {"header", "main", "footer", "nav"} <= {tag for tag, _ in found.tags}
    assert found.headings[0] == 1
    assert found.headings.count(1) == 1
    assert all(later - before <= 1 for before, later in zip(found.headings, found.headings[1:], strict=False))
    assert all(held.get("scope") in ("col", "row") for held in found.all("th"))
    ids = [held["id"] for _, held in found.tags if held.get("id")]
    assert len(ids) == len(set(ids))
    targets = {held["href"] for held in found.all("a")}
    assert {target.removeprefix("#") for target in targets} <= set(ids)
    named = [held["aria-labelledby"] for _, held in found.tags if held.get("aria-labelledby")]
    assert set(named) <= set(ids)
    assert len(found.all("table")) == len(found.all("caption"))
    skip = found.all("a")[0]
    assert skip["class"] == "skip"


def test_nothing_is_fetched(page, tmp_path):
    found = page()
    for tag, attributes in found.tags:
        assert tag not in ("link", "iframe", "object", "base", "img")
        assert not [name for name in attributes if name.startswith("on")]
        assert attributes.get("style") is None  # the policy would refuse it
        for name in ("src", "href", "srcset", "action", "poster", "data"):
            value = attributes.get(name)
            assert value is None or value.startswith("#")
    text = (tmp_path / "results" / "report.html").read_text()
    for content in re.findall("<style>(.*?)</style>|<script>(.*?)</script>", text, re.DOTALL):
        for piece in content:
            assert "url(" not in piece
            assert "@import" not in piece
            assert not re.search(r"fetch|XMLHttp|eval|innerHTML|import\(", piece)


def test_the_policy_names_what_stands_in_the_page(page, tmp_path):
    import base64
    import hashlib

    found = page()
    policy = next(held["content"] for held in found.all("meta") if held.get("http-equiv"))
    text = (tmp_path / "results" / "report.html").read_text()
    style, script = (re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[1] for tag in ("style", "script"))
    for content in (style, script):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_question_the_answer_and_what_it_is_not(page):
    text = page().text
    assert "Which of these would ease loneliness most, and for whom?" in text
    assert "“Befriending for the sixty loneliest” did most for loneliness" in text
    assert "it does not predict" in text
    assert "From 20 paired runs of each scenario over 4 weeks" in text
    order = [
        "did most for", "This is no forecast", "Small print: the 95% interval", "Every picture shows differences",
        "Questions for the people in the room", "The community: where it comes from", "Run it again",
    ]  # fmt: skip
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)


def test_the_words_change_with_the_numbers(page):
    sure, close = page({"campaign": -0.01}).text, page({"campaign": -0.0003}).text
    nothing, few = page({"campaign": 0.0}).text, page({"campaign": -0.01}, seeds=7).text
    assert "“A campaign” was better for loneliness" in sure
    assert "too close to call" in close.partition("What this is not")[0].lower()
    assert "no difference in any run" in nothing
    assert "Too few runs to say: only 7 paired runs" in few
    for text in (close, nothing, few):
        assert "was better for loneliness" not in text


def test_one_run_alone_can_be_reported(page):
    assert "only 1 paired run was made" in page(seeds=1).text


def test_failed_runs_come_first(page):
    found = page(failures='3,3,campaign,"ValueError: <b>broken</b>"\n4,4,,it died\n')
    text = found.text
    assert "2 runs failed" in text
    assert "ValueError: <b>broken</b>" in text
    assert text.index("2 runs failed") < text.index("did most for")
    assert "runs failed" not in page().text


def test_everything_failed(fake_study, tmp_path):
    study = fake_study(seeds=2, weeks=2)
    for name in ("series", "effects", "ripple", "contributions"):
        setattr(study, name, getattr(study, name).iloc[:0])
    path = write_report(folder_of(study, tmp_path / "results", "1,1,,it died\n2,2,,it died\n"))
    found = Page(path.read_text())
    assert "2 runs failed" in found.text
    assert "nothing to compare yet" in found.text


def test_titles_are_text_and_nothing_else(page):
    bad = "<script>alert(1)</script>"
    found = page(titles={"campaign": bad, "baseline": '"><img src=x onerror=alert(1)>'}, extra={"title": bad})
    assert [held.get("type") for held in found.all("script")] == ["application/json", None]
    assert bad in found.text
    assert found.all("img") == []


def test_small_groups_of_a_survey_do_not_show(page):
    groups = {"all": 60, "town=Nine": 9, "town=Twenty": 20, "town=Rest": 31}
    private = page(groups=groups, private=True).text
    assert "Nine" not in private
    assert "Twenty" not in private
    assert "Rest" in private
    assert "2 groups of town" in private
    assert "class of distance" not in private
    public = page(groups=groups).text
    assert "Nine" in public
    assert "to protect the people" not in public


def test_small_classes_and_counts_of_a_survey_do_not_show(page, fake_study):
    found = page(groups={"all": 60}, private=True).text  # 0.03 x 60 = 2 residents take part
    assert "fewer than 10" in found
    assert "fewer than 10" not in page(groups={"all": 60}).text


def test_costs_and_people(page):
    text = page({"befriending": -0.02}).text
    assert "£4,800" in text
    assert "to have one person fewer who is often lonely" in text
    assert "fewer in 1,000 residents" in text
    assert "20 of 20" in text


def test_targets_are_met_or_missed(page):
    def of(bound: float) -> str:
        scenarios = {
            "baseline": {"title": "As things are"},
            "campaign": {
                "title": "A campaign",
                "resolved": {"targets": [{"measure": "loneliness", "at": None, "below": bound, "above": None}]},
            },
        }
        return page({"campaign": -0.01}, extra={"scenarios": scenarios}).text

    assert re.search(r"loneliness below 0\.9 in week 4 \S+ \S+ to \S+ met", of(0.9))
    assert re.search(r"loneliness below 0\.1 in week 4 \S+ \S+ to \S+ missed", of(0.1))


TOWNS = {"all": 2000, "town=North": 500, "town=East": 500, "town=South": 500, "town=West": 500}


@pytest.mark.parametrize("spread", [0.02, 0.03, 0.04])
def test_who_gains_most_is_the_same_on_every_page(page, spread):
    text = page({"befriending": -0.012}, groups=TOWNS, spread=spread).text
    beside = re.findall(r"Most: residents with town “(\w+)”", text)
    assert re.findall(r"changes most favourably for residents with town “(\w+)”", text) == beside


def test_a_group_of_which_it_is_not_sure_gains_most_on_no_page(fake_study, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.report.writing.save_figures", lambda *arguments: [])
    study = fake_study({"befriending": -0.012}, seeds=20, weeks=4, groups=TOWNS, spread=0.001)
    effects = study.effects
    north = (effects["group"] == "town=North") & (effects["measure"] == "loneliness")
    effects.loc[north, "effect"] = -0.03 + 0.2 * (2 * (effects.loc[north, "seed"] % 2) - 1)
    text = Page(write_report(folder_of(study, tmp_path / "results")).read_text(encoding="utf-8")).text
    beside = re.findall(r"Most: residents with town “(\w+)”", text)
    assert len(beside) == 1
    assert beside != ["North"]
    assert re.findall(r"changes most favourably for residents with town “(\w+)”", text) == beside


def test_no_group_gains_most_where_none_can_be_told_apart(page):
    text = page({"befriending": -0.0005}, groups=TOWNS, spread=0.03).text
    assert "For no group of residents can the effect be told apart from none." in text
    assert not re.search("Most: residents|most favourably|Least favourably|It does least for", text)


def test_every_effect_in_the_table_side_by_side_has_its_interval(page):
    text = page({"befriending": -0.012, "campaign": -0.01}, parts={"participants": 40, "spillover": 1900}).text
    assert len(re.findall(r"on average over the weeks: [\d.]+ lower \([^)]* lower\)", text)) == 2


def test_an_effect_of_no_consequence_on_everybody_else_has_its_number(page):
    text = page({"befriending": -0.0002}, spread=1e-6, parts={"participants": 40, "spillover": 1900}).text
    assert re.search(r"Everybody else (about the same|[\d.]+ lower) .{0,60}; about 1,900 residents", text)


def test_why_it_is_close_and_that_no_chance_is_given_stand_in_the_table(page):
    text = page({"befriending": -0.0012, "campaign": -0.0101}, communities=2, spread=0.0005).text
    assert "No chance of being best is given" in text
    assert "chance of being best:" not in text
    assert "t interval of these differences; where they are clearly skewed" in text


def test_values_show_where_they_come_from_and_what_supports_them(page):
    intervention = {
        "name": "talks", "title": "Kitchen-table talks", "use": "befriending", "who": {"age_band": ["65-74", "75+"]},
        "runs": {"start": 8, "length": 52, "places": None}, "effects": [{"tie": {"strength": 0.3}}],
        "spread": {"uptake": 0.4},
    }  # fmt: skip
    origin = "interventions.talks."
    campaign = {
        "title": "A campaign",
        "file": "scenarios/town/campaign.yaml",
        "notes": ["it is cut off by the horizon"],
        "resolved": {"interventions": [intervention], "mechanisms": {"influence": {"anchoring": 0.05}}},
        "origins": {
            f"{origin}who.age_band[0]": {"kind": "file", "where": "scenarios/town/campaign.yaml:9", "evidence": None},
            f"{origin}spread.uptake": {"kind": "file", "where": "scenarios/town/campaign.yaml:11", "evidence": None},
            f"{origin}runs.start": {"kind": "file", "where": "scenarios/town/campaign.yaml:10", "evidence": None},
            f"{origin}effects[0].tie.strength": {
                "kind": "catalogue", "where": "catalogue: befriending", "evidence": "befriending.strength",
            },
            "mechanisms.influence.anchoring": {
                "kind": "command line", "where": "--set mechanisms.influence.anchoring=0.05", "evidence": None,
            },
        },
    }  # fmt: skip
    baseline = {
        "title": "As things are",
        "file": "scenarios/town/baseline.yaml",
        "resolved": {"mechanisms": {"influence": {"anchoring": 0.02}}},
        "origins": {
            "mechanisms.influence.anchoring": {"kind": "default", "where": "", "evidence": "influence.anchoring"}
        },
    }
    extra = {"scenarios": {"baseline": baseline, "campaign": campaign}, "seeds": 20}
    text = page({"campaign": -0.01}, extra=extra).text
    assert "Who: age band 65-74, 75+ file: campaign.yaml:9 a choice a choice, not an estimate" in text
    assert re.search(r"effect 1: tie: strength 0\.3 catalogue assumption", text)
    assert "Runs: start 8 file: campaign.yaml:10 a choice a choice, not an estimate" in text
    assert "Spread: uptake 0.4 file: campaign.yaml:11 assumption set in the scenario, no source named" in text
    assert "uns: places" not in text  # left as it is
    assert "Parameters of the model in which this scenario differs" in text
    assert "--set mechanisms.influence.anchoring=0.05" in text
    assert "cut off by the horizon" in text
    assert "sim run scenarios/town --seeds 20 --set mechanisms.influence.anchoring=0.05" in text


def test_the_community_and_its_targets(page):
    about = {
        "title": "A made-up town", "residents": 2000, "notes": ["No resident is a real person."], "private": False,
        "matches": [
            {"target": "lonely often", "wanted": 0.07, "achieved": 0.071, "tolerance": 0.01, "met": True, "source": ""},
            {"target": "never lonely", "wanted": 0.2, "achieved": 0.3, "tolerance": 0.05, "met": False, "source": "y"},
        ],
    }  # fmt: skip
    text = page(extra={"about": about}).text
    assert "A made-up town, 2,000 residents" in text
    assert "Lonely often 0.07 0.071 ± 0.01 met" in text
    assert "Never lonely 0.2 0.3 ± 0.05 missed y" in text


def test_the_same_folder_gives_the_same_bytes(fake_study, tmp_path):
    folder = folder_of(fake_study(seeds=20, weeks=4), tmp_path / "results")
    first = write_report(folder).read_bytes()
    assert write_report(folder).read_bytes() == first
    assert not list(folder.glob(".*"))


def test_a_folder_without_results_is_refused(tmp_path):
    with pytest.raises(InputError, match="not a result folder"):
        write_report(tmp_path)


def test_the_command_quotes_what_needs_quoting():
    manifest = {"scenarios": {"a": {"file": "my study/a.yaml"}}, "seeds": 5}
    assert command(manifest) == "sim run 'my study/a.yaml' --seeds 5"


def test_the_command_names_each_change_once():
    origins = {name: {"kind": "command line", "where": f"--set {name}=9"} for name in ("seeds", "weeks")}
    manifest = {"scenarios": {"a": {"file": "a.yaml", "origins": origins}}, "seeds": 9}
    assert command(manifest) == "sim run a.yaml --seeds 9 --set weeks=9"


PARTS = {"offered": 80, "participants": 60, "volunteers": 60, "spillover": 1860}


def test_effects_by_part_stand_under_how_far_it_travels(page):
    text = page({"befriending": -0.01, "closing": 0.005}, parts=PARTS).text
    section = text[text.index("On whom the effect is Mean effect on loneliness") :]
    for words, size in (("offered a place", "80"), ("took part", "60"), ("helped to deliver it", "60")):
        assert f"Those who {words}" in section or f"Those {words}" in section
        assert f"about {size} residents" in section
    assert "Everybody else" in section
    assert "0.10 lower" in section  # participants
    assert "On whom the effect is" not in page().text


def test_small_parts_of_a_survey_are_not_shown(page):
    text = page(private=True, parts={**PARTS, "participants": 4}).text
    assert "Those who took part" not in text.replace("somebody who took part", "")
    assert "3 groups of residents by their part, over all scenarios" in text  # one in each of three scenarios
    assert "Those who took part" in page(private=True, parts=PARTS).text


def with_uptake(study, reached=0.03):
    """Add to a made-up study of 20 seeds how uptake spread in its first scenario."""
    rows = [
        ("befriending", seed, seed, week, "all", measure, value)
        for seed in range(1, 21)
        for measure, values in (
            ("reached", [0, reached / 3, reached / 1.5, reached, reached]),
            ("through_ties", [None, None, None, None, 0.25]),
            ("reproduction", [None, None, None, None, 0.4]),
        )
        for week, value in enumerate(values)
        if value is not None
    ]
    study.series = pd.concat([study.series, pd.DataFrame(rows, columns=study.series.columns)], ignore_index=True)
    return study


def test_how_uptake_spread_is_told_where_anybody_was_reached(fake_study, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.report.writing.save_figures", lambda *arguments: [])

    def text_of(study):
        return Page(write_report(folder_of(study, tmp_path / "results")).read_text(encoding="utf-8")).text

    text = text_of(with_uptake(fake_study(seeds=20, weeks=4)))
    assert "Befriending for the sixty loneliest week 2 25.0% 0.40" in text
    assert "A campaign week" not in text  # it reached nobody
    assert "How uptake spread" not in text_of(fake_study(seeds=20, weeks=4))
    few = text_of(with_uptake(fake_study(seeds=20, weeks=4, private=True), reached=0.004))
    assert "How uptake spread" not in few  # eight residents
    told = text_of(with_uptake(fake_study(seeds=20, weeks=4, private=True), reached=0.01))
    assert "week 2 – 0.40" in told  # of twenty, five had heard from others


def test_finer_measures_stand_apart_and_money_is_money(page):
    measures = ("loneliness", "ties", "ties_friend", "cost_fixed", "cost")
    found = page({"befriending": -0.01}, measures=measures)
    assert "More detail (2 finer measures)" in found.text
    assert "£" in found.text[found.text.index("More detail") : found.text.index("Who was reached")]
    before = found.text[: found.text.index("More detail")]
    assert "Ties with friends" not in before.split("What else changes")[1]


def test_people_who_are_worse_off_are_counted_in_people(fake_study, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.report.writing.save_figures", lambda *arguments: [])
    study = fake_study({"closing": 0.01}, seeds=20, weeks=4)
    rows = [
        ("closing", seed, seed, "worse_off", "all", "horizon", 0.0, 40.0 + seed % 3, 40.0 + seed % 3)
        for seed in range(1, 21)
    ]
    study.effects = pd.concat([study.effects, pd.DataFrame(rows, columns=study.effects.columns)], ignore_index=True)
    text = Page(write_report(folder_of(study, tmp_path / "results")).read_text(encoding="utf-8")).text
    assert "Worse off 41 more residents 40.7 to 41.4 more" in text


def test_values_that_are_set_without_a_source_are_counted_as_assumptions(page):
    paths = ["mechanisms.loneliness.rate", "interventions.talks.spread.uptake"]
    text = page(extra={"evidence": {"set_without_source": paths}}).text
    assert "2 more values are set in the scenarios without a source; count them as assumptions too" in text
    assert all(path in text for path in paths)
    assert "without a source; count" not in page().text


def test_how_sure_the_order_is(page):
    text = page({"befriending": -0.012, "campaign": -0.0121}).text
    chances = [int(found) for found in re.findall(r"chance of being best: (\d+)%", text)]
    assert len(chances) == 2
    assert 95 <= sum(chances) <= 101  # doing nothing has the rest
    assert "tied with “A campaign”" in text
    assert "chance of being best" not in page(seeds=5).text
    clear = page({"befriending": -0.012, "campaign": -0.001}).text
    assert re.search(r"chance of being best: over 99%", clear)
    assert "100%" not in clear.partition("chance of being best")[2][:40]


def test_the_gap_to_the_worst_off(page, fake_study, tmp_path, monkeypatch):
    text = page({"befriending": -0.012}).text
    assert "Does the gap to the worst-off close?" in text
    private = page(groups={"all": 60, "town=Nine": 9, "town=Twenty": 20, "town=Rest": 31}, private=True).text
    assert "town “Nine”" not in private


def test_the_same_budget_for_all(page):
    text = page({"befriending": -0.012, "campaign": -0.004}).text  # they cost 4,800 and 9,600
    assert "At the same budget (£4,800)" in text
    assert "0.50 times as large" in text
    assert "At the same budget" not in page({"befriending": -0.012}).text


def test_the_spread_of_effects_is_split_where_communities_are_shared(page):
    assert "comes from which plausible community it is" in page(seeds=24, communities=6).text
    assert "comes from which plausible community it is" not in page(seeds=24).text
