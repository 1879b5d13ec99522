"""The board at `/` in the system's Chromium, as a person uses it who has a token."""

from playwright import sync_api

from client import ADMIN
from test_taskflow_page import open_page, use_token

STATES = ["waiting", "scheduled", "ready", "running", "failed", "completed", "held", "cancelled"]
expect = sync_api.expect


class Board:
    """A page with a token, and what stands on it."""

    def __init__(self, browser, server, complaints, token: str | None = ADMIN, may_complain="(?!)", **options):
        self.page = open_page(browser, server, complaints, may_complain, **options)
        if token:
            use_token(self.page, token)
            expect(self.page.locator("#access-view")).to_be_hidden()

    def cards(self, state: str):
        return self.page.locator(f".column[data-state={state}] .card")

    def titles(self, state: str):
        return self.cards(state).locator(".title")

    def card(self, title: str):
        return self.page.locator(".card", has=self.page.get_by_role("link", name=title))

    def shows(self, **counts: int) -> None:
        """The counts of the states come to be these, and 0 of all others."""
        expect(self.page.locator(".column .count")).to_have_text([str(counts.get(state, 0)) for state in STATES])

    def view(self, name: str) -> None:
        self.page.locator("nav a", has_text=name).click()

    def open(self, task: dict) -> None:
        self.page.evaluate("id => { location.hash = '#task/' + id; }", task["id"])
        expect(self.page.locator("#task-title")).to_have_text(task["title"])

    def said(self, text: str) -> None:
        expect(self.page.locator("#said")).to_have_text(text)

    def focused(self) -> str:
        return self.page.evaluate("document.activeElement.textContent")
