"""How long a frame takes while something is dragged in a widget, with the processor slowed four times.

    python tests/benchmarks/drag.py SITE_FOLDER [SITE_FOLDER…] [--only NAME] [--rounds 3]

A frame is all that the page's main thread does for one movement of the pointer: events, script, style, layout and paint, as Chromium's
own trace has it. Each gesture is measured on the note that the widget stands in and on its page alone. The budget is 16 ms; timings
are noisy, so this is a benchmark and no test: on a machine with other work the processor's time of the thread says more than the clock's,
and both are told. Several folders (before and after a change) take turns, and of the rounds the one with the lowest median counts.
"""

import argparse
import functools
import http.server
import itertools
import json
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
APART = 60  # ms from one to the next, so that each has a frame of its own
CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "blink.user_timing", "toplevel"]
MARK = "performance.mark('step')"
KINDS = {
    "EventDispatch": "script", "FireAnimationFrame": "script", "UpdateLayoutTree": "style", "Layout": "layout",
    "PrePaint": "paint", "Paint": "paint", "Layerize": "paint", "Commit": "paint",
}


class Frames(NamedTuple):
    """Milliseconds of each frame in order of length: by the thread's processor time, to where it is laid out and whole, and by the clock. And the mean's parts."""

    laid_out: list[float]
    busy: list[float]
    clock: list[float]
    parts: dict[str, float]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def perform(page: Page, target: Locator) -> None:
    """Drag what is there: over a small area in a picture, from end to end of a slider; or change a number, or type into a text."""
    target.scroll_into_view_if_needed()
    kind = target.evaluate("e => e.type")
    box = target.bounding_box()
    x, y, width = box["x"], box["y"] + box["height"] / 2, box["width"]
    move = {
        "textarea": lambda _: page.keyboard.insert_text(" "),
        "number": lambda step: page.keyboard.press("ArrowUp" if step % 2 else "ArrowDown"),
        "range": lambda step: page.mouse.move(x + width * (0.1 + 0.8 * step / STEPS), y),
    }.get(kind, lambda step: page.mouse.move(x + width / 2 + step % 30, y + step % 11))
    target.focus()
    if kind not in ("textarea", "number"):
        move(0)
        page.mouse.down()
    for step in range(STEPS):
        page.evaluate(MARK)
        move(step)
        page.wait_for_timeout(APART)
    page.evaluate(MARK)
    page.mouse.up()


def measured(browser: Browser, address: str, name: str, selector: str) -> Frames:
    page = browser.new_page(viewport={"width": 1280, "height": 1400})
    page.goto(address, wait_until="networkidle")
    page.locator(name).first.scroll_into_view_if_needed()
    page.locator(f"{name} .w .w-foot").wait_for()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    browser.start_tracing(page=page, categories=CATEGORIES)
    perform(page, page.locator(f"{name} {selector}").first)
    trace = json.loads(browser.stop_tracing())["traceEvents"]
    page.close()
    return frames(trace)


def frames(trace: list[dict]) -> Frames:
    """What the tasks between two marks of the page took, as far as they have to do with frames."""
    marks = sorted(event["ts"] for event in trace if event["name"] == "step" and event["ph"] in "RI")
    thread = Counter((event["pid"], event["tid"]) for event in trace if event["name"] == "FireAnimationFrame").most_common(1)[0][0]
    events = [event for event in trace if event["ph"] == "X" and (event["pid"], event["tid"]) == thread]
    tasks = [event for event in events if event["name"] == "RunTask"]
    inner = sorted((event for event in events if event["name"] in KINDS), key=lambda event: event["ts"])
    laid_out, busy, clock, parts = [], [], [], Counter()
    for start, end in itertools.pairwise(marks):
        own = [task for task in tasks if start <= task["ts"] < end and any(within(event, task) for event in inner)]
        busy.append(sum(task.get("tdur", 0) for task in own) / 1000)
        clock.append(sum(task["dur"] for task in own) / 1000)
        here = spent([event for event in inner if start <= event["ts"] < end])
        laid_out.append((here.total() - here["paint"]) / 1000)
        parts.update(here)
    return Frames(sorted(laid_out), sorted(busy), sorted(clock), {kind: time / 1000 / len(busy) for kind, time in parts.items()})


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
    return f"median {statistics.median(times):5.1f} ms, 95 % under {times[int(0.95 * len(times)) - 1]:5.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", help="built sites")
    parser.add_argument("--only", choices=GESTURES, help="one widget")
    parser.add_argument("--rounds", type=int, default=3)
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
                    rounds = [[measured(browser, base + place, name, selector) for base in bases] for _ in range(given.rounds)]
                    for folder, found in zip(given.folders, zip(*rounds)):
                        best = min(found, key=lambda one: statistics.median(one.busy))
                        parts = ", ".join(f"{kind} {time:.1f}" for kind, time in best.parts.items())
                        print(f"{name:16} {selector:22} {place:26} {folder}: {told(best.busy)}; laid out {told(best.laid_out)}; by the clock {told(best.clock)} ({parts})", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
