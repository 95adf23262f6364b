"""The report in a real browser: quiet, nothing fetched, accessible, legible on a telephone, usable by keyboard."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from folders import folder_of

import sim
from sim.report import write_report

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
READY = all(find_spec(name) for name in ("playwright", "axe_playwright_python"))

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is to be found"),
    # where everything has to hold, what is missing must not look like what holds
    pytest.mark.skipif(not READY and not os.environ.get("CI"), reason="needs pip install -e '.[browser]'"),
]

WIDTHS = (360, 1400)
BAD = "<script>alert(1)</script>"
PLACES = """((svg) => [...svg.querySelectorAll('path[fill]:not([fill=none])')].map((mark) => {
  const held = mark.getBBox(); return (held.x + held.width / 2 - 26) / (svg.viewBox.baseVal.width - 52); }))"""
"""Where the marks of a dot chart stand between both ends of its axis."""

PARTS = {"offered": 80, "participants": 60, "volunteers": 60, "spillover": 1860}


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def made_up(tmp_path_factory, fake_study):
    """A report with something of everything, and a title that tries to run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.report.writing.save_figures", lambda *arguments: [])
        study = fake_study(seeds=20, weeks=13, titles={"campaign": BAD}, parts=PARTS)
        return write_report(folder_of(study, tmp_path_factory.mktemp("made_up") / "results", "3,3,campaign,broke\n"))


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """The report of the study that the README runs, with few weeks and runs."""
    study = sim.load(Path(__file__).parents[2] / "scenarios" / "seaside_town")
    out = tmp_path_factory.mktemp("shipped") / "results"
    return study.run(seeds=2, weeks=14, out=out, progress=False).report_path


@pytest.fixture(params=["made_up", "shipped"])
def report(request):
    return request.getfixturevalue(request.param)


def opened(browser, report, width=1400, **options):
    """Open a report and return the page and all that it said or asked for."""
    page = browser.new_page(viewport={"width": width, "height": 900}, **options)
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on("request", lambda request: said.append(f"request: {request.url}"))
    page.on("dialog", lambda dialog: (said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.goto(report.as_uri())
    said.remove(f"request: {report.as_uri()}")
    return page, said


@pytest.mark.parametrize("width", WIDTHS)
def test_it_is_quiet_accessible_and_no_wider_than_the_screen(browser, report, width):
    from axe_playwright_python.sync_playwright import Axe

    page, said = opened(browser, report, width, bypass_csp=True)  # axe itself is a script that the policy refuses
    page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": tags, "resultTypes": ["violations"]}).response["violations"]
    assert [(item["id"], [node["html"][:200] for node in item["nodes"][:3]]) for item in found] == []
    page.close()
    assert said == []


def test_the_policy_lets_the_script_run_and_asks_for_nothing(browser, report):
    page, said = opened(browser, report)
    assert page.locator("#choose-measure").is_visible()
    page.wait_for_timeout(200)
    page.close()
    assert said == []


def test_a_title_is_text_and_nothing_else(browser, made_up):
    page, said = opened(browser, made_up)
    assert page.get_by_role("heading", name=BAD).count() == 1
    assert page.locator("script").count() == 2
    page.close()
    assert said == []


def test_it_is_whole_without_scripts(browser, made_up):
    page, said = opened(browser, made_up, 360, java_script_enabled=False)
    charts = page.locator(".plot svg")
    assert charts.count() == 5
    assert all(chart.is_visible() for chart in charts.all())
    assert not page.locator("#choose-measure").is_visible()  # a choice that nothing would follow
    assert page.get_by_text("did most for loneliness").is_visible()
    page.get_by_text("The numbers as a table").first.click()
    assert page.locator("#chart-curves table").is_visible()
    page.close()
    assert said == []


def test_charts_follow_the_keyboard(browser, made_up):
    page, said = opened(browser, made_up)
    page.locator("#choose-measure").focus()
    before = page.locator("#chart-effects .plot").inner_html()
    page.keyboard.press("ArrowDown")
    assert page.locator("#choose-measure").input_value() == "often_lonely"
    assert page.locator("#chart-effects .plot").inner_html() != before
    assert "residents in 1,000" in page.locator("#chart-curves svg").get_attribute("aria-label")
    page.locator("#chart-effects summary").click()
    assert "fewer in 1,000" in page.locator("#chart-effects table").inner_text()
    page.locator("#week").focus()
    page.keyboard.press("Home")
    assert page.locator("#week-words").inner_text() == "week 0"
    page.keyboard.press("ArrowRight")
    assert page.locator("#week-words").inner_text() == "week 1"
    page.locator("#choose-group").select_option("age_band=65+")
    assert "age band: 65+" in page.locator("#chart-curves svg").get_attribute("aria-label")
    page.close()
    assert said == []


def test_the_first_stop_of_the_keyboard_skips_to_the_answer(browser, made_up):
    page, _ = opened(browser, made_up)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.close()


def test_values_show_under_the_pointer(browser, made_up):
    page, _ = opened(browser, made_up)
    chart = page.locator("#chart-curves svg")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.99, box["y"] + box["height"] / 2)
    assert page.locator("#week-words").inner_text() == "week 13"
    page.mouse.move(box["x"] + box["width"] * 0.15, box["y"] + box["height"] / 2)
    assert page.locator("#week-words").inner_text() in ("week 0", "week 1")
    page.close()


def test_it_prints_to_a_few_pages(browser, made_up, tmp_path):
    page, _ = opened(browser, made_up)
    content = page.pdf(format="A4")
    pages = content.count(b"/Type /Page") - content.count(b"/Type /Pages")
    assert 5 <= pages <= 10  # two or three about all of them, one for each of three scenarios, two about the methods
    page.close()


def test_what_is_drawn_with_and_without_scripts_agrees(browser, made_up):
    """The same marks at the same places: positions of the dots relative to the axis, read from both pictures."""

    text = made_up.read_text(encoding="utf-8")
    start = text.index('<svg viewBox="0 0 480', text.index('id="chart-effects"'))
    page, _ = opened(browser, made_up)
    drawn = page.evaluate(f"{PLACES}(document.querySelector('#chart-effects .plot svg'))")
    page.set_content(text[start : text.index("</svg>", start) + 6])
    still = page.evaluate(f"{PLACES}(document.querySelector('svg'))")
    page.close()
    assert len(still) == 3
    assert still == pytest.approx(drawn, abs=0.01)
