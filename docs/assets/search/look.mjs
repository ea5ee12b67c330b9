// Where a term stands in the notes, and how much it tells. Pure.

import { HAN } from "./pattern.mjs";
import { WEIGHTS } from "./weights.mjs";
import { LOOSE, VAGUE } from "./words.mjs";

const NAME = /^(?!.*\d{3})[a-z][a-z\d.+-]{2,}$/; // two letters may be but the beginning of a word that is typed, and gtx1060 is one card of many
const PASSING = 2; // a name in no more sections, and in no heading or phrase, is mentioned and not spoken of

/**
 * Look for a term everywhere. Adds to it `places` (piece → {all, some, times, at}: worth of all its words and of some,
 * how often, and where), `pages` (page → [worth, how often]), `weight` and `strange`: whether it is a Latin name
 * of which the notes do not speak. `find` gives the occurrences of words, and of longer ones that begin so if they are what was typed.
 */
export function look(term, ready, find) {
  term.places = new Map();
  for (const [way, value] of term.ways) {
    const each = [way].flat().map((words) => find(words, words === term.said));
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
  let number = 0, told = false;
  for (const { page, pieces } of ready.sections) {
    const heading = term.places.get(pieces.heading)?.some ?? 0;
    const { all = 0, times = 0 } = term.places.get(pieces.text) ?? {};
    const asked = pieces.phrases.some((phrase) => term.places.has(phrase));
    told ||= heading > 0 || asked;
    if (heading || all || asked) number++;
    if (!heading && !all) continue;
    const [worth, often] = term.pages.get(page) ?? [0, 0];
    term.pages.set(page, [Math.max(worth, heading, all), often + times]);
  }
  term.weight = weigh(term, number, ready.sections.length);
  term.strange = NAME.test(term.said) && telling(term.said) > 0 && !told && number <= PASSING;
}

/** A list of words in one piece: in a text all must be there; in a heading some are enough, and more, the more of it they are. */
function joined(parts, { long }) {
  const there = parts.filter(Boolean);
  const all = there.length === parts.length;
  const share = Math.min(1, there.reduce((sum, part) => sum + part.long, 0) / long);
  return {
    all: all ? Math.min(...there.map(({ worth }) => worth)) : 0,
    some: (there.reduce((sum, { worth }) => sum + worth, 0) / parts.length) * (0.7 + 0.3 * share) * (share > 0.99 ? WEIGHTS.exact : 1),
    times: all ? Math.min(...there.map(({ times }) => times)) : 0,
    at: all ? there[0].at : [],
  };
}

/** How much a term tells that stands in `number` of `sections`. Words of everyday speech are rare in the notes too, so rarity counts only so far. */
function weigh({ said, ways }, number, sections) {
  if (!ways.length && !telling(said)) return said.length > 1 ? WEIGHTS.stray : 0;
  if (!ways.length && said.length > 1) return WEIGHTS.unknown[Math.min(said.length, 4) - 2];
  if (!ways.length) return WEIGHTS.stray;
  if (!number) return telling(said) ? WEIGHTS.foreign : WEIGHTS.stray;
  return Math.min(WEIGHTS.rare, Math.log(1 + (sections - number + 0.5) / (number + 0.5))) * (0.2 + 0.8 * telling(said));
}

function telling(said) {
  if (VAGUE.has(said)) return 0;
  if (!HAN.test(said)) return 1;
  const share = [...said].filter((character) => !LOOSE.includes(character)).length / said.length;
  return said.length === 1 ? 0.1 * share : share;
}
