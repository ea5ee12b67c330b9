// Text as it is compared. Pure.

export const HAN = /\p{sc=Han}/u;

/** Compatibility forms made plain, lower case. */
export function plain(text) {
  return text.normalize("NFKC").toLowerCase();
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

/** Text without its punctuation: as a pasted sentence is compared with it. */
export function spoken(text) {
  return plain(text).replace(/[^\p{L}\p{N}_.]+/gu, " ").trim();
}
