// The search: a question → sections of the notes, best first. Pure: it imports nothing of the page and runs in Node too.
//
// The index is the text itself (scripts/detection_notes/finish/search.py). Chinese is cut by what the notes say and not
// by a dictionary, so that 感受野 and 交并比 stay whole. The weights were fitted to the queries of tests/search.

import { gather, occurrences } from "./corpus.mjs";
import { names } from "./names.mjs";
import { HAN, pattern, spoken } from "./pattern.mjs";
import { terms, withoutFrames } from "./question.mjs";
import { vocabulary } from "./spelling.mjs";
import { LOOSE, VAGUE } from "./words.mjs";

export const WEIGHTS = {
  heading: 3.8, above: 0.1, marked: 0.6, alone: 3, title: 3, address: 0.85, summary: 1, opening: 1.2, named: 2.5, // where a term stands: heading of the section, of the section around it, what is marked in it, alone, title of the page, its address as a part of the title, its description; in the opening of a page besides: in its title, and all of the question there
  often: 2.5, page: 0.15, room: 2, // in the text, however often; in the rest of the page; how fast often is enough
  near: 1, apart: 0.4, // how much of a term is covered by the rest of the page; of two words that stand side by side in the question only
  crowd: 0.28, // terms that stand near each other in the text
  number: 0.5, // a number of the reader's own beside words
  rare: 3.5, foreign: 4, subject: 10, unknown: [3, 6, 9], stray: 1, strange: 1.5, compound: 6, // a term weighs this at most; one that the notes do not have; a Latin one before a single other word; a Chinese one of two, three and more characters; a single character; a pair that the notes do not have, and one that is the whole question
  said: 18, phrase: 0.8, // the whole question in the heading; in the text
  common: 0.2, glossary: 0.05, lists: 0.8, appendix: 0.35, lead: 0.2, cover: 1.5, // sections that every page has; the glossary, which the notes explain at length; lists of links; the opening of a page with another title; power of the share of the question that is found
};
const ENOUGH = 0.3; // of a question's weight must be found in a section
const STRONG = 0.6; // points by weight that a section must have when there are several terms
const CLOSE = 0.1; // of the best section's points
const BEGINS = 1.2; // a heading that begins with a term is about it
const IS = 1.4; // and one that is the term still more
const WINDOW = 60; // characters in which terms are near each other
const MOST = 8; // results, and of one page:
const A_PAGE = 2;

/** Everything the search keeps of an index. */
export function prepare(index) {
  const corpus = gather(index);
  const times = new Map();
  for (const { heading } of corpus.sections) times.set(heading, (times.get(heading) ?? 0) + 1);
  for (const section of corpus.sections) {
    section.factor = kind(section, index, times.get(section.heading));
  }
  const all = corpus.text.replace(/(?<=\p{sc=Han}) (?=\p{sc=Han})/gu, "");
  return { ...corpus, all, vocabulary: vocabulary(all), names: names(index, all) };
}

/** What sets a section apart from those that explain something. */
function kind({ address, anchor, lists }, { glossary, appendices }, times) {
  if (address === glossary && anchor) return "glossary";
  if (times > 4) return "common";
  if (appendices.includes(address)) return "appendix";
  return lists ? "lists" : undefined;
}

/** The sections that answer a question, best first: {address, title, anchor, heading, text, terms}. */
export function ask(ready, pasted) {
  const question = withoutFrames(pasted);
  const { asked, context } = understood(ready, question);
  if (!asked.length) return [];
  const scored = ready.sections.map((section) => ({ section, ...weighed(features(section, asked, context), section, context.total) }));
  return best(scored, asked.length > 1 ? STRONG : 0).map((section) => ({ ...section, terms: asked }));
}

/** The terms of a question, looked for and weighed, and what they weigh together. */
export function understood(ready, question) {
  const asked = terms(question, ready);
  const known = new Map();
  const find = (words) => known.get(words) ?? known.set(words, occurrences(words, ready)).get(words);
  for (const term of asked) look(term, ready, find);
  if (asked.length === 2 && !HAN.test(asked[0].said) && !asked[0].places.size) asked[0].weight = WEIGHTS.subject;
  if (asked.some(({ said }) => /\D/.test(said))) for (const term of asked) if (/^\d+$/.test(term.said)) term.weight *= WEIGHTS.number;
  const total = asked.reduce((sum, { weight }) => sum + weight, 0) + strangeness(asked, ready);
  return { asked, context: { ready, total, phrase: asked.length > 1 ? pattern(spoken(question)) : null } };
}

/** What is missing because pieces that stand side by side in the question do so nowhere in the notes. */
function strangeness(asked, { low }) {
  const telling = asked.filter(({ said }) => !VAGUE.has(said));
  const name = telling.length <= 3 && !telling.some(({ name }) => name) && telling.slice(1).every(({ place }, at) => telling[at].place + telling[at].said.length === place); // the question is but one name
  const plainly = ({ name, said }) => name || VAGUE.has(said);
  const strange = asked.filter((term, at) => term.beside && !plainly(term) && !(at && plainly(asked[at - 1])) && (name || term.ways.length) && !low.some((piece) => term.beside.test(piece))).length;
  return name ? strange * WEIGHTS.compound : Math.min(strange, 1) * WEIGHTS.strange;
}

/** Look for a term everywhere; note where it stands (piece → {worth, times, at}), how much of each page it is in, and what it weighs. */
function look(term, ready, find) {
  term.places = new Map();
  for (const [way, value] of term.ways) {
    const each = [way].flat().map(find);
    for (const piece of new Set(each.flatMap((found) => [...found.keys()]))) {
      const here = joined(each.map((found) => found.get(piece)), ready.pieces[piece]);
      const place = term.places.get(piece) ?? term.places.set(piece, { all: 0, some: 0, times: 0, at: [] }).get(piece);
      place.all = Math.max(place.all, value * here.all);
      place.some = Math.max(place.some, value * here.some);
      place.times += value * here.times;
      place.at.push(...here.at);
    }
  }
  term.pages = new Map();
  let number = 0;
  for (const { page, pieces } of ready.sections) {
    const heading = term.places.get(pieces.heading)?.some ?? 0;
    const { all = 0, times = 0 } = term.places.get(pieces.text) ?? {};
    if (!heading && !all) continue;
    number++;
    const [worth, often] = term.pages.get(page) ?? [0, 0];
    term.pages.set(page, [Math.max(worth, heading, all), often + times]);
  }
  term.weight = weigh(term, number, ready);
}

/** A list of words in one piece: in a text all must be there; in a heading some are enough, and more, the more of it they are. */
function joined(parts, { long }) {
  const there = parts.filter(Boolean);
  const all = there.length === parts.length;
  const share = Math.min(1, there.reduce((sum, part) => sum + part.long, 0) / long);
  const begins = parts.length === 1 && there[0].at[0] === 0 ? (share > 0.99 ? IS : BEGINS) : 1;
  return {
    all: all ? Math.min(...there.map(({ worth }) => worth)) : 0,
    some: (there.reduce((sum, { worth }) => sum + worth, 0) / parts.length) * begins * (0.7 + 0.3 * share),
    times: all ? Math.min(...there.map(({ times }) => times)) : 0,
    at: all ? there[0].at : [],
  };
}

/** How much a term tells. Words of everyday speech are rare in the notes too, so rarity counts only so far. */
function weigh({ said, ways }, number, { sections, all }) {
  if (!ways.length) return said.length > 1 ? WEIGHTS.unknown[Math.min(said.length, 4) - 2] : LOOSE.includes(said) ? 0 : WEIGHTS.stray;
  if (!number) return WEIGHTS.foreign;
  const telling = VAGUE.has(said) ? 0 : said.length === 1 && HAN.test(said) ? 0.1 : HAN.test(said) ? [...said].filter((character) => !LOOSE.includes(character)).length / said.length : 1;
  return Math.min(WEIGHTS.rare, Math.log(1 + (sections.length - number + 0.5) / (number + 0.5))) * (0.2 + 0.8 * telling);
}

/** What stands in a section of a term, each from 0 to about 1. */
export function features({ page, pieces, anchor }, asked, { ready, total, phrase }) {
  const { pages, low, length, starts } = ready;
  const { title: top, summary: about, address: path } = pages[page];
  const sum = { heading: 0, above: 0, marked: 0, title: 0, summary: 0, often: 0, page: 0, own: 0, covered: 0, titled: false, whole: true };
  const room = 0.6 + 0.4 * (ready.pieces[pieces.text].long / length);
  const crowd = [];
  for (const { said, weight, beside, places, pages: onPage } of asked) {
    const title = Math.max(places.get(top)?.some ?? 0, WEIGHTS.address * (places.get(path)?.some ?? 0)), heading = places.get(pieces.heading)?.some ?? 0, above = places.get(pieces.above)?.some ?? 0, marked = (places.get(pieces.marked)?.all ?? 0) * (low[pieces.marked].includes(` / ${said} / `) ? WEIGHTS.alone : 1);
    const summary = places.get(about)?.all ?? 0;
    const { all: text = 0, times = 0, at = [] } = places.get(pieces.text) ?? {};
    const [near, often] = onPage.get(page) ?? [0, 0];
    const together = !beside || beside.test(low[pieces.text]) || beside.test(low[pieces.heading]);
    sum.titled ||= title > 0;
    sum.whole &&= title > 0 || VAGUE.has(said);
    const own = Math.max(title * 0.9, heading, text, above * 0.9);
    sum.own += weight * (together ? 1 : WEIGHTS.apart) * own;
    sum.covered += weight * (together ? 1 : WEIGHTS.apart) * Math.max(own, near * WEIGHTS.near);
    sum.heading += weight * heading;
    sum.above += weight * above;
    sum.marked += weight * marked;
    sum.title += weight * title;
    sum.summary += weight * summary;
    sum.often += (weight * text * times) / (times + WEIGHTS.room * room);
    sum.page += (weight * near * often) / (often + 4);
    for (const place of at) crowd.push([place, weight * text, said]);
  }
  sum.crowd = crowded(crowd);
  sum.said = phrase && spokenOf(pieces.heading, ready).search(phrase) >= 0 ? total : 0;
  sum.phrase = phrase && !sum.said && spokenOf(pieces.text, ready).search(phrase) >= 0 ? total : 0;
  return sum;
}

/** The most weight of different terms that stands in one window, without that of the heaviest alone. */
function crowded(places) {
  places.sort((a, b) => a[0] - b[0]);
  let best = 0;
  for (let from = 0; from < places.length; from++) {
    if (from && places[from][0] === places[from - 1][0]) continue;
    const inside = new Map();
    for (let at = from; at < places.length && places[at][0] < places[from][0] + WINDOW; at++) inside.set(places[at][2], places[at][1]);
    if (inside.size < 2) continue;
    const weights = [...inside.values()];
    best = Math.max(best, weights.reduce((sum, weight) => sum + weight, 0) - Math.max(...weights));
  }
  return best;
}

export function weighed(sum, { anchor, factor }, total, weights = WEIGHTS) {
  const w = weights;
  let points = w.often * sum.often + w.page * sum.page + w.crowd * sum.crowd + w.said * sum.said + w.phrase * sum.phrase + w.summary * sum.summary + w.marked * sum.marked;
  points += w.title * sum.title + (anchor ? w.heading * sum.heading + w.above * sum.above : w.opening * sum.title + (sum.whole ? w.named * sum.title : 0));
  const coverage = sum.covered / total;
  return { coverage, own: sum.own / total, strength: points / total, points: points * coverage ** w.cover * (w[factor] ?? 1) * (anchor || sum.titled ? 1 : w.lead) };
}

function spokenOf(piece, { pieces, low }) {
  return (pieces[piece].spoken ??= spoken(low[piece]));
}

function best(scored, strong) {
  const enough = scored.filter(({ own, strength }) => own >= ENOUGH && strength >= strong).sort((a, b) => b.points - a.points);
  const pages = new Map();
  const kept = [];
  for (const { section, points } of enough) {
    if (points < CLOSE * enough[0].points || kept.length === MOST) break;
    const times = pages.get(section.address) ?? 0;
    pages.set(section.address, times + 1);
    if (times < A_PAGE) kept.push(section);
  }
  return kept;
}
