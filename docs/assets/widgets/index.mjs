// The register: which module an element comes from. A module, and the style sheet, load only where a page has the element.

const ELEMENTS = [
  "conv-sizer", "map-playground", "install-picker", "lr-schedule", "roi-explorer", "nms-explorer", "autograd-stepper", "network-drawer", "scale-explorer",
];

function style() {
  const address = new URL("shared/widgets.css", import.meta.url).href;
  if (document.querySelector(`link[href="${address}"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: address }));
}

/** Load what the page needs. Material's instant navigation puts new content into the same document: it is looked at again then. */
function look() {
  for (const name of ELEMENTS) {
    if (!document.querySelector(name)) continue;
    style();
    if (!customElements.get(name)) import(new URL(`${name}/element.mjs`, import.meta.url));
  }
}

look();
globalThis.document$?.subscribe(look);
