// The search: a question → sections of the notes, best first. Pure: it imports nothing of the page and runs in Node too.
//
// The index is the text itself (scripts/detection_notes/finish/search.py), and every section is looked through for every
// term. Chinese is cut by what the notes say and not by a dictionary, so that 感受野 and 交并比 stay whole.

import { HAN, LOOSE, VAGUE, pattern, plain, terms, withoutFrames } from "./question.mjs";

export const WEIGHTS = {
  heading: 3, title: 0.9, named: 4.2, opening: 2, // where a term stands: heading of the section, title of the page, both, only the opening under it
  often: 2.2, page: 1.3, // in the text, however often; in the rest of the page
  near: 1, apart: 0.4, // how much of a term is covered by the rest of the page; of two words that stand side by side in the question only
  rare: 3.5, foreign: 4, stray: 1, strange: 1.5, compound: 6, // a term weighs this at most; one that the notes do not have; a single character; a pair that the notes do not have, and one that is the whole question
  phrase: 1.2, common: 0.4, glossary: 0.18, summary: 0.7, // the whole question in the text; sections that every page has; the glossary, which the notes explain at length; the opening of a page with another title, which names much and explains little
};
const ENOUGH = 0.32; // of a question's weight must be found in a section
const STRONG = 0.78; // points by weight that a section must have when there are several terms
const CLOSE = 0.2; // of the best section's points
const BEGUN = 0.7; // the worth of a word of which the beginning was typed
const BEGINS = 1.2; // a heading that begins with a term is about it
const MOST = 8; // results, and of one page:
const A_PAGE = 2;

/** Everything the search keeps of an index. */
export function prepare(index) {
  const sections = index.pages.flatMap(([address, title, parts]) =>
    parts.map(([anchor, heading, text]) => ({
      address, title, anchor, heading, text,
      low: { title: plain(title), heading: plain(heading), text: plain(text) },
      spoken: { heading: spoken(heading), text: spoken(text) },
    })),
  );
  const times = new Map();
  for (const { heading } of sections) times.set(heading, (times.get(heading) ?? 0) + 1);
  for (const section of sections) section.factor = section.address === index.glossary && section.anchor ? "glossary" : times.get(section.heading) > 4 ? "common" : undefined;
  return {
    sections,
    all: sections.map(({ low }) => `${low.title}\n${low.heading}\n${low.text}`).join("\n").replace(/(?<=\p{sc=Han}) (?=\p{sc=Han})/gu, ""),
    groups: index.synonyms.map((group) => group.map(plain)),
    length: sections.reduce((sum, { text }) => sum + text.length, 0) / sections.length,
  };
}

/** The sections that answer a question, best first: {address, title, anchor, heading, text, terms}. */
export function ask(ready, pasted) {
  const question = withoutFrames(pasted);
  const asked = terms(question, ready);
  if (!asked.length) return [];
  look(asked, ready);
  const name = oneName(asked);
  const strange = asked.filter(({ beside, ways }) => beside && (name || ways.length) && !ready.sections.some(({ low }) => beside.test(low.text) || beside.test(low.heading))).length;
  const total = asked.reduce((sum, { weight }) => sum + weight, 0) + (name ? strange * WEIGHTS.compound : Math.min(strange, 1) * WEIGHTS.strange);
  const phrase = asked.length > 1 ? pattern(spoken(question)) : null;
  const scored = ready.sections.map((section, at) => ({ section, ...score(section, at, asked, { total, phrase, length: ready.length }) }));
  return best(scored, asked.length > 1 ? STRONG : 0).map((section) => ({ ...section, terms: asked }));
}

/** Whether the question is but one name: up to three pieces, each right behind the other. */
function oneName(asked) {
  return asked.length <= 3 && asked.slice(1).every(({ place }, at) => asked[at].place + asked[at].said.length === place);
}

/** Look for every term in every section; note where it stands, and what it weighs. */
function look(asked, { sections, all }) {
  const patterns = new Map();
  const known = (words) => patterns.get(words) ?? patterns.set(words, { words: pattern(words), bare: /^(?:\p{sc=Han}+|[a-z]+)$/u.test(words) }).get(words);
  for (const term of asked) {
    term.pages = new Map();
    term.at = sections.map(({ address, low }) => {
      const [text, times] = inText(term.ways, low.text, known);
      const at = { title: inHeading(term.ways, low.title, known), heading: inHeading(term.ways, low.heading, known), text, times };
      const [worth, often] = term.pages.get(address) ?? [0, 0];
      term.pages.set(address, [Math.max(worth, at.heading, text), often + times]);
      return at;
    });
    term.sections = term.at.filter(({ heading, text }) => heading || text).length;
    term.weight = weigh(term, sections.length, all);
  }
}

/** How much a term tells. Words of everyday speech are rare in the notes too, so rarity counts only so far. */
function weigh({ said, ways, sections }, number, all) {
  if (!ways.length) return LOOSE.includes(said) ? 0 : all.includes(said) ? WEIGHTS.stray : WEIGHTS.foreign;
  if (!sections) return WEIGHTS.foreign;
  const telling = VAGUE.has(said) ? 0 : HAN.test(said) ? [...said].filter((character) => !LOOSE.includes(character)).length / said.length : 1;
  return Math.min(WEIGHTS.rare, Math.log(1 + (number - sections + 0.5) / (sections + 0.5))) * (0.2 + 0.8 * telling);
}

/** How often a text holds words, whole or as the beginning of longer ones: [worth of the best, times, characters]. */
function count(words, text, known) {
  const wanted = known(words);
  let worth = 0, times = 0, long = 0;
  if (wanted.bare && !text.includes(words)) return [worth, times, long]; // much faster than a pattern
  for (const { 0: met, index } of text.matchAll(wanted.words)) {
    const next = text[index + met.length] ?? "";
    const digits = /\d$/.test(met);
    const whole = !/[a-z\d]$/.test(met) || !(digits ? /\d/ : /[a-z]/).test(next);
    if (!whole && (digits || met.length < 3)) continue;
    worth = Math.max(worth, whole ? 1 : BEGUN);
    times += whole ? 1 : BEGUN;
    long += met.length;
  }
  return [worth, times, long];
}

/** A term in a text: [worth, times]. Of a list of words all must be there. */
function inText(ways, text, known) {
  let worth = 0, times = 0;
  for (const [way, value] of ways) {
    const each = [way].flat().map((words) => count(words, text, known));
    worth = Math.max(worth, value * Math.min(...each.map(([one]) => one)));
    times += value * Math.min(...each.map(([, one]) => one));
  }
  return [worth, times];
}

/** The worth of a term in a heading: more, the more of the heading it is. Of a list of words some are enough. */
function inHeading(ways, heading, known) {
  let worth = 0;
  for (const [way, value] of ways) {
    const each = [way].flat().map((words) => count(words, heading, known));
    const part = each.reduce((sum, [one]) => sum + one, 0) / each.length;
    const share = Math.min(1, each.reduce((sum, [, , long]) => sum + long, 0) / heading.length);
    const begins = each.length === 1 && heading.startsWith(way) ? BEGINS : 1;
    worth = Math.max(worth, value * part * begins * (0.7 + 0.3 * share));
  }
  return worth;
}

function score(section, at, asked, { total, phrase, length }) {
  let points = 0, covered = 0;
  const room = 0.6 + 0.4 * (section.low.text.length / length);
  const whole = asked.every((term) => term.at[at].title || VAGUE.has(term.said));
  for (const { weight, beside, at: places, pages } of asked) {
    const { title, heading, text, times } = places[at];
    const [near, often] = pages.get(section.address);
    const together = !beside || beside.test(section.low.text) || beside.test(section.low.heading);
    covered += weight * (together ? 1 : WEIGHTS.apart) * Math.max(title * 0.9, heading, text, near * WEIGHTS.near);
    points += weight * (section.anchor ? WEIGHTS.heading * heading + WEIGHTS.title * title : (whole ? WEIGHTS.named : WEIGHTS.opening) * title);
    points += weight * ((WEIGHTS.often * text * times) / (times + 1.2 * room) + (WEIGHTS.page * near * often) / (often + 4));
  }
  if (phrase) points += total * (section.spoken.heading.search(phrase) >= 0 ? WEIGHTS.heading : section.spoken.text.search(phrase) >= 0 ? WEIGHTS.phrase : 0);
  const coverage = covered / total;
  return { coverage, strength: points / total, points: points * coverage ** 2 * (WEIGHTS[section.factor] ?? 1) * (section.anchor || asked.some((term) => term.at[at].title) ? 1 : WEIGHTS.summary) };
}

/** Text without its punctuation: as a pasted sentence is compared with it. */
function spoken(text) {
  return plain(text).replace(/[^\p{L}\p{N}_.]+/gu, " ").trim();
}

function best(scored, strong) {
  const enough = scored.filter(({ coverage, strength }) => coverage >= ENOUGH && strength >= strong).sort((a, b) => b.points - a.points);
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
