// How much a question is like one that a section answers: its heading, and what its writers say that readers ask. Pure.
//
// Readers ask in everyday words, which neither a dictionary tells from the others nor the notes repeat. So phrases are compared
// as wholes: by the pairs of characters and the Latin words that both have, the rarer among all phrases the more.

import { HAN, plain } from "./pattern.mjs";
import { WEIGHTS } from "./weights.mjs";
import { ASKING } from "./words.mjs";

/** What the sections are asked for: {met: pair → the phrases that have it, each {section, norm}; rarity: pair → weight}. */
export function sayings(sections) {
  const asksByHeading = ({ anchor, boost }) => anchor && boost >= 1; // a page that counts little, such as the glossary, names everything
  const phrases = sections.flatMap((section) => [...(asksByHeading(section) ? [section.heading] : []), ...section.phrases].map((phrase) => [section, phrase.replaceAll("\n", " ")]));
  const texts = telling(phrases.map(([, phrase]) => phrase).join("\n")).split("\n"); // all at once, which is much faster than one by one
  const all = texts.map((text, at) => ({ section: phrases[at][0], pairs: pairs(text) }));
  const met = new Map();
  for (const saying of all) for (const pair of saying.pairs) (met.get(pair) ?? met.set(pair, []).get(pair)).push(saying);
  const unsaid = (pair) => (HAN.test(pair) || /\d/.test(pair) ? WEIGHTS.unsaid : WEIGHTS.nameless);
  const rarity = (pair) => (met.has(pair) ? Math.log(1 + all.length / met.get(pair).length) : unsaid(pair));
  for (const saying of all) saying.norm = norm(saying.pairs, rarity);
  return { met, rarity };
}

/** Section → the cosine of a question and the most similar of its phrases, 0 to 1. Words scattered over several phrases do not add up. */
export function likeness({ met, rarity }, question) {
  const asked = pairs(telling(question));
  const shared = new Map();
  for (const pair of asked) for (const saying of met.get(pair) ?? []) shared.set(saying, (shared.get(saying) ?? 0) + rarity(pair) ** 2);
  const length = norm(asked, rarity);
  const found = new Map();
  for (const [{ section, norm }, sum] of shared) found.set(section, Math.max(found.get(section) ?? 0, sum / (norm * length)));
  return found;
}

function norm(pairs, rarity) {
  let sum = 0;
  for (const pair of pairs) sum += rarity(pair) ** 2;
  return Math.sqrt(sum);
}

/** A text without the words of asking. */
function telling(text) {
  return plain(text).replace(ASKING, " ");
}

/** The pairs of neighbouring Chinese characters, the Latin words and the numbers of a text. */
function pairs(text) {
  const found = new Set();
  for (const run of text.match(/\p{sc=Han}+|[a-z_]+|\d+/gu) ?? []) {
    if (run.length < 2 || !HAN.test(run)) found.add(run);
    else for (let at = 1; at < run.length; at++) found.add(run[at - 1] + run[at]);
  }
  return found;
}
