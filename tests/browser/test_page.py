"""The page as a reader uses it, in a real browser: search, filter, click, dark, print; and nothing runs but its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from browser.conftest import prefer, printed
from clusters import cluster
from runs import EMPTY, LEFT, PLANNED, hostile
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement

from janitor.core.outcome import RunReport
from janitor.reports import html, picture

Show = Callable[[str], WebDriver]
RUNS: dict[str, RunReport] = {
    "left": LEFT,
    "empty": EMPTY,
    "planned": PLANNED,
    "hostile": hostile(),
    "nothing": replace(EMPTY, results=()),
    "cluster": cluster(60),
}


def node(browser: WebDriver, name: str, kind: str = "") -> WebElement:
    found = browser.find_elements(By.CSS_SELECTOR, "#picture .node")
    return next(one for one in found if (one.get_attribute("aria-label") or "").startswith(f"{kind} {name},".lstrip()))


def count(browser: WebDriver, selector: str) -> int:
    return len(browser.find_elements(By.CSS_SELECTOR, selector))


def rows(browser: WebDriver) -> list[str]:
    return [row.text for row in browser.find_elements(By.CSS_SELECTOR, "#objects tbody tr") if row.is_displayed()]


@pytest.mark.parametrize("run", RUNS)
def test_every_run_is_drawn_and_nothing_goes_wrong(run: str, shown: Show) -> None:
    browser = shown(html.render(RUNS[run]))
    drawn = picture.of_run(RUNS[run])
    assert count(browser, "#picture .node") == len(drawn.nodes)
    assert len(rows(browser)) == len(drawn.nodes)
    assert browser.get_log("browser") == []
    assert browser.execute_script("return typeof alert.called") == "undefined"


def test_it_asks_no_network_for_anything(shown: Show) -> None:
    browser = shown(html.render(cluster(60)))
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    assert [url for url in sent if not url.startswith("file:")] == []
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0


def test_what_gets_into_the_page_all_the_same_does_not_run(shown: Show) -> None:
    """The policy is the second wall: were a name ever written unescaped, the browser would refuse to run it."""
    forged = "<script>document.title='forged'</script><img src=x onerror=\"document.title='forged'\">"
    browser = shown(html.render(LEFT).replace("</footer>", f"{forged}</footer>"))
    assert "forged" not in browser.title
    assert any("Content Security Policy" in entry["message"] for entry in browser.get_log("browser"))


def test_search_finds_in_the_table_and_in_the_drawing(shown: Show) -> None:
    browser = shown(html.render(cluster(60)))
    browser.find_element(By.ID, "search").send_keys("node-3 server")
    assert len(rows(browser)) == 1
    assert browser.find_element(By.ID, "found").text == "1 of 61 objects"
    assert count(browser, "#picture .node:not(.is-dim)") == 1
    assert "is-dim" not in (node(browser, "node-3", "server").get_attribute("class") or "")
    browser.find_element(By.ID, "search").send_keys(Keys.ENTER)
    assert browser.find_element(By.CSS_SELECTOR, "#details .title").text == "node-3"
    browser.find_element(By.ID, "search").send_keys(" and nothing else")
    assert rows(browser) == []
    assert browser.find_element(By.ID, "nothing").is_displayed()


def test_outcome_and_kind_are_filters(shown: Show) -> None:
    browser = shown(html.render(cluster(60)))
    browser.find_element(By.CSS_SELECTOR, "[data-outcome=deleted]").click()
    assert len(rows(browser)) == 9
    browser.find_element(By.CSS_SELECTOR, "#kind option[value=port]").click()
    assert [row.split()[0] for row in rows(browser)] == ["blocked", "holder", "kept"]
    browser.find_element(By.CSS_SELECTOR, "[data-outcome=deleted]").click()
    assert len(rows(browser)) == 12


def test_a_click_on_a_node_tells_who_holds_it_and_what_comes_next(shown: Show) -> None:
    browser = shown(html.render(cluster(60)))
    ActionChains(browser).move_to_element(node(browser, "nodes", "subnet")).click().perform()
    details = browser.find_element(By.ID, "details").text
    assert "held by port node-0-eth0" in details
    assert "free server node-0" in details
    near = browser.find_elements(By.CSS_SELECTOR, "#picture .node:not(.is-dim)")
    assert "port node-0-eth0, blocked" in {one.get_attribute("aria-label") for one in near}
    assert count(browser, "#picture .arrow.is-near") == 12  # ten ports, the interface, its network
    holder = next(b for b in browser.find_elements(By.CSS_SELECTOR, "#details .object") if b.text == "port node-0-eth0")
    holder.click()
    assert browser.find_element(By.CSS_SELECTOR, "#details .title").text == "node-0-eth0"
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)
    assert not browser.find_element(By.ID, "details").is_displayed()


def test_it_can_be_used_without_a_mouse(shown: Show) -> None:
    browser = shown(html.render(LEFT))
    node(browser, "k8s", "security_group").send_keys(Keys.ENTER)
    assert browser.find_element(By.CSS_SELECTOR, "#details .title").text == "k8s"
    assert "port by-hand (p-9) of project 99aa" in browser.find_element(By.ID, "details").text


def test_what_stays_leads_to_its_place_in_the_drawing(shown: Show) -> None:
    browser = shown(html.render(cluster(300)))
    browser.find_element(By.CSS_SELECTOR, "#attention .object").click()
    chosen = browser.find_element(By.CSS_SELECTOR, "#picture .node.is-chosen")
    assert (chosen.get_attribute("aria-label") or "").startswith("server node-0, failed")
    assert browser.execute_script(
        "const r = arguments[0].getBoundingClientRect(); return r.bottom > 0 && r.top < innerHeight", chosen
    )


@pytest.mark.parametrize("objects", [10, 60, 300, 500])
def test_words_are_large_enough_and_no_two_nodes_overlap(objects: int, shown: Show) -> None:
    browser = shown(html.render(cluster(objects)))
    boxes = browser.execute_script(
        "return [...document.querySelectorAll('#picture .node')].map((node) => {"
        " const r = node.querySelector('.box').getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; })"
    )
    assert all(
        a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1] for i, a in enumerate(boxes) for b in boxes[:i]
    )
    size = browser.execute_script("return document.querySelector('#picture').getScreenCTM().a * 12")
    assert size >= 8.5  # pixels of a 12 pixel font
    assert all(box[0] >= 0 and box[2] <= 1500 for box in boxes)


CROSSINGS = """
    const boxes = [...document.querySelectorAll('#picture .node')].map((node) => {
      const [x, y] = node.getAttribute('transform').match(/-?[\\d.]+/g).map(Number), box = node.querySelector('.box');
      return [x, y, x + Number(box.getAttribute('width')), y + Number(box.getAttribute('height'))];
    });
    return [...document.querySelectorAll('#picture .arrow')].filter((path) => {
      const along = d3.range(0, path.getTotalLength(), 4).map((at) => path.getPointAtLength(at));
      return along.some(({ x, y }) => boxes.some(([l, t, r, b]) => l + 1 < x && x < r - 1 && t + 1 < y && y < b - 1));
    }).length
"""


@pytest.mark.parametrize("objects", [10, 60, 300])
def test_no_arrow_runs_behind_an_object(objects: int, shown: Show) -> None:
    """One that does looks like two: from its begin to that object, and from there to its end."""
    browser = shown(html.render(cluster(objects)))
    assert count(browser, "#picture .arrow") > objects
    assert browser.execute_script(CROSSINGS) == 0


def test_an_arrow_source_can_be_hidden_and_shown(shown: Show) -> None:
    browser = shown(html.render(cluster(60)))
    before = count(browser, "#picture .arrow")
    browser.find_element(By.CSS_SELECTOR, "#sources input[value=kind]").click()
    assert count(browser, "#picture .arrow") == before + 10
    browser.find_element(By.CSS_SELECTOR, "#sources input[value=observed]").click()
    assert count(browser, "#picture .arrow.is-observed") == 0


def test_the_timeline_shows_terraform_and_every_object_with_a_time(shown: Show) -> None:
    browser = shown(html.render(cluster(60)))
    timed = [row for row in cluster(60).results if row.seconds]
    assert count(browser, "#bars .span") == len(timed) + 1
    assert count(browser, "#bars .span.is-terraform") == 1


def test_what_ends_after_the_run_by_its_clock_is_in_the_timeline(shown: Show) -> None:
    """The clock of a machine may be set back in the middle of a run."""
    run = cluster(10)
    browser = shown(html.render(replace(run, finished=run.started + 9)))
    ends = "return [...document.querySelectorAll('#bars .span rect')].map((bar) => bar.getBoundingClientRect().right)"
    assert max(browser.execute_script(ends)) <= browser.execute_script(
        "return document.querySelector('#bars').getBoundingClientRect().right"
    )


def luminance(browser: WebDriver, element: str, style: str) -> float:
    value = browser.find_element(By.CSS_SELECTOR, element).value_of_css_property(style)
    red, green, blue = (float(part) for part in re.findall(r"[\d.]+", value)[:3])
    whole = 1 if value.startswith("color(") else 255
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / whole


def test_dark_is_dark_and_light_is_light(shown: Show) -> None:
    browser = shown(html.render(cluster(60)))
    for scheme, dark in (("light", False), ("dark", True)):
        prefer(browser, scheme)
        for paper, ink in (("body", "body"), (".node .box", ".node text:not(.what)"), (".card", ".card")):
            behind = luminance(browser, paper, "fill" if "box" in paper else "background-color")
            letters = luminance(browser, ink, "fill" if "text" in ink else "color")
            assert abs(behind - letters) > 0.5
            assert (behind < 0.5) is dark


def test_paper_has_everything_and_no_tools(shown: Show) -> None:
    browser = shown(html.render(cluster(60)))
    node(browser, "nodes", "subnet").send_keys(Keys.ENTER)
    prefer(browser, "dark")
    pdf = printed(browser)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 3 <= pages <= 8
    assert b"/Type /Font" in pdf  # text, not a picture of it
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert luminance(browser, "body", "background-color") > 0.99
    assert not browser.find_element(By.ID, "tools").is_displayed()
    assert not browser.find_element(By.ID, "details").is_displayed()
    assert browser.find_element(By.ID, "picture").is_displayed()
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_a_graph_without_a_run_is_drawn_too(shown: Show) -> None:
    browser = shown(html.render_graph(picture.of_run(PLANNED)))
    assert count(browser, "#picture .node") == len(PLANNED.results)
    assert browser.get_log("browser") == []
