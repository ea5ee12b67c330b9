// The register: which module an element comes from. A module, and the style sheet, load where a page has the element, when a reader comes near it.

const ELEMENTS = [
  "conv-sizer", "map-playground", "install-picker", "lr-schedule", "roi-explorer", "nms-explorer", "autograd-stepper", "network-drawer", "scale-explorer",
];
const NEAR = { rootMargin: "100% 0px" }; // one screen above and below: it is there before it is seen, and does not push what is read

function style() {
  const address = new URL("shared/widgets.css", import.meta.url).href;
  if (document.querySelector(`link[href="${address}"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: address }));
}

function load(name) {
  style();
  if (!customElements.get(name)) import(new URL(`${name}/element.mjs`, import.meta.url));
}

let waiting;

/** Load what comes near, and at once what the address carries the state of. Material's instant navigation puts new content into the same document: it is looked at again then. */
function look() {
  waiting?.disconnect();
  waiting = undefined;
  const given = new URLSearchParams(location.search);
  const far = [...document.querySelectorAll(ELEMENTS.join())].filter(({ localName }) => {
    if (customElements.get(localName)) return false;
    if (given.has(localName)) load(localName);
    return !given.has(localName);
  });
  if (!far.length) return;
  waiting = new IntersectionObserver((seen, observer) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      load(target.localName);
    }
  }, NEAR);
  for (const element of far) waiting.observe(element);
}

look();
globalThis.document$?.subscribe(look);
