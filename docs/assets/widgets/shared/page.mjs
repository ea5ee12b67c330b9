// On a page of one element alone: light and dark as the system says.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => (document.body.dataset.mdColorScheme = dark.matches ? "slate" : "default");
dark.addEventListener("change", follow);
follow();
