// Call functions of the kernel: a JSON list of [module, function, ...arguments] in, a JSON list of results out.
// An integer too great for a Number is written {"bigint": "…"}, a number that is none {"nan": "…"}; so are they read.

import { readFileSync } from "node:fs";

const KERNEL = new URL("../../docs/assets/widgets/kernel/", import.meta.url);
const modules = new Map();

const NAMED = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };

function revive(_, value) {
  if (value && typeof value === "object" && "nan" in value) return NAMED[value.nan];
  if (value && typeof value === "object" && "undefined" in value) return undefined;
  return value;
}

function keep(_, value) {
  if (typeof value === "bigint") return { bigint: String(value) };
  if (typeof value === "number" && !Number.isFinite(value)) return { nan: String(value) };
  return value;
}

const answers = [];
for (const [module, name, ...given] of JSON.parse(readFileSync(0, "utf8"), revive)) {
  if (!modules.has(module)) modules.set(module, await import(new URL(`${module}.mjs`, KERNEL)));
  const before = JSON.stringify(given, keep);
  let answer;
  try {
    answer = modules.get(module)[name](...given);
    if (JSON.stringify(given, keep) !== before) answer = { changed: name };
  } catch (error) {
    answer = { thrown: String(error) };
  }
  answers.push(answer ?? null);
}
process.stdout.write(JSON.stringify(answers, keep));
