// A small part of Python as a syntax tree: assignments, calls, `with`, `for`. What else there is ends in a Chinese sentence.

import { impossible } from "./input.mjs";

const TOKEN = /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(f?"(?:[^"\\]|\\.)*"|f?'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(\*\*=|\/\/=|\*\*|\/\/|->|[-+*/@%]=|==|!=|<=|>=|[-+*/@%<>=().,:[\]{}]))/y;

/** One logical line {indent, line, tokens} for each statement: brackets join lines, comments go. */
function logicalLines(text) {
  const lines = [];
  let open = null;
  let depth = 0;
  text.split(/\r\n|\r|\n/).forEach((source, i) => {
    const code = withoutComment(source);
    if (!code.trim()) return;
    if (!open) open = { indent: /^\s*/.exec(code)[0].replace(/\t/g, "        ").length, line: i + 1, tokens: [] };
    TOKEN.lastIndex = 0;
    let end = 0;
    while (end < code.trimEnd().length) {
      TOKEN.lastIndex = end;
      const found = TOKEN.exec(code);
      if (!found) impossible(`第 ${i + 1} 行：这个小语言不认识 ${code.slice(end).trim().slice(0, 12)}。`);
      const kind = ["number", "string", "name", "mark"][found.slice(1).findIndex((part) => part !== undefined)];
      const value = found[0].trim();
      if ("([{".includes(value)) depth += 1;
      if (")]}".includes(value)) depth -= 1;
      open.tokens.push({ kind, value, line: i + 1 });
      end = TOKEN.lastIndex;
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

function withoutComment(source) {
  let quote = "";
  for (let i = 0; i < source.length; i++) {
    const mark = source[i];
    if (quote) {
      if (mark === "\\") i += 1;
      else if (mark === quote) quote = "";
    } else if (mark === '"' || mark === "'") quote = mark;
    else if (mark === "#") return source.slice(0, i);
  }
  return source;
}

const BINARY = [["<", ">", "<=", ">=", "==", "!="], ["+", "-"], ["*", "/", "//", "%", "@"]];

/** Expressions of one list of tokens. */
class Expressions {
  constructor(tokens, line) {
    this.tokens = tokens;
    this.at = 0;
    this.line = line;
  }

  wrong() {
    impossible(`第 ${this.line} 行：这个小语言读不懂${this.done ? "这一行的结尾" : ` ${this.tokens[this.at].value} `}。`);
  }

  get done() {
    return this.at >= this.tokens.length;
  }

  is(value) {
    return !this.done && this.tokens[this.at].value === value && this.tokens[this.at].kind !== "string";
  }

  take(value) {
    if (!this.is(value)) return false;
    this.at += 1;
    return true;
  }

  need(value) {
    if (!this.take(value)) this.wrong();
  }

  name() {
    if (this.done || this.tokens[this.at].kind !== "name") this.wrong();
    return this.tokens[this.at++].value;
  }

  /** One expression, or a tuple of several. */
  list() {
    const first = this.expression();
    if (!this.is(",")) return first;
    const items = [first];
    while (this.take(",")) if (!this.done && !this.is("=") && !this.is(")")) items.push(this.expression());
    return { kind: "tuple", items };
  }

  expression(level = 0) {
    if (level === BINARY.length) return this.unary();
    let left = this.expression(level + 1);
    while (!this.done && this.tokens[this.at].kind === "mark" && BINARY[level].includes(this.tokens[this.at].value)) {
      const operator = this.tokens[this.at++].value;
      left = { kind: "binary", operator, left, right: this.expression(level + 1) };
    }
    return left;
  }

  unary() {
    if (this.take("-")) return { kind: "minus", of: this.unary() };
    if (this.take("+")) return this.unary();
    const base = this.postfix();
    return this.take("**") ? { kind: "binary", operator: "**", left: base, right: this.unary() } : base;
  }

  postfix() {
    let value = this.atom();
    for (;;) {
      if (this.take(".")) value = { kind: "attribute", of: value, name: this.name() };
      else if (this.take("(")) value = { kind: "call", of: value, ...this.given() };
      else if (this.take("[")) {
        value = { kind: "item", of: value, index: this.list() };
        this.need("]");
      } else return value;
    }
  }

  given() {
    const [args, named] = [[], {}];
    while (!this.take(")")) {
      const [word, equals] = this.tokens.slice(this.at, this.at + 2);
      if (word?.kind === "name" && equals?.value === "=") {
        this.at += 2;
        named[word.value] = this.expression();
      } else args.push(this.expression());
      if (!this.is(")")) this.need(",");
    }
    return { args, named };
  }

  sequence(end) {
    const items = [];
    let comma = false;
    while (!this.take(end)) {
      items.push(this.expression());
      comma = this.take(",") || comma;
      if (!this.is(end) && this.tokens[this.at - 1].value !== ",") this.wrong();
    }
    return { items, comma };
  }

  atom() {
    if (this.done) this.wrong();
    const { kind, value } = this.tokens[this.at++];
    if (kind === "number") return { kind: "constant", value: /^\d+$/.test(value) ? BigInt(value) : Number(value) };
    if (kind === "string") return this.string(value);
    if (kind === "name") return { kind: "name", name: value };
    if (value === "(") {
      const { items, comma } = this.sequence(")");
      return items.length === 1 && !comma ? items[0] : { kind: "tuple", items };
    }
    if (value === "[") return { kind: "list", items: this.sequence("]").items };
    this.at -= 1;
    return this.wrong();
  }

  string(value) {
    const plain = (text) => text.replace(/\\(.)/g, (_, mark) => ({ n: "\n", t: "\t" })[mark] ?? mark);
    if (!value.startsWith("f")) return { kind: "constant", value: plain(value.slice(1, -1)) };
    const parts = value.slice(2, -1).split(/(\{[^{}]*\})/).filter(Boolean).map((part) => {
      if (!part.startsWith("{")) return { kind: "constant", value: plain(part) };
      const [, code, format = ""] = /^\{(.*?)(?::([^:]*))?\}$/.exec(part);
      return { kind: "format", of: new Expressions(logicalLines(code)[0]?.tokens ?? [], this.line).list(), format };
    });
    return { kind: "joined", parts };
  }
}

const AUGMENTED = ["+=", "-=", "*=", "/=", "@=", "%="];
const REFUSED = ["def", "class", "if", "while", "try", "lambda", "return", "global", "del", "assert", "raise"];

/** Simple statements of one line, parted nowhere: `a; b` is not Python as the note writes it. */
function simple({ tokens, line }) {
  const read = new Expressions(tokens, line);
  if (read.is("import") || read.is("from") || read.is("pass")) return { kind: "nothing", line };
  if (REFUSED.some((word) => read.is(word))) impossible(`第 ${line} 行：这个小语言里没有 ${tokens[0].value}。`);
  const first = read.list();
  if (read.done) return { kind: "expression", line, value: first };
  const operator = AUGMENTED.find((mark) => read.is(mark));
  if (operator) {
    read.at += 1;
    const value = read.list();
    if (!read.done) read.wrong();
    return { kind: "augment", line, operator: operator[0], target: first, value };
  }
  const chain = [first];
  while (read.take("=")) chain.push(read.list());
  if (!read.done) read.wrong();
  return { kind: "assign", line, targets: chain.slice(0, -1), value: chain.at(-1) };
}

function compound(lines, at) {
  const { tokens, line, indent } = lines[at];
  const read = new Expressions(tokens.slice(1), line);
  const header = {};
  if (tokens[0].value === "with") {
    header.kind = "with";
    header.items = [];
    do {
      const of = read.expression();
      header.items.push({ of, as: read.take("as") ? read.name() : null });
    } while (read.take(","));
  } else {
    header.kind = "for";
    header.target = { kind: "name", name: read.name() };
    if (read.is(",")) read.wrong();
    read.need("in");
    header.over = read.list();
  }
  read.need(":");
  if (!read.done) return [{ ...header, line, body: [simple({ tokens: read.tokens.slice(read.at), line })] }, at + 1];
  const inner = lines[at + 1]?.indent ?? 0;
  if (inner <= indent) impossible(`第 ${line} 行：冒号下面要有缩进的语句。`);
  const [body, next] = block(lines, at + 1, inner);
  return [{ ...header, line, body }, next];
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
