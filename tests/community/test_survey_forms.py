"""Surveys in many forms: sheets, wide files, graphs, encodings, scales, two-mode data; and what is filled in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from openpyxl import Workbook

from sim.community.survey import GraphSource, SurveySource
from sim.community.survey.spec import SCALES, Score, scale_of
from sim.errors import InputError
from sim.evidence import entry

PEOPLE = [["id", "area", "age"], ["001", "North", 31], ["002", "South", 42], ["003", "North", 53], ["010", "South", 64]]
TIES = [["source", "target", "relation"], ["001", "002", "friend"], ["002", "001", "friend"], ["002", "003", "kin"]]


def text(rows: list[list[object]], mark: str = ",") -> str:
    return "".join(mark.join(str(cell) for cell in row) + "\n" for row in rows)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(text(PEOPLE))
    (tmp_path / "ties.csv").write_text(text(TIES))
    return tmp_path


def source(folder: Path, **settings: object) -> SurveySource:
    given = {"people": folder / "people.csv", "ties": folder / "ties.csv", "kind": "relation"} | settings
    return SurveySource(**given)  # type: ignore[arg-type]


def pairs_of(community) -> set[tuple[str, str]]:
    pairs = community.ties.pairs()
    return {(str(community.ids[a]), str(community.ids[b])) for a, b in zip(pairs["one"], pairs["other"], strict=True)}


def said(made) -> str:
    with pytest.raises(InputError) as caught:
        made.build(1)
    return "\n".join(str(problem) for problem in caught.value.problems)


def same(one, other) -> None:
    assert list(one.ids) == list(other.ids)
    assert list(one.columns) == list(other.columns)
    for name in one.columns:
        np.testing.assert_array_equal(one.columns[name].values, other.columns[name].values)
    for mine, theirs in zip(one.ties.pairs().values(), other.ties.pairs().values(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def workbook(folder: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(folder / "survey.xlsx")
    return folder / "survey.xlsx"


# --- the same survey in other files ----------------------------------------------------------------------


def test_sheets_of_a_workbook_give_the_same_community(files):
    file = workbook(files, {"People": PEOPLE, "Names": TIES})
    same(source(files).build(1), source(files, people=file, ties=file, sheets={"ties": "Names"}).build(1))


def test_numbers_padded_by_a_format_keep_their_zeros(files):
    file = workbook(files, {"people": PEOPLE, "ties": TIES})
    from openpyxl import load_workbook

    book = load_workbook(file)
    for sheet, columns in (("people", 1), ("ties", 2)):
        for row in book[sheet].iter_rows(min_row=2, max_col=columns):
            for cell in row:
                cell.value, cell.number_format = int(cell.value), "000"
    book.save(file)
    same(source(files).build(1), source(files, people=file, ties=file).build(1))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_encodings_and_separators_give_the_same_community(files, encoding, mark):
    people = [[str(cell).replace("North", "Nörd") for cell in row] for row in PEOPLE]
    (files / "people.csv").write_text(text(people), encoding="utf-8")
    usual = source(files).build(1)
    (files / "people.csv").write_text(text(people, mark), encoding=encoding)
    (files / "ties.csv").write_text(text(TIES, mark), encoding=encoding)
    same(usual, source(files, encoding=encoding if encoding == "cp1252" else "").build(1))


def test_a_wide_file_gives_the_ties_of_a_long_one(files):
    usual = source(files).build(1)
    wide = [[*PEOPLE[0], "friend_1", "friend_2", "kin_1"], [*PEOPLE[1], "002", "", ""], [*PEOPLE[2], "", "001", "003"]]
    wide += [[*row, "", "", ""] for row in PEOPLE[3:]]
    (files / "people.csv").write_text(text(wide))
    made = source(files, ties=None, kind=None, names={"friend": ["friend_*"], "kin": ["kin_1"]}).build(1)
    assert pairs_of(made) == pairs_of(usual)
    assert made.facts["nominations_read"] == 3
    assert not {"friend_1", "friend_2", "kin_1"} & set(made.columns)  # ids of others are no answers


@pytest.mark.parametrize("form", ["graphml", "gexf", "edgelist", "matrix", "bare"])
def test_graphs_in_every_format(tmp_path, form):
    graph = nx.karate_club_graph()
    plain = nx.Graph()
    for node in graph:
        plain.add_node(f"p{node}", side="left" if node < 17 else "right")
    plain.add_edges_from((f"p{a}", f"p{b}") for a, b in graph.edges)
    file = tmp_path / {"graphml": "g.graphml", "gexf": "g.gexf", "edgelist": "g.txt"}.get(form, "g.csv")
    settings: dict[str, object] = {}
    if form == "graphml":
        nx.write_graphml(plain, file)
    elif form == "gexf":
        nx.write_gexf(plain, file)
    elif form == "edgelist":
        nx.write_edgelist(plain, file, data=False)
    else:
        matrix = nx.to_numpy_array(plain, weight=None).astype(int)
        names = list(plain)
        rows = [["", *names], *([name, *row] for name, row in zip(names, matrix.tolist(), strict=True))]
        (file).write_text(text(rows if form == "matrix" else matrix.tolist()))
    if form in ("edgelist", "matrix"):
        (tmp_path / "p.csv").write_text(text([["id", "side"], *([n, d["side"]] for n, d in plain.nodes(data=True))]))
        settings["people"] = tmp_path / "p.csv"
    made = GraphSource(file=file, **settings).build(1)
    assert (len(made), made.ties.count) == (34, 78)
    degree = dict(zip((str(i) for i in made.ids), made.ties.degree().tolist(), strict=True))
    expected = {str(n + 1) if form == "bare" else f"p{n}": d for n, d in graph.degree}
    assert degree == expected
    if form != "bare":
        assert made.columns["side"].categories == ("left", "right")


def test_a_directed_matrix_is_joined_as_nominations_are(tmp_path):
    (tmp_path / "m.csv").write_text(",a,b,c\na,0,1,1\nb,1,0,0\nc,0,0,0\n")
    assert GraphSource(file=tmp_path / "m.csv").build(1).ties.count == 2
    assert GraphSource(file=tmp_path / "m.csv", nominations="mutual").build(1).ties.count == 1


@pytest.mark.parametrize("edges", ["a,b\nb,c\n", "a,b,1\nb,c,1\nc,d,1\n", "1,2,1\n2,3,1\n3,4,1\n"])
def test_short_lists_of_edges_are_no_matrices(tmp_path, edges):
    (tmp_path / "e.csv").write_text(edges)
    assert GraphSource(file=tmp_path / "e.csv").build(1).ties.count == len(edges.splitlines())


def test_kinds_and_weights_of_edges_are_kept(tmp_path):
    (tmp_path / "e.csv").write_text("source,target,kind,weight\na,b,family,0.8\nb,c,neighbour,0.25\n")
    made = GraphSource(file=tmp_path / "e.csv").build(1)
    pairs = made.ties.pairs()
    assert [made.ties.kinds[k] for k in pairs["kind"]] == ["family", "neighbour"]
    assert pairs["strength"].tolist() == [0.8, 0.25]


# --- scales ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", SCALES)
def test_a_scale_by_name_is_the_scale_by_numbers(files, scale):
    assert entry(scale_of(scale)).sources, "a published scale needs a source"
    low, high = entry(scale_of(scale)).value
    rows = [[*PEOPLE[0], "score"], *([*row, score] for row, score in zip(PEOPLE[1:], [low, high] * 2, strict=True))]
    (files / "people.csv").write_text(text(rows))
    named = source(files, loneliness={"column": "score", "scale": scale}).build(1)
    same(named, source(files, loneliness={"column": "score", "scale": [low, high]}).build(1))
    column = source(files, scales={"score": scale}, columns=["score"]).build(1).columns["score"]
    assert column.values.tolist() == [float(score == max(low, high)) for score in [low, high] * 2]


def test_exact_values_are_taken_as_they_stand(files):
    rows = [[*PEOPLE[0], "l"], *([*row, value] for row, value in zip(PEOPLE[1:], [-0.05, 0.3, 1.02, 0.5], strict=True))]
    (files / "people.csv").write_text(text(rows))
    made = source(files, loneliness=Score("l", exact=True)).build(1)
    assert made.columns["loneliness"].values.tolist() == [-0.05, 0.3, 1.02, 0.5]


# --- two-mode data ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("wide", [True, False])
def test_people_and_places_become_places(files, wide):
    long = [["id", "place"], ["001", "choir"], ["003", "choir"], ["003", "pub"], ["999", "pub"]]
    table = [["id", "choir", "pub"], ["001", "yes", "no"], ["003", "yes", 1], ["999", "", "yes"]]
    (files / "m.csv").write_text(text(table if wide else long))
    settings = {"file": files / "m.csv", "place": None if wide else "place", "sort": "club"}
    made = source(files, memberships=settings).build(1)
    assert [place.name for place in made.places.items] == ["choir", "pub"]
    assert made.places.named("choir").members.tolist() == [True, False, True, False]
    assert made.places.named("choir").sort == "club"
    assert made.facts["memberships_off_roster"] == 1
    assert made.ties.count == 2


def test_members_may_be_tied_through_their_place(tmp_path):
    people = [["id"], *([f"p{i}"] for i in range(200))]
    (tmp_path / "people.csv").write_text(text(people))
    (tmp_path / "ties.csv").write_text("source,target\np0,p1\n")
    (tmp_path / "m.csv").write_text(text([["id", "place"], *([f"p{i}", "hall"] for i in range(100))]))
    made = source(
        tmp_path, kind=None, memberships={"file": tmp_path / "m.csv", "place": "place", "ties": 4.0, "weight": 0.3}
    ).build(1)
    degree = made.ties.degree(["group"])
    assert degree[~made.places.named("hall").members].sum() == 0
    assert degree[made.places.named("hall").members].mean() == pytest.approx(4.0, abs=0.8)
    pairs = made.ties.pairs()
    of_group = pairs["kind"] == made.ties.kinds.index("group")
    assert set(pairs["strength"][of_group].tolist()) == {0.3}


def test_people_and_places_alone_make_a_community(files):
    rows = [["id", "place"], ["001", "choir"], ["002", "choir"], ["003", "choir"], ["010", "pub"]]
    (files / "m.csv").write_text(text(rows))
    members = {"file": files / "m.csv", "place": "place", "ties": 2.0}
    made = source(files, ties=None, kind=None, memberships=members).build(1)
    assert pairs_of(made) == {("001", "002"), ("001", "003"), ("002", "003")}
    assert made.facts["nominations_read"] == 0
    assert source(files, ties=None, kind=None, memberships=members | {"ties": 0.0}).build(1).ties.count == 0


def test_a_column_says_what_sort_each_place_is(files):
    (files / "m.csv").write_text("id,place,sort\n001,St Mary,faith_group\n002,choir,club\n")
    made = source(files, memberships={"file": files / "m.csv", "place": "place", "sort_column": "sort"}).build(1)
    assert {place.name: place.sort for place in made.places.items} == {"St Mary": "faith_group", "choir": "club"}


def test_a_column_says_through_which_place_a_tie_lives(files):
    (files / "m.csv").write_text("id,place\n001,choir\n002,choir\n001,pub\n002,pub\n")
    (files / "ties.csv").write_text("source,target,relation,where\n001,002,group,pub\n002,003,group,\n")
    settings = {"memberships": {"file": files / "m.csv", "place": "place"}, "place": "where"}
    relations = {"group": {"kind": "group", "weight": 0.5}}
    made = source(files, relations=relations, **settings).build(1)
    pub = [place.name for place in made.places.items].index("pub")
    assert sorted(made.ties.pairs()["place"].tolist()) == [-1, pub]


# --- filling in ------------------------------------------------------------------------------------------


def test_missing_answers_are_filled_in_by_rule_and_counted(tmp_path):
    rows = [["id", "area", "party", "age"]]
    rows += [
        [f"p{i}", "N" if i < 40 else "S", "" if i % 10 == 0 else "red" if i < 40 else "blue", ""] for i in range(80)
    ]
    for i, row in enumerate(rows[1:]):
        row[3] = "" if i == 5 else str(20 + i % 7)
    (tmp_path / "people.csv").write_text(text(rows))
    (tmp_path / "ties.csv").write_text("source,target\np0,p1\n")
    made = source(tmp_path, kind=None, impute={"party": "alike", "age": "common"}, alike=["area"]).build(1)
    party, area = made.columns["party"], made.columns["area"]
    assert (party.values == np.where(area.values == area.categories.index("N"), 1, 0)).all()  # blue 0, red 1
    assert made.facts["imputed"] == {"party": 8, "age": 1}
    assert made.columns["age"].values[[str(i) for i in made.ids].index("p5")] == 23
    assert any("party 8" in note and "area" in note for note in made.notes)
    drawn = source(tmp_path, kind=None, impute={"party": "draw"}).build(1)
    assert set(drawn.columns["party"].values.tolist()) == {0, 1}
    left = source(tmp_path, kind=None).build(1)
    assert (left.columns["party"].values < 0).sum() == 8


def village(folder: Path, silent: int = 0, limit: int | None = None) -> dict[str, object]:
    """Write a survey of 120 people on two sides who name people of their own side; two thirds are named back."""
    size = 120
    names = {i: [(i + step) % 60 + 60 * (i // 60) for step in (1, 2, 3)] for i in range(size)}
    for i in range(size):
        for other in (i + 57, i + 58):  # back to those who named i as second and third
            names[i].append(other % 60 + 60 * (i // 60))
    rows = [["id", "side", "answered"]]
    rows += [
        [f"p{i:03d}", "left" if i < 60 else "right", "no" if silent and i % silent == 0 else "yes"] for i in range(size)
    ]
    (folder / "people.csv").write_text(text(rows))
    ties = [["source", "target"]]
    for i, given in names.items():
        if not (silent and i % silent == 0):
            ties += [[f"p{i:03d}", f"p{other:03d}"] for other in given[:limit]]
    (folder / "ties.csv").write_text(text(ties))
    return {"kind": None, "groups": ["side"]}


def test_non_respondents_are_left_or_imputed(tmp_path):
    settings = village(tmp_path) | {"nominations": "mutual"}
    whole = source(tmp_path, **settings).build(1)
    village(tmp_path, silent=5)
    settings |= {"responded": "answered"}
    left = source(tmp_path, **settings).build(1)
    filled = source(tmp_path, **settings, non_respondents="impute").build(1)
    assert left.facts["non_respondents"] == 24
    silent = np.array([int(str(i)[1:]) % 5 == 0 for i in whole.ids])
    assert left.ties.degree()[silent].sum() == 0  # they cannot confirm anything
    wanted = whole.ties.degree()[silent].mean()
    assert filled.ties.degree()[silent].mean() == pytest.approx(wanted, rel=0.25)
    assert filled.facts["imputed_back"] > 0
    pairs = filled.ties.pairs()
    side = filled.columns["side"].values
    assert (side[pairs["one"]] == side[pairs["other"]]).all()  # nobody names across, so nobody is made to
    assert any("24 did not answer" in note for note in filled.notes)


def test_non_respondents_name_as_many_others_as_people_like_them(tmp_path):
    settings = village(tmp_path, silent=5) | {"responded": "answered"}
    left = source(tmp_path, **settings).build(1)
    filled = source(tmp_path, **settings, non_respondents="impute").build(1)
    assert filled.facts["imputed_besides"] > 0
    assert filled.ties.count > left.ties.count
    again = source(tmp_path, **settings, non_respondents="impute").build(1)
    same(filled, again)
    other = source(tmp_path, **settings, non_respondents="impute").build(2)
    assert pairs_of(other) != pairs_of(filled)


def test_reordering_rows_changes_nothing_that_is_imputed(tmp_path):
    settings = village(tmp_path, silent=5) | {"responded": "answered", "non_respondents": "impute"}
    usual = source(tmp_path, **settings).build(1)
    for name in ("people.csv", "ties.csv"):
        header, *rows = (tmp_path / name).read_text().splitlines()
        (tmp_path / name).write_text("\n".join([header, *reversed(rows)]) + "\n")
    same(usual, source(tmp_path, **settings).build(1))


def test_names_beyond_a_limit_are_counted_and_imputed_by_reciprocity(tmp_path):
    settings = village(tmp_path) | {"nominations": "mutual"}
    whole = source(tmp_path, **settings).build(1)
    for path in (tmp_path / "ties.csv",):  # half of the people could give three names only
        header, *rows = path.read_text().splitlines()
        kept, count = [], {}
        for row in rows:
            who = row.split(",")[0]
            count[who] = count.get(who, 0) + 1
            if int(who[1:]) % 2 or count[who] <= 3:
                kept.append(row)
        path.write_text("\n".join([header, *kept]) + "\n")
    assert "gives 5 different names" in said(source(tmp_path, **settings, limit=3))
    left = source(tmp_path, **settings, limit=5).build(1)
    assert left.facts["cut_off"] == 60
    filled = source(tmp_path, **settings, limit=5, beyond_limit="impute").build(1)
    assert whole.ties.count > left.ties.count
    assert left.ties.count <= filled.ties.count <= whole.ties.count + 60


def test_with_union_nothing_is_added_for_a_limit_and_the_note_says_so(tmp_path):
    settings = village(tmp_path, limit=3) | {"limit": 3}
    left = source(tmp_path, **settings).build(1)
    filled = source(tmp_path, **settings, beyond_limit="impute").build(1)
    assert pairs_of(left) == pairs_of(filled)
    assert any("120 people gave as many" in note for note in filled.notes)


# --- a corrupted copy of each input ----------------------------------------------------------------------

CORRUPTIONS = [
    ("people.csv", lambda t: t.replace("002,South", ",South"), ":3: column 'id': the id is missing"),
    ("people.csv", lambda t: t.replace("010", "001"), ":5: column 'id': the same id stands already in row 2"),
    ("people.csv", lambda t: t.replace("id,area", "ids,area"), "no column 'id' (named by `id`); did you mean 'ids'?"),
    ("people.csv", lambda t: t.replace("002,South,42", "002,South"), ":3: has 2 cells where the header has 3"),
    ("people.csv", lambda t: "", "is empty: the first row must name the columns"),
    ("people.csv", lambda t: t.replace("area,age", "area,area"), "two columns have the same name: area"),
    ("people.csv", lambda t: t.replace("North", '"North'), "cannot be read as separated values"),
    ("ties.csv", lambda t: t.replace("source", "from"), "no column 'source' (named by `source`); columns:"),
    ("ties.csv", lambda t: t.replace("002,003,kin", ",003,kin"), ":4: column 'source': who names is missing"),
    ("ties.csv", lambda t: t.replace("kin", ""), ":4: column 'relation': the relation is missing"),
    ("ties.csv", lambda t: t.replace("0", "9"), "no row joins two people of people.csv"),
    ("ties.csv", lambda t: "source,target,relation\n", "has no ties: there is no row below the header"),
    ("m.csv", lambda t: t.replace("001", "777"), "no row holds a person of the survey"),
    ("m.csv", lambda t: t.replace("yes", "maybe"), ":2: column 'choir' is neither yes (1, yes, true) nor no"),
    ("m.csv", lambda t: t.replace("id,", "who,"), "no column 'id' (named by `memberships.id`)"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "spoil", "message"), CORRUPTIONS, ids=[item[2][:50] for item in CORRUPTIONS])
def test_a_corrupted_copy_gives_the_promised_message(files, name, spoil, message):
    (files / "m.csv").write_text("id,choir\n001,yes\n")
    whole = source(files, memberships={"file": files / "m.csv"})
    whole.build(1)
    (files / name).write_text(spoil((files / name).read_text()))
    found = said(whole)
    assert name in found.splitlines()[0]
    assert message in found


def test_bytes_that_are_no_text_are_refused_with_the_row(files):
    raw = (files / "ties.csv").read_bytes()
    (files / "ties.csv").write_bytes(raw.replace(b"kin", b"k\xefn"))
    assert "ties.csv:4: is not UTF-8" in said(source(files))
    assert "encoding: cp1252" in said(source(files))


SHEETS = [
    (
        {"People": PEOPLE, "Names": TIES},
        "has several sheets; say which it is: `sheets: {ties: People}`; sheets: People",
    ),
    ({"people": PEOPLE, "ties": [["source", "target"]]}, "survey.xlsx#ties: no column 'relation'"),
    ({"people": [*PEOPLE, ["001", "x", 1]], "ties": TIES}, "survey.xlsx#people:6: column 'id': the same id"),
]


@pytest.mark.parametrize(("sheets", "message"), SHEETS)
def test_a_corrupted_workbook_gives_the_promised_message(files, sheets, message):
    file = workbook(files, sheets)
    assert message in said(source(files, people=file, ties=file))


def test_what_is_no_workbook_and_sheets_that_are_not_there(files):
    file = workbook(files, {"people": PEOPLE, "ties": TIES})
    asked = source(files, people=file, ties=file, sheets={"ties": "tie"})
    assert "has no sheet 'tie'; did you mean 'ties'?" in said(asked)
    file.write_bytes(b"not a workbook")
    assert "is not a workbook that can be read" in said(replace(asked, sheets={}))


GRAPHS = [
    ("g.graphml", "<graphml><graph>", "cannot be read as GraphML"),
    ("g.gexf", "nothing", "cannot be read as GEXF"),
    ("g.txt", "a b\nc\n", ":2: has 1 cells where an edge has 2 to 3"),
    ("g.txt", "a b 0.5\nb c 1.5\n", ":2: column 'weight' is outside its scale, 0 to 1"),
    ("g.csv", ",a,b\na,0,x\nb,1,0\n", ":2: holds a value that is no number of at least 0"),
    ("g.csv", ",a,b\na,0,1\nc,1,0\n", None),
]


@pytest.mark.parametrize(("name", "content", "message"), GRAPHS)
def test_a_corrupted_graph_gives_the_promised_message(tmp_path, name, content, message):
    (tmp_path / name).write_text(content)
    made = GraphSource(file=tmp_path / name, format="adjacency" if message is None else None)
    assert (message or ":3: the row's name is not among those of the 2 columns") in said(made)


SETTINGS = [
    ({"ties": None}, "ties: say who named whom"),
    ({"memberships": {"file": "m.csv", "sort_column": "s"}}, "memberships.sort_column: needs `place`"),
    ({"names": {"friend": ["age"]}}, "ties: say who named whom"),
    ({"encoding": "cp125"}, "encoding: 'cp125' is not known; did you mean 'cp1252'?"),
    ({"impute": {"age": "alike"}}, "impute.age: 'alike' needs `alike`"),
    ({"impute": {"age": "guess"}}, "impute.age: 'guess' is none of alike, draw, common"),
    ({"non_respondents": "impute"}, "non_respondents: 'impute' needs `responded`"),
    ({"beyond_limit": "impute"}, "beyond_limit: 'impute' needs a `limit`"),
    ({"limit": 0}, "limit: must be a whole number of at least 1"),
    ({"loneliness": {"column": "age", "scale": "ucla"}}, "'ucla' is no scale known here; did you mean 'ucla3'?"),
    ({"scales": {"age": "ucla"}}, "scales.age: 'ucla' is none of"),
    ({"memberships": {"file": "m.csv", "ties": 3, "weight": 0}}, "memberships.weight: must be above 0"),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "message"), SETTINGS, ids=[item[1][:40] for item in SETTINGS])
def test_settings_that_make_no_sense_are_refused(files, settings, message):
    with pytest.raises(ValueError, match=r".") as caught:
        source(files, **settings)
    assert message in str(caught.value)


def test_no_answer_and_no_id_stands_in_a_message_or_a_note(files):
    secret = [["id", "name", "age"], ["s3cr3t", "Mrs Zebra", "31"], ["s3cr3t", "Mr Yak", "thirty"], ["x", "Z", "5"]]
    (files / "people.csv").write_text(text(secret))
    (files / "ties.csv").write_text("source,target,relation\ns3cr3t,unknown9,friend\n,x,friend\n")
    found = said(source(files, types={"age": "number"}))
    assert not any(word in found for word in ("s3cr3t", "Zebra", "Yak", "thirty", "unknown9"))
