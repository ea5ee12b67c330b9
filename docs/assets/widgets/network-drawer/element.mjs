import { define } from "../shared/widget.mjs";
import { view } from "./view.mjs";

define(view);
