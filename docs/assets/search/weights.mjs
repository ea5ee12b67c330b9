// Every number that decides what answers a question. Round, because the lists of questions in tests/search cannot tell 7 from 8.

export const WEIGHTS = {
  // the worth of what is found instead of a word
  synonym: 0.8, // another name for the same thing
  loose: 0.6, // a word that it is found under, the parts of a long word, a longer word that begins so
  exact: 1.25, // a heading that is nothing but the term
  // where a term stands, in times that it stands in the text of a section of usual length
  heading: 8,
  title: 4, // of the page, or its address: all of its sections have it
  summary: 2, // the page's description of itself
  phrases: 4, // what its writers say that readers ask: less than a heading, which says it of the whole section
  opening: 1, // what stands before the page's first section: the question that it answers, and the answer in one sentence
  page: 1.5, // anywhere in the page
  enough: 6, // so much gives a term half its points: BM25's k
  length: 0.4, // how much a long text has to say a term more often: BM25's b
  // what several terms have together
  crowd: 0.2, // points by weight of those that stand near each other
  window: 200, // near: in so many characters
  named: 0.2, // points by weight if all of the question stands in the title of a page: then its opening answers
  alike: 0.5, // points by weight if it is, pair of characters by pair, what the section is asked for
  unsaid: 1, // a pair of characters that no section is asked for, in how it is alike; a rare one that is counts 7
  nameless: 4, // a Latin word that no section is asked for: the name of something else
  asked: 0.8, // alike enough for a section of a page that counts little to count in full: its writers say that this is asked
  said: 1, // points by weight if all of it stands in a heading, as a message does that was pasted
  lead: 0.2, // times: the opening of a page with another title, which names much and explains little
  common: 0.3, // times: a section that every page has, such as 自测
  // what a term weighs
  rare: 3.5, // at most
  stray: 1, // a single character of no known word, an everyday word that the notes do not have
  unknown: [4, 6, 9], // Chinese of two, three and more characters that the notes do not have
  foreign: 4, // a Latin word that the notes do not have
  subject: 10, // if it stands before a single other word, or in a Chinese question that has no name of a page's subject: that is what is asked about
  compound: 6, // what is missing if two pieces are the whole question, and stand side by side nowhere in the notes
  apart: 0.6, // times: how much of a piece is found in a section that does not have the two together
  // what must be found at least
  answer: 0.8, // the share of a question's weight in the section itself, and points by weight: the sum tells answers from chance better than each
  much: 4, // terms, so many of which are seldom known all by chance: then
  familiar: 0.5, // is enough
  plenty: 12, // or weight in the section itself, which no chance is, however long the message: four rare terms
  close: 0.3, // points by those of the best answer
};
