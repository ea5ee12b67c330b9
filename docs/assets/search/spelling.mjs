// Latin words as readers type them → as the notes write them: "softnms" is soft-nms, "retina net" RetinaNet, "pytroch" PyTorch. Pure.

const LONG = 6; // letters of a word that may hold a slip
const SWAPPED = 5; // two letters in the wrong order are told from another word sooner

/** What is written in the notes: every word, and two or three that are joined by a sign or a space, by their letters alone. */
export function vocabulary(all) {
  const words = new Set(), joined = new Map();
  for (const [run] of all.matchAll(/[a-z\d]+(?:[-_. ][a-z\d]+)*/g)) {
    for (const name of run.split(/[-. ]/)) words.add(name);
    const parts = run.split(/[-_. ]/);
    for (let at = 0; at < parts.length; at++) {
      words.add(parts[at]);
      for (const many of [2, 3]) {
        const some = parts.slice(at, at + many);
        if (some.length === many && some.some((part) => /[a-z]{2}/.test(part))) joined.set(some.join(""), some.join(" "));
      }
    }
  }
  return { words, joined };
}

/** The question, its Latin words written as the notes do. What the notes have stays as it is. */
export function respelt(question, vocabulary) {
  const { words, joined } = vocabulary;
  const closed = question.replace(/(?<![a-z\d_.])([a-z]+) ([a-z]+)(?![a-z\d_.])/g, (both, first, second) => (words.has(first + second) && !joined.has(first + second) ? first + second : both));
  return closed.replace(/(?<![a-z\d_.])[a-z][a-z\d_]*(?![a-z\d_.])/g, (word) => (words.has(word) ? word : (joined.get(word) ?? slip(word, words) ?? word)));
}

/** The one word of the notes from which a word differs by a letter: left out, added, changed, or two in the wrong order. */
function slip(word, words) {
  if (word.length < SWAPPED || [...words].some((other) => other.startsWith(word))) return undefined;
  const near = [...words].filter((other) => other[0] === word[0] && (swapped(word, other) || (Math.min(word.length, other.length) >= LONG && oneSlip(word, other))));
  return near.length === 1 ? near[0] : undefined;
}

function oneSlip(a, b) {
  if (a.length < b.length) return oneSlip(b, a);
  const from = parting(a, b);
  return b.slice(from + (a.length === b.length ? 1 : 0)) === a.slice(from + 1);
}

function swapped(a, b) {
  const at = parting(a, b);
  return a.length === b.length && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}

/** Where two words begin to differ. */
function parting(a, b) {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}
