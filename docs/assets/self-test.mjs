// Self-tests with a number for an answer: a field under the question, checked on the page.
// In Markdown the last line of the answer's first paragraph carries it: { .answer data-answer="9 4" data-tolerance="0.1" }.
// Without script the question and its folded answer stand as they are.

const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi;

/** All numbers in a text, as people type them: full-width digits, a real minus sign, 1,024 or "6, 217", 3/8, 12%. */
export function numbersIn(text, count) {
  const plain = text
    .normalize("NFKC")
    .replace(/(?<=\d)(?:\s*[-−–—]\s+|[-−–—])(?=\d)/g, " ") // between two numbers: from … to …
    .replace(/[-−–—]\s*(?=[\d.])/g, "-");
  const read = (words) =>
    [...words.replace(/(\d[\d.]*)\s*\/\s*(\d[\d.]*)/g, (_, a, b) => String(a / b)).matchAll(NUMBER)].map(Number);
  const grouped = read(plain.replace(/(?<=\d),(?=\d{3}(?!\d))/g, ""));
  return grouped.length === count ? grouped : read(plain.replace(/,/g, " "));
}

/** What to say of a typed answer: { state: "right" | "wrong" | "unread", words }. The tolerance is absolute, for each number. */
export function judge(typed, answer, tolerance = 0) {
  const right = answer.split(/\s+/).map(Number);
  const given = numbersIn(typed, right.length);
  if (given.length !== right.length || !given.every(Number.isFinite)) {
    return { state: "unread", words: right.length > 1 ? `请写 ${right.length} 个数，用空格隔开` : "请写一个数" };
  }
  const slack = (value) => tolerance + 1e-9 * Math.abs(value);
  const at = right.findIndex((value, i) => Math.abs(given[i] - value) > slack(value));
  if (at < 0) return { state: "right", words: "✓ 对" };
  const which = right.length > 1 ? `第 ${at + 1} 个数` : "";
  return { state: "wrong", words: `✗ ${which}${given[at] > right[at] ? "大了" : "小了"}` };
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

let mounted = 0;

function field(details, { answer, tolerance }) {
  const summary = details.querySelector("summary");
  summary.id ||= `self-test-${++mounted}`;
  const count = answer.split(/\s+/).length;
  const help = [count > 1 && `${count} 个数，用空格隔开`, tolerance && `误差 ${tolerance} 以内算对`].filter(Boolean).join("；");
  const keys = count > 1 || answer.includes("-") ? "text" : "decimal"; // number pads have no space and no minus
  const input = element("input", { type: "text", inputmode: keys, autocomplete: "off", "aria-describedby": summary.id });
  const result = element("output", {});
  const form = element(
    "form",
    { class: "self-test", "aria-labelledby": summary.id },
    element("label", {}, help ? `你的答案（${help}）` : "你的答案", input),
    element("button", { type: "submit", class: "md-button" }, "核对"),
    result,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { state, words } = judge(input.value, answer, Number(tolerance ?? 0));
    form.dataset.state = state;
    result.textContent = words;
  });
  return form;
}

function mount() {
  for (const answer of document.querySelectorAll("details > .answer[data-answer]")) {
    const details = answer.parentElement;
    if (!details.nextElementSibling?.matches("form.self-test")) details.after(field(details, answer.dataset));
  }
}

if (globalThis.document) {
  mount();
  globalThis.document$?.subscribe(mount); // pages arrive without a reload
}
