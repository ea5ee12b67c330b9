"""How long a frame takes while something is dragged in a widget, with the processor slowed four times.

    python tests/benchmarks/drag.py SITE_FOLDER [SITE_FOLDER…] [--only NAME] [--rounds 3] [--rate 4]

The pointer moves once a frame, as under a hand: the next movement is sent when the page has answered the last. A frame is one task of
the page's main thread (events, script, style, layout, paint), as Chromium's own trace has it; of all tasks of a gesture the longest
count, as many as the picture was drawn anew. Each gesture is measured on the note that the widget stands in and on its page alone.
The budget is 16 ms; timings are noisy, so this is a benchmark and no test: on a machine with other work the processor's time of the
thread says more than the clock's, and both are told. Chromium slows a page by halting it in slices, which widens the spread; with
`--rate 1` that is gone, and times are told multiplied by four. Several folders (before and after a change) take turns, and of the
rounds the one with the lowest median counts.
"""

import argparse
import functools
import http.server
import json
import math
import statistics
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Locator, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import find_browser

# The note of each widget, and in it what is dragged in the picture, the slider beside it, or what is typed into.
GESTURES = {
    "conv-sizer": ("deep-learning/cnn/", ['[data-key="unit"]', '[data-key="n"]']),
    "map-playground": ("detection/map/", ['[data-move="d1"]', '[data-key="work"]']),
    "lr-schedule": ("mmdetection/training/", ['[data-move="cursor"]', '[data-key="cursor"]']),
    "roi-explorer": ("detection/roi-align/", ['[data-move="box"]']),
    "nms-explorer": ("detection/multi-scale/", ['[data-move="2"]', '[data-key="threshold"]']),
    "autograd-stepper": ("pytorch/backward/", ['[data-key="step"]', '[data-key="program"]']),
    "network-drawer": ("deep-learning/drawing/", ['[data-key="text"]']),
    "scale-explorer": ("detection/multi-scale/", ['[data-move="side"]', '[data-key="side"]']),
}
STEPS = 60
SWEEPS = 4  # there and back, twice
APART = 60  # ms from one key to the next
SLOWED = 4
CATEGORIES = ["devtools.timeline", "blink.user_timing", "toplevel"]
MARK = "performance.mark('step')"
KINDS = {
    "EventDispatch": "script", "FireAnimationFrame": "script", "UpdateLayoutTree": "style", "Layout": "layout",
    "PrePaint": "paint", "Paint": "paint", "Layerize": "paint", "Commit": "paint",
}


class Frames(NamedTuple):
    """Milliseconds of each frame in order of length, by the thread's processor time and by the clock; the mean's parts; how many times a second the page answered."""

    busy: list[float]
    clock: list[float]
    parts: dict[str, float]
    rate: float


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def perform(page: Page, target: Locator) -> None:
    """Drag what is there: over a small area in a picture, to and fro on a slider; or change a number, or type into a text."""
    target.scroll_into_view_if_needed()
    target.focus()
    kind = target.evaluate("e => e.type")
    page.evaluate(MARK)
    if kind in ("textarea", "number"):
        for step in range(STEPS):
            page.keyboard.press(("ArrowUp" if step % 2 else "ArrowDown") if kind == "number" else "Space")
            page.wait_for_timeout(APART)
    else:
        drag(page, target.bounding_box(), kind == "range")
    page.evaluate(MARK)


def drag(page: Page, box: dict, along: bool) -> None:
    """By the protocol itself: Playwright's own mouse listens for drops in the page and asks it at each movement."""
    client = page.context.new_cdp_session(page)
    x, y, width = box["x"], box["y"] + box["height"] / 2, box["width"]

    def mouse(what: str, step: int) -> None:
        sweep, at = divmod(step, STEPS)
        way = (at if sweep % 2 == 0 else STEPS - at) / STEPS
        across, down = (width * (0.1 + 0.8 * way), 0) if along else (width / 2 + 30 * way, step % 11)
        client.send("Input.dispatchMouseEvent", {"type": what, "x": x + across, "y": y + down, "button": "left", "buttons": 1, "clickCount": 1})

    mouse("mousePressed", 0)
    for step in range(SWEEPS * STEPS):
        mouse("mouseMoved", step)
    mouse("mouseReleased", SWEEPS * STEPS)


def measured(browser: Browser, address: str, name: str, selector: str, rate: int) -> Frames:
    page = browser.new_page(viewport={"width": 1280, "height": 1400})
    page.goto(address, wait_until="networkidle")
    page.locator(name).first.scroll_into_view_if_needed()
    page.locator(f"{name} .w .w-foot").wait_for()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": rate})
    browser.start_tracing(page=page, categories=CATEGORIES)
    perform(page, page.locator(f"{name} {selector}").first)
    trace = json.loads(browser.stop_tracing())["traceEvents"]
    page.close()
    return frames(trace, SLOWED / rate)


def frames(trace: list[dict], times: float) -> Frames:
    """The longest tasks between the two marks of the page, as many as there were drawings; milliseconds are told `times` what they were."""
    marks = [event for event in trace if event["name"] == "step" and event["ph"] in "RI"]
    start, end = sorted(mark["ts"] for mark in marks)
    thread = marks[0]["pid"], marks[0]["tid"]
    events = sorted((event for event in trace if event["ph"] == "X" and (event["pid"], event["tid"]) == thread and start <= event["ts"] < end), key=lambda event: event["ts"])
    steps = sum(event["name"] == "EventDispatch" and event["args"]["data"]["type"] in ("pointermove", "keydown") for event in events)
    drawn = sum(event["name"] == "FireAnimationFrame" for event in events)
    tasks = sorted((event for event in events if event["name"] == "ThreadControllerImpl::RunTask"), key=lambda task: task["tdur"])[-drawn:]
    parts = Counter()
    for task in tasks:
        parts.update(spent([event for event in events if event["name"] in KINDS and within(event, task)]))
    busy, clock = (sorted(task[key] * times / 1000 for task in tasks) for key in ("tdur", "dur"))
    return Frames(busy, clock, {kind: time * times / 1000 / drawn for kind, time in parts.items()}, steps / (end - start) * 1e6)


def within(event: dict, other: dict) -> bool:
    return other["ts"] <= event["ts"] < other["ts"] + other["dur"]


def spent(events: list[dict]) -> Counter:
    """Time of each kind, without that of other kinds inside of it."""
    found: Counter = Counter()
    for i, event in enumerate(events):
        found[KINDS[event["name"]]] += event.get("tdur", 0)
        around = [other for other in events[:i] if within(event, other)]
        if around:
            found[KINDS[around[-1]["name"]]] -= event.get("tdur", 0)
    return found


def told(times: list[float]) -> str:
    return f"median {statistics.median(times):5.1f} ms, 95 % under {times[math.ceil(0.95 * len(times)) - 1]:5.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", help="built sites")
    parser.add_argument("--only", choices=GESTURES, help="one widget")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=int, default=SLOWED, help="how much slower Chromium makes the processor; the rest is reckoned")
    given = parser.parse_args()
    bases = []
    for folder in given.folders:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        bases.append(f"http://127.0.0.1:{server.server_port}/")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser.find(), args=["--no-sandbox", "--disable-quic"])
        for name, (note, selectors) in GESTURES.items():
            if given.only not in (None, name):
                continue
            for selector in selectors:
                for place in (note, f"lab/{name}.html"):
                    rounds = [[measured(browser, base + place, name, selector, given.rate) for base in bases] for _ in range(given.rounds)]
                    for folder, found in zip(given.folders, zip(*rounds)):
                        best = min(found, key=lambda one: statistics.median(one.busy))
                        parts = ", ".join(f"{kind} {time:.1f}" for kind, time in best.parts.items())
                        print(f"{name:16} {selector:22} {place:26} {folder}: {told(best.busy)}; by the clock {told(best.clock)} ({parts}); {len(best.busy)} frames, {best.rate:.0f} a second", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
