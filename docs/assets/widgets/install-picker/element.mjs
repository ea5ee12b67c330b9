import { define } from "../shared/widget.mjs";
import { makePicker } from "./view.mjs";

fetch(new URL("../../../mmdetection/code/install_matrix.json", import.meta.url)).then(async (answer) => answer.ok && define(makePicker(await answer.json())));
