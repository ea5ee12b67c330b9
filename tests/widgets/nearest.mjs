// Every machine that gets no commands: what the picker says of it and the nearest choice that has some, as JSON.

import { readFileSync } from "node:fs";
import { nearest, way } from "../../docs/assets/widgets/install-picker/view.mjs";

const matrix = JSON.parse(readFileSync(new URL("../../docs/mmdetection/code/install_matrix.json", import.meta.url), "utf8"));
const keys = ["system", "python", "torch", "cuda", "card"];
const choices = (key) => (Array.isArray(matrix.questions[key]) ? matrix.questions[key] : Object.keys(matrix.questions[key]));
const combine = (states, key) => states.flatMap((state) => choices(key).map((id) => ({ ...state, [key]: id })));
const refused = keys.reduce(combine, [{}]).filter((state) => !way(matrix, state).commands.length);
process.stdout.write(JSON.stringify(refused.map((state) => [state, way(matrix, state).title, nearest(matrix, state)])));
