// The terms of the glossary that look most like a question that found nothing. Pure.

import { plain } from "./pattern.mjs";

const MOST = 3;
const ALIKE = 0.3;

/** Up to three entries [term, English, anchor] that share pairs of characters with the question, best first. */
export function nearest(question, terms) {
  const pairs = bigrams(plain(question));
  return terms
    .map((entry) => ({ entry, likeness: Math.max(...[entry[0], ...entry[1].split(/[，,、]/)].map((name) => likeness(pairs, bigrams(plain(name))))) }))
    .filter(({ likeness }) => likeness >= ALIKE)
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, MOST)
    .map(({ entry }) => entry);
}

function bigrams(text) {
  const letters = [...text.replace(/[^\p{L}\p{N}]/gu, "")];
  return new Set(letters.slice(1).map((letter, at) => letters[at] + letter));
}

/** Dice's coefficient: 1 for the same pairs, 0 for none in common. */
function likeness(a, b) {
  const shared = [...a].filter((pair) => b.has(pair)).length;
  return a.size + b.size ? (2 * shared) / (a.size + b.size) : 0;
}
