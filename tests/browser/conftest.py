"""A real server on this machine with the sample programme, and a real browser that visits it."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from matchmaker.settings import Settings
from matchmaker.web import create_app
from tests import world

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOCALES = {"en": "en", "zh_Hant_TW": "zh-TW"}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        reason = "no chromium on this machine: apt-get install chromium fonts-noto-cjk"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sample_settings(copy_sample: Callable[[], Settings]) -> Settings:
    """The sample programme."""
    return copy_sample()


@pytest.fixture(scope="session")
def site(sample_settings: Settings) -> Iterator[str]:
    """The address of a running site with the sample programme."""
    app = create_app(sample_settings)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Quiet(WSGIRequestHandler):
    """Answers without a line in the log."""

    def log(self, type: str, message: str, *args: object) -> None:
        pass


class Visitor:
    """One person at a browser."""

    def __init__(self, context: BrowserContext, site: str, locale: str) -> None:
        self.context, self.site, self.locale = context, site, locale
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on(
            "console",
            lambda line: (
                self.faults.append(f"console: {line.text}") if line.type == "error" else None
            ),
        )

    def visit(self, path: str) -> Page:
        self.page.goto(self.site + path)
        return self.page

    def sign_in(self, role: str) -> Page:
        return self.sign_in_as(world.PEOPLE[role])

    def sign_in_as(self, email: str) -> Page:
        # Chosen in the browser, the language wins over the one of the account.
        self.visit(f"/language/{self.locale}?next=/account/login")
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password]", world.PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url("**/desk")
        return self.page


@pytest.fixture
def visitor(browser: Browser, site: str):
    """Make visitors: ``visitor("zh_Hant_TW", width=390)``."""
    contexts: list[BrowserContext] = []

    def make(
        locale: str = "en", *, width: int = 1280, script: bool = True, bypass_csp: bool = False
    ) -> Visitor:
        context = browser.new_context(
            locale=LOCALES[locale],
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            bypass_csp=bypass_csp,
        )
        contexts.append(context)
        return Visitor(context, site, locale)

    yield make
    for context in contexts:
        context.close()
