// What a reader takes away of a widget: its table as CSV, its picture as SVG or in dots. Loaded when one is asked for.

export const TYPES = { csv: "text/csv", svg: "image/svg+xml", png: "image/png" };

/** Rows of cells as spreadsheets read them, their Chinese included. */
export function csv(rows) {
  const quoted = (cell) => `"${String(Object(cell).text ?? cell).replaceAll('"', '""')}"`;
  return `\ufeff${rows.map((row) => `${row.map(quoted).join(",")}\r\n`).join("")}`;
}

/** The picture with the colours that it has now, so that it stands by itself. */
export function svg(live) {
  const copy = live.cloneNode(true);
  const [from, to] = [live, copy].map((one) => [one, ...one.querySelectorAll("*")]);
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of ["fill", "stroke", "stroke-width", "stroke-dasharray", "paint-order", "font-family", "font-size", "font-weight", "text-anchor", "fill-opacity"]) to[i].setAttribute(name, style.getPropertyValue(name));
  });
  const { width, height } = live.viewBox.baseVal;
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  return new XMLSerializer().serializeToString(copy);
}

/** The picture in dots, two for each of its units, on the paper that it stands on. */
export async function png(live) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svg(live))}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * image.width, height: 2 * image.height });
  const pen = canvas.getContext("2d");
  pen.fillStyle = getComputedStyle(live.closest(".w")).backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, TYPES.png));
}
