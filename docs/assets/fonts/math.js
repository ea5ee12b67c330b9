// The font of formulas, made by scripts/detection_notes/notes/subset_font.py. Not in a style sheet: Material writes the address of every sheet anew, and where one of them
// names a font, the whole page is laid out once more. A font that comes too late is left out of the first view, so
// that text never moves.
for (const [file, unicodeRange] of [
  ["stix-two-math", "U+0-10FFFF"],
  ["stix-two-math-more", "U+AC, U+B0, U+B2-B3, U+B5, U+2DA, U+333, U+338, U+391-3A9, U+3D1, U+3D5-3D6, U+3F0-3F1, U+3F5, U+2020-2021, U+2034, U+2044, U+2102, U+210B, U+210F-2110, U+2112-2113, U+2115, U+2118, U+211A-211D, U+2124, U+212C, U+2130-2131, U+2133, U+21A6, U+21A9-21AA, U+21D0, U+2200-2207, U+220B, U+2215-2219, U+221D, U+2220, U+2227-222A, U+222C, U+222E, U+2234-2235, U+223C, U+2243, U+2245, U+2254, U+2261, U+226A-226B, U+2282-2287, U+2295, U+2297, U+2299, U+22A5, U+22EE, U+22F0-22F1, U+25A1, U+25CB, U+2713, U+27F5-27FA, U+2A7D-2A7E, U+FE00-FE01, U+1D400-1D433, U+1D468-1D4B5, U+1D53C, U+1D736-1D755, U+1D7CE-1D7D7, U+1D7D9"],
]) {
  const address = new URL(`${file}.woff2`, document.currentScript.src);
  document.fonts.add(new FontFace("STIX Two Math", `url(${address})`, { display: "optional", unicodeRange }));
}
