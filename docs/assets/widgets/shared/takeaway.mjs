// What a reader takes away of a widget: its table as CSV, its picture as SVG or in dots. Loaded when one is asked for.

export const TYPES = { csv: "text/csv", svg: "image/svg+xml", png: "image/png" };

/** Rows of cells as spreadsheets read them, their Chinese included. */
export function csv(rows) {
  const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `\ufeff${rows.map((row) => row.map((cell) => quoted(String(Object(cell).text ?? cell))).join(",")).join("\r\n")}\r\n`;
}

/** The picture with the colours that it has now, so that it stands by itself. */
export function svg(live) {
  const copy = live.cloneNode(true);
  const [from, to] = [live, copy].map((one) => [one, ...one.querySelectorAll("*")]);
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of ["fill", "stroke", "stroke-width", "stroke-dasharray", "paint-order", "font-family", "font-size", "font-weight", "text-anchor", "opacity"]) to[i].setAttribute(name, style.getPropertyValue(name));
  });
  const { width, height } = live.viewBox.baseVal;
  for (const [name, value] of Object.entries({ xmlns: "http://www.w3.org/2000/svg", width, height })) copy.setAttribute(name, value);
  return copy.outerHTML;
}

/** The picture in dots, two for each of its units, on the paper that it stands on. */
export async function png(live) {
  const { width, height } = live.viewBox.baseVal;
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svg(live))}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(2 * width), height: Math.round(2 * height) });
  const pen = canvas.getContext("2d");
  pen.fillStyle = getComputedStyle(live.closest(".w")).backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, TYPES.png));
}
