"""The main promise, seen by a real browser: releases come and go under two open tabs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from example_app.serving import Service

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PLAIN, COLOURED = "rgb(251, 248, 243)", "rgb(243, 237, 226)"
"""The page's background before and since 1.0.2."""

# Runs in the page. It lives as long as the document does, so it also tells whether the page was loaded again.
BOOK_THE_CLOCK = """() => {
    const seconds = () => {
        const [minutes, rest] = document.querySelector("#clock strong").textContent.split(":");
        return Number(minutes) * 60 + Number(rest);
    };
    window.clock = [seconds()];
    new MutationObserver(() => {
        const now = seconds();
        if (now !== window.clock.at(-1)) window.clock.push(now);
    }).observe(document.getElementById("clock"), { childList: true, subtree: true });
}"""


class Tab:
    """One open page of the example."""

    def __init__(self, browser: Browser, service: Service) -> None:
        self.page: Page = browser.new_page(viewport={"width": 1000, "height": 760})
        self.sockets: list[WebSocket] = []
        self.closed: list[WebSocket] = []
        self.navigations: list[str] = []
        self.complaints: list[str] = []
        self.page.on("websocket", self._opened)
        self.page.on("framenavigated", lambda frame: self.navigations.append(frame.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(service.url)
        expect(self.page.locator("#you strong")).not_to_be_empty()
        expect(self.page.locator("#clock strong")).to_have_count(1)
        self.page.evaluate(BOOK_THE_CLOCK)

    def _opened(self, socket: WebSocket) -> None:
        self.sockets.append(socket)
        socket.on("close", lambda ended: self.closed.append(ended))

    def shows(self, release: str) -> None:
        """Wait until the page shows `release`, its stylesheet included."""
        expect(self.page.locator("#release b")).to_have_text(release)
        expect(self.page.locator(f"#stylesheet[href='/static/board.css?v={release}']")).to_have_count(1)
        expect(self.page.locator("link[rel=stylesheet]")).to_have_count(1)

    def background(self) -> str:
        """The page's background as the stylesheet in force paints it."""
        return str(self.page.evaluate("getComputedStyle(document.body).backgroundColor"))

    def write(self, text: str, caret: int) -> None:
        """Begin a note and leave the caret inside the text."""
        self.page.locator("#text").press_sequentially(text)
        self.page.evaluate("caret => document.getElementById('text').setSelectionRange(caret, caret)", caret)

    def draft(self) -> tuple[str, int, bool]:
        """The half-typed note: its text, where the caret is, and whether it has the focus."""
        text, caret, focused = self.page.evaluate(
            "() => { const e = document.getElementById('text');"
            " return [e.value, e.selectionStart, document.activeElement === e]; }"
        )
        return text, caret, focused

    def wait_for_ticks(self, ticks: int) -> None:
        """Wait until the tab's own clock went on by so many ticks."""
        self.page.wait_for_function(
            "goal => window.clock.length >= goal", arg=len(self.clock()) + ticks, timeout=20_000
        )

    def clock(self) -> list[int]:
        """Every value that the tab's own clock has shown; lost if the page was ever loaded again."""
        return list(self.page.evaluate("window.clock"))

    def untouched(self) -> bool:
        """One WebSocket, still open; one navigation, the first; no error in the page's script."""
        assert not self.complaints, self.complaints
        return (len(self.sockets), len(self.closed), len(self.navigations)) == (1, 0, 1)


def test_two_tabs_live_through_every_release_and_back(
    browser: Browser, service: Service, tmp_path: Path
) -> None:
    """No WebSocket closes, none is opened, nothing navigates, half-typed text stays, counters go on."""
    tabs = [Tab(browser, service), Tab(browser, service)]
    drafts = [("a thought not yet", 9), ("half a se", 4)]
    for tab, (text, caret) in zip(tabs, drafts, strict=True):
        tab.shows("1.0.0")
        tab.write(text, caret)
    tabs[0].page.locator("#clap").click()
    tabs[0].page.locator("#text").focus()
    names = [tab.page.locator("#you strong").inner_text() for tab in tabs]

    for release in ("1.0.1", "1.0.2", "1.0.3"):
        assert _go(service, "upgrade")["to"] == release
        for tab, draft in zip(tabs, drafts, strict=True):
            tab.shows(release)
            tab.wait_for_ticks(1)
            assert tab.untouched()
            assert tab.draft() == (*draft, True)
            assert ("writes in" in tab.page.locator("#you").inner_text()) is (release >= "1.0.2")
            assert tab.background() == (COLOURED if release >= "1.0.2" else PLAIN)

    _take_pictures(tabs)
    status, refusal = service.post("upgrade", to="1.1.0")
    assert status >= 400, refusal
    assert "not_a_patch_release" in str(refusal)
    _the_new_release_works(tabs)
    tabs[0].write("a thought not yet", 9)
    tabs[1].page.locator("#text").focus()

    for release in ("1.0.2", "1.0.1", "1.0.0"):
        assert _go(service, "downgrade")["to"] == release
        for tab, draft in zip(tabs, drafts, strict=True):
            tab.shows(release)
            tab.wait_for_ticks(1)
            assert tab.untouched()
            assert tab.draft()[:2] == draft
            assert ("writes in" in tab.page.locator("#you").inner_text()) is (release >= "1.0.2")
            assert tab.background() == (COLOURED if release >= "1.0.2" else PLAIN)

    assert [tab.page.locator("#you strong").inner_text() for tab in tabs] == names
    assert "clapped 1 time" in tabs[0].page.locator("#you").inner_text()
    for tab in tabs:
        clock = tab.clock()
        assert clock == list(range(clock[0], clock[0] + len(clock)))


def _go(service: Service, call: str) -> dict[str, Any]:
    """An operation through the admin API that must succeed."""
    status, operation = service.post(call)
    assert (status, operation.get("state")) == (200, "succeeded"), json.dumps(operation, indent=2)
    return operation


def _the_new_release_works(tabs: list[Tab]) -> None:
    """What 1.0.3 brought is there for the tabs that were opened in 1.0.0: a note goes up and comes down."""
    first, second = tabs
    first.page.locator("#text").press("Enter")
    note = second.page.locator(".note", has_text="a thought not yet")
    expect(note).to_have_count(1)
    note.locator("button").click()
    expect(first.page.locator(".note")).to_have_count(0)
    expect(first.page.locator("#text")).to_have_value("")


def _take_pictures(tabs: list[Tab]) -> None:
    """For people to look at, when they say where: UPWARD_PICTURES=DIR."""
    if folder := os.environ.get("UPWARD_PICTURES"):
        for number, tab in enumerate(tabs):
            tab.page.screenshot(path=Path(folder) / f"tab-{number}.png")
