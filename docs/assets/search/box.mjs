// The search box of every page. It fetches the index and the rest of the search when it is first used.

const HERE = new URL(".", import.meta.url);
const ROOT = new URL("../../", HERE);
const PAUSE = 120; // ms without a key before a question is asked

let search; // a promise of {ask, nearest, show}, once the box was used

function load() {
  search ??= Promise.all([
    import("./engine.mjs"),
    import("./answers.mjs"),
    fetch(new URL("search.json", ROOT)).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`${answer.status}`)))),
  ]).then(([{ prepare, ask }, { show }, index]) => ({ index, show, ready: prepare(index), ask }));
  search.catch(() => (search = undefined)); // the next use tries again
  return search;
}

class Box {
  constructor(form) {
    this.form = form;
    this.field = form.querySelector("input");
    this.answers = form.querySelector(".find__answers");
    this.said = form.querySelector(".find__said");
    this.list = form.querySelector(".find__list");
    this.field.addEventListener("focus", () => load().catch(() => {}));
    this.field.addEventListener("input", () => this.soon());
    form.addEventListener("submit", (event) => this.go(event));
    form.addEventListener("keydown", (event) => this.key(event));
    form.addEventListener("focusout", ({ relatedTarget }) => form.contains(relatedTarget) || this.close());
    form.addEventListener("focusin", () => this.field.value.trim() && this.open());
    form.addEventListener("click", ({ target }) => target.closest("a") && this.leave());
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.answer(), PAUSE);
  }

  async answer() {
    clearTimeout(this.timer);
    const question = this.field.value.trim();
    if (!question) return this.close();
    this.open();
    try {
      const { ready, ask, show, index } = await load();
      if (question !== this.field.value.trim()) return; // it was changed while the index came
      this.said.textContent = show(this.list, ask(ready, question), { question, index, root: ROOT });
    } catch {
      this.list.replaceChildren();
      this.said.textContent = "搜索用的索引没有取到，请检查网络，再输入一次。";
    }
  }

  open() {
    this.answers.hidden = false;
  }

  close() {
    this.answers.hidden = true;
  }

  leave() {
    this.close();
    this.field.blur();
    document.activeElement?.blur();
  }

  async go(event) {
    event.preventDefault();
    await this.answer();
    this.list.querySelector("a")?.click();
  }

  key(event) {
    const { key } = event;
    if (key === "Escape") {
      if (this.answers.hidden) this.field.value = "";
      this.close();
      this.field.focus();
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      const places = [this.field, ...this.list.querySelectorAll("a")];
      const at = places.indexOf(document.activeElement) + (key === "ArrowDown" ? 1 : -1);
      places[Math.max(0, Math.min(at, places.length - 1))].focus();
      event.preventDefault();
    }
  }
}

for (const form of document.querySelectorAll("[data-find]")) new Box(form);

addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    document.querySelector("[data-find] input")?.focus();
    event.preventDefault();
  }
});
