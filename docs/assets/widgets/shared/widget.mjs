// What all elements have in common: state in the address, controls, picking, a spoken sentence, undoing everything on leaving.

import { tables } from "./draw.mjs";
import { h, patch } from "./html.mjs";
import { clamp } from "./view.mjs";

const PAUSE = 250; // ms without a change

/**
 * A view is a module; its title, foot, captions and what more there is to say are those of what stands there without script: {name, example,
 * presets: [text, state], controls(state), figure(state): what draw.mjs describes, rows(state): one table, or several with an empty row between, sentence(state), small: keys of the controls that its smallest form
 * has (attribute data-small), repaired(state) → a state that is possible or null, ask: {question, choices, right, state, why}, picked(state, key) → what changes, extra(state, widget): more that is described, or nodes that it keeps, each in its place, listen(widget): what more it listens to}.
 */
export class Widget extends HTMLElement {
  connectedCallback() {
    this.fallback ??= [...this.childNodes];
    this.small = this.dataset.small !== undefined;
    this.kept = null; // what the view makes once and listens to
    this.leaving = new AbortController();
    this.frame = 0;
    this.pausing = 0; // the timer of the pause
    this.behind = false; // whether the picture has changed since the rest has
    this.elsewhere = false; // whether something else than a control has changed the state
    this.shown = {}; // what was drawn into each part
    this.page = location.pathname;
    this.grabbed = null; // what is being dragged
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
    const given = new URLSearchParams(location.search).get(view.name);
    this.damaged = false;
    if (given === null) return this.example();
    try {
      const known = Object.entries(JSON.parse(given)).filter(([key]) => Object.hasOwn(view.example, key));
      const state = view.repaired(this.example(Object.fromEntries(known)));
      if (state) return state;
    } catch {
      // told below
    }
    this.damaged = true;
    return this.example();
  }

  /** The example, with what differs from it. */
  example(change) {
    return structuredClone({ ...this.view.example, ...change });
  }

  address() {
    const place = new URL(location.href);
    const { view, state } = this;
    const changed = Object.entries(state).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(view.example[key]));
    if (changed.length) place.searchParams.set(view.name, JSON.stringify(Object.fromEntries(changed)));
    else place.searchParams.delete(view.name);
    return place;
  }

  keep() {
    const place = this.address();
    if (place.pathname !== this.page) return; // the page is being left: its address is another's by now
    if (place.href !== location.href) history.replaceState(history.state, "", place);
  }

  /** Change some of the state; what is impossible is refused with the view's reason. */
  set(change, from = "") {
    const next = this.view.repaired({ ...this.state, ...change });
    if (!next || !this.isConnected) return false;
    this.state = next;
    this.damaged = false;
    this.elsewhere ||= from !== "control";
    this.frame ||= requestAnimationFrame(() => this.follow());
    return true;
  }

  /** Why a value was refused, and the nearest that would do. */
  refuse({ min, max, label }, value) {
    const near = clamp(value, min, max); // no number where there are no limits
    this.parts.note.textContent = `${label}${near < value || near > value ? `只能在 ${min} 到 ${max} 之间，最近的是 ${near}` : `不能是「${value}」`}；还是原来的。`;
  }

  // The page

  skeleton() {
    const { view } = this;
    const [title, foot, more] = [".w-title", ".w-foot", ".w-more"].map((one) => this.querySelector(one)?.cloneNode(true));
    title.prepend("互动：");
    this.captions = [...this.querySelectorAll(".w-caption")].map((one) => one.textContent);
    const group = (name, label) => h("div", { class: name, role: "group", "aria-label": label });
    const parts = {
      title, ask: h("div", { class: "w-ask" }), presets: group("w-buttons", "预设"), figure: h("div", { class: "w-figure" }),
      said: h("p", { class: "w-said", role: "status", "aria-live": "polite" }), controls: h("div", { class: "w-controls" }), note: h("p", { class: "w-note", role: "status" }),
      extra: h("div", { class: "w-extra" }), more, table: h("div"), tools: h("div", { class: "w-buttons" }), foot,
    };
    this.parts = parts;
    parts.presets.append(...view.presets.map(([text, state]) => this.button(text, () => this.set(this.example(state)))));
    const taken = (kind) => this.button(`存 ${kind.toUpperCase()}`, () => this.take(kind));
    parts.tools.append(
      this.button("重置", () => this.set(this.example())),
      this.button("复制链接", () => this.copy(this.address().href)),
      ...(view.noPicture ? [this.button("复制命令", () => this.copy(parts.figure.textContent))] : ["svg", "png"].map(taken)), taken("csv"),
    );
    this.question();
    const frame = group("w", title.textContent);
    for (const [name, part] of Object.entries(parts)) if (part && !(this.small && ["ask", "presets", "extra", "more", "tools"].includes(name))) frame.append(part);
    return frame;
  }

  button(text, run) {
    const made = h("button", { type: "button" }, text);
    this.on(made, "click", run);
    return made;
  }

  /** The learner predicts; then the picture turns to what shows the answer. */
  question() {
    const { ask } = this.view;
    const answer = h("p", { role: "status", class: "w-answer" });
    const choices = ask.choices.map((text, i) => this.button(text, () => {
      answer.textContent = `${i === ask.right ? "对。" : `不是「${text}」。`}${ask.why}`;
      answer.classList.toggle("w-right", i === ask.right);
      this.set(this.example(ask.state));
    }));
    this.parts.ask.append(h("p", {}, `先猜：${ask.question}`), h("div", { class: "w-buttons", role: "group", "aria-label": "你的猜测" }, ...choices), answer);
  }

  controls() {
    const { controls: place } = this.parts;
    const wanted = this.view.controls(this.state).filter(({ key }) => !this.small || this.view.small.includes(key));
    const shape = JSON.stringify(wanted.map(({ key, kind, options, label }) => [key, kind, options, label]));
    const { key } = document.activeElement?.dataset ?? {};
    const anew = shape !== this.shape || !place.childElementCount;
    if (anew) place.replaceChildren(...wanted.map((one) => this.control(one)));
    this.shape = shape;
    for (const one of wanted) this.fill(this.found(place, "key", one.key), one);
    if (anew && key) this.found(place, "key", key)?.focus();
  }

  found(place, kind, key) {
    return place.querySelector(`[data-${kind}="${CSS.escape(key)}"]`);
  }

  control({ key, label, kind, options = [], rows, step }) {
    if (kind === "button") return h("button", { type: "button", "data-key": key }, label);
    const [name, own] = { select: ["select"], area: ["textarea", { spellcheck: "false", rows: String(rows) }] }[kind] ?? ["input", { type: kind === "check" ? "checkbox" : kind, step }];
    const input = h(name, { "data-key": key, ...own }, options.map(([, text]) => h("option", {}, String(text))));
    const long = options.some(([, text]) => text.length > 10);
    return h("label", { class: `w-field w-${long ? "area" : kind}` }, h("span", {}, label), kind === "range" && h("output"), input);
  }

  /** Show a value, and limits: another state may have others. */
  fill(input, { kind, value, options, min, max }) {
    if (max !== undefined) Object.assign(input, { min, max });
    if (kind === "check") input.checked = value;
    else if (kind === "select") input.selectedIndex = options.findIndex(([id]) => id === value);
    else if (kind === "range" || (kind !== "button" && input !== document.activeElement)) input.value = value;
    if (kind === "range") input.previousSibling.textContent = value;
  }

  listen() {
    const { figure, controls } = this.parts;
    const control = ({ dataset: { key } }) => this.view.controls(this.state).find((one) => one.key === key);
    this.on(controls, "input change", ({ target }) => {
      const wanted = control(target);
      if (!wanted) return;
      const { key, kind } = wanted;
      const value = kind === "check" ? target.checked : kind === "select" ? wanted.options[target.selectedIndex][0] : "min" in wanted ? target.valueAsNumber : target.value;
      if (kind === "range") target.previousSibling.textContent = value;
      if (Number.isNaN(value)) return;
      const possible = this.set(wanted.change ? wanted.change(value) : { [key]: value }, kind === "select" || kind === "check" ? "" : "control");
      target.setAttribute("aria-invalid", String(!possible));
      if (possible) this.parts.note.textContent = "";
      else this.refuse(wanted, value);
    });
    this.on(controls, "click", ({ target }) => {
      const wanted = control(target);
      if (wanted?.kind === "button") this.set(wanted.change());
    });
    const pick = ({ target }) => {
      const spot = target.closest("[data-pick]");
      if (spot && this.view.picked) this.set(this.view.picked(this.state, spot.dataset.pick));
      return spot;
    };
    this.on(figure, "click", pick);
    this.on(figure, "keydown", (event) => {
      if ((event.key === "Enter" || event.key === " ") && pick(event)) event.preventDefault();
    });
    this.view.listen?.(this);
  }

  /** The picture follows each change, the rest the first of many and the last, one polite sentence the pause. */
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
    if (!this.behind) return;
    if (this.elsewhere) this.controls();
    this.details();
    this.keep();
    this.behind = this.elsewhere = false;
  }

  /** What was dragged is let go. */
  release() {
    this.grabbed = null;
    cancelAnimationFrame(this.frame);
    this.follow();
    this.catchUp();
  }

  /** Change in a part what differs from what it shows. */
  show(part, described) {
    patch(this.parts[part], this.shown[part] ?? [], described);
    this.shown[part] = described;
  }

  draw() {
    const { figure } = this.parts;
    const { activeElement } = document;
    const focused = figure.contains(activeElement) ? Object.entries(activeElement.dataset) : [];
    this.show("figure", [this.view.figure(this.state)].flat().filter(Boolean));
    for (const [kind, key] of focused) if (activeElement.dataset[kind] !== key || !activeElement.isConnected) this.found(figure, kind, key)?.focus();
  }

  /** The table and what else there is. */
  details() {
    const { view, state } = this;
    this.show("table", tables(this.captions, view.rows(state)));
    if (view.extra && !this.small) this.show("extra", view.extra(state, this));
  }

  say() {
    this.show("said", [`${this.damaged ? "地址里的状态读不出来，已回到例子。" : ""}${this.view.sentence(this.state)}`]);
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

export function define(view) {
  customElements.define(view.name, class extends Widget {
    view = view;
  });
}
