// What is parsed, as TikZ for Box and Ball of HarisIqbal88/PlotNeuralNet@e96bc85, with its init.tex.

import { total } from "./input.mjs";
import { checked } from "./network-language.mjs";

const COLOURS = { conv: "\\ConvColor", proj: "\\ConvColor", maxpool: "\\PoolColor", avgpool: "\\PoolColor", gap: "\\PoolColor", fc: "\\FcColor", input: "white" };

/** Boxes, balls and lines, one after the other from left to right, each in a line of TikZ. */
function plotted(blocks, side) {
  const lines = [];
  let names = 0;

  /** A picture with a name of its own and a line to it from each of the last ones → the place behind it. */
  function put(kind, options, { x, y }, lasts, wide) {
    names += 1;
    const last = `b${names}`;
    lines.push(`\\pic at (${x.toFixed(2)},${y},0) {${kind}={name=${last}, ${options}}};`);
    for (const from of lasts) if (from) lines.push(`\\draw [connection] (${from}-east) -- node {\\midarrow} (${last}-west);`);
    return { x: x + wide, y, last };
  }

  function box({ type, out: [channels, height] }, place) {
    const tall = Math.max((40 * height) / side, 2);
    const wide = Math.max(Math.log2(channels) / 2, 0.5);
    const size = `height=${tall.toFixed(1)}, depth=${tall.toFixed(1)}, width=${wide.toFixed(1)}`;
    return put("Box", `caption=${type}, xlabel={{${channels}, }}, zlabel=${height}, fill=${COLOURS[type]}, ${size}`, place, [place.last], wide * 0.2 + 1.8 + tall * 0.04);
  }

  const series = (list, place) => list.reduce(after, place);

  function after(place, { kind, layer, rounds, arms }) {
    if (kind === "layer") return layer.type in COLOURS ? box(layer, place) : place;
    if (kind === "repeat") return series(rounds.flat(), place);
    // Arms stand one above the other; an empty one is a line over the others.
    const ends = arms.map((arm, i) => arm.blocks.length && series(arm.blocks, { ...place, y: place.y + i * 9 }));
    const x = Math.max(...ends.map((end) => (end || place).x)) + 0.5;
    const ball = put("Ball", `fill=\\SumColor, opacity=0.6, radius=2.5, logo=$${kind === "res" ? "+" : "\\Vert"}$`, { ...place, x }, ends.map((end) => end.last), 2);
    const { last } = ball;
    if (ends.includes(0) && place.last) {
      lines.push(`\\draw [copyconnection] (${place.last}-north) -- ++(0,2,0) coordinate (${last}-over) -- (${last}-over -| ${last}-north) -- node {\\copymidarrow} (${last}-north);`);
    }
    return ball;
  }

  series(blocks, { x: 0, y: 0 });
  return lines.join("\n");
}

/** A LaTeX file; it stands in a folder of a PlotNeuralNet checkout, beside layers/, as its own examples do. */
export const toTikz = total((parsed) => {
  const { blocks, layers } = checked(parsed);
  return String.raw`\documentclass[border=8pt, multi, tikz]{standalone}
\usepackage{import}
\subimport{../layers/}{init}
\usetikzlibrary{positioning}
\def\ConvColor{rgb:yellow,5;red,2.5;white,5}
\def\PoolColor{rgb:red,1;black,0.3}
\def\FcColor{rgb:blue,5;red,2.5;white,5}
\def\SumColor{rgb:blue,5;green,15}
\newcommand{\copymidarrow}{\tikz \draw[-Stealth,line width=0.8mm,draw={rgb:blue,4;red,1;green,1;black,3}] (-0.3,0) -- ++(0.3,0);}
\begin{document}
\begin{tikzpicture}
\tikzstyle{connection}=[ultra thick,every node/.style={sloped,allow upside down},draw=\edgecolor,opacity=0.7]
\tikzstyle{copyconnection}=[ultra thick,every node/.style={sloped,allow upside down},draw={rgb:blue,4;red,1;green,1;black,3},opacity=0.7]
${plotted(blocks, layers[0].in[1])}
\end{tikzpicture}
\end{document}
`;
});
