// The search: a question → sections of the notes, best first. Pure: it imports nothing of the page and runs in Node too.
//
// The index is the text itself (scripts/detection_notes/finish/search.py). Chinese is cut by what the notes say and not
// by a dictionary, so that 感受野 and 交并比 stay whole.

import { gather, occurrences } from "./corpus.mjs";
import { look } from "./look.mjs";
import { names } from "./names.mjs";
import { HAN, spoken } from "./pattern.mjs";
import { likeness, sayings } from "./phrases.mjs";
import { terms, withoutFrames } from "./question.mjs";
import { scored } from "./score.mjs";
import { vocabulary } from "./spelling.mjs";
import { WEIGHTS } from "./weights.mjs";
import { VAGUE } from "./words.mjs";

const COMMON = 3; // more sections than this of one heading are a part of every page
const MOST = 8; // results, and of one page:
const A_PAGE = 2;

/** Everything the search keeps of an index. */
export function prepare(index) {
  const corpus = gather(index);
  const times = new Map();
  for (const { heading } of corpus.sections) times.set(heading, (times.get(heading) ?? 0) + 1);
  for (const section of corpus.sections) section.factor = section.boost * (times.get(section.heading) > COMMON ? WEIGHTS.common : 1);
  const all = corpus.text.replace(/(?<=\p{sc=Han}) (?=\p{sc=Han})/gu, "");
  return { ...corpus, all, vocabulary: vocabulary(all), names: names(index, all), sayings: sayings(corpus.sections) };
}

/** The sections that answer a question, best first: {address, title, anchor, heading, text, terms}. */
export function ask(ready, pasted) {
  const question = withoutFrames(pasted);
  const { asked, total, sentence } = understood(ready, question);
  if (!asked.length) return [];
  const alike = likeness(ready.sayings, question);
  const enough = least(asked);
  const answers = ready.sections
    .map((section) => ({ section, ...scored(section, asked, { ready, total, sentence, like: alike.get(section) ?? 0 }) }))
    .filter(({ points, own, strength }) => points && (own + strength >= enough || own * total >= WEIGHTS.plenty));
  return best(answers).map((section) => ({ ...section, terms: asked }));
}

/** What an answer must have at least. A single term may be but begun, and has no neighbours; who says much, and nothing that the notes do not know, says it in other words than they. */
function least(asked) {
  if (asked.length === 1) return WEIGHTS.answer / 2;
  const known = ({ said, places }) => places.size > 0 && !(HAN.test(said) && said.length === 1);
  return asked.length >= WEIGHTS.much && asked.every(known) ? WEIGHTS.familiar : WEIGHTS.answer;
}

/** The terms of a question, looked for and weighed; what the whole weighs; and its words one behind the other, if they are several. */
function understood(ready, question) {
  const asked = terms(question, ready);
  for (const term of asked) look(term, ready, (words, typed) => occurrences(words, ready, typed));
  if (HAN.test(question) && !asked.some((term) => isSubject(term, ready))) for (const term of asked) if (term.strange) term.weight = WEIGHTS.subject;
  const [first] = asked;
  if (asked.length === 2 && !HAN.test(first.said) && !first.places.size) first.weight = WEIGHTS.subject;
  const total = asked.reduce((sum, { weight }) => sum + weight, 0) + strangeness(asked, ready);
  return { asked, total, sentence: asked.length > 1 ? spoken(question) : "" };
}

/** Whether a term is a Latin name in the title of a page: a strange name beside it is then where or with what it is done (colab 上装 mmdet). */
function isSubject({ said, places }, { pages }) {
  return !HAN.test(said) && pages.some(({ title }) => places.has(title));
}

/** What is missing if the question is but one name, and its pieces stand side by side nowhere in the notes. */
function strangeness(asked, { low }) {
  if (!isOneName(asked.filter(({ said }) => !VAGUE.has(said)))) return 0;
  const plainly = (term) => !term || term.name || VAGUE.has(term.said);
  const odd = (term, at) => term.beside && !plainly(term) && !(at && plainly(asked[at - 1])) && !low.some((piece) => term.beside.test(piece));
  return WEIGHTS.compound * asked.filter(odd).length;
}

/** Whether terms are but one name that nothing in the notes has: up to three pieces, each right behind the other. */
function isOneName(told) {
  return told.length <= 3 && !told.some(({ name }) => name) && told.slice(1).every(({ place }, at) => told[at].place + told[at].said.length === place);
}

/** The first of the sections that answer, not many of one page. */
function best(answers) {
  const pages = new Map();
  const kept = [];
  for (const { section, points } of answers.sort((a, b) => b.points - a.points)) {
    if (points < WEIGHTS.close * answers[0].points) break;
    const times = pages.get(section.address) ?? 0;
    pages.set(section.address, times + 1);
    if (times < A_PAGE) kept.push(section);
    if (kept.length === MOST) break;
  }
  return kept;
}
