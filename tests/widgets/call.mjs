// Call functions of the kernel: a JSON list of [module, function, ...arguments] in, a JSON list of results out.
// With a folder as argument: every tenth call is also made of the modules there (joined and short), which must say the same.
// An integer too great for a Number is written {"bigint": "…"}, a number that is none {"nan": "…"}; so are they read.

import { readFileSync } from "node:fs";

const KERNEL = new URL("../../docs/assets/widgets/kernel/", import.meta.url);
const SHORT = process.argv[2] && new URL(`file://${process.argv[2]}/`);
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

async function run(folder, module, name, given) {
  const place = new URL(`${module}.mjs`, folder).href;
  if (!modules.has(place)) modules.set(place, await import(place));
  const before = JSON.stringify(given, keep);
  try {
    const answer = modules.get(place)[name](...given);
    return JSON.stringify(given, keep) === before ? (answer ?? null) : { changed: name };
  } catch (error) {
    return { thrown: String(error) };
  }
}

const answers = [];
for (const [i, [module, name, ...given]] of JSON.parse(readFileSync(0, "utf8"), revive).entries()) {
  const answer = await run(KERNEL, module, name, given);
  const same = !SHORT || i % 10 || JSON.stringify(await run(SHORT, module, name, given), keep) === JSON.stringify(answer, keep);
  answers.push(same ? answer : { thrown: "joined and short, the module says something else" });
}
process.stdout.write(JSON.stringify(answers, keep));
