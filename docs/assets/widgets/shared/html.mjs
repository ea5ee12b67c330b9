// Elements of a page, made of what draw.mjs describes. Views take them from here: the script that writes what stands there without script never asks for one.

import { tag, written } from "./draw.mjs";

const NOTHING = { given: {}, children: [] };

/** What a described element becomes inside of `parent`, whose kind (HTML or SVG) it has; a text and a node of the page stay what they are. */
function made(described, parent) {
  const { name, given } = described;
  if (!given) return described;
  const element = document.createElementNS(name === "svg" ? "http://www.w3.org/2000/svg" : parent.namespaceURI, name);
  turn(element, NOTHING, described);
  return element;
}

/** Turn an element from what was described before into what is described now. */
function turn(element, was, now) {
  for (const key in { ...was.given, ...now.given }) {
    if (was.given[key] === now.given[key]) continue;
    const text = written(now.given[key]);
    if (key === "innerHTML") element.innerHTML = text; // a picture that comes as text
    else if (text === null) element.removeAttribute(key);
    else element.setAttribute(key, text);
  }
  patch(element, was.children, now.children);
}

/** The same of the children of an element: what is the same stays, with its focus, its scroll position and its layout. */
export function patch(parent, before, now) {
  now.forEach((described, i) => {
    const [was, node] = [before[i], parent.childNodes[i]];
    if (was === described) return;
    if (typeof was === "string" && typeof described === "string") node.data = described;
    else if (was?.given && was.name === described.name) turn(node, was, described);
    else if (node) node.replaceWith(made(described, parent));
    else parent.append(made(described, parent));
  });
  before.slice(now.length).forEach(() => parent.lastChild.remove());
}

/** An element of HTML with attributes and children, which may be nodes of the page. */
export const h = (name, given, ...children) => made(tag(name, given, ...children), document.body);

/** A place to paste text into. */
export const pasteArea = (label) => h("textarea", { rows: "3", spellcheck: "false", placeholder: label, "aria-label": label });
