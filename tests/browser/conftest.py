"""A page in a real Chromium, without a network: Debian's browser and driver, steered by selenium."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webdriver import WebDriver

FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1500,1000"),
    *("--disable-background-networking", "--disable-component-update", "--no-first-run", "--hide-scrollbars"),
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[WebDriver]:
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not binary or not driver:
        pytest.skip("missing: chromium")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(driver))
    browser.set_script_timeout(20)
    yield browser
    browser.quit()


@pytest.fixture
def shown(chromium: WebDriver, tmp_path: Path) -> Callable[[str], WebDriver]:
    """Open a page of this text, on a screen that is light again."""

    def show(text: str) -> WebDriver:
        path = tmp_path / "page.html"
        path.write_text(text, encoding="utf-8")
        prefer(chromium, "light")
        chromium.get_log("performance")
        chromium.get_log("browser")
        chromium.get(path.as_uri())
        return chromium

    return show


def prefer(browser: WebDriver, scheme: str) -> None:
    """As a person who has chosen light or dark."""
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})


def printed(browser: WebDriver) -> bytes:
    """The page on paper, as PDF."""
    made = browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True, "preferCSSPageSize": True})
    return base64.b64decode(made["data"])
