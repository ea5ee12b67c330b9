// What Material's script adds to a page in the browser, mended for keyboards and screen readers.

function mend() {
  // The copy button of each code block stands in a nameless navigation landmark: it is none.
  for (const nav of document.querySelectorAll(".md-code__nav:not([role])")) nav.setAttribute("role", "none");
  // A table that scrolls sideways must scroll with the arrow keys too.
  for (const wrap of document.querySelectorAll(".md-typeset__scrollwrap")) {
    if (wrap.scrollWidth > wrap.clientWidth) wrap.tabIndex = 0;
    else wrap.removeAttribute("tabindex");
  }
}

new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
addEventListener("resize", mend);
mend();
