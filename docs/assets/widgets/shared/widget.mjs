// What all elements have in common: state in the address, controls, picking, a spoken sentence, undoing everything on leaving.

import { tables, tag } from "./draw.mjs";
import { h, patch } from "./html.mjs";
import { clamp, told } from "../kernel/input.mjs";

const PAUSE = 250; // ms without a change

/**
 * A view is a module; its title, foot, captions and what more there is to say are those of what stands there without script: {name, example,
 * presets: [text, state], controls(state), figure(state): what draw.mjs describes, rows(state): one table, or several with an empty row between, sentence(state), small: keys of the controls that its smallest form
 * has (attribute data-small), repaired(state) → a state that is possible or null, ask: {question, choices, right, state, why}, picked(state, key) → what changes, extra(state, widget): more that is described, or nodes that it keeps, each in its place, listen(widget): what more it listens to}.
 */
class Widget extends HTMLElement {
  connectedCallback() {
    this.fallback ??= [...this.childNodes];
    this.small = this.dataset.small !== undefined;
    this.kept = null; // what the view makes once and listens to
    this.leaving = new AbortController();
    this.frame = 0;
    this.pausing = 0; // the timer of the pause
    this.behind = false; // whether the picture has changed since the rest has
    this.shown = {}; // what was drawn into each part
    this.page = location.pathname;
    this.grabbed = null; // what is being dragged; true for a slider
    this.state = this.initial();
    this.replaceChildren(this.skeleton());
    this.listen();
    this.draw();
    this.controls();
    this.details();
    this.say();
  }

  disconnectedCallback() {
    this.leaving.abort();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.pausing);
    this.replaceChildren(...this.fallback);
  }

  /** Listen until the element leaves. */
  on(target, kinds, run) {
    const { signal } = this.leaving;
    for (const kind of kinds.split(" ")) target.addEventListener(kind, run, { signal });
  }

  // State and address

  initial() {
    const { view } = this;
    const given = new URLSearchParams(location.search).get(view.name) ?? "{}";
    let state;
    try {
      const known = Object.entries(JSON.parse(given)).filter(([key]) => Object.hasOwn(view.example, key));
      state = view.repaired(this.example(Object.fromEntries(known)));
    } catch {
      // said with the sentence
    }
    this.damaged = !state;
    return state ?? this.example();
  }

  /** The example, with what differs from it. */
  example(change) {
    return structuredClone({ ...this.view.example, ...change });
  }

  address() {
    const place = new URL(location.href);
    const { view } = this;
    const changed = Object.entries(this.state).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(view.example[key]));
    if (changed.length) place.searchParams.set(view.name, JSON.stringify(Object.fromEntries(changed)));
    else place.searchParams.delete(view.name);
    return place;
  }

  keep() {
    const place = this.address();
    // Where the page is being left, its address is another's by now.
    if (place.pathname === this.page && place.href !== location.href) history.replaceState(history.state, "", place);
  }

  /** Change some of the state; what is impossible is refused with the view's reason. */
  set(change) {
    const next = this.view.repaired({ ...this.state, ...change });
    if (next && this.isConnected) {
      this.state = next;
      this.damaged = false;
      this.frame ||= requestAnimationFrame(() => this.follow());
    }
    return next;
  }

  // The page

  skeleton() {
    const { view } = this;
    const [title, foot, more] = [".w-title", ".w-foot", ".w-more"].map((one) => this.querySelector(one)?.cloneNode(true));
    title.prepend("互动：");
    this.captions = [...this.querySelectorAll(".w-caption")].map((one) => one.textContent);
    const group = (name, label, ...children) => h("div", { class: name, role: "group", "aria-label": label }, children);
    const example = ([text, state]) => this.button(text, () => this.set(this.example(state)));
    const taken = (kind) => this.button(`存 ${kind.toUpperCase()}`, () => this.take(kind));
    const { ask } = view;
    const answer = h("p", { role: "status", class: "w-answer" });
    // The learner predicts; then the picture turns to what shows the answer.
    const choices = ask.choices.map((text, i) => this.button(text, () => {
      answer.textContent = `${i === ask.right ? "对。" : `不是「${text}」。`}${ask.why}`;
      answer.classList.toggle("w-right", i === ask.right);
      this.set(this.example(ask.state));
    }));
    const parts = {
      title,
      ask: h("div", { class: "w-ask" }, h("p", {}, `先猜：${ask.question}`), group("w-buttons", "你的猜测", choices), answer),
      presets: group("w-buttons", "预设", view.presets.map(example)),
      figure: h("div", { class: "w-figure" }),
      said: h("p", { class: "w-said", role: "status" }),
      controls: h("div", { class: "w-controls" }),
      note: h("p", { class: "w-note", role: "status" }),
      extra: h("div", { class: "w-extra" }),
      more,
      table: h("div"),
      tools: h("div", { class: "w-buttons" },
        example(["重置"]),
        this.button("复制链接", () => this.copy(this.address().href)),
        view.noPicture ? this.button("复制命令", () => this.copy(parts.figure.textContent)) : ["svg", "png"].map(taken),
        taken("csv"),
      ),
      foot,
    };
    this.parts = parts;
    const frame = group("w", title.textContent, Object.values(parts));
    if (this.small) for (const name of ["ask", "presets", "extra", "tools"]) parts[name].remove();
    return frame;
  }

  button(text, run) {
    return Object.assign(h("button", { type: "button" }, text), { onclick: run });
  }

  controls() {
    const wanted = this.view.controls(this.state).filter(({ key }) => !this.small || this.view.small.includes(key));
    this.show("controls", wanted.map(control));
    for (const one of wanted) fill(this.found(this.parts.controls, "key", one.key), one);
  }

  found(place, kind, key) {
    return place.querySelector(`[data-${kind}="${key}"]`);
  }

  listen() {
    const { figure, controls } = this.parts;
    const wantedOf = ({ dataset: { key } }) => this.view.controls(this.state).find((one) => one.key === key);
    this.on(controls, "input", ({ target }) => {
      const wanted = wantedOf(target);
      if (!wanted) return;
      const { key, kind, options } = wanted;
      const value = kind === "check" ? target.checked : options ? options[target.selectedIndex][0] : "min" in wanted ? target.valueAsNumber : target.value;
      if (kind === "range") {
        target.previousSibling.firstChild.data = value;
        this.grabbed = true;
      }
      if (Number.isNaN(value)) return;
      const possible = this.set(wanted.change ? wanted.change(value) : { [key]: value });
      target.setAttribute("aria-invalid", !possible);
      this.parts.note.textContent = possible ? "" : refusal(wanted, value);
    });
    this.on(controls, "change pointerup pointercancel", () => this.release()); // a slider that is back where it was has no change
    this.on(controls, "click", ({ target }) => {
      const wanted = wantedOf(target);
      if (wanted?.kind === "button") this.set(wanted.change());
    });
    const pick = ({ target }) => {
      const spot = target.closest("[data-pick]");
      if (spot) this.set(this.view.picked(this.state, spot.dataset.pick));
      return spot;
    };
    this.on(figure, "click", pick);
    this.on(figure, "keydown", (event) => {
      if (["Enter", " "].includes(event.key) && pick(event)) event.preventDefault();
    });
    this.view.listen?.(this);
  }

  /** The picture follows each change; the rest the first of many and the last, and what is dragged only when it is let go or rests; one polite sentence the pause. */
  follow() {
    this.frame = 0;
    this.draw();
    this.behind = true;
    if (!this.grabbed && !this.pausing) this.catchUp();
    clearTimeout(this.pausing);
    this.pausing = setTimeout(() => {
      this.pausing = 0;
      this.catchUp();
      this.say();
    }, PAUSE);
  }

  catchUp() {
    if (this.behind) {
      this.controls();
      this.details();
      this.keep();
    }
    this.behind = false;
  }

  /** What was dragged is let go; the frame of a key is still to come. */
  release() {
    this.grabbed = null;
    if (!this.frame) this.catchUp();
  }

  /** Change in a part what differs from what it shows; the focus stays with the key that it is on. */
  show(part, described) {
    const place = this.parts[part];
    const { activeElement } = document;
    const [[kind, key] = []] = Object.entries(place.contains(activeElement) && activeElement.dataset);
    patch(place, this.shown[part] ?? [], described);
    this.shown[part] = described;
    if (kind && !(activeElement.isConnected && activeElement.dataset[kind] === key)) this.found(place, kind, key)?.focus();
  }

  draw() {
    this.show("figure", [this.view.figure(this.state)].flat().filter(Boolean));
  }

  /** The table and what else there is. */
  details() {
    const { view, state } = this;
    this.show("table", tables(this.captions, view.rows(state)));
    if (view.extra && !this.small) this.show("extra", view.extra(state, this));
  }

  say() {
    this.show("said", [`${this.damaged ? "地址里的状态读不出来，这是例子。" : ""}${this.view.sentence(this.state)}`]);
  }

  // Taking away

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.parts.note.textContent = "已复制";
    } catch {
      this.parts.note.textContent = text;
    }
  }

  save(kind, content, type) {
    const link = h("a", { href: URL.createObjectURL(new Blob([content], { type })), download: `${this.view.name}.${kind}` });
    link.click();
    URL.revokeObjectURL(link.href);
  }

  /** The table or the picture as a file. */
  async take(kind) {
    const made = await import("./takeaway.mjs");
    const what = kind === "csv" ? this.view.rows(this.state) : this.parts.figure.querySelector("svg");
    this.save(kind, await made[kind](what), made.TYPES[kind]);
  }
}

function control({ key, label, kind, options = [], rows }) {
  if (kind === "button") return tag("button", { type: "button", "data-key": key }, label);
  const name = { select: kind, area: "textarea" }[kind] ?? "input";
  const long = options.some(([, text]) => text.length > 10);
  return tag("label", { class: `w-field w-${long ? "area" : kind}` },
    tag("span", {}, label), kind === "range" && tag("output", {}, " "),
    tag(name, { "data-key": key, type: kind === "check" ? "checkbox" : kind, rows, spellcheck: "false" }, options.map(([, text]) => tag("option", {}, String(text)))),
  );
}

/** Show a value, and limits: another state may have others. */
function fill(input, { kind, value, options, min, max, step }) {
  if (max !== undefined) Object.assign(input, { min, max, step });
  if (kind === "check") input.checked = value;
  else if (kind === "select") input.selectedIndex = options.findIndex(([id]) => id === value);
  else if (kind === "range" || (kind !== "button" && input !== document.activeElement)) {
    input.value = value;
    input.removeAttribute("aria-invalid");
  }
  if (kind === "range") input.previousSibling.firstChild.data = value;
}

/** Why a value was refused, and the nearest that would do. */
function refusal({ min, max, label }, value) {
  const near = clamp(value, min, max); // no number where there are no limits
  return `${told(label)}${near !== value && min !== undefined ? `只能在 ${min} 到 ${max} 之间，最近的是 ${near}` : `不能是「${value}」`}；还是原来的。`;
}

export function define(view) {
  customElements.define(view.name, class extends Widget {
    view = view;
  });
}
