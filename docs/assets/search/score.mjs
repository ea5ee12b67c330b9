// How well a section answers a question. Pure.
//
// As in BM25F (Robertson, Zaragoza, Taylor 2004), what a term is worth in each field is added first and then saturates: a term
// counts for at most its weight, however often and in however many places it stands, so that no single one outweighs the others.
// What is added to it looks at the question as a whole: how near its terms stand, and how much it is like one that readers ask.

import { spoken } from "./pattern.mjs";
import { WEIGHTS } from "./weights.mjs";
import { VAGUE } from "./words.mjs";

/** {points, strength, own}: by which results are ordered; points by weight of the question; the share of it that the section has itself. `like`: how much the question is like one that the section answers. */
export function scored(section, asked, { ready, total, sentence, like }, w = WEIGHTS) {
  const { pieces, anchor, factor } = section;
  const room = 1 - w.length + w.length * (ready.pieces[pieces.text].long / ready.length);
  const places = [];
  let points = 0, own = 0, named = 0, whole = true;
  for (const term of asked) {
    const { weight } = term;
    const { title, heading, summary, opening, phrases, text, times, near, often, at } = standing(term, section, ready);
    const fields = w.title * title + w.heading * heading + w.summary * summary + w.opening * opening + w.phrases * phrases + (text * times) / room + (w.page * near * often) / (often + 4);
    points += (weight * fields) / (fields + w.enough);
    own += weight * Math.max(title, heading, text, phrases) * (isTogether(term, pieces, ready) ? 1 : w.apart);
    named += weight * title;
    whole &&= title > 0 || VAGUE.has(term.said);
    for (const place of at) places.push([place, weight * text, term.said]);
  }
  points += w.crowd * crowded(places) + (whole && !anchor ? w.named * named : 0);
  if (sentence && spoken(ready.low[pieces.heading]).includes(sentence)) points += w.said * total;
  points += w.alike * total * like;
  const counts = like > w.asked ? Math.max(factor, like) : factor;
  const kind = counts * (anchor || named ? 1 : Math.min(1, w.lead + like)); // the opening of a page with another title names much and explains little, unless it is what is asked for
  return { points: points * kind, strength: points / total, own: own / total };
}

/** The worth of a term in each piece of a section and of its page. */
function standing({ places, pages }, { anchor, page, pieces }, { pages: all }) {
  const some = (piece) => places.get(piece)?.some ?? 0;
  const whole = (piece) => places.get(piece)?.all ?? 0;
  const { times = 0, at = [] } = places.get(pieces.text) ?? {};
  const [near, often] = pages.get(page) ?? [0, 0];
  return {
    title: Math.max(some(all[page].title), some(all[page].address)),
    heading: anchor ? some(pieces.heading) : 0,
    summary: whole(all[page].summary),
    opening: whole(all[page].opening),
    phrases: pieces.phrases.reduce((most, phrase) => Math.max(most, whole(phrase)), 0),
    text: whole(pieces.text),
    times, at, near, often,
  };
}

function isTogether({ beside }, pieces, { low }) {
  return !beside || beside.test(low[pieces.text]) || beside.test(low[pieces.heading]);
}

/** The most weight of different terms that stands in one window, without that of the heaviest alone. `places` are [place, weight, term]. */
function crowded(places) {
  places.sort((a, b) => a[0] - b[0]);
  let best = 0;
  for (let from = 0; from < places.length; from++) {
    if (from && places[from][0] === places[from - 1][0]) continue;
    const inside = new Map();
    for (let at = from; at < places.length && places[at][0] < places[from][0] + WEIGHTS.window; at++) inside.set(places[at][2], places[at][1]);
    const weights = [...inside.values()];
    best = Math.max(best, weights.reduce((sum, weight) => sum + weight, 0) - Math.max(...weights));
  }
  return best;
}
