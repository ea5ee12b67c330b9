// Elements of a page. Views take them from here: the script that writes what stands there without script never asks for one.

/** An element of HTML with attributes and children; `text` is its text. */
export function h(name, given = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || value === false || value === null) continue;
    if (key === "text") made.textContent = value;
    else if (name === "textarea" && key === "value") made.value = value;
    else if (key in made && key !== "list" && typeof value !== "string") made[key] = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter(Boolean));
  return made;
}

/** A place to paste text into. */
export const pasteArea = (label) => h("textarea", { rows: "3", spellcheck: "false", placeholder: label, "aria-label": label });
