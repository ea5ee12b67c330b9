// What is parsed, as TikZ for Box and Ball of HarisIqbal88/PlotNeuralNet@e96bc85, with its init.tex.

import { total } from "./input.mjs";
import { checked } from "./network-language.mjs";

const COLOURS = { conv: "\\ConvColor", maxpool: "\\PoolColor", avgpool: "\\PoolColor", gap: "\\PoolColor", fc: "\\FcColor", proj: "\\ConvColor", input: "white" };

/** Boxes and lines for PlotNeuralNet, one after the other from left to right. */
class Plot {
  constructor(side) {
    this.side = side;
    this.lines = [];
    this.names = 0;
  }

  name() {
    this.names += 1;
    return `b${this.names}`;
  }

  connect(from, to) {
    if (from) this.lines.push(`\\draw [connection] (${from}-east) -- node {\\midarrow} (${to}-west);`);
  }

  box(layer, { x, y, last }) {
    const [channels, height] = layer.out;
    const name = this.name();
    const tall = Math.max((40 * height) / this.side, 2);
    const wide = Math.max(Math.log2(channels) / 2, 0.5);
    this.lines.push(
      `\\pic at (${x.toFixed(2)},${y},0) {Box={name=${name}, caption=${layer.type}, xlabel={{${channels}, }}, zlabel=${height}, ` +
      `fill=${COLOURS[layer.type]}, height=${tall.toFixed(1)}, depth=${tall.toFixed(1)}, width=${wide.toFixed(1)}}};`,
    );
    this.connect(last, name);
    return { x: x + wide * 0.2 + 1.8 + tall * 0.04, y, last: name };
  }

  ball(mark, { x, y }, lasts) {
    const name = this.name();
    this.lines.push(`\\pic at (${x.toFixed(2)},${y},0) {Ball={name=${name}, fill=\\SumColor, opacity=0.6, radius=2.5, logo=$${mark}$}};`);
    for (const last of lasts) this.connect(last, name);
    return { x: x + 2, y, last: name };
  }

  series(blocks, place) {
    return blocks.reduce((now, block) => this.block(block, now), place);
  }

  block(block, place) {
    if (block.kind === "layer") return block.layer.type in COLOURS ? this.box(block.layer, place) : place;
    if (block.kind === "repeat") return block.rounds.reduce((now, blocks) => this.series(blocks, now), place);
    // Arms stand one above the other; an empty one is a line over the others.
    const ends = block.arms.map((arm, i) => (arm.blocks.length ? this.series(arm.blocks, { ...place, y: place.y + i * 9 }) : null));
    const x = Math.max(...ends.map((end) => end?.x ?? place.x)) + 0.5;
    const ball = this.ball(block.kind === "res" ? "+" : "\\Vert", { x, y: place.y }, ends.flatMap((end) => (end?.last ? [end.last] : [])));
    if (ends.includes(null) && place.last) {
      this.lines.push(`\\draw [copyconnection] (${place.last}-north) -- ++(0,2,0) coordinate (${ball.last}-over) -- (${ball.last}-over -| ${ball.last}-north) -- node {\\copymidarrow} (${ball.last}-north);`);
    }
    return ball;
  }
}

/** A LaTeX file; it stands in a folder of a PlotNeuralNet checkout, beside layers/, as its own examples do. */
export const toTikz = total((parsed) => {
  const { blocks, layers } = checked(parsed);
  const plot = new Plot(layers[0].in[1]);
  plot.series(blocks, { x: 0, y: 0, last: null });
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
${plot.lines.join("\n")}
\end{tikzpicture}
\end{document}
`;
});
