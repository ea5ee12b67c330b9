// How well a section answers a question. Pure.

import { spoken } from "./pattern.mjs";
import { WEIGHTS } from "./weights.mjs";
import { VAGUE } from "./words.mjs";

const WINDOW = 120; // characters in which terms are near each other

/** What of the question stands where, by weight: in the heading, in the title of the page and so on. */
export function features(section, asked, { ready, total, phrase }) {
  const { pieces } = section;
  const sum = { heading: 0, above: 0, marked: 0, title: 0, summary: 0, often: 0, page: 0, own: 0, covered: 0, titled: false, whole: true };
  const room = 0.6 + 0.4 * (ready.pieces[pieces.text].long / ready.length);
  const places = [];
  for (const term of asked) {
    const { weight } = term;
    const { title, heading, above, marked, summary, text, times, near, often, at } = standing(term, section, ready);
    const own = weight * Math.max(title * 0.9, heading, text, above * 0.9);
    const together = isTogether(term, pieces, ready) ? 1 : WEIGHTS.apart;
    sum.own += together * own;
    sum.covered += together * Math.max(own, weight * near);
    sum.titled ||= title > 0;
    sum.whole &&= title > 0 || VAGUE.has(term.said);
    sum.heading += weight * heading;
    sum.above += weight * above;
    sum.marked += weight * marked;
    sum.title += weight * title;
    sum.summary += weight * summary;
    sum.often += (weight * text * times) / (times + WEIGHTS.room * room);
    sum.page += (weight * near * often) / (often + 4);
    for (const place of at) places.push([place, weight * text, term.said]);
  }
  sum.crowd = crowded(places);
  sum.said = phrase && spokenOf(pieces.heading, ready).search(phrase) >= 0 ? total : 0;
  sum.phrase = phrase && !sum.said && spokenOf(pieces.text, ready).search(phrase) >= 0 ? total : 0;
  return sum;
}

/** The worth of a term in each piece of a section and of its page. */
function standing({ said, places, pages }, { page, pieces }, { pages: all, low }) {
  const some = (piece) => places.get(piece)?.some ?? 0;
  const whole = (piece) => places.get(piece)?.all ?? 0;
  const { times = 0, at = [] } = places.get(pieces.text) ?? {};
  const [near, often] = pages.get(page) ?? [0, 0];
  return {
    title: Math.max(some(all[page].title), WEIGHTS.address * some(all[page].address)),
    heading: some(pieces.heading),
    above: some(pieces.above),
    marked: whole(pieces.marked) * (low[pieces.marked].includes(` / ${said} / `) ? WEIGHTS.alone : 1),
    summary: whole(all[page].summary),
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
    for (let at = from; at < places.length && places[at][0] < places[from][0] + WINDOW; at++) inside.set(places[at][2], places[at][1]);
    const weights = [...inside.values()];
    best = Math.max(best, weights.reduce((sum, weight) => sum + weight, 0) - Math.max(...weights));
  }
  return best;
}

/** Features → {points, strength, own}: by which results are ordered; points by weight of the question; the share of it that the section has itself. */
export function weighed(sum, { anchor, factor }, total, w = WEIGHTS) {
  const opening = w.opening * sum.title + (sum.whole ? w.named * sum.title : 0);
  const section = w.heading * sum.heading + w.above * sum.above;
  const everywhere = w.title * sum.title + w.summary * sum.summary + w.marked * sum.marked + w.often * sum.often + w.page * sum.page;
  const points = everywhere + w.crowd * sum.crowd + w.said * sum.said + w.phrase * sum.phrase + (anchor ? section : opening);
  const kind = (w[factor] ?? 1) * (anchor || sum.titled ? 1 : w.lead);
  return { points: points * (sum.covered / total) ** w.cover * kind, strength: points / total, own: sum.own / total };
}

function spokenOf(piece, { pieces, low }) {
  return (pieces[piece].spoken ??= spoken(low[piece]));
}
