// A small part of Python as a syntax tree: assignments, calls, `with`, `for`. What else there is ends in a Chinese sentence.

import { impossible } from "./input.mjs";

const TOKEN = /\s*(?:#.*|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|f?(?:"[^"\\]*"|'[^'\\]*')|[A-Za-z_]\w*|\*\*|[-+*/=!<>]=|[-+*/@<>=().,:[\]])/gy;

/** The tokens of one line: numbers, strings with their quotes, names and marks; a comment is none. */
function tokensOf(source, line) {
  const found = source.match(TOKEN) ?? [];
  const rest = source.slice(found.join("").length).trim();
  if (rest) impossible(`第 ${line} 行：这个小语言不认识 ${rest.slice(0, 12)}。`);
  return found.map((token) => token.trim()).filter((token) => !token.startsWith("#"));
}

/** One logical line {indent, line, tokens} for each statement: brackets join lines. */
function logicalLines(text) {
  const lines = [];
  let depth = 0;
  text.split(/\r?\n/).forEach((source, i) => {
    const tokens = tokensOf(source, i + 1);
    if (!tokens.length) return;
    if (depth > 0) lines.at(-1).tokens.push(...tokens);
    else lines.push({ indent: /^\s*/.exec(source)[0].length, line: i + 1, tokens });
    const number = (marks) => tokens.filter((token) => marks.includes(token)).length;
    depth = Math.max(depth, 0) + number(["(", "["]) - number([")", "]"]);
  });
  if (depth > 0) impossible(`第 ${lines.at(-1).line} 行：括号没有关上。`);
  return lines;
}

const BINARY = [["<", ">", "<=", ">=", "==", "!="], ["+", "-"], ["*", "/", "@"]];
const REFUSED = ["def", "class", "if", "while", "try"];

/** What reads the tokens of one line. */
function reader(tokens, line) {
  let at = 0;
  const done = () => at >= tokens.length;
  const wrong = () => impossible(`第 ${line} 行：这个小语言读不懂${done() ? "这一行的结尾" : ` ${tokens[at]} `}。`);
  const is = (token) => tokens[at] === token;
  const oneOf = (values) => (values.some(is) ? tokens[at++] : null);
  const take = (token) => oneOf([token]) !== null;
  const need = (token) => take(token) || wrong();
  const name = () => (/^[A-Za-z_]\w*$/.test(tokens[at] ?? "") ? tokens[at++] : wrong());

  /** One expression, or a tuple of several. */
  function list() {
    const first = expression();
    if (!is(",")) return first;
    const items = [first];
    while (take(",")) if (!done() && !is("=")) items.push(expression());
    return { kind: "tuple", items };
  }

  function expression(level = 0) {
    if (level === BINARY.length) return unary();
    let left = expression(level + 1);
    for (let operator; (operator = oneOf(BINARY[level])); ) left = { kind: "binary", operator, left, right: expression(level + 1) };
    return left;
  }

  function unary() {
    if (take("-")) return { kind: "minus", of: unary() };
    const left = postfix();
    return take("**") ? { kind: "binary", operator: "**", left, right: unary() } : left;
  }

  function postfix() {
    let of = atom();
    for (;;) {
      if (take(".")) of = { kind: "attribute", of, name: name() };
      else if (take("(")) of = call(of);
      else if (take("[")) {
        of = { kind: "item", of, index: list() };
        need("]");
      } else return of;
    }
  }

  /** Read things parted by commas up to a closing bracket; whether there is a comma. */
  function until(end, read) {
    let comma = false;
    while (!take(end)) {
      read();
      if (!is(end)) comma = need(",");
    }
    return comma;
  }

  function call(of) {
    const [args, named] = [[], []];
    until(")", () => {
      if (tokens[at + 1] !== "=") return args.push(expression());
      const word = name();
      need("=");
      named.push([word, expression()]);
    });
    return { kind: "call", of, args, named };
  }

  function atom() {
    const token = tokens[at] ?? wrong();
    if (/["']/.test(token)) return string(tokens[at++]);
    if (!/^\.?\d/.test(token)) return is("(") || is("[") ? bracket() : { kind: "name", name: name() };
    at += 1;
    return { kind: "constant", value: /^\d+$/.test(token) ? BigInt(token) : Number(token) };
  }

  function bracket() {
    const kind = oneOf(["(", "["]) === "[" ? "list" : "tuple";
    const items = [];
    const comma = until(kind === "list" ? "]" : ")", () => items.push(expression()));
    return kind === "tuple" && items.length === 1 && !comma ? items[0] : { kind, items };
  }

  function string(token) {
    if (!token.startsWith("f")) return { kind: "constant", value: token.slice(1, -1) };
    const parts = token.slice(2, -1).split(/\{([^{}:]*)(?::([^{}]*))?\}/); // text, expression, format, text, …
    return { kind: "joined", parts: parts.flatMap((part, i) => {
      if (i % 3 === 0) return { kind: "constant", value: part };
      return i % 3 === 1 ? { kind: "format", of: reader(tokensOf(part, line), line).list(), format: parts[i + 1] } : [];
    }) };
  }

  /** `with` and `for` up to the colon. */
  function header() {
    const kind = oneOf(["with", "for"]);
    if (!kind) return null;
    const target = kind === "for" && { kind: "name", name: name() };
    if (target) need("in");
    const head = { kind, target, of: list() };
    need(":");
    return head;
  }

  /** One simple statement: `a; b` is not Python as the note writes it. */
  function simple() {
    if (["import", "from", "pass"].some(is)) return { kind: "assign", line, targets: [], value: { kind: "constant" } };
    if (REFUSED.some(is)) impossible(`第 ${line} 行：这个小语言里没有 ${tokens[at]}。`);
    const targets = [list()];
    const operator = oneOf(["+=", "-=", "*=", "/="]);
    if (operator) targets.push(list());
    else while (take("=")) targets.push(list());
    if (!done()) wrong();
    const value = targets.pop();
    return operator ? { kind: "augment", line, operator: operator[0], target: targets[0], value } : { kind: "assign", line, targets, value };
  }

  return { done, list, header, simple };
}

/** Program text → list of statements, each with its line. */
export function parsePython(text) {
  const lines = logicalLines(text);
  let at = 0;
  function block(indent) {
    const body = [];
    while (lines[at]?.indent >= indent) {
      const { line, tokens, indent: own } = lines[at++];
      if (own > indent) impossible(`第 ${line} 行：缩进多了。`);
      const { done, header, simple } = reader(tokens, line);
      const head = header();
      const inner = lines[at]?.indent ?? 0;
      if (!head) body.push(simple());
      else if (!done()) body.push({ ...head, body: [simple()] });
      else if (inner <= indent) impossible(`第 ${line} 行：冒号下面要有缩进的语句。`);
      else body.push({ ...head, body: block(inner) });
    }
    return body;
  }
  const found = block(lines[0]?.indent);
  if (at < lines.length) impossible(`第 ${lines[at].line} 行：缩进对不上。`);
  return found;
}
