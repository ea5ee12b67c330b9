// Networks in a small language: read, drawn, and translated to and from PyTorch. Loaded as one file.

export { parse } from "./network-language.mjs";
export { describe, grouped, short, toSvg } from "./network-picture.mjs";
export { fromTorch, toTorch } from "./network-torch.mjs";
export { toTikz } from "./network-tikz.mjs";
