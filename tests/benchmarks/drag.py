"""How long a frame of dragging takes in each widget, with the processor slowed four times.

    python tests/benchmarks/drag.py SITE_FOLDER

A frame is measured from the moment that the widget starts to draw to the moment that style and layout are done. The budget
is 16 ms; timings are noisy, so this is a benchmark and no test.
"""

import functools
import http.server
import statistics
import sys
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import find_browser

MOVED = {"map-playground": "d1", "roi-explorer": "box", "nms-explorer": "2", "lr-schedule": "cursor", "scale-explorer": "side"}
TIMED = """name => {
  const element = document.querySelector(name)
  const draw = element.draw.bind(element)
  window.frames_ = []
  element.draw = () => {
    const start = performance.now()
    draw()
    document.body.getBoundingClientRect()
    window.frames_.push(performance.now() - start)
  }
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def frames(page, name: str) -> list[float]:
    page.evaluate(TIMED, name)
    handle = page.locator(f'{name} [data-move="{MOVED[name]}"]').first
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(x + step % 30, y + step % 11)
        page.evaluate("new Promise(requestAnimationFrame)")
    page.mouse.up()
    return page.evaluate("window.frames_")


def main(folder: str) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser.find(), args=["--no-sandbox", "--disable-quic"])
        for name in MOVED:
            page = browser.new_page(viewport={"width": 1280, "height": 1400})
            page.goto(f"http://127.0.0.1:{server.server_port}/lab/{name}.html")
            page.locator(f"{name} .w .w-foot").wait_for()
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
            took = sorted(frames(page, name))
            print(f"{name:16} {len(took):3} frames, median {statistics.median(took):5.1f} ms, 95 % under {took[int(0.95 * len(took)) - 1]:5.1f} ms")
            page.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1])
