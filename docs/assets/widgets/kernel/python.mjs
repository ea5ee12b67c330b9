// A small part of Python as a syntax tree: assignments, calls, `with`, `for`. What else there is ends in a Chinese sentence.

import { impossible } from "./input.mjs";

const TOKEN = /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(f?"(?:[^"\\]|\\.)*"|f?'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(\*\*|[-+*/@]=|==|!=|<=|>=|[-+*/@<>=().,:[\]{}])|#.*)/y;

/** One logical line {indent, line, tokens} for each statement: brackets join lines, comments go. */
function logicalLines(text) {
  const lines = [];
  let open = null;
  let depth = 0;
  text.split(/\r\n|\r|\n/).forEach((source, i) => {
    if (/^\s*(#|$)/.test(source)) return;
    open ??= { indent: /^\s*/.exec(source)[0].replace(/\t/g, "        ").length, line: i + 1, tokens: [] };
    for (let end = 0; end < source.trimEnd().length; end = TOKEN.lastIndex) {
      TOKEN.lastIndex = end;
      const found = TOKEN.exec(source);
      if (!found) impossible(`第 ${i + 1} 行：这个小语言不认识 ${source.slice(end).trim().slice(0, 12)}。`);
      const kind = ["number", "string", "name", "mark"][found.slice(1).findIndex((part) => part !== undefined)];
      if (!kind) continue; // a comment
      const value = found[0].trim();
      if ("([{".includes(value)) depth += 1;
      if (")]}".includes(value)) depth -= 1;
      open.tokens.push({ kind, value, line: i + 1 });
    }
    if (depth <= 0) {
      lines.push(open);
      open = null;
      depth = 0;
    }
  });
  if (open) impossible(`第 ${open.line} 行：括号没有关上。`);
  return lines;
}

const BINARY = [["<", ">", "<=", ">=", "==", "!="], ["+", "-"], ["*", "/", "@"]];

/** What reads expressions off one list of tokens. */
function reader(tokens, line) {
  let at = 0;
  const done = () => at >= tokens.length;
  const wrong = () => impossible(`第 ${line} 行：这个小语言读不懂${done() ? "这一行的结尾" : ` ${tokens[at].value} `}。`);
  const is = (value) => !done() && tokens[at].value === value && tokens[at].kind !== "string";
  const take = (value) => is(value) && (at += 1) > 0;
  const need = (value) => take(value) || wrong();
  const oneOf = (values) => !done() && tokens[at].kind === "mark" && values.includes(tokens[at].value) && tokens[at++].value;
  const name = () => (done() || tokens[at].kind !== "name" ? wrong() : tokens[at++].value);

  /** One expression, or a tuple of several. */
  function list() {
    const first = expression();
    if (!is(",")) return first;
    const items = [first];
    while (take(",")) if (!done() && !is("=") && !is(")")) items.push(expression());
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
    if (take("+")) return unary();
    const left = postfix();
    return take("**") ? { kind: "binary", operator: "**", left, right: unary() } : left;
  }

  function postfix() {
    let of = atom();
    for (;;) {
      if (take(".")) of = { kind: "attribute", of, name: name() };
      else if (take("(")) of = { kind: "call", of, ...given() };
      else if (take("[")) {
        of = { kind: "item", of, index: list() };
        need("]");
      } else return of;
    }
  }

  function given() {
    const [args, named] = [[], {}];
    while (!take(")")) {
      const [word, equals] = tokens.slice(at, at + 2);
      if (word?.kind === "name" && equals?.value === "=") {
        at += 2;
        named[word.value] = expression();
      } else args.push(expression());
      if (!is(")")) need(",");
    }
    return { args, named };
  }

  function sequence(end) {
    const items = [];
    let comma = false;
    while (!take(end)) {
      items.push(expression());
      comma = take(",") || comma;
      if (!is(end) && tokens[at - 1].value !== ",") wrong();
    }
    return { items, comma };
  }

  function atom() {
    if (done()) wrong();
    const { kind, value } = tokens[at++];
    if (kind === "number") return { kind: "constant", value: /^\d+$/.test(value) ? BigInt(value) : Number(value) };
    if (kind === "string") return string(value);
    if (kind === "name") return { kind, name: value };
    if (value === "(") {
      const { items, comma } = sequence(")");
      return items.length === 1 && !comma ? items[0] : { kind: "tuple", items };
    }
    if (value === "[") return { kind: "list", items: sequence("]").items };
    at -= 1;
    return wrong();
  }

  function string(value) {
    const plain = (text) => text.replace(/\\(.)/g, (_, mark) => ({ n: "\n", t: "\t" })[mark] ?? mark);
    if (!value.startsWith("f")) return { kind: "constant", value: plain(value.slice(1, -1)) };
    const parts = value.slice(2, -1).split(/(\{[^{}]*\})/).filter(Boolean).map((part) => {
      if (!part.startsWith("{")) return { kind: "constant", value: plain(part) };
      const [, code, format = ""] = /^\{(.*?)(?::([^:]*))?\}$/.exec(part);
      return { kind: "format", of: reader(logicalLines(code)[0]?.tokens ?? [], line).list(), format };
    });
    return { kind: "joined", parts };
  }

  return { done, wrong, is, take, need, oneOf, name, list, expression, rest: () => tokens.slice(at) };
}

const AUGMENTED = ["+=", "-=", "*=", "/=", "@="];
const REFUSED = ["def", "class", "if", "while", "try", "lambda", "return", "global", "del", "assert", "raise"];

/** Simple statements of one line, parted nowhere: `a; b` is not Python as the note writes it. */
function simple({ tokens, line }) {
  const { done, wrong, is, take, oneOf, list } = reader(tokens, line);
  if (["import", "from", "pass"].some(is)) return { kind: "nothing", line };
  if (REFUSED.some(is)) impossible(`第 ${line} 行：这个小语言里没有 ${tokens[0].value}。`);
  const target = list();
  if (done()) return { kind: "expression", line, value: target };
  const operator = oneOf(AUGMENTED);
  const chain = [target];
  if (operator) chain.push(list());
  else while (take("=")) chain.push(list());
  if (!done()) wrong();
  const value = chain.pop();
  return operator ? { kind: "augment", line, operator: operator[0], target, value } : { kind: "assign", line, targets: chain, value };
}

function compound(lines, at) {
  const { tokens, line, indent } = lines[at];
  const { done, wrong, is, take, need, name, list, expression, rest } = reader(tokens.slice(1), line);
  const header = { kind: tokens[0].value, line };
  if (header.kind === "with") {
    header.items = [];
    do {
      const of = expression();
      header.items.push({ of, as: take("as") ? name() : null });
    } while (take(","));
  } else {
    header.target = { kind: "name", name: name() };
    if (is(",")) wrong();
    need("in");
    header.over = list();
  }
  need(":");
  if (!done()) return [{ ...header, body: [simple({ tokens: rest(), line })] }, at + 1];
  const inner = lines[at + 1]?.indent ?? 0;
  if (inner <= indent) impossible(`第 ${line} 行：冒号下面要有缩进的语句。`);
  const [body, next] = block(lines, at + 1, inner);
  return [{ ...header, body }, next];
}

function block(lines, from, indent) {
  const found = [];
  let at = from;
  while (at < lines.length && lines[at].indent >= indent) {
    if (lines[at].indent > indent) impossible(`第 ${lines[at].line} 行：缩进多了。`);
    const word = lines[at].tokens[0];
    if (word.kind === "name" && (word.value === "with" || word.value === "for")) {
      const [statement, next] = compound(lines, at);
      found.push(statement);
      at = next;
    } else {
      found.push(simple(lines[at]));
      at += 1;
    }
  }
  return [found, at];
}

/** Program text → list of statements, each with its line. */
export function parsePython(text) {
  const lines = logicalLines(text);
  if (!lines.length) return [];
  const [found, at] = block(lines, 0, lines[0].indent);
  if (at < lines.length) impossible(`第 ${lines[at].line} 行：缩进对不上。`);
  return found;
}
