// What is moved in a picture, by mouse, finger and keys. A view that has such things says `listen: moving` and moved(state, key, dx, dy, resize, pressed).

import { group, tag } from "./draw.mjs";
import { clamp } from "../kernel/input.mjs";
import { between, numberField, replaced } from "./view.mjs";

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export const handle = (key, label, ...children) => group({ "data-move": key, tabindex: "0", role: "button", "aria-label": label }, children);
export const slider = (key, label, [least, now, most], ...children) => group({ "data-move": key, tabindex: "0", role: "slider", "aria-label": label, "aria-valuenow": now, "aria-valuemin": least, "aria-valuemax": most }, children);
export const corner = (key, x, y, mark = "cell") => tag("rect", { class: mark, "data-move": key, "data-resize": "1", x: x - 7, y: y - 7, width: 14, height: 14 });

// Boxes [x1, y1, x2, y2]

export const isBox = (box, low, high) => Array.isArray(box) && box.length === 4 && box.every((end) => between(end, low, high)) && box[0] <= box[2] && box[1] <= box[3];

/** A box moved, or its lower right corner, between low and high; it stays `least` wide and high. */
export function movedBox([x1, y1, x2, y2], [x, y], resize, low, high, least) {
  if (resize) return [x1, y1, clamp(x2 + x, x1 + least, high), clamp(y2 + y, y1 + least, high)];
  const [dx, dy] = [clamp(x, low - x1, high - x2), clamp(y, low - y1, high - y2)];
  return [x1 + dx, y1 + dy, x2 + dx, y2 + dy];
}

/** Four numbers for the sides of a box; `change` makes of a new box what changes. */
export const sideFields = (box, min, max, step, change) => ["左", "上", "右", "下"].map((label, i) => numberField(`end${i}`, label, min, max, { step, value: box[i], change: (value) => change(replaced(box, i, value)) }));

/** Move what is dragged or has the focus, as long as the widget is on its page. */
export function moving(widget) {
  const { view, parts: { figure } } = widget;

  const held = ({ target }) => target.closest("[data-move]")?.dataset ?? {};

  widget.on(figure, "pointerdown", (event) => {
    const { move: key, resize } = held(event);
    if (!key) return;
    event.preventDefault();
    widget.found(figure, "move", key).focus();
    figure.setPointerCapture(event.pointerId);
    // Measured once: a picture keeps its size while something in it is dragged, and its units are square.
    widget.grabbed = { key, resize, from: event, unit: figure.querySelector("svg").getScreenCTM().a, state: widget.state };
  });
  widget.on(figure, "pointermove", (event) => {
    if (!widget.grabbed?.from) return;
    const { key, resize, from, unit, state } = widget.grabbed;
    widget.set(view.moved(state, key, (event.pageX - from.pageX) / unit, (event.pageY - from.pageY) / unit, resize));
  });
  widget.on(figure, "pointerup pointercancel", () => {
    if (widget.grabbed) widget.release();
  });
  widget.on(figure, "keydown", (event) => {
    const step = KEYS[event.key];
    const { move: key } = held(event);
    if (!step || !key) return;
    event.preventDefault();
    widget.set(view.moved(widget.state, key, ...step, event.shiftKey, true));
  });
}
