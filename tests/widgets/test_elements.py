"""The nine elements in a real browser: each gesture by mouse, touch and keyboard, what leaving leaves behind, axe, sizes, no script."""

import gzip
import io
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from accessibility import EVERYTHING, OF_COLOURS, objections
from detection_notes.finish import modules
from PIL import Image
from playwright.sync_api import Page, expect

from .conftest import ROOT, run_node

WIDGETS = ROOT / "docs" / "assets" / "widgets"
PLACES = {
    "conv-sizer": "deep-learning/cnn/", "map-playground": "detection/map/", "install-picker": "mmdetection/install/", "lr-schedule": "mmdetection/training/",
    "roi-explorer": "detection/roi-align/", "nms-explorer": "detection/multi-scale/", "autograd-stepper": "pytorch/backward/", "network-drawer": "deep-learning/drawing/",
    "scale-explorer": "detection/multi-scale/",
}
NAMES = list(PLACES)
MOVED = {"map-playground": "d1", "roi-explorer": "box", "nms-explorer": "2", "lr-schedule": "cursor", "scale-explorer": "side"}  # what is dragged in the picture
SLID = ["conv-sizer", "map-playground", "lr-schedule", "nms-explorer", "autograd-stepper", "scale-explorer"]  # have a slider
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def alone(page_at):
    """The page of one element by itself: ``alone(name, state=…, viewport=…, …)``; its state is that of the address."""

    def go(name: str, state: dict | None = None, **options: object) -> Page:
        query = f"?{name}={quote(json.dumps(state))}" if state else ""
        page = page_at(f"lab/{name}.html{query}", **options)
        page.locator(f"{name} .w .w-foot").wait_for()
        return page

    return go


def state_of(page: Page, name: str) -> dict:
    return page.locator(name).evaluate("e => e.state")


def settle(page: Page) -> None:
    """Until the frame in which a change is drawn."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def said(page: Page, name: str) -> str:
    """The sentence; it is said a little after the last of many changes."""
    settle(page)
    page.evaluate("new Promise(done => setTimeout(done, 300))")  # by the clock of the page: behind what it waits for itself
    return page.locator(f"{name} .w-said").inner_text()


def table(page: Page, name: str) -> str:
    return " ".join(page.locator(f"{name} .w-table").all_inner_texts())


# What stands there


def test_what_stands_there_without_script_is_what_the_kernel_says():
    run_node(ROOT / "scripts" / "write_widgets.mjs", "--check")


def test_the_modules_made_short_show_the_same(short):
    views = Path(__file__).with_name("views.mjs")
    assert json.loads(run_node(views, str(short), *NAMES)) == json.loads(run_node(views, str(WIDGETS), *NAMES))


@pytest.mark.parametrize("name", NAMES)
def test_without_script_the_note_shows_the_example_as_picture_and_table(page_at, name):
    page = page_at(PLACES[name], java_script_enabled=False)
    box = page.locator(f"{name} .w-fallback")
    assert box.locator(".w-table").first.is_visible()
    assert box.locator("svg, pre.w-code").first.is_visible() and not box.locator("button, input").count()


@pytest.mark.parametrize("name", NAMES)
def test_each_element_comes_up_in_its_note_without_a_complaint_and_without_another_host(page_at, name):
    page = page_at(PLACES[name])
    near(page, name)
    assert page.locator(f"{name} .w-picture, {name} pre.w-code").first.is_visible()
    assert len(page.locator(f"{name} .w-said").inner_text()) > 10
    assert not re.search("NaN|undefined|null|Infinity", page.locator(name).inner_text())
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_was_compared_with_and_over_how_many_cases(alone, name):
    foot = alone(name).locator(f"{name} .w .w-foot").inner_text()
    assert "核对过" in foot
    if name != "install-picker":
        assert int(re.search(r"在 (\d+) 个随机例子", foot)[1]) >= 1000


@pytest.mark.parametrize("name", MOVED)
def test_a_picture_in_which_something_moves_lies_on_a_sheet_of_its_own_size(alone, name):
    """What is painted then has the same bounds at each frame; where they change, Chromium sorts the layers of the whole page anew."""
    pictures = alone(name).locator(f"{name} .w-figure svg")
    assert pictures.count()
    for picture in pictures.all():
        sheet = picture.locator("xpath=*[1]")
        assert sheet.get_attribute("class") == "sheet"
        assert picture.get_attribute("viewBox") == f"0 0 {sheet.get_attribute('width')} {sheet.get_attribute('height')}"


# Every preset, every control, the question


@pytest.mark.parametrize("name", NAMES)
def test_presets_change_what_is_shown_and_reset_brings_the_example_back(alone, name):
    page = alone(name)
    shown, sentences = page.locator(f"{name} .w-figure"), set()
    first = shown.evaluate_handle("e => e.cloneNode(true)")
    presets = page.get_by_role("group", name="预设").get_by_role("button")
    for button in presets.all():
        button.click()
        sentences.add(said(page, name) + shown.inner_html())
        assert not re.search("NaN|undefined|Infinity", page.locator(name).inner_text()), button.inner_text()
    assert len(sentences) == presets.count()
    page.get_by_role("button", name="重置").click()
    settle(page)
    assert shown.evaluate("(e, first) => e.isEqualNode(first)", first) and not urlsplit(page.url).query


@pytest.mark.parametrize("name", NAMES)
def test_each_control_changes_the_state_by_keyboard_alone(alone, name):
    page = alone(name)
    for key in [one.get_attribute("data-key") for one in page.locator(f"{name} .w-controls [data-key]").all()]:
        control = page.locator(f'{name} .w-controls [data-key="{key}"]')
        if not control.count():
            continue  # the control before it took it away
        before = state_of(page, name)
        control.focus()
        kind = control.evaluate("e => e.type ?? e.tagName")
        if kind == "range":
            page.keyboard.press("ArrowRight")
            if state_now(page, name) == before:
                page.keyboard.press("ArrowLeft")
        elif kind == "number":
            page.keyboard.press("ArrowUp")
        elif kind in ("checkbox", "button"):
            page.keyboard.press("Space")
        elif kind == "select-one":
            if control.locator("option").count() < 2:
                continue
            page.keyboard.press("ArrowDown")
            if state_now(page, name) == before:
                page.keyboard.press("ArrowUp")
        else:
            page.keyboard.press("Control+End")
            page.keyboard.insert_text({"list": ", 900", "steps": ", 12", "boxes": "10 10\n", "text": "\nrelu", "program": "\nprint(w)"}[key])
        assert state_now(page, name) != before, key
        assert not re.search("NaN|undefined|Infinity", page.locator(name).inner_text()), key


def state_now(page: Page, name: str) -> dict:
    settle(page)
    return state_of(page, name)


def test_an_impossible_value_gets_its_reason_and_the_nearest_that_would_do(alone):
    page = alone("conv-sizer")
    before = state_of(page, "conv-sizer")
    page.locator('conv-sizer [data-key="k"]').fill("99")
    assert page.locator("conv-sizer .w-note").inner_text() == "核 k 只能在 1 到 15 之间，最近的是 15；还是原来的。"
    assert state_now(page, "conv-sizer") == before
    page.locator('conv-sizer [data-key="k"]').fill("5")
    assert state_now(page, "conv-sizer")["layers"][0]["k"] == 5 and not page.locator("conv-sizer .w-note").inner_text()


@pytest.mark.parametrize("name", NAMES)
def test_the_learner_guesses_and_is_told_why(alone, name):
    page = alone(name)
    choices = page.get_by_role("group", name="你的猜测").get_by_role("button")
    verdicts = []
    for i in range(choices.count()):
        choices.nth(i).click()
        verdicts.append(page.locator(f"{name} .w-answer").inner_text())
    assert sum(verdict.startswith("对。") for verdict in verdicts) == 1 and all(len(verdict) > 15 for verdict in verdicts)


# Dragging: mouse, touch, keys


def handle(page: Page, name: str):
    return page.locator(f'{name} [data-move="{MOVED[name]}"]').first


def middle(page: Page, name: str) -> tuple[float, float]:
    handle(page, name).scroll_into_view_if_needed()
    box = handle(page, name).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("name", MOVED)
def test_the_mouse_drags_and_the_numbers_follow(alone, name):
    page = alone(name, viewport={"width": 1280, "height": 1400})
    before, x, y = state_of(page, name), *middle(page, name)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 12, steps=4)
    page.mouse.up()
    after = state_now(page, name)
    assert after != before and name in parse_qs(urlsplit(page.url).query)
    page.mouse.move(x + 90, y + 40)  # let go: nothing follows
    assert state_now(page, name) == after


@pytest.mark.parametrize("name", MOVED)
def test_a_finger_drags_as_the_mouse_does(alone, name):
    page = alone(name, viewport={"width": 390, "height": 1400}, has_touch=True, is_mobile=True)
    before, x, y = state_of(page, name), *middle(page, name)
    session = page.context.new_cdp_session(page)
    for kind, dx in (("touchStart", 0), ("touchMove", 10), ("touchMove", 25), ("touchEnd", None)):
        points = [] if dx is None else [{"x": x + dx, "y": y + dx / 2}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert state_now(page, name) != before


@pytest.mark.parametrize("name", MOVED)
def test_arrow_keys_move_shift_resizes_or_goes_further_and_the_focus_stays(alone, name):
    page = alone(name)
    handle(page, name).focus()
    states = [state_of(page, name)]
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowLeft"):
        page.keyboard.press(key)
        states.append(state_now(page, name))
        assert page.evaluate("document.activeElement.dataset.move") == MOVED[name]
    assert len({json.dumps(state) for state in states}) == len(states)


@pytest.mark.parametrize("name", MOVED)
def test_what_is_drawn_while_dragging_stays_in_the_page_and_only_its_numbers_change(alone, name):
    """A picture put in anew each frame would be laid out anew with all of its words, and the page around it."""
    page = alone(name, viewport={"width": 1280, "height": 1400})
    x, y = middle(page, name)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 1, y + 1)  # what is taken up may come to lie over the others
    settle(page)
    page.evaluate("""name => {
      const seen = window.seen = { added: 0, changed: 0 }
      new MutationObserver((all) => all.forEach(({ type, addedNodes }) => type === 'childList' ? seen.added += addedNodes.length : seen.changed++))
        .observe(document.querySelector(`${name} .w-figure`), { subtree: true, childList: true, attributes: true, characterData: true })
    }""", name)
    before = page.locator(f"{name} .w-figure").inner_html()
    page.mouse.move(x + 4, y + 1)
    settle(page)
    page.mouse.up()
    seen = page.evaluate("window.seen")
    assert page.locator(f"{name} .w-figure").inner_html() != before
    assert seen["changed"] and not seen["added"]


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_that_was_changed_is_the_one_that_is_drawn_at_once(alone, name):
    page = alone(name)
    for button in page.get_by_role("group", name="预设").get_by_role("button").all():
        button.click()
        said(page, name)
        assert page.locator(name).evaluate("""e => ['figure', 'table'].map((part) => {
          const changed = e.parts[part].cloneNode(true)
          e.parts[part].replaceChildren()
          e.shown[part] = []
          e.draw()
          e.details()
          return e.parts[part].isEqualNode(changed)
        })""") == [True, True], button.inner_text()


@pytest.mark.parametrize("name", MOVED)
def test_of_many_changes_the_table_and_the_address_follow_the_first_and_the_last_and_one_sentence_is_said(alone, name):
    page = alone(name)
    handle(page, name).focus()
    page.evaluate("""name => {
      const [element, replace] = [document.querySelector(name), history.replaceState.bind(history)]
      const seen = window.seen = { tables: 0, addresses: 0, pictures: 0, sentences: 0 }
      window.setTimeout = (run) => { window.rest = run; return 1 } // the pause lasts until the test ends it
      const counted = (key, what) => { const run = element[key].bind(element); element[key] = () => { seen[what]++; run() } }
      counted('details', 'tables')
      counted('draw', 'pictures')
      history.replaceState = (...given) => { seen.addresses++; replace(...given) }
      new MutationObserver(() => seen.sentences++).observe(element.querySelector('.w-said'), { subtree: true, childList: true, characterData: true })
    }""", name)
    for _ in range(6):
        page.keyboard.press("ArrowRight")
        settle(page)
    assert page.evaluate("window.seen") == {"tables": 1, "addresses": 1, "pictures": 6, "sentences": 0}
    before = page.locator(f"{name} .w-said").inner_text()
    page.evaluate("rest()")
    settle(page)
    other = page.locator(f"{name} .w-said").inner_text() != before  # what is said may be the same: then it is not said again
    assert page.evaluate("window.seen") == {"tables": 2, "addresses": 2, "pictures": 6, "sentences": int(other)}
    assert json.loads(parse_qs(urlsplit(page.url).query)[name][0]).items() <= state_of(page, name).items()


@pytest.mark.parametrize("back", [False, True], ids=["elsewhere", "to where it was"])
@pytest.mark.parametrize("name", SLID)
def test_while_a_slider_is_moved_only_the_picture_follows_and_the_rest_when_it_is_let_go(alone, name, back):
    """A table laid out anew in the frame of a movement would hold it up; and what puts a node into the page wakes all that watch for new content."""
    page = alone(name, viewport={"width": 1280, "height": 1400})
    slider = page.locator(f"{name} .w-range input").first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    page.evaluate("""name => {
      const element = document.querySelector(name)
      const seen = window.seen = { tables: 0, pictures: 0, added: 0 }
      window.setTimeout = () => 1 // nothing is done at a pause
      const counted = (key, what) => { const run = element[key].bind(element); element[key] = () => { seen[what]++; run() } }
      counted('details', 'tables')
      counted('draw', 'pictures')
      new MutationObserver((all) => all.forEach(({ addedNodes }) => seen.added += addedNodes.length)).observe(element.querySelector('.w-range'), { subtree: true, childList: true })
    }""", name)

    def move(place: float) -> None:
        page.mouse.move(box["x"] + 8 + (box["width"] - 16) * place, y)  # the thumb is 16 pixels wide

    first = slider.evaluate("e => (e.value - e.min) / (e.max - e.min)")
    far = 0 if first > 0.5 else 1
    move(first)
    page.mouse.down()
    states = [state_of(page, name)]
    for place in (0.5, far, *[first] * back):
        move(place)
        settle(page)
        states.append(state_of(page, name))
    assert states[2] != states[0] and (states[-1] == states[0]) == back
    seen = page.evaluate("window.seen")
    assert seen["pictures"] and not seen["tables"] and not seen["added"]
    page.mouse.up()
    assert page.evaluate("window.seen.tables") == 1
    page.evaluate("name => { document.querySelector(name).pausing = 0 }", name)  # a pause later, a key: it lets go at once
    slider.press("Home" if slider.evaluate("e => e.value > e.min") else "End")
    settle(page)
    assert page.evaluate("window.seen.tables") == 2


def test_a_table_that_was_moved_to_the_side_stays_there(alone):
    page = alone("map-playground", viewport=PHONE)
    moved = page.locator("map-playground .w-scroll").last
    assert moved.evaluate("e => (e.scrollLeft = 40)") == 40
    page.locator('map-playground [data-key="threshold"]').fill("0.8")
    said(page, "map-playground")
    assert moved.evaluate("e => e.scrollLeft") == 40


def test_no_line_runs_through_the_words_of_the_scales(alone):
    page = alone("scale-explorer", viewport=PHONE)
    assert not page.evaluate("""() => {
      const boxes = (kind) => [...document.querySelectorAll(`scale-explorer svg ${kind}`)].map((e) => e.getBoundingClientRect())
      const lines = boxes('line')
      return boxes('text').some((a) => lines.some((b) => b.left < a.right && b.right > a.left && b.top < a.bottom && b.bottom > a.top)) || !lines.length
    }""")


def test_moving_a_box_by_two_pixels_moves_roi_align_by_an_eighth(alone, kernel):
    page = alone("roi-explorer")
    handle(page, "roi-explorer").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        settle(page)
    said(page, "roi-explorer")
    feature = [[10 * row + column for column in range(8)] for row in range(8)]
    (moved,) = kernel("roi", [["roiAlign", feature, state_of(page, "roi-explorer")["box"], [2, 2], 1 / 16, 2, True]])
    assert state_of(page, "roi-explorer")["box"] == [19, 34, 86, 95] and moved[0][0] == pytest.approx(27.390625 + 0.125)
    assert f"{round(moved[0][0], 4)}" in table(page, "roi-explorer")


def test_a_point_of_the_curve_names_detection_truth_and_overlap(alone):
    page = alone("map-playground")
    page.locator('map-playground [data-pick="3"]').click()
    assert "第 4 名是 4 号，TP：最像真值 2（IoU 0.876）" in said(page, "map-playground")
    page.locator('map-playground [data-pick="1"]').focus()
    page.keyboard.press("Enter")
    assert "第 2 名是 2 号，FP" in said(page, "map-playground")


def test_the_working_point_moves_and_average_precision_does_not(alone):
    page = alone("map-playground")
    first = page.locator("map-playground .w-table").first.inner_text()
    page.locator('map-playground [data-key="work"]').fill("0.9")
    assert "召回率 0.2" in said(page, "map-playground")
    assert page.locator("map-playground .w-table").first.inner_text() == first
    page.locator('map-playground [data-key="cut"]').fill("0.6")
    settle(page)
    assert page.locator("map-playground .w-table").first.inner_text() != first


def test_the_numbers_on_the_page_are_the_kernel_s(alone, kernel):
    page = alone("map-playground", {"threshold": 0.8, "rule": "voc"})
    state = state_of(page, "map-playground")
    (marks,) = kernel("average-precision", [["match", {**{key: state[key] for key in ("truths", "detections", "cls", "threshold")}, "rule": "voc", "plusOne": True, "strict": True}]])
    (area,) = kernel("average-precision", [["averagePrecision", marks["flags"], marks["positives"], "all"]])
    assert f"全点 {area['numerator']}/{area['denominator']} =" in said(page, "map-playground")


def test_pasted_coco_json_gives_the_twelve_numbers(alone):
    page = alone("map-playground")
    truth = {"images": [{"id": 1}], "categories": [{"id": 1}], "annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 50, 50], "iscrowd": 0, "area": 2500}]}
    areas = page.locator("map-playground .w-extra textarea")
    areas.nth(0).fill(json.dumps(truth))
    areas.nth(1).fill(json.dumps([{"image_id": 1, "category_id": 1, "bbox": [0, 0, 50, 49], "score": 0.5}]))
    assert "AP50 1，" in page.locator("map-playground .w-extra").inner_text()
    areas.nth(1).fill("[{")
    assert "读不懂" in page.locator("map-playground .w-extra").inner_text()
    areas.nth(1).fill("<")
    assert "'<'" in page.locator("map-playground .w-extra").inner_text()


def test_a_printed_model_becomes_layers_and_a_network(alone):
    printed = "Sequential(\n  (0): Conv2d(3, 8, kernel_size=(5, 5), stride=(2, 2), padding=(2, 2))\n  (1): ReLU()\n  (2): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)\n)"
    page = alone("conv-sizer")
    page.get_by_label("粘贴 print(model) 的输出").fill(printed)
    page.get_by_text("读到 2 层").wait_for()
    assert [(one["k"], one["s"]) for one in state_now(page, "conv-sizer")["layers"]] == [(5, 2), (2, 2)]
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA", "the focus is where it was while the rest changes"
    page = alone("network-drawer")
    page.get_by_label("粘贴 print(model) 的输出").fill(printed)
    page.get_by_text("读好了").wait_for()
    assert state_now(page, "network-drawer")["text"].endswith("conv 8 5x5 s2 p2\nrelu\nmaxpool 2x2\n")
    page.get_by_role("button", name="看 PyTorch 代码").click()
    page.get_by_text("nn.Conv2d(3, 8, 5, stride=2, padding=2)").wait_for()


def test_the_stepper_shows_pytorch_s_own_error(alone):
    page = alone("autograd-stepper")
    page.get_by_role("button", name="原地改").click()
    settle(page)
    text = (ROOT / "docs" / "pytorch" / "code" / "backward.out").read_text(encoding="utf-8")
    error = re.search(r"start:saved-inplace-error\]\n(.*)\n", text)[1]
    assert page.locator("autograd-stepper .w-error").inner_text() == error


def test_the_stepper_keeps_its_height_from_step_to_step(alone):
    """The button for the next step must not go away from under the finger that presses it."""
    page = alone("autograd-stepper", viewport=PHONE)
    tried = 0
    for preset in page.get_by_role("group", name="预设").get_by_role("button").all():
        preset.click()
        slider = page.locator("autograd-stepper .w-range input")
        heights = []
        for step in range(int(slider.get_attribute("max")) + 1):
            page.evaluate("step => document.querySelector('autograd-stepper').set({ step })", step)
            settle(page)
            heights.append(page.locator("autograd-stepper .w-picture").evaluate("e => [e.getBoundingClientRect().height, Math.max(...[...e.querySelectorAll('rect')].map(one => one.getBoundingClientRect().bottom)) - e.getBoundingClientRect().bottom]"))
        assert len({height for height, _ in heights}) == 1 and max(below for _, below in heights) <= 0.5, (preset.inner_text(), heights)
        tried += len(heights)
    assert tried > 40


def test_finite_differences_stand_beside_the_gradients(alone):
    page = alone("autograd-stepper")
    row = page.locator("autograd-stepper .w-table tbody tr").first.inner_text().split("\t")
    assert row[0] == "w" and float(row[-2]) == pytest.approx(20) and float(row[-1]) == pytest.approx(20, abs=1e-3)


def test_a_transposed_layer_shows_where_one_cell_is_added(alone, kernel):
    page = alone("conv-sizer")
    page.get_by_role("button", name="转置卷积：4 → 8").click()
    settle(page)
    (size,) = kernel("convolution", [["outputSize", {"kind": "transposed", "n": 4, "k": 4, "s": 2, "p": 1}]])
    assert size["out"] == 8 and "输入第 1 格加到 4 格；裁去前 1、后 1，得 8 格" in page.locator("conv-sizer .w-figure").inner_text()


def test_resnet_50_sees_427_or_483_on_its_main_path_and_11_by_its_shortcuts(alone):
    page = alone("conv-sizer")
    for name, seen in (("ResNet-50 v1：483", "主路 483，一路走捷径只有 11"), ("ResNet-50 v1.5：427", "主路 427，一路走捷径只有 11")):
        page.get_by_role("button", name=name).click()
        assert seen in said(page, "conv-sizer")


def test_the_box_of_665_is_rounded_to_21_and_reads_22_columns(alone):
    page = alone("roi-explorer")
    page.get_by_role("button", name="665 ÷ 32").click()
    assert re.search("20.7813.*列分成 0–3，3–6，6–9，9–12，12–15，15–18，18–21.*一共占 22 列", said(page, "roi-explorer"))


def test_no_threshold_keeps_the_crowd_and_drops_the_duplicates(alone):
    page = alone("nms-explorer")
    page.get_by_role("button", name="挤着的人，旁边是重复框").click()
    for threshold in ("0.5", "0.55", "0.59", "0.6", "0.61", "0.62", "0.65", "0.7"):
        page.locator('nms-explorer [data-key="threshold"]').fill(threshold)
        kept = re.search("留下 (.*?) 号", said(page, "nms-explorer"))[1].split("、")
        assert not ("2" in kept and "4" not in kept), threshold


def test_the_command_of_2019_begins_at_a_third_and_a_broken_training_goes_on_or_begins_anew(alone):
    page = alone("lr-schedule")
    page.get_by_role("button", name="2019 年的命令").click()
    assert "第 0 次是 mmengine（3.x） 0.00166667，PyTorch 0.00166667，MMDetection 2.x 0.00166667" in said(page, "lr-schedule")
    assert "warmup_ratio=1.0 / 3, step=[8, 11]" in page.locator("lr-schedule .w-extra").inner_text()
    page.get_by_role("button", name="第 9 轮中断，续训").click()
    assert "--resume 从 0.0005 接着走，只读权重（load_from）从 0.000005 重新预热" in said(page, "lr-schedule")
    page.get_by_role("button", name="骨干学得慢").click()
    assert "骨干处处是它的 0.1 倍" in said(page, "lr-schedule")
    assert "lr_mult=0.1" in page.locator("lr-schedule .w-extra").inner_text()


def test_the_three_copied_blocks_accumulate_the_gradients_that_were_asked_for(alone):
    page = alone("lr-schedule")
    blocks = page.locator("lr-schedule .w-extra pre")
    assert not any("accum" in text or "cumulative" in text or "zero_grad" in text for text in blocks.all_inner_texts())
    page.get_by_role("button", name="1 卡 × 2 张，累积 8").click()
    expect(blocks.first).to_contain_text("accumulative_counts")
    new, old, torch = blocks.all_inner_texts()
    assert "accumulative_counts=8" in new
    assert "optimizer_config = dict(type='GradientCumulativeOptimizerHook', cumulative_iters=8)" in old
    assert "每 8 次迭代 optimizer.step() 和 zero_grad() 一次，loss 先除以 8" in torch


def test_one_row_of_the_jacobian_a_pass_with_its_finite_difference(alone):
    page = alone("autograd-stepper")
    page.get_by_role("button", name="雅可比 2×2").click()
    for step, row in (("3", "[4, 3]"), ("6", "[2, 6]")):
        page.locator('autograd-stepper [data-key="step"]').fill(step)
        said(page, "autograd-stepper")
        cells = page.locator("autograd-stepper .w-table tbody tr").first.inner_text().split("\t")
        assert cells[-2] == row and [float(one) for one in cells[-1].split(", ")] == pytest.approx(json.loads(row), abs=1e-3)


def test_an_old_torch_is_told_that_rtx_50_asks_for_a_newer_and_which_two_answers_to_change(alone):
    page = alone("install-picker")
    page.get_by_role("button", name="RTX 50，旧的 torch").click()
    assert re.search("要 torch 2.7 以上.*torch 换成 2.7 到 2.13，CUDA 换成 12.8", said(page, "install-picker"))


@pytest.mark.parametrize("name", [name for name in NAMES if name != "install-picker"])
def test_the_picture_is_saved_in_dots_and_in_curves(alone, name):
    page = alone(name)
    made = {}
    for kind in ("SVG", "PNG"):
        with page.expect_download() as saved:
            page.get_by_role("button", name=f"存 {kind}").click()
        made[kind] = Path(saved.value.path()).read_bytes()
    drawn = Image.open(io.BytesIO(made["PNG"])).convert("RGB")
    assert made["SVG"].startswith(b"<svg") and b'xmlns="http://www.w3.org/2000/svg"' in made["SVG"]
    assert drawn.width >= 400 and len(drawn.getcolors(2**24)) > 8  # not an empty canvas


# The home page


def test_the_home_page_shows_one_working_and_its_table_without_script(page_at):
    page = page_at("")
    near(page, "conv-sizer")
    page.locator('conv-sizer [data-key="n"]').fill("7")
    assert "在同一个像素" in said(page, "conv-sizer")
    assert [one.get_attribute("data-key") for one in page.locator("conv-sizer [data-key]").all()] == ["n", "k", "s", "p"]
    assert page.locator("conv-sizer .w-table").is_visible() and not page.locator("conv-sizer button").count()
    page = page_at("", java_script_enabled=False)
    assert page.locator("conv-sizer .w-table").is_visible() and page.locator("conv-sizer svg").is_visible()


# The address


def test_the_state_is_in_the_address_survives_reload_and_leaves_other_words_of_it_alone(page_at):
    page = page_at("detection/multi-scale/?q=1#fpn")
    near(page, "nms-explorer")
    page.locator('nms-explorer [data-key="threshold"]').fill("0.6")
    settle(page)
    place = urlsplit(page.url)
    assert json.loads(parse_qs(place.query)["nms-explorer"][0]) == {"threshold": 0.6}
    assert parse_qs(place.query)["q"] == ["1"] and place.fragment == "fpn"
    page.reload()
    page.locator("nms-explorer .w .w-foot").wait_for()
    assert state_of(page, "nms-explorer")["threshold"] == 0.6


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_state_falls_back_to_the_example_and_says_so(alone, name):
    page = alone(name)
    good, address = state_of(page, name), page.url
    for damaged in ("{", "3", '{"n":"x","boxes":[1],"box":[1],"text":5,"program":7,"w":-1,"python":"9","images":0}'):
        page.goto(f"{address}?{name}={quote(damaged)}")
        page.locator(f"{name} .w .w-foot").wait_for()
        assert state_of(page, name) == good
        if damaged != "3":
            assert name == "map-playground" or "读不出来" in said(page, name)


# Leaving

COUNTED = """(() => {
  // What code of the widgets starts, told by who calls: what the theme keeps is not ours.
  const ours = () => new Error().stack.includes('/assets/widgets/')
  const live = { listeners: new Set(), timers: new Set(), frames: new Set(), observers: new Set() }
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype
  EventTarget.prototype.addEventListener = function (kind, run, options) {
    if (ours()) {
      const one = [this, kind, run]
      live.listeners.add(one)
      if (options?.signal) add.call(options.signal, 'abort', () => live.listeners.delete(one))
    }
    return add.call(this ?? window, kind, run, options)
  }
  EventTarget.prototype.removeEventListener = function (kind, run, options) {
    for (const one of live.listeners) if (one[0] === this && one[1] === kind && one[2] === run) live.listeners.delete(one)
    return remove.call(this ?? window, kind, run, options)
  }
  const starts = (set, clear, kept, again) => {
    const [start, stop] = [window[set], window[clear]]
    window[set] = (run, ...rest) => {
      const mine = ours()
      const id = start((...given) => { if (!again) kept.delete(id); return run(...given) }, ...rest)
      if (mine) kept.add(id)
      return id
    }
    window[clear] = (id) => { kept.delete(id); stop(id) }
  }
  starts('setTimeout', 'clearTimeout', live.timers, false)
  starts('setInterval', 'clearInterval', live.timers, true)
  starts('requestAnimationFrame', 'cancelAnimationFrame', live.frames, false)
  for (const name of ['IntersectionObserver', 'ResizeObserver', 'MutationObserver']) {
    window[name] = class extends window[name] {
      observe(target, options) { if (ours()) live.observers.add(this); super.observe(target, options) }
      disconnect() { live.observers.delete(this); super.disconnect() }
    }
  }
  window.counted = () => Object.fromEntries(Object.entries(live).map(([kind, all]) => [kind, all.size]))
})()"""


def test_leaving_by_instant_navigation_leaves_nothing_behind_and_coming_back_works(page_at):
    page = page_at("detection/")
    page.add_init_script(COUNTED)
    page.reload(wait_until="networkidle")
    nothing = page.evaluate("counted()")
    assert set(nothing.values()) == {0}

    def visit(used: bool) -> None:
        page.locator('article a[href*="roi-align/"]').first.click()
        page.wait_for_url("**/roi-align/")
        if used:
            near(page, "roi-explorer")
            assert page.evaluate("counted().listeners") > 5
            page.locator('roi-explorer [data-move="box"]').first.focus()
            page.keyboard.press("ArrowRight")  # a frame and a sentence are on their way when the page is left
            page.evaluate("window.left = document.querySelector('roi-explorer')")
        else:
            page.wait_for_function("counted().observers === 1")
        page.go_back()
        page.wait_for_url("**/detection/")
        page.locator("roi-explorer").wait_for(state="detached")
        page.wait_for_timeout(400)
        assert page.evaluate("counted()") == nothing

    for used in (False, True, True):  # the first time it is left before its widget is near
        visit(used)
    assert page.evaluate("!left.querySelector('.w') && left.querySelector('.w-fallback') !== null")


# Coming near


def loaded(page: Page) -> list[str]:
    """The files of the widgets that a page has asked for."""
    return page.evaluate("performance.getEntriesByType('resource').map(e => e.name).filter(n => n.includes('/widgets/'))")


def near(page: Page, name: str) -> None:
    """Go where the element is, and wait until it is there."""
    page.locator(name).first.scroll_into_view_if_needed()
    page.locator(f"{name} .w .w-foot").wait_for()


def test_an_element_is_loaded_when_its_reader_comes_near_and_at_once_for_a_state_in_the_address(page_at):
    page = page_at("detection/roi-align/", viewport=PHONE)
    assert not [name for name in loaded(page) if "roi" in name]
    near(page, "roi-explorer")
    assert [name for name in loaded(page) if "roi-explorer/element" in name]
    given = quote('{"bins":3}')
    page = page_at(f"detection/roi-align/?roi-explorer={given}", viewport=PHONE)
    assert [name for name in loaded(page) if "roi-explorer/element" in name] and state_of(page, "roi-explorer")["bins"] == 3


def test_the_tab_key_reaches_an_element_that_was_not_loaded(page_at):
    page = page_at("detection/roi-align/", viewport=PHONE)
    page.evaluate("document.activeElement.blur(); [...document.querySelectorAll('article a[href]')].filter(a => a.compareDocumentPosition(document.querySelector('roi-explorer')) & 4).at(-1).focus()")
    page.locator("roi-explorer .w .w-foot").wait_for()
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('roi-explorer') !== null"):
            break
    assert page.evaluate("document.activeElement.closest('roi-explorer') !== null")


@pytest.mark.parametrize("path", ["", "detection/roi-align/"])
def test_the_first_paint_waits_for_no_file_of_a_widget(browser, site, path):
    context = browser.new_context(viewport=PHONE, bypass_csp=True)
    page = context.new_page()
    page.route("**/assets/widgets/**", lambda _: None)  # none of them ever comes
    page.goto(site.url + path, wait_until="commit")
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
    assert page.locator("h1").is_visible()
    context.close()


SHIFTS = """() => new Promise((done) => {
  const observer = new PerformanceObserver(() => {})
  observer.observe({ type: 'layout-shift', buffered: true })
  setTimeout(() => done(observer.takeRecords().map((e) => [e.value, e.sources.map((s) => s.node?.outerHTML?.slice(0, 80))])), 300)
})"""


@pytest.mark.parametrize("name", NAMES)
def test_nothing_moves_by_itself_on_a_phone(page_at, name):
    """Neither while the page opens, nor while a reader comes to the element and goes past it, nor on the page of the element alone."""
    page = page_at(PLACES[name], first_visit=True, viewport=PHONE, has_touch=True, is_mobile=True)
    page.evaluate("name => scrollTo({ top: document.querySelector(name).getBoundingClientRect().top + scrollY - 2.5 * innerHeight, behavior: 'instant' })", name)
    while not page.evaluate("name => document.querySelector(name).getBoundingClientRect().bottom < 0", name):
        page.evaluate("scrollBy({ top: 300, behavior: 'instant' })")
        page.wait_for_timeout(25)
    page.locator(f"{name} .w .w-foot").wait_for()
    assert not page.evaluate(SHIFTS)
    page = page_at(f"lab/{name}.html", first_visit=True, viewport=PHONE, has_touch=True, is_mobile=True)
    page.locator(f"{name} .w .w-foot").wait_for()
    assert not page.evaluate(SHIFTS)


def test_nothing_moves_by_itself_on_the_home_page(page_at):
    page = page_at("", first_visit=True)
    page.locator("conv-sizer .w .w-foot").wait_for()
    assert not page.evaluate(SHIFTS)


def test_nothing_is_loaded_where_there_is_no_widget(page_at):
    page = page_at("glossary/")
    page.wait_for_function("performance.getEntriesByType('resource').some(e => e.name.endsWith('/widgets/index.mjs'))")
    page.wait_for_timeout(300)
    assert [name.rsplit("/", 1)[1] for name in loaded(page)] == ["index.mjs"]


# For everyone


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_in_light_and_in_dark(alone, name):
    page = alone(name, color_scheme="light", reduced_motion="reduce", viewport=PHONE)
    for scheme, own, rules in (("light", "default", EVERYTHING), ("dark", "slate", OF_COLOURS)):
        page.emulate_media(color_scheme=scheme)
        page.locator(f"body[data-md-color-scheme={own}]").wait_for()
        settle(page)
        assert not objections(page, rules), scheme


@pytest.mark.parametrize("name", NAMES)
def test_it_fits_320_pixels_and_fingers(alone, name):
    page = alone(name, viewport={"width": 320, "height": 800}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth <= 320")
    small = page.locator(f"{name} :is(button, select, input:not([type=checkbox]), .w-check)").evaluate_all("all => all.filter(e => e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)")
    assert not small


@pytest.mark.parametrize("name", NAMES)
def test_on_paper_the_picture_and_the_table_stand_without_the_controls(alone, name):
    page = alone(name)
    page.emulate_media(media="print")
    assert page.locator(f"{name} .w-table").first.is_visible() and not page.locator(f"{name} .w-controls").is_visible()


def test_no_element_writes_style_or_script_into_the_page():
    for file in [*WIDGETS.rglob("*.mjs"), *WIDGETS.rglob("*.part"), *(ROOT / "docs" / "lab").glob("*.html")]:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"\bstyle=\"|<style|\bon\w+=\"|javascript:|(?:src|href)=\"(?:https?:)?//", text), file


def test_the_kernel_imports_nothing_but_itself():
    for file in (WIDGETS / "kernel").glob("*.mjs"):
        text = file.read_text(encoding="utf-8")
        assert all(re.fullmatch(r"\./[\w-]+\.mjs", one) for one in re.findall(r'(?:\bfrom |import\()"([^"]+)"', text)), file
        assert not re.search(r"\bdocument\.|\bwindow\.|\bglobalThis\b|\bfetch\(|Math\.random|Date\b", text), file



def test_a_strict_policy_holds(page_at, browser, site):
    context = browser.new_context(locale="zh-CN")
    complaints = []
    page = context.new_page()
    page.on("console", lambda message: message.type == "error" and "favicon" not in message.text and "404" not in message.text and complaints.append(message.text))
    policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'"

    def strict(route):
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": policy})

    context.route("**/lab/*.html", strict)
    for name in NAMES:
        page.goto(f"{site.url}lab/{name}.html")
        page.locator(f"{name} .w .w-foot").wait_for()
        page.locator(f"{name} .w-buttons button").nth(1).click()
        settle(page)
    context.close()
    assert not complaints


# Weight


def weight(names) -> int:
    return sum(len(gzip.compress(file.read_bytes())) for file in names)


# Packed file by file. All modules together, and of them what the largest page loads, are the plan's; a page opens with FIRST, and comes to WHOLE when its
# widget is near: the two that read a language of their own to STEPPER and DRAWER. Without the minifier (see pyproject.toml) all is joined but not short.
FIRST, WHOLE, DRAWER, STEPPER = (2_320, 14_600, 20_000, 22_800) if modules.minify else (3_130, 22_400, 30_050, 34_200)
MODULES, STYLES = (60_000, 2_400) if modules.minify else (88_600, 2_980)


def test_what_each_page_loads_is_light(page_at, site):
    first, whole = {}, {}
    for name, place in PLACES.items():
        page = page_at(place, viewport=PHONE)
        size = lambda: weight({site.folder / urlsplit(one).path.lstrip("/") for one in loaded(page)})  # noqa: B023, E731
        first[name] = size()
        near(page, name)
        whole[name] = size()
    print(first, whole)
    assert first.pop("install-picker") <= WHOLE  # it stands in the first screens of its page, so that it is near at once
    assert max(first.values()) <= FIRST, first
    assert whole.pop("autograd-stepper") <= STEPPER and whole.pop("network-drawer") <= DRAWER
    assert max(whole.values()) <= WHOLE, whole
    built = site.folder / "assets" / "widgets"
    assert weight(built.rglob("*.mjs")) <= MODULES and weight(built.rglob("*.css")) <= STYLES


def test_the_laboratory_shows_all_nine_and_how_to_embed_them(page_at, site):
    page = page_at("lab/")
    text = page.locator("article").text_content()
    for name in NAMES:
        assert f"lab/{name}.html" in text and (site.folder / "lab" / f"{name}.html").is_file()
    assert "MIT" in text and "CC BY 4.0" in text
