// Elements of a page, made of what draw.mjs describes. Views take them from here: the script that writes what stands there without script never asks for one.

import { tag, written } from "./draw.mjs";

function setAttribute(element, key, value) {
  const text = written(value);
  if (key === "innerHTML") element.innerHTML = text; // a picture that comes as text
  else if (text === null) element.removeAttribute(key);
  else element.setAttribute(key, text);
}

/** What a described element, a text or a node of the page becomes inside of `parent`, whose kind (HTML or SVG) it has. */
function made(described, parent) {
  if (typeof described === "string") return document.createTextNode(described);
  if (described instanceof Node) return described;
  const { name, given, children } = described;
  const element = document.createElementNS(name === "svg" ? "http://www.w3.org/2000/svg" : parent.namespaceURI, name);
  for (const key in given) if (written(given[key]) !== null) setAttribute(element, key, given[key]);
  element.append(...children.map((child) => made(child, element)));
  return element;
}

/** Turn the children of an element from what was described before into what is described now: what is the same stays, with its focus, its scroll position and its layout. */
export function patch(parent, before, now) {
  now.forEach((described, i) => {
    const [was, node] = [before[i], parent.childNodes[i]];
    if (was === described) return;
    if (typeof was === "string" && typeof described === "string") node.data = described;
    else if (was?.given && was.name === described.name) {
      for (const key in { ...was.given, ...described.given }) if (was.given[key] !== described.given[key]) setAttribute(node, key, described.given[key]);
      patch(node, was.children, described.children);
    } else if (node) node.replaceWith(made(described, parent));
    else parent.append(made(described, parent));
  });
  before.slice(now.length).forEach(() => parent.lastChild.remove());
}

/** An element of HTML with attributes and children, which may be nodes of the page. */
export const h = (name, given, ...children) => made(tag(name, given, ...children), document.body);

/** A place to paste text into. */
export const pasteArea = (label) => h("textarea", { rows: "3", spellcheck: "false", placeholder: label, "aria-label": label });
