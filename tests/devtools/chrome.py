"""Chromium's DevTools, driven as a person would, and their engine asked."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import json
import urllib.request

from playwright.sync_api import sync_playwright

PATIENCE = 60  # seconds for one thing to happen
WIDTH = 1100   # of the window

# DevTools' own reader of heap files, in the page of DevTools itself.
ENGINE = """
async function open_heap(text) {
  const { HeapSnapshotLoader, HeapSnapshot } = await import(
      '/devtools/entrypoints/heap_snapshot_worker/heap_snapshot_worker.js');
  const loader = new HeapSnapshotLoader.HeapSnapshotLoader({ sendEvent() {} });
  loader.write(text);
  loader.close();
  const channel = new MessageChannel();
  new HeapSnapshot.SecondaryInitManager(channel.port2);
  return await loader.buildSnapshot(channel.port1);
}
"""


def browser_path():
    for name in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser",
                 "google-chrome"):
        path = name and shutil.which(name)
        if path:
            return path
    raise SystemExit("make check-devtools needs Chromium: install it "
                     "(Debian: chromium), or name it with CHROMIUM=PATH")


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def page_id(port):
    """The page that the DevTools will be looking at."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            url = "http://127.0.0.1:%d/json" % port
            with urllib.request.urlopen(url) as answer:
                for target in json.load(answer):
                    if target["type"] == "page":
                        return target["id"]
        time.sleep(0.2)
    raise AssertionError("Chromium does not answer")


@contextlib.contextmanager
def devtools():
    """A page with DevTools, open on the Memory panel."""
    path, port = browser_path(), free_port()
    with tempfile.TemporaryDirectory() as profile:
        target = subprocess.Popen(
            [path, "--headless=new", "--no-sandbox", "--disable-gpu",
             "--remote-debugging-port=%d" % port, "--remote-allow-origins=*",
             "--user-data-dir=" + profile, "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            url = ("http://127.0.0.1:%d/devtools/devtools_app.html"
                   "?ws=127.0.0.1:%d/devtools/page/%s"
                   % (port, port, page_id(port)))
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=path, args=["--no-sandbox"])
                page = browser.new_page(
                    viewport={"width": WIDTH, "height": 850})
                page.set_default_timeout(PATIENCE * 1000)
                page.goto(url)
                show_memory(page)
                yield page
                browser.close()
        finally:
            target.terminate()
            target.wait()


def show_memory(page):
    """Opens the panel by the command menu."""
    page.get_by_role("tab", name="Elements").first.wait_for()
    load = page.get_by_role("button", name="Load profile")
    for _ in range(10):
        page.keyboard.press("Escape")
        page.keyboard.press("Control+Shift+P")
        page.wait_for_timeout(1000)
        page.keyboard.type("Show Memory")
        page.wait_for_timeout(1000)
        page.keyboard.press("Enter")
        page.wait_for_timeout(1000)
        if load.count():
            return
    raise AssertionError("the Memory panel does not open")


def picture(page, path, height):
    """A window of this height, without the drawer that Escape opens."""
    close = page.get_by_role("button", name="Close drawer")
    if close.count():
        close.first.click()
        close.first.wait_for(state="detached")
    before = page.viewport_size
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.wait_for_timeout(1000)
    page.screenshot(path=path)
    page.set_viewport_size(before)


def load(page, path):
    """Loads a heap file, as the button does, and waits until it is read."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Load profile").first.click()
    chooser.value.set_files(path)
    name = os.path.basename(path).removesuffix(".heapsnapshot")
    entry = page.get_by_role("treeitem").filter(has_text=name).filter(
        has_text="B)")
    entry.first.wait_for()
    entry.first.click()
    page.get_by_text("Constructor").first.wait_for()


def ask(page, body, *arguments):
    """The result of a function body that may use `open_heap`."""
    return page.evaluate("async (given) => {%s %s}" % (ENGINE, body),
                         list(arguments))


def filter_by_class(page, name):
    """Types into the field, which is no input of HTML."""
    page.get_by_label("Filter by class").first.click()
    page.keyboard.type(name)
