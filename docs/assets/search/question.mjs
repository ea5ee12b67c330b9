// A question → its terms. Pure.
//
// A term is {place, said, ways, beside}: where and how it stands in the question; the ways in which the notes may say
// it, each with its worth ([words or list of words, worth]); and, for a piece of Chinese that stands right behind
// another, a pattern of the two side by side. A character of no known word has no ways: nothing is found by it alone.

const ASKING = /怎么样?|怎样|如何|为什么|为何|什么是|是什么|什么|请问|哪些|哪个|哪里|哪儿|哪|多少|有没有|能不能|可以吗|怎么办|意思|区别|时候|[的吗呢吧啊嘛]/g;
const SMALL = new Set("a an and are as at be been but by can do does for from had has have how in is it its not of on or that the this to was what when where which why will with you your".split(" "));
const COUNTED = "点次个张步阶层级类种卡"; // behind these words 两 and 三 are numbers
const DIGITS = { 零: 0, 一: 1, 二: 2, 两: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9 };
const SYNONYM = 0.8; // the worth of another name for the same thing
const PARTS = 0.6; // of the parts of a long word, when the word itself is not there

export const LOOSE = "了是在和与及或要用把被让从到对就都也还没有不会能给前后里上下中这那个些一再又去来做写看加"; // tell little by themselves
export const VAGUE = new Set("计算 方法 问题 使用 教程 例子 代码 实现 原理 介绍 公式 详解 入门 学习 总结 笔记 不要 前面 后面 需要 可以 结构".split(" ")); // of anything
export const HAN = /\p{sc=Han}/u;

/** Text as it is compared: compatibility forms made plain, lower case. */
export function plain(text) {
  return text.normalize("NFKC").toLowerCase();
}

/** A pasted traceback without its frames, which name files and lines of the asker's machine: what is left is the error. */
export function withoutFrames(text) {
  return text.replace(/Traceback \(most recent call last\):.*, line \d+, in \S+.*?(?=[\w.]*(?:Error|Exception|Interrupt|Exit)\b)/s, " ");
}

/** 十一 → 11, 二十 → 20, 三 → 3, 两 → 2; up to 99. */
export function number(numeral) {
  const [, tens, ten, ones] = numeral.match(/^([一二两三四五六七八九])?(十)?([一二三四五六七八九零])?$/) ?? [];
  if (!ten) return tens && !ones ? DIGITS[tens] : undefined;
  return (tens ? DIGITS[tens] : 1) * 10 + (ones ? DIGITS[ones] : 0);
}

/** A pattern for words as people write them: "vgg16" finds VGG-16, "11点" finds 11 点, "1x1" finds 1×1. */
export function pattern(words) {
  const escaped = words.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  const spaced = escaped
    .replace(/(?<=\p{sc=Han})\s*(?=[a-z\d])|(?<=[a-z\d])\s*(?=\p{sc=Han})/gu, " ?")
    .replace(/(?<=\d)x(?=\d)/g, " ?[x×] ?")
    .replace(/(?<=[a-z])(?=\d)/g, "[-_ ]?")
    .replace(/(?<=[a-z\d])(?:\s|\\-|_)+(?=[a-z\d])/g, "[-_ ]?");
  const before = /^[a-z]/.test(words) ? "(?<![a-z])" : /^\d/.test(words) ? "(?<![\\d.])" : "";
  return new RegExp(before + spaced, "g");
}

/** Cut a run of Chinese into the fewest pieces of at most `longest` characters that stand in the text `all`; what stands nowhere stays one by one. */
export function cut(run, all, longest = run.length) {
  const best = [{ cost: 0, pieces: [] }];
  for (let end = 1; end <= run.length; end++) {
    const last = run[end - 1];
    best[end] = { cost: best[end - 1].cost + (LOOSE.includes(last) ? 1.05 : 2.1), pieces: [...best[end - 1].pieces, last] };
    for (let start = end - 2; start >= Math.max(0, end - longest); start--) {
      const piece = run.slice(start, end);
      const half = halfness(piece, all);
      if (half === undefined) break;
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

const words = (run, all) => cut(run, all, 3).filter((part) => part.length > 1);

/** The terms of a question. `all` is the whole text of the notes, `groups` are words that mean the same. */
export function terms(asked, { all, groups }) {
  let rest = ` ${plain(asked).replace(/\s+/g, " ").trim()} `;
  const found = [];
  const take = (place, said, ways) => {
    found.push({ place, said, ways });
    rest = rest.slice(0, place) + " ".repeat(said.length) + rest.slice(place + said.length);
  };
  for (const { place, said, ways } of named(rest, all, groups, (place, said) => rest.slice(place, place + said.length) === said)) take(place, said, ways);
  for (const [said, numeral, unit] of rest.matchAll(/([一二两三四五六七八九十]+)(\p{sc=Han})/gu)) {
    const value = number(numeral);
    if (value > 9 || (value && COUNTED.includes(unit))) take(rest.indexOf(said), said, [[said, 1], [`${value}${unit}`, 1]]);
  }
  for (const { 0: run, index } of rest.replace(ASKING, (word) => " ".repeat(word.length)).matchAll(/\p{sc=Han}+|[a-z\d_]+(?:[.+#'][a-z\d_]+|\+\+|#)*/gu)) {
    found.push(...(HAN.test(run) ? chinese(run, index, all) : latin(run, index)));
  }
  return telling(found.sort((a, b) => a.place - b.place));
}

/** Words of the question that have other names, the longest first, where the notes have any of them. */
function* named(question, all, groups, free) {
  const names = groups.flatMap((group) => group.map((name) => ({ name, group }))).filter(({ name }) => name.length > 1);
  for (const { name, group } of names.sort((a, b) => b.name.length - a.name.length)) {
    const met = new RegExp(pattern(name).source + (/[a-z]$/.test(name) ? "(?![a-z])" : "")).exec(question);
    if (met && free(met.index, met[0]) && group.some((other) => pattern(other).test(all))) {
      const parts = /^\p{sc=Han}{4,}$/u.test(name) ? words(name, all) : [];
      const others = group.filter((other) => other !== name).map((other) => [other, SYNONYM]);
      yield { place: met.index, said: met[0], ways: [[name, 1], ...others, ...(parts.length > 1 ? [[parts, PARTS]] : [])] };
    }
  }
}

function latin(word, place) {
  const parts = word.split(/[._]+/).filter((part) => part.length > 1);
  return [{ place, said: word, ways: parts.length > 1 ? [[word, 1], [parts, PARTS]] : [[word, 1]] }];
}

function* chinese(run, place, all) {
  if (run.length === 1) return yield { place, said: run, ways: [[run, 1]] };
  let before;
  for (const piece of cut(run, all)) {
    const parts = piece.length > 3 ? words(piece, all) : [];
    const ways = piece.length === 1 ? [] : parts.length > 1 ? [[piece, 1], [parts, PARTS]] : [[piece, 1]];
    yield { place, said: piece, ways, beside: before && !LOOSE.includes(piece) ? beside(before, piece) : undefined };
    before = LOOSE.includes(piece) ? undefined : piece;
    place += piece.length;
  }
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
