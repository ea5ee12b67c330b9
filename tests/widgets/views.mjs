// What each view shows for its example and its presets, as JSON; the folder of the widgets is the argument.

import { readFileSync } from "node:fs";

const widgets = new URL(`file://${process.argv[2]}/`);
const matrix = JSON.parse(readFileSync(new URL("../../docs/mmdetection/code/install_matrix.json", import.meta.url), "utf8"));
const shown = {};
for (const name of process.argv.slice(3)) {
  const module = await import(new URL(`${name}/view.mjs`, widgets));
  const view = module.view ?? module.makePicker(matrix);
  shown[name] = [{ state: {} }, ...view.presets, ...(view.ask ? [view.ask] : [])].map(({ state: change }) => {
    const state = view.repaired({ ...structuredClone(view.example), ...structuredClone(change) });
    return [view.figure(state), view.table(state), view.sentence(state), view.controls(state), module.code?.(state) ?? null];
  });
}
process.stdout.write(JSON.stringify(shown));
