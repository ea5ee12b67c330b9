// The register: which module an element comes from. A module loads where a page has the element, when a reader comes near it; the style sheet comes with what stands there before.

const ELEMENTS = [
  "conv-sizer", "map-playground", "install-picker", "lr-schedule", "roi-explorer", "nms-explorer", "autograd-stepper", "network-drawer", "scale-explorer",
];
const NEAR = { rootMargin: "100% 0px" }; // one screen above and below: it is there before it is seen, and does not push what is read

const load = (name) => import(new URL(`${name}/element.mjs`, import.meta.url));

let waiting;

/** Load what comes near, and at once what the address carries the state of. Material's instant navigation puts new content into the same document: it is looked at again then. */
function look() {
  waiting?.disconnect();
  waiting = new IntersectionObserver((seen, observer) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      load(target.localName);
    }
  }, NEAR);
  const given = new URLSearchParams(location.search);
  for (const element of document.querySelectorAll(ELEMENTS.join())) {
    if (given.has(element.localName)) load(element.localName);
    else if (!customElements.get(element.localName)) waiting.observe(element);
  }
}

look();
globalThis.document$?.subscribe(look);
