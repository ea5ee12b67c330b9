"""Draw LeNet-5 with the four tools of the note on drawing, and write the pictures and drawings.json.

    python tests/deep-learning/recorded/record_drawings.py TOOLS LIBRARIES

TOOLS holds checkouts named NN-SVG, PlotNeuralNet, ConvNetDraw and draw_convnet; LIBRARIES is the node_modules of
`npm install d3@5 underscore@1.13.0 jquery@3.2.1` (NN-SVG loads them from other hosts). Needs matplotlib, pillow,
playwright with a Chromium, pdflatex (texlive-latex-base, -pictures, -latex-extra) and pdftoppm (poppler-utils).
Only the pictures are kept: nothing of the tools' code.
"""

import base64
import io
import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageChops
from playwright.sync_api import sync_playwright

NOTES = Path(__file__).parents[3] / "docs" / "deep-learning"
PICTURES = NOTES / "drawing.assets"
TYPED = (NOTES / "code" / "lenet_tools.out").read_text(encoding="utf-8")
WIDEST = 1400  # pixels of a kept picture


def typed(section: str) -> str:
    """What the note tells its readers to type."""
    return TYPED.split(f"[start:{section}]\n")[1].split("\n# --8<--")[0]


def keep(name: str, picture: Image.Image) -> None:
    """On white, without its empty border, in few colours."""
    flat = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA")).convert("RGB")
    left, top, right, bottom = ImageChops.difference(flat, Image.new("RGB", flat.size, "white")).getbbox()
    flat = flat.crop((max(left - 12, 0), max(top - 12, 0), right + 12, bottom + 12))
    if flat.width > WIDEST:
        flat = flat.resize((WIDEST, round(flat.height * WIDEST / flat.width)), Image.Resampling.LANCZOS)
    flat.quantize(32).save(PICTURES / f"{name}.png", optimize=True)


FILL = """([rows, vectors]) => {
  const fill = (box, lines) => {
    const blank = [...box.querySelectorAll('.entry')].at(-1)
    for (const entry of [...box.querySelectorAll('.entry')].slice(0, -1)) entry.remove()
    for (const line of lines) {
      const entry = box.insertBefore(blank.cloneNode(true), blank)
      entry.querySelectorAll('input[type=number]').forEach((input, i) => { input.value = line[i] })
      const text = entry.querySelector('input[type=text]'), gap = entry.querySelector('input[type=range]')
      if (text) { text.value = line.at(-1); gap.value = 75 }
    }
  }
  fill(document.querySelector('#architecture'), rows)
  fill(document.querySelector('#architecture2'), vectors.map(v => [v]))
  restart()
}"""


def nn_svg(tool: Path, libraries: Path, browser) -> dict:
    served = {
        "d3.v5.min.js": "d3/dist/d3.min.js",
        "underscore-umd-min.js": "underscore/underscore-umd-min.js",
        "jquery-3.2.1.slim.min.js": "jquery/dist/jquery.slim.min.js",
    }
    page = browser.new_page(viewport={"width": 1600, "height": 900}, device_scale_factor=2)
    page.add_init_script("Math.random = () => 0.5")  # it puts the windows at random places

    def answer(route):
        name = route.request.url.rsplit("/", 1)[-1]
        route.fulfill(path=libraries / served[name]) if name in served else route.abort()

    page.route(re.compile("^https?://"), answer)
    page.goto((tool / "LeNet.html").as_uri())
    *lines, last = typed("nn-svg").splitlines()[1:]
    rows = [[*map(int, line.split()[:5]), " ".join(line.split()[5:])] for line in lines]
    page.evaluate(FILL, [rows, [int(word) for word in last.split(":")[1].split()]])
    page.wait_for_timeout(1500)  # its transitions
    saved = []
    for label in ("Convolution", "卷积"):  # the download must hold what is drawn, Chinese too
        page.evaluate("label => { const t = document.querySelector('#architecture input[type=text]'); t.value = label; restart() }", label)
        page.wait_for_timeout(300)
        page.evaluate("document.querySelector('#download').click()")
        saved.append(base64.b64decode(page.get_attribute("#download", "href").split(",")[1]).decode())
    drawn = page.context.browser.new_page(viewport={"width": 1600, "height": 900}, device_scale_factor=2)
    drawn.set_content(f"<body style='margin:0'>{saved[0]}</body>")
    drawn.evaluate("""() => {
      const svg = document.querySelector('svg'), g = svg.querySelector('g'), box = g.getBBox()
      const [, x, y] = (g.getAttribute('transform') ?? 'translate(0,0)').match(/translate\\(([^,]+),([^)]+)\\)/).map(Number)
      svg.setAttribute('viewBox', [box.x + x - 10, box.y + y - 10, box.width + 20, box.height + 20].join(' '))
      svg.style.width = '1500px'; svg.style.height = 1500 * (box.height + 20) / (box.width + 20) + 'px'
    }""")
    keep("nn-svg", Image.open(io.BytesIO(drawn.screenshot(full_page=True))))
    return {"rects": len(re.findall(r'<rect class="rect"', saved[0])), "saves Chinese": "卷积" in saved[1]}


def convnetdraw(tool: Path, browser) -> dict:
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    page.route(re.compile("^https?://"), lambda route: route.abort())
    page.add_init_script("""
      window.drawn = []; window.frames_ = 0
      const fill = CanvasRenderingContext2D.prototype.fillText
      CanvasRenderingContext2D.prototype.fillText = function (text, x, y) { drawn.push(text); return fill.call(this, text, x, y) }""")
    page.goto((tool / "index.html").as_uri())
    page.locator("#script").fill(typed("convnetdraw"))
    page.locator("#script").dispatch_event("keyup")
    page.wait_for_timeout(1200)
    count = "new Promise(done => { drawn.length = 0; requestAnimationFrame(() => setTimeout(() => done([...drawn]), 0)) })"
    texts = page.evaluate("drawing && [...new Set(drawn)]")
    before = len(page.evaluate(count))
    page.locator("#script").dispatch_event("keyup")
    page.wait_for_timeout(1200)
    after = len(page.evaluate(count))
    # Two loops by now, the example's and ours: stop redrawing by clearing the example's.
    png = page.evaluate("""async text => {
      const zoomed = document.querySelector('#net canvas')
      drawing.draw = drawing.draw.bind(drawing)
      window.requestAnimationFrame = () => 0
      await new Promise(done => setTimeout(done, 100))
      drawing.draw(text)
      return zoomed.toDataURL('image/png')
    }""", typed("convnetdraw"))
    keep("convnetdraw", Image.open(io.BytesIO(base64.b64decode(png.split(",")[1]))))
    return {"labels": sorted(set(texts) - {"24x24x8"}), "loops add up": after > before}


def draw_convnet(tool: Path) -> dict:
    source = (tool / "draw_convnet.py").read_text(encoding="utf-8")
    convolutions, dense = typed("draw-convnet").split("# fully connected layers")
    values = re.findall(r"^(\w+) = (.*)$", convolutions, re.MULTILINE) + re.findall(r"^(\w+) = (.*)$", dense, re.MULTILINE)
    sizes, maps, windows, steps, vectors, words = (value for _, value in values)
    for pattern, line in (
        (r"size_list = \[\(32, 32\).*", f"size_list = {sizes}"),
        (r"num_list = \[3, 32.*", f"num_list = {maps}"),
        (r"patch_size_list = .*", f"patch_size_list = {windows}"),
        (r"text_list = \['Convolution', 'Max.*", f"text_list = {steps}"),
        (r"num_list = \[768.*", f"num_list = {vectors}"),
        (r"text_list = \['Flatten.*", f"text_list = {words}"),
    ):
        source, changed = re.subn(pattern, lambda _: line, source)
        assert changed == 1, pattern
    source = source.replace("'convnet_fig' + fig_ext),", "'convnet_fig' + fig_ext), dpi=200,")
    count = "\nprint('shapes:', [type(p).__name__ for p in patches].count('Rectangle'), [type(p).__name__ for p in patches].count('Circle'))\n"
    with TemporaryDirectory() as folder:
        (Path(folder) / "draw_convnet.py").write_text(source + count, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "draw_convnet.py"], cwd=folder, check=True, env={**os.environ, "MPLBACKEND": "Agg"}, capture_output=True, text=True
        )
        keep("draw-convnet", Image.open(Path(folder) / "convnet_fig.png"))
    rectangles, circles = map(int, re.search(r"shapes: (\d+) (\d+)", done.stdout).groups())
    warning = re.search(r"UserWarning: (.*)", done.stderr)
    return {"rectangles": rectangles, "dots": circles, "warning": warning and warning[1]}


def plotneuralnet(tool: Path) -> dict:
    with TemporaryDirectory(dir=tool) as folder:
        (Path(folder) / "lenet.py").write_text(typed("plotneuralnet"), encoding="utf-8")
        subprocess.run([sys.executable, "lenet.py"], cwd=folder, check=True, capture_output=True)
        subprocess.run(["pdflatex", "-interaction=nonstopmode", "lenet.tex"], cwd=folder, check=True, capture_output=True)
        subprocess.run(["pdftoppm", "-r", "200", "-png", "-singlefile", "lenet.pdf", "lenet"], cwd=folder, check=True)
        keep("plotneuralnet", Image.open(Path(folder) / "lenet.png"))
        tex = (Path(folder) / "lenet.tex").read_text(encoding="utf-8")
    return {"boxes": tex.count("{Box={"), "arrows": tex.count(r"\draw [connection]")}


def commit(tool: Path) -> str:
    return subprocess.run(["git", "rev-parse", "HEAD"], cwd=tool, check=True, capture_output=True, text=True).stdout.strip()


def main(tools: Path, libraries: Path) -> None:
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        path = next((path for path in ("/usr/bin/chromium", "/usr/bin/google-chrome") if Path(path).exists()), None)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-quic"])
        seen = {
            "NN-SVG": nn_svg(tools / "NN-SVG", libraries, browser),
            "ConvNetDraw": convnetdraw(tools / "ConvNetDraw", browser),
            "draw_convnet": draw_convnet(tools / "draw_convnet"),
            "PlotNeuralNet": plotneuralnet(tools / "PlotNeuralNet"),
        }
        browser.close()
    record = {"drawn on": date.today().isoformat()}
    record |= {name: {"commit": commit(tools / name), **found} for name, found in seen.items()}
    Path(__file__).with_name("drawings.json").write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
