import { define } from "../shared/widget.mjs";
import { makePicker } from "./view.mjs";

const answer = await fetch(new URL("../../../mmdetection/code/install_matrix.json", import.meta.url));
if (answer.ok) define(makePicker(await answer.json()));
