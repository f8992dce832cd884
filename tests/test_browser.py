"""The whole story in a real browser, on the console that `canipost demo` starts."""

import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from playwright.sync_api import Browser, Error, FilePayload, Locator, Page, expect, sync_playwright

from bot.app import build_demo
from bot.demo import sample_picture

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
SMALL = {"width": 360, "height": 640}
ADDRESS = "https://facebook.example/oakfieldhigh/posts/1"
STARTS = 60
complaints: list[str] = []


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine, so the browser test did not run (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        except Error as error:
            pytest.skip(f"{CHROMIUM} does not start here, so the browser test did not run: {error}")
        yield started
        started.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """Its windows are closed after each test, before the console goes."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    """Where a new `canipost demo` listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bot", "demo", "--no-browser", "--port", str(port)]
    log = (tmp_path / "demo.log").open("wb")
    demo = subprocess.Popen([*command, "--database", str(tmp_path / "demo.db")], stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}/"
        _wait_for(url, demo, tmp_path / "demo.log")
        yield url
    finally:
        demo.terminate()
        demo.wait(15)
        log.close()


@pytest.fixture
def console(tmp_path: Path, blank: bytes) -> Iterator[str]:
    """Where the same console listens, in a thread: a process of its own takes a second to start."""
    (tmp_path / "demo.db").write_bytes(blank)
    bot, listens = build_demo(tmp_path / "demo.db"), Future[tuple[str, Callable[[], object]]]()

    async def serve() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        async with TestServer(bot.app) as server:
            listens.set_result((str(server.make_url("/")), lambda: loop.call_soon_threadsafe(stop.set)))
            await stop.wait()

    with ThreadPoolExecutor(1) as thread:
        served = thread.submit(asyncio.run, serve())
        url, stop = listens.result(STARTS)
        yield url
        stop()
        served.result(STARTS)
    bot.database.close()


@pytest.fixture(autouse=True)
def nothing_to_complain_about() -> Iterator[None]:
    complaints.clear()
    yield
    assert complaints == []


def _wait_for(url: str, demo: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS
    while time.monotonic() < until and demo.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as response:
                if response.status == 200:
                    return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"canipost demo did not start: {log.read_text()}")


def opened(browser: Browser, url: str, width: dict[str, int], **more: object) -> Page:
    """The page in a new browser window, which holds still where `more` does not say otherwise: motion costs a quarter.

    What it complains about is kept in `complaints`.
    """
    page = browser.new_context(viewport=width, **{"reduced_motion": "reduce", **more}).new_page()  # type: ignore[arg-type]
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(url)
    page.wait_for_selector("body[data-ready]")
    return page


def chat(page: Page, who: str) -> Locator:
    return page.locator(f'.chat[data-person^="{who}@"]')


def person(page: Page, who: str) -> Locator:
    return page.locator(f'.person[data-person^="{who}@"]')


def fits(page: Page) -> bool:
    """Whether nothing sticks out to the right."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def shoot(page: Page, name: str) -> None:
    """A picture of the screen, for people to look at, where CANIPOST_SCREENSHOTS names a folder for them."""
    if folder := os.environ.get("CANIPOST_SCREENSHOTS"):
        page.wait_for_timeout(500)  # what moves comes to rest
        page.screenshot(path=Path(folder) / f"{name}.png")


def ask(page: Page) -> None:
    """Ms Okafor asks, with the example's words and picture, by keyboard where she can."""
    page.get_by_role("button", name="Start with an example").click()
    hers = chat(page, "okafor")
    expect(hers.locator(".previews canvas")).to_have_count(1)
    expect(hers.get_by_label("Write to the bot as Ms Okafor")).to_be_focused()
    shoot(page, "1-asking")
    page.keyboard.press("Enter")
    card = hers.locator(".is-card").last
    expect(card.locator("img")).to_be_visible()
    expect(card).to_contain_text("Mrs Patel")
    expect(hers.locator(".is-said")).to_contain_text("science fair")
    shoot(page, "2-draft")
    card.locator(".button.primary").first.click()


def fill_in(page: Page) -> None:
    """The form: sent too early, it says at each field what is missing, and keeps what was typed."""
    form = page.locator("#form-dialog")
    expect(form).to_be_visible()
    shoot(page, "3-form")
    form.get_by_label("Oakfield High on Facebook").check()
    form.get_by_label("Who can be recognised?").fill("8B, from behind")
    form.locator("[type=submit]").click()
    expect(form.locator(".error").first).to_be_visible()
    expect(form.get_by_label("Who can be recognised?")).to_have_value("8B, from behind")
    expect(form.get_by_label("Describe")).to_be_focused()
    shoot(page, "4-missing")
    form.get_by_label("Describe").fill("A model volcano beside four test tubes")
    form.get_by_label("Parents' permission is on the school's forms").check()
    for box in form.locator('[type=checkbox][name^="confirm."]').all():
        box.check()
    form.locator("[type=submit]").click()
    expect(form).to_be_hidden()


def approve(phone: Page) -> None:
    """Mrs Patel decides on her telephone: a dot says that there is something."""
    expect(person(phone, "patel").locator(".dot")).to_be_visible()
    person(phone, "patel").tap()
    expect(person(phone, "patel").locator(".dot")).to_be_hidden()
    hers = chat(phone, "patel")
    expect(hers.locator(".is-card").last).to_contain_text("Brilliant science fair")
    expect(hers.get_by_role("img", name="A model volcano")).to_be_visible()
    approve = hers.get_by_role("button", name="Approve", exact=True)
    expect(approve).to_be_in_viewport()
    assert fits(phone)
    shoot(phone, "5-phone")
    approve.tap()
    expect(hers.get_by_text(re.compile("approved", re.IGNORECASE)).first).to_be_visible()
    expect(approve).to_have_count(0)
    shoot(phone, "6-phone-approved")


def publish(page: Page) -> None:
    """Mr Lund has the words to copy and the picture to save, and says where it is live."""
    his = chat(page, "lund")
    expect(his.locator("[data-copied]").first).to_contain_text("Brilliant science fair")
    expect(his.get_by_role("link", name="Save science-fair.png")).to_be_visible()
    shoot(page, "7-publishing")
    his.get_by_role("button", name="It's live").click()
    form = page.locator("#form-dialog")
    form.locator("[name^='text.address']").fill(ADDRESS)
    page.keyboard.press("Enter")
    expect(form).to_be_hidden()


def test_the_whole_story(demo: str, browser: Browser) -> None:
    desk = opened(browser, demo, DESKTOP, reduced_motion="no-preference")
    phone = opened(
        browser, demo, PHONE, reduced_motion="no-preference", is_mobile=True, has_touch=True, device_scale_factor=2
    )
    phone.get_by_role("button", name="I'll look around").tap()
    ask(desk)
    fill_in(desk)
    approve(phone)
    expect(chat(desk, "okafor").locator(".is-card").last).to_contain_text(re.compile("approved", re.IGNORECASE))
    publish(desk)
    for page, who in ((desk, "okafor"), (desk, "lund"), (phone, "patel")):
        expect(chat(page, who).get_by_role("link", name=ADDRESS).first).to_be_visible()
    shoot(desk, "8-live")
    shoot(phone, "9-phone-live")
    for scheme, width in (("dark", DESKTOP), ("light", SMALL), ("dark", SMALL)):
        page = opened(browser, demo, width, color_scheme=scheme)
        page.get_by_role("button", name="I'll look around").click()
        assert fits(page)
        shoot(page, f"10-{scheme}-{width['width']}")


def ask_for_an_account(page: Page) -> None:
    """Ms Okafor says in a few words what she would like; the form asks what the policy wants to know."""
    hers = chat(page, "okafor")
    hers.get_by_label("Write to the bot as Ms Okafor").fill("new instagram for the drama club")
    page.keyboard.press("Enter")
    hers.get_by_role("button", name="Fill it in").last.click()
    form = page.locator("#form-dialog")
    expect(form).to_be_visible()
    form.locator("[type=submit]").click()
    expect(form.get_by_text("Please answer this.").first).to_be_visible()
    form.get_by_label("On which platform?").fill("Instagram")
    form.get_by_label("What will it be called?").fill("Oakfield Drama")
    form.get_by_label("What is it for?").fill("Rehearsals and first nights, for parents who asked for it")
    form.get_by_label("For whom is it?").fill("Parents and carers")
    for box in form.locator('[type=checkbox][name^="confirm."]').all():
        box.check()
    shoot(page, f"20-permission-form-{page.viewport_size['width']}")  # type: ignore[index]
    form.locator("[type=submit]").click()
    expect(form).to_be_hidden()
    expect(hers.locator(".is-card").last).to_contain_text("waiting for Mrs Patel")


def grant(page: Page) -> None:
    """Mrs Patel approves with conditions, by keyboard alone."""
    person(page, "patel").press("Enter")
    hers = chat(page, "patel")
    expect(hers.locator(".is-card").last).to_contain_text("Ms Okafor asks: may I?")
    hers.get_by_role("button", name="With conditions").press("Enter")
    form = page.locator("#form-dialog")
    expect(form.get_by_label("On which conditions?")).to_be_focused()
    page.keyboard.type("No names; comments stay closed.")
    page.keyboard.press("Tab")
    expect(form.locator("[type=submit]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(form).to_be_hidden()
    expect(hers.locator(".is-card").last).to_contain_text("Agreed: No names; comments stay closed.")
    shoot(page, f"21-granted-{page.viewport_size['width']}")  # type: ignore[index]


def set_up(page: Page) -> None:
    """Mr Singh of IT Services has the work, and says that it is done."""
    person(page, "singh").click()
    his = chat(page, "singh")
    expect(his.locator(".is-card").last).to_contain_text("approved, your turn")
    shoot(page, f"22-work-{page.viewport_size['width']}")  # type: ignore[index]
    his.get_by_role("button", name="Done", exact=True).click()
    expect(his.locator(".is-card").last).to_contain_text("You have done this")


def look_it_up(page: Page) -> None:
    """It is on the register, for everybody, with what was agreed."""
    person(page, "hale").click()
    his = chat(page, "hale")
    his.get_by_label("Write to the bot as Mr Hale").fill("is there a school instagram")
    page.keyboard.press("Enter")
    found = his.locator(".is-card").last
    expect(found).to_contain_text("Oakfield Drama")
    found.locator(".item", has_text="Oakfield Drama").get_by_role("button", name="Open").click()
    entry = his.locator(".is-card").last
    expect(entry).to_contain_text("on the register")
    expect(entry).to_contain_text("No names; comments stay closed.")
    expect(entry).to_contain_text("Ms Okafor")
    shoot(page, f"23-register-{page.viewport_size['width']}")  # type: ignore[index]


@pytest.mark.parametrize("width", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_permission_from_the_first_words_to_the_register(
    browser: Browser, console: str, width: dict[str, int]
) -> None:
    page = opened(browser, console, width)
    page.get_by_role("button", name="I'll look around").click()
    person(page, "okafor").click()
    for step in (ask_for_an_account, grant, set_up, look_it_up):
        step(page)
        assert fits(page)


def test_it_works_by_keyboard_alone(console: str, browser: Browser) -> None:
    page = opened(browser, console, DESKTOP)
    page.get_by_role("button", name="I'll look around").press("Enter")
    expect(page.get_by_role("button", name="How to try it")).to_be_focused()
    person(page, "amin").press("Enter")
    expect(chat(page, "amin")).to_be_visible()
    expect(chat(page, "amin").get_by_label("Write to the bot as Dr Amin")).to_be_focused()
    chat(page, "okafor").get_by_role("button", name="Ask to post").press("Enter")
    form = page.locator("#form-dialog")
    expect(form.get_by_label("The words optional")).to_be_focused()
    page.keyboard.type("A first try")
    page.keyboard.press("Escape")
    expect(page.get_by_text("What you typed in this form is not kept")).to_be_visible()
    page.keyboard.press("Enter")
    expect(form.get_by_label("The words optional")).to_have_value("A first try")
    with page.expect_response("**/form"):
        form.locator("[type=submit]").press("Enter")
    expect(form.locator(".error").first).to_be_visible()
    page.keyboard.press("Escape")  # what was typed before the error is as easily lost
    page.get_by_role("button", name="Leave it").press("Enter")
    expect(form).to_be_hidden()
    expect(chat(page, "okafor").get_by_role("button", name="Ask to post")).to_be_focused()


def test_what_happens_is_spoken_of_once(console: str, browser: Browser) -> None:
    page = opened(browser, console, DESKTOP)
    page.get_by_role("button", name="I'll look around").click()
    for verb in ("Help", "Mine"):
        chat(page, "okafor").get_by_role("button", name=verb, exact=True).click()
    expect(page.locator("#spoken p")).to_have_count(2)
    expect(page.locator("#spoken p").last).to_have_text("Ms Okafor: You have not asked for anything yet.")
    assert page.locator(".log:not([aria-live=off])").count() == 0


def test_a_picture_added_in_the_form_is_there_once(console: str, browser: Browser) -> None:
    page = opened(browser, console, PHONE, is_mobile=True, has_touch=True)
    page.get_by_role("button", name="I'll look around").tap()
    chat(page, "okafor").get_by_role("button", name="Ask to post").tap()
    form = page.locator("#form-dialog")
    fair = FilePayload(name="fair.png", mimeType="image/png", buffer=sample_picture())
    for _again in range(2):
        form.locator("[type=file]").set_input_files(fair)
        with page.expect_response("**/form"):
            form.locator("[type=submit]").tap()
        expect(form.locator(".previews canvas")).to_have_count(0)
        expect(form.get_by_label("Describe")).to_have_count(1)
    page.set_viewport_size({"width": 320, "height": 568})  # the smallest that people still carry
    assert fits(page)
    assert form.evaluate("form => form.scrollWidth <= form.clientWidth")


def test_a_draft_is_mended_on_a_telephone(browser: Browser, console: str) -> None:
    """One press takes the name out; one opens the form where the picture lacks its words."""
    phone = opened(browser, console, PHONE, is_mobile=True, has_touch=True, device_scale_factor=2)
    phone.get_by_role("button", name="I'll look around").tap()
    person(phone, "okafor").tap()
    hers = chat(phone, "okafor")
    fair = FilePayload(name="fair.png", mimeType="image/png", buffer=sample_picture())
    hers.locator("input[type=file]").set_input_files(fair)
    expect(hers.locator(".previews canvas")).to_have_count(1)
    hers.get_by_label("Write to the bot as Ms Okafor").fill(
        "can I post this on facebook? Great fair, well done Zoe Marsh and all of 8B!"
    )
    hers.locator(".send").tap()
    card = hers.locator(".is-card").last
    expect(card.get_by_role("button", name="Take the name out")).to_be_visible()
    shoot(phone, "11-phone-mend")
    assert fits(phone)
    card.get_by_role("button", name="Take the name out").tap()
    expect(card.locator(".post")).to_contain_text("well done all of 8B!")
    expect(card).not_to_contain_text("Zoe Marsh")
    card.get_by_role("button", name="Describe it").tap()
    form = phone.locator("#form-dialog")
    expect(form.get_by_label("Describe")).to_be_in_viewport()
    shoot(phone, "12-phone-describe")
