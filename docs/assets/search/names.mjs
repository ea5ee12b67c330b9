// What readers call things and what the notes do. Pure.

import { HAN, pattern, plain } from "./pattern.mjs";
import { WEIGHTS } from "./weights.mjs";

/** Every name that leads somewhere in the notes: name → {others: [[other, worth]…], stands: its pattern as a word of a question}, the longest first. */
export function names({ synonyms, leads, terms }, all) {
  const known = new Map();
  const add = (name, other, worth) => {
    const others = known.get(name) ?? known.set(name, new Map()).get(name);
    if (other !== name) others.set(other, Math.max(worth, others.get(other) ?? 0));
  };
  const entries = terms.filter(([, english]) => !english.includes(" and ")).map(([term, english]) => [term, ...english.split(/[，,、]/)]); // two words in one entry are not the same word
  for (const group of [...synonyms, ...entries].map((each) => each.map(plain))) {
    if (!group.some((name) => pattern(name).test(all))) continue;
    for (const name of group) for (const other of group) add(name, other, WEIGHTS.synonym);
  }
  for (const [name, ...others] of leads.map((each) => each.map(plain))) for (const other of others) add(name, other, WEIGHTS.loose);
  const longest = [...known].filter(([name]) => name.length > 1).sort(([a], [b]) => b.length - a.length);
  return new Map(longest.map(([name, others]) => [name, { others: [...others], stands: alone(name) }]));
}

function alone(name) {
  return new RegExp((/^[a-z\d]/.test(name) ? "(?<![a-z\\d_]|[a-z\\d]\\.)" : "") + pattern(name).source + (/[a-z\d]$/.test(name) ? "(?![a-z\\d_]|\\.[a-z\\d])" : ""));
}

/** Names in a question, the longest first: {place, said, name}. Two characters of Chinese may be parts of other words and are left to the cutting. */
export function* named(question, names, free) {
  for (const [name, { stands }] of names) {
    if (name.length === 2 && HAN.test(name)) continue;
    const met = stands.exec(question);
    if (met && free(met.index, met[0])) yield { place: met.index, said: met[0], name };
  }
}
