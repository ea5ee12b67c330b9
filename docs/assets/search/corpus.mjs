// The notes as the search reads them: one long text, cut into pieces that belong to a page or to a section of it. Pure.
//
// Every word of a question is looked for once in the whole text, which is much faster than once in every section.

import { pattern, plain } from "./pattern.mjs";
import { WEIGHTS } from "./weights.mjs";

/** An index as one text: {text, low, starts, pieces, sections, pages, length}. Of piece n, low[n] is the text and starts[n] its place in the whole; sections and pages name their pieces by number. */
export function gather(index) {
  const corpus = { text: "", starts: [], pieces: [], sections: [], pages: [] };
  const low = [];
  const add = (text) => {
    const piece = plain(text);
    corpus.starts.push(corpus.pieces.length ? corpus.starts.at(-1) + low.at(-1).length + 1 : 0);
    low.push(piece);
    return corpus.pieces.push({ long: piece.length }) - 1;
  };
  for (const [address, title, parts, summary, boost] of index.pages) {
    const page = { title: add(title), summary: add(summary), address: add(address.replace(/[-/]/g, " ").trim()) };
    for (const [named, heading, text, phrases = []] of parts) {
      const anchor = named === 0 ? slug(heading) : named;
      const pieces = { heading: add(heading), text: add(text), phrases: phrases.map(add) };
      if (!anchor) page.opening = pieces.text;
      corpus.sections.push({ address, title, anchor, heading, text, phrases, boost, pieces, page: corpus.pages.length });
    }
    corpus.pages.push(page);
  }
  corpus.low = low;
  corpus.text = low.join("\n");
  corpus.length = corpus.sections.reduce((sum, { text }) => sum + text.length, 0) / corpus.sections.length;
  return corpus;
}

/** The anchor that most headings have: scripts/detection_notes/finish/search.py leaves it out of the index. */
function slug(heading) {
  return heading.replace(/[^\p{L}\p{N}_\- ]/gu, "").trim().toLowerCase().replaceAll(" ", "-");
}

/** Where words stand, whole and in the plural or, as long as they are being `typed`, as the beginning of longer ones: piece → {worth, times, long, at: [place…]}. */
export function occurrences(words, { text, starts }, typed = true) {
  const found = new Map();
  let piece = 0;
  for (const [index, met] of places(words, text)) {
    const worth = whole(met, text.slice(index + met.length, index + met.length + 2), typed);
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

/** 1 for a whole word and its plural; less for what may be the beginning of one, three letters at least; 0 for digits of a longer number. */
function whole(met, next, typed) {
  if (!/[a-z\d]$/.test(met)) return 1;
  if (/\d$/.test(met)) return /^\d/.test(next) ? 0 : 1;
  if (!/^[a-z]/.test(next) || /^s(?![a-z])/.test(next)) return 1;
  return typed && met.length > 2 ? WEIGHTS.loose : 0;
}
