// A question → its terms. Pure.
//
// A term is {place, said, ways, beside, name}: where and how it stands in the question; the ways in which the notes may
// say it, each with its worth ([words or list of words, worth]); for a piece of Chinese that stands right behind another,
// a pattern of the two side by side; whether it has other names. A character of no known word has no ways.

import { named } from "./names.mjs";
import { HAN, plain } from "./pattern.mjs";
import { respelt } from "./spelling.mjs";
import { WEIGHTS } from "./weights.mjs";
import { ASKING, LOOSE, SMALL, VAGUE } from "./words.mjs";

const COUNTED = "点次个张步阶层级类种卡"; // behind these words 两 and 三 are numbers
const DIGITS = { 零: 0, 一: 1, 二: 2, 两: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9 };
const LONG_NAME = 6; // characters: longer pieces than this are tried only while they stand in the notes

/** A pasted traceback without its frames, which name files and lines of the asker's machine: what is left is the error. */
export function withoutFrames(text) {
  return text.replace(/(?:Traceback \(most recent call last\):\s*)?File ".*", line \d+, in \S+.*?(?=[\w.]*(?:Error|Exception|Interrupt|Exit)\b)/s, " ");
}

/** 十一 → 11, 二十 → 20, 三 → 3, 两 → 2; up to 99. */
export function number(numeral) {
  const [, tens, ten, ones] = numeral.match(/^([一二两三四五六七八九])?(十)?([一二三四五六七八九零])?$/) ?? [];
  if (!ten) return tens && !ones ? DIGITS[tens] : undefined;
  return (tens ? DIGITS[tens] : 1) * 10 + (ones ? DIGITS[ones] : 0);
}

/** Cut a run of Chinese into the fewest pieces of at most `longest` characters that stand in the text `all`; what stands nowhere stays one by one. */
export function cut(run, all, longest = run.length, names = new Map()) {
  const best = [{ cost: 0, pieces: [] }];
  for (let end = 1; end <= run.length; end++) {
    const last = run[end - 1];
    best[end] = { cost: best[end - 1].cost + (LOOSE.includes(last) ? 1.05 : 2.1), pieces: [...best[end - 1].pieces, last] };
    for (let start = end - 2; start >= Math.max(0, end - longest); start--) {
      const piece = run.slice(start, end);
      const half = names.has(piece) || VAGUE.has(piece) ? 0 : halfness(piece, all);
      if (half === undefined && end - start > LONG_NAME) break;
      if (half === undefined) continue;
      const cost = best[start].cost + 1 + half;
      if (cost < best[end].cost) best[end] = { cost, pieces: [...best[start].pieces, piece] };
    }
  }
  return best[run.length].pieces;
}

/** How likely a piece is but part of a word: one that always continues in the same way (配置文 in 配置文件) is. Undefined where it stands nowhere. */
function halfness(piece, all) {
  const before = new Set(), after = new Set();
  let at = all.indexOf(piece), times = 0;
  if (at < 0) return undefined;
  for (; at >= 0 && times < 40 && !(before.size > 1 && after.size > 1); at = all.indexOf(piece, at + 1), times++) {
    before.add(all[at - 1]);
    after.add(all[at + piece.length]);
  }
  if (times === 1) return piece.length > 2 ? 2.15 : 0.4; // more than two characters, and only once: rather two words that meet there
  return (before.size > 1 ? 0 : 0.6) + (after.size > 1 ? 0 : 0.6);
}

const words = (run, all) => cut(run, all, Math.min(3, run.length - 1)).filter((part) => part.length > 1);

/** The terms of a question. Of the notes: `all` is their whole text, `vocabulary` its Latin words, `names` what has several names. */
export function terms(asked, { all, vocabulary, names }) {
  let rest = ` ${respelt(plain(asked).replace(/\s+/g, " ").trim(), vocabulary)} `;
  const found = [];
  const take = (place, said, ways, name = false) => {
    found.push({ place, said, ways, name });
    rest = rest.slice(0, place) + " ".repeat(said.length) + rest.slice(place + said.length);
  };
  for (const { place, said, name } of named(rest, names, (place, said) => rest.slice(place, place + said.length) === said)) {
    const parts = /^\p{sc=Han}{4,}$/u.test(name) ? words(name, all) : [];
    take(place, said, [[name, 1], ...names.get(name).others, ...(parts.length > 1 ? [[parts, WEIGHTS.loose]] : [])], true);
  }
  for (const [said, numeral, unit] of rest.matchAll(/([一二两三四五六七八九十]+)(\p{sc=Han})/gu)) {
    const value = number(numeral);
    if (value > 9 || (value && COUNTED.includes(unit))) take(rest.indexOf(said), said, [[said, 1], [`${value}${unit}`, 1]]);
  }
  for (const { 0: run, index } of rest.replace(ASKING, (word) => " ".repeat(word.length)).matchAll(/\p{sc=Han}+|[a-z\d_]+(?:[.+#'-][a-z\d_]+|\+\+|#)*/gu)) {
    found.push(...(HAN.test(run) ? chinese(run, index, { all, names }) : latin(run, index)));
  }
  return telling(found.sort((a, b) => a.place - b.place));
}

function latin(word, place) {
  const parts = word.split(/[._-]+/).filter((part) => part.length > 1);
  return [{ place, said: word, ways: parts.length > 1 ? [[word, 1], [parts, WEIGHTS.loose]] : [[word, 1]] }];
}

function* chinese(run, place, { all, names }) {
  if (run.length === 1) return yield { place, said: run, ways: [[run, 1]] };
  let before;
  for (const piece of together(cut(run, all, run.length, names))) {
    const known = piece.length > 1 && (names.has(piece) || all.includes(piece));
    const parts = known && piece.length > 2 ? words(piece, all) : [];
    const others = names.get(piece)?.others;
    const ways = !known ? [] : [[piece, 1], ...(others ?? []), ...(parts.length > 0 ? [[parts, WEIGHTS.loose]] : [])];
    yield { place, said: piece, ways, name: [piece, ...parts].some((part) => names.has(part)), beside: before && !LOOSE.includes(piece) ? beside(before, piece) : undefined };
    before = LOOSE.includes(piece) ? undefined : piece;
    place += piece.length;
  }
}

/** Characters that stay one by one behind each other are one word that the notes do not have. */
function together(pieces) {
  const joined = [];
  let run = 0; // characters of the unknown word at the end
  for (const piece of pieces) {
    if (run && piece.length === 1) joined[joined.length - 1] += piece;
    else joined.push(piece);
    run = piece.length === 1 ? run + 1 : 0;
  }
  return joined.flatMap((piece) => (piece.length > 1 && LOOSE.includes(piece.at(-1)) && !pieces.includes(piece) ? [piece.slice(0, -1), piece.at(-1)] : [piece]));
}

/** Two pieces that stand side by side in the question: near each other in either order; a single character right before its word. */
function beside(before, piece) {
  return new RegExp(before.length === 1 || piece.length === 1 ? `${before}.?${piece}` : `${before}.{0,9}${piece}|${piece}.{0,9}${before}`);
}

/** Without the words that tell nothing, unless there are no others. */
function telling(found) {
  const kept = found.filter(({ said }) => !SMALL.has(said) && !(said.length === 1 && LOOSE.includes(said)) && !/^[a-z]$/.test(said));
  return kept.length ? kept : found;
}
