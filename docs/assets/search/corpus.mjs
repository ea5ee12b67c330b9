// The notes as the search reads them: one long text, cut into pieces that belong to a page or to a section of it. Pure.
//
// Every word of a question is looked for once in the whole text, which is much faster than once in every section.

import { pattern, plain } from "./pattern.mjs";

const BEGUN = 0.7; // the worth of a word of which the beginning was typed
const LISTS = 0.6; // a section that is so much links only lists other places

/** An index as one text: {text, low, starts, pieces, sections, pages, length}. Of piece n, low[n] is the text and starts[n] its place in the whole; sections and pages name their pieces by number. */
export function gather(index) {
  const corpus = { text: "", starts: [], pieces: [], sections: [], pages: [] };
  const low = [];
  const add = (text) => {
    const piece = plain(text);
    corpus.starts.push(corpus.pieces.length ? corpus.starts.at(-1) + low.at(-1).length + 1 : 0);
    low.push(piece);
    return corpus.pieces.push({ long: piece.length, spoken: undefined }) - 1;
  };
  for (const [address, title, parts, summary] of index.pages) {
    const page = corpus.pages.push({ title: add(title), summary: add(summary), address: add(address.replace(/[-/]/g, " ").trim()) }) - 1;
    for (const [anchor, heading, text, above = "", marked = "", linked = 0] of parts) {
      const pieces = { heading: add(heading), above: add(above), text: add(text), marked: add(marked && ` / ${marked} / `) };
      corpus.sections.push({ address, title, anchor, heading, text, page, pieces, lists: linked > LISTS });
    }
  }
  corpus.low = low;
  corpus.text = low.join("\n");
  corpus.length = corpus.sections.reduce((sum, { text }) => sum + text.length, 0) / corpus.sections.length;
  return corpus;
}

/** Where words stand, whole or as the beginning of longer ones: piece → {worth, times, long, at: [place…]}. */
export function occurrences(words, { text, starts }) {
  const found = new Map();
  let piece = 0;
  for (const [index, met] of places(words, text)) {
    const worth = whole(met, text[index + met.length] ?? "");
    if (!worth) continue;
    while (starts[piece + 1] <= index) piece++;
    const here = found.get(piece) ?? found.set(piece, { worth: 0, times: 0, long: 0, at: [] }).get(piece);
    here.worth = Math.max(here.worth, worth);
    here.times += worth;
    here.long += met.length;
    here.at.push(index - starts[piece]);
  }
  return found;
}

function* places(words, text) {
  if (!/^\p{sc=Han}+$/u.test(words)) {
    for (const { 0: met, index } of text.matchAll(pattern(words))) yield [index, met];
  } else {
    for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) yield [at, words];
  }
}

/** 1 for a whole word, less for the beginning of one, 0 for digits of a longer number and for less than three letters. */
function whole(met, next) {
  const digits = /\d$/.test(met);
  if (!/[a-z\d]$/.test(met) || !(digits ? /\d/ : /[a-z]/).test(next)) return 1;
  return digits || met.length < 3 ? 0 : BEGUN;
}
