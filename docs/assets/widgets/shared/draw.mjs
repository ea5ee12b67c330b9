// Pieces of pictures and tables: described here, put into the page by html.mjs, and written as text by the script that writes what stands there without script.

const hundredths = (value) => Math.round(value * 100) / 100;

/** An element of SVG or HTML. Its children are elements, texts, lists of them, and nothing (false, undefined, ""). */
export const tag = (name, given = {}, ...children) => ({ name, given, children: children.flat(Infinity).filter(Boolean) });

/** The text of an attribute; null where it is left out. */
export function written(value) {
  if (value === undefined || value === null || value === false) return null;
  return String(typeof value === "number" ? hundredths(value) : value);
}

// Shapes; `mark` is their class.

export const rect = (x, y, width, height, mark) => tag("rect", { x, y, width: Math.max(width, 0), height: Math.max(height, 0), class: mark });
export const line = (x1, y1, x2, y2, mark) => tag("line", { x1, y1, x2, y2, class: mark });
export const circle = (cx, cy, r, mark) => tag("circle", { cx, cy, r, class: mark });
export const words = (x, y, text, mark) => tag("text", { x, y, class: mark }, String(text));
export const path = (points, mark) => tag("polyline", { points: points.map((p) => p.map(hundredths).join(",")).join(" "), fill: "none", class: mark });
export const group = (given, ...children) => tag("g", given, ...children);

/** What is picked by a click or a key. */
export const spot = (key, label, ...children) => group({ "data-pick": key, tabindex: "0", role: "button", "aria-label": label }, children);
/**
 * A picture with its name; what it says is said by the sentence and the table beside it. It lies on a sheet of its own size: what is painted
 * never reaches further, whatever is moved, and the browser need not sort the layers of the page anew at each frame.
 */
export function picture(width, height, title, ...children) {
  return tag("svg", { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": title, class: "w-picture" }, rect(0, 0, width, height, "sheet"), children);
}

/** Rows of cells, the first row is the heads. A cell is text, or {text, mark} where mark is a class. */
function table(caption, rows) {
  const cell = (name, extra) => (value) => {
    const { text = value, mark } = Object(value);
    return tag(name, { ...extra, class: mark }, String(text));
  };
  const [heads, ...body] = rows;
  return [tag("p", { class: "w-caption" }, caption), tag("div", { class: "w-scroll", tabindex: "0", role: "group", "aria-label": caption },
    tag("table", { class: "w-table", "aria-label": caption },
      tag("thead", {}, tag("tr", {}, heads.map(cell("th", { scope: "col" })))),
      tag("tbody", {}, body.map((row) => tag("tr", {}, row.map(cell("td", {}))))),
    ))];
}

/** One table a caption; an empty row parts one from the next. */
export function tables(captions, rows) {
  const ends = [...rows.flatMap((row, i) => (row.length ? [] : [i])), rows.length];
  return captions.flatMap((caption, i) => table(caption, rows.slice(i && ends[i - 1] + 1, ends[i])));
}

/** At most `digits` after the point, without zeros at the end; a real minus sign. */
export const round = (value, digits = 4) => String(Number(value.toFixed(digits))).replace("-", "−");
