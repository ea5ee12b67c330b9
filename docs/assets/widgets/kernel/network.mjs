// Networks in a small language: read, drawn, and translated to and from PyTorch. A page loads the parts that it uses.

export { parse } from "./network-language.mjs";
export { describe, short, toSvg } from "./network-picture.mjs";
export { fromTorch, toTorch } from "./network-torch.mjs";
export { toTikz } from "./network-tikz.mjs";
