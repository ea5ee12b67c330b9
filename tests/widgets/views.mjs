// What each element shows for its example and its presets, as JSON; the folder of the widgets and the names are the arguments.
// The elements' own files are run, with as much of a page as they need to say which view they have.

import { readFileSync } from "node:fs";

const widgets = new URL(`file://${process.argv[2]}/`);
const matrix = readFileSync(new URL("../../docs/mmdetection/code/install_matrix.json", import.meta.url), "utf8");
const views = {};
globalThis.HTMLElement = class {};
globalThis.customElements = { get: (name) => views[name], define: (name, Element) => (views[name] = new Element().view) };
globalThis.fetch = async () => ({ ok: true, json: async () => JSON.parse(matrix) });

const shown = {};
for (const name of process.argv.slice(3)) {
  await import(new URL(`${name}/element.mjs`, widgets));
  while (!views[name]) await new Promise(setImmediate); // one waits for its data
  const view = views[name];
  shown[name] = [{}, ...view.presets.map(([, state]) => state), view.ask.state].map((change) => {
    const state = view.repaired(structuredClone({ ...view.example, ...change }));
    return [view.figure(state), view.rows(state), view.sentence(state), view.controls(state)];
  });
}
process.stdout.write(JSON.stringify(shown));
