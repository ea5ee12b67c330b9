// The search: a question → sections of the notes, best first. Pure: it imports nothing of the page and runs in Node too.
//
// The index is the text itself (scripts/detection_notes/finish/search.py). Chinese is cut by what the notes say and not
// by a dictionary, so that 感受野 and 交并比 stay whole.

import { gather, occurrences } from "./corpus.mjs";
import { look } from "./look.mjs";
import { names } from "./names.mjs";
import { HAN, pattern, spoken } from "./pattern.mjs";
import { terms, withoutFrames } from "./question.mjs";
import { features, weighed } from "./score.mjs";
import { vocabulary } from "./spelling.mjs";
import { WEIGHTS } from "./weights.mjs";
import { VAGUE } from "./words.mjs";

const ENOUGH = 0.3; // of a question's weight must be found in a section
const STRONG = 0.6; // points by weight that a section must have when there are several terms
const CLOSE = 0.1; // of the best section's points
const COMMON = 4; // more sections than this of one heading are a part of every page
const MOST = 8; // results, and of one page:
const A_PAGE = 2;

/** Everything the search keeps of an index. */
export function prepare(index) {
  const corpus = gather(index);
  const times = new Map();
  for (const { heading } of corpus.sections) times.set(heading, (times.get(heading) ?? 0) + 1);
  for (const section of corpus.sections) section.factor = kind(section, index, times.get(section.heading));
  const all = corpus.text.replace(/(?<=\p{sc=Han}) (?=\p{sc=Han})/gu, "");
  return { ...corpus, all, vocabulary: vocabulary(all), names: names(index, all) };
}

/** What sets a section apart from those that explain something. */
function kind({ address, anchor, lists }, { glossary, appendices }, times) {
  if (address === glossary && anchor) return "glossary";
  if (times > COMMON) return "common";
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

/** The terms of a question, looked for and weighed; and of the whole: what it weighs, and its words as a pattern. */
function understood(ready, question) {
  const asked = terms(question, ready);
  const known = new Map();
  const find = (words) => known.get(words) ?? known.set(words, occurrences(words, ready)).get(words);
  for (const term of asked) look(term, ready, find);
  const [first] = asked;
  if (asked.length === 2 && !HAN.test(first.said) && !first.places.size) first.weight = WEIGHTS.subject;
  if (asked.some(({ said }) => /\D/.test(said))) for (const term of asked) if (/^\d+$/.test(term.said)) term.weight *= WEIGHTS.number;
  const total = asked.reduce((sum, { weight }) => sum + weight, 0) + strangeness(asked, ready);
  return { asked, context: { ready, total, phrase: asked.length > 1 ? pattern(spoken(question)) : null } };
}

/** What is missing because pieces that stand side by side in the question do so nowhere in the notes. */
function strangeness(asked, { low }) {
  const name = isOneName(asked.filter(({ said }) => !VAGUE.has(said)));
  const plainly = (term) => !term || term.name || VAGUE.has(term.said);
  const odd = (term, at) => term.beside && !plainly(term) && !(at && plainly(asked[at - 1])) && (name || term.ways.length) && !low.some((piece) => term.beside.test(piece));
  const strange = asked.filter(odd).length;
  return name ? strange * WEIGHTS.compound : Math.min(strange, 1) * WEIGHTS.strange;
}

/** Whether terms are but one name that nothing in the notes has: up to three pieces, each right behind the other. */
function isOneName(told) {
  return told.length <= 3 && !told.some(({ name }) => name) && told.slice(1).every(({ place }, at) => told[at].place + told[at].said.length === place);
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
