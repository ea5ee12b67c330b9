// What Material's script leaves undone for keyboards, screen readers and paper.
// Layout is read in one place only, by a ResizeObserver, when the browser has just made it.

const SCROLLING = ".md-typeset pre > code, .md-typeset__scrollwrap, .md-typeset div.math, .w-fallback :is(.w-scroll, .w-tall, .w-code)";

// What scrolls must scroll with the arrow keys too; Material forgets it where there is no mouse, and takes the
// attribute away again whenever it measures a code block. What is not laid out yet (content-visibility) counts as wide
// until the observer hears of it.
const wide = new WeakMap();
const reach = (element) => element.toggleAttribute("tabindex", wide.get(element)) && (element.tabIndex = 0);

const scrolling = new ResizeObserver((entries) => {
  for (const { target } of entries) wide.set(target, target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight + 1);
  requestAnimationFrame(() => entries.forEach(({ target }) => reach(target)));
});
const kept = new MutationObserver((changes) => {
  for (const { target } of changes) if (wide.get(target) && !target.hasAttribute("tabindex")) reach(target);
});

function mend(root) {
  for (const element of root.querySelectorAll(SCROLLING)) {
    if (!wide.has(element)) {
      wide.set(element, true);
      reach(element);
    }
    scrolling.observe(element);
    kept.observe(element, { attributeFilter: ["tabindex"] });
  }
  // The copy button of each code block stands in a nameless navigation landmark: it is none.
  for (const nav of root.querySelectorAll(".md-code__nav:not([role])")) nav.setAttribute("role", "none");
}

new MutationObserver((changes) => {
  const parents = new Set(changes.filter(({ addedNodes }) => addedNodes.length).map(({ target }) => target));
  for (const parent of parents) mend(parent);
}).observe(document.body, { childList: true, subtree: true });
mend(document.body);

// Going to another page without loading a document: say its title, and read on from its heading.
const spoken = document.createElement("p");
spoken.className = "spoken";
spoken.setAttribute("role", "status");
document.body.append(spoken);

function arrive() {
  const heading = document.querySelector("article h1");
  const target = (location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)))) || heading;
  spoken.textContent = document.title;
  if (!target) return;
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
}

// Paper: the title of the page and its date in the margin, which a style sheet alone cannot know.
const paper = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, paper];

function head() {
  const changed = document.querySelector("article .changed")?.textContent ?? "";
  const said = (text) => JSON.stringify(text);
  const type = "font: 8pt sans-serif; color: #59635f";
  paper.replaceSync(`@page {
    @top-left { content: ${said(document.title)}; ${type} }
    @top-right { content: ${said(changed)}; ${type} }
    @bottom-right { content: counter(page) " / " counter(pages); ${type} }
  }`);
}

let here = location.pathname;
globalThis.document$?.subscribe(() => {
  head();
  if (location.pathname !== here) arrive();
  here = location.pathname;
});
