"""A visitor with nothing but a keyboard, whose browser runs no script; and the pages served for such a visitor."""

import socket
import threading
from html.parser import HTMLParser

import uvicorn

from mechlin.desk.web.app import app

MANY = 400  # more stops than any page has
FOCUS = """() => { const e = document.activeElement, s = getComputedStyle(e);
    return {tag: e.tagName, name: e.name ?? "", type: e.type ?? "", value: e.value ?? "", text: e.innerText ?? "",
            href: e.href ?? "", main: !!e.closest("main"), seen: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2,
            key: e.type === "radio" ? e.name : [...document.querySelectorAll("*")].indexOf(e)}; }"""
CONTROLS = """() => new Set([...document.querySelectorAll(
    "a[href], button, select, textarea, [tabindex='0'], input:not([type=hidden])")]
    .map((e, n) => e.type === "radio" ? e.name : n)).size"""


class _Controls(HTMLParser):
    """What on a page could not be used by keys alone, or would ask for a script."""

    def __init__(self):
        super().__init__()
        self.wrong, self.form, self.sends = [], None, False

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        scripted = tag == "script" or any(name.startswith("on") or name == "contenteditable" for name in has)
        if scripted or str(has.get("href", "")).startswith(("javascript:", "#!")):
            self.wrong.append(f"a script: {self.get_starttag_text()}")
        if has.get("tabindex", "0") != "0":
            self.wrong.append(f"out of the order of keys: {self.get_starttag_text()}")
        if (tag == "a" and not has.get("href")) or (has.get("role") in ("button", "link", "checkbox") and tag == "div"):
            self.wrong.append(f"no key reaches it: {self.get_starttag_text()}")
        if tag == "form":
            self.form, self.sends = self.get_starttag_text(), False
        if self.form and (tag, has.get("type", "submit")) in (("button", "submit"), ("input", "submit")):
            self.sends = True

    def handle_endtag(self, tag):
        if tag == "form" and self.form:
            if not self.sends:
                self.wrong.append(f"nothing sends it: {self.form}")
            self.form = None


def native(response):
    """Fail for a page that holds anything but links and fields which every browser works by keys, without a script."""
    if "text/html" in response.headers.get("content-type", ""):
        response.read()
        found = _Controls()
        found.feed(response.text)
        assert not found.wrong, (response.url, found.wrong)


class Served:
    """A desk's pages at an address of this machine, for a browser."""

    def __init__(self, office):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        config = uvicorn.Config(app(office), log_level="warning", lifespan="off", ws="none", http="h11")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, args=([self.socket],), daemon=True)
        self.thread.start()

    def stop(self):
        self.server.should_exit = True
        self.thread.join(timeout=20)
        self.socket.close()


def stops(page):
    """Go through a page from its beginning by the tab key alone; yield each thing that has the focus, which must be seen."""
    last = None
    for _ in range(MANY):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["tag"] in ("BODY", "HTML"):
            return
        if focus["key"] == last:
            continue  # day, month and year of one date
        last = focus["key"]
        assert focus["seen"], f"nothing shows where the focus is: {focus}"
        yield focus
    raise AssertionError("the focus never leaves the page")


def follow(page, where):
    """Follow the first link or button that ``where`` picks."""
    assert any(where(focus) for focus in stops(page)), f"no way there by keyboard from {page.url}"
    with page.expect_navigation():
        page.keyboard.press("Enter")


def fill(page, keys):
    """Fill in the form of a page and send it; ``keys`` holds what is pressed in each field, by name."""
    left = dict(keys)
    for focus in stops(page):
        if focus["name"] in left:
            pressed = left.pop(focus["name"])
            page.keyboard.type(pressed) if isinstance(pressed, str) else [page.keyboard.press(key) for key in pressed]
        elif focus["tag"] == "BUTTON" and focus["main"] and not left:
            break
    assert left == {}, f"not reached by keyboard: {left}"
    with page.expect_navigation():
        page.keyboard.press("Enter")
