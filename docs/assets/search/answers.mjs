// What was found → the list under the search box: at most three lines a result, the section and not only the page.

import { pattern } from "./pattern.mjs";
import { nearest } from "./nearest.mjs";

const AROUND = 70; // characters of text shown with a result

/** Fill the list; returns what to say of it, which screen readers read aloud. */
export function show(list, found, { question, index, root }) {
  const near = found.length ? [] : nearest(question, index.terms);
  const items = found.length
    ? found.map((section) => result(section, root))
    : near.map(([term, english, anchor]) => item(link(new URL(`${index.glossary}#${anchor}`, root), term), ` ${english}`));
  list.replaceChildren(...items);
  list.toggleAttribute("data-near", near.length > 0);
  if (found.length) return `找到 ${found.length} 处`;
  return near.length ? "没有找到合适的。术语表里相近的词：" : "没有找到合适的。";
}

function result({ address, title, anchor, heading, text, terms }, root) {
  const wanted = terms.flatMap(({ ways }) => ways.flatMap(([words]) => words));
  const where = link(new URL(address + (anchor ? `#${anchor}` : ""), root));
  const named = element("span", "find__title");
  named.append(...marked(title, wanted));
  if (anchor) named.append(" › ", ...marked(heading, wanted));
  const shown = element("span", "find__text");
  shown.append(...marked(extract(text, wanted), wanted));
  where.append(named, shown);
  return item(where);
}

/** The piece of a text in which most of the words stand. */
function extract(text, wanted) {
  const places = wanted.flatMap((words) => [...text.toLowerCase().matchAll(pattern(words))].map(({ index }) => index)).sort((a, b) => a - b);
  const crowd = (place) => places.filter((other) => other >= place && other < place + AROUND).length;
  const middle = places.reduce((best, place) => (crowd(place) > crowd(best) ? place : best), places[0] ?? 0);
  const from = Math.max(0, middle - 12);
  const start = from ? from + Math.max(0, text.slice(from, middle).search(/(?<=[，。；：、 ])/)) : 0;
  return (start ? "…" : "") + text.slice(start, start + AROUND + 30);
}

/** Text with the words marked. */
function marked(text, wanted) {
  const low = text.toLowerCase();
  if (low.length !== text.length) return [text]; // İ, say: better unmarked than marked beside it
  const spans = wanted.flatMap((words) => [...low.matchAll(pattern(words))].map(({ 0: met, index }) => [index, index + met.length])).sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  const parts = [];
  let at = 0;
  for (const [from, to] of spans) {
    if (from < at) continue;
    const mark = element("mark");
    mark.textContent = text.slice(from, to);
    parts.push(text.slice(at, from), mark);
    at = to;
  }
  return [...parts, text.slice(at)];
}

function element(name, className = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  return made;
}

function link(address, text = "") {
  const made = element("a");
  made.href = address;
  made.append(text);
  return made;
}

function item(...content) {
  const made = element("li");
  made.append(...content);
  return made;
}
