// What is parsed, as a picture (SVG) and as a sentence.

import { total } from "./input.mjs";
import { checked, times } from "./network-language.mjs";

const shown = (shape) => times(shape).replace(/×1×1$/, "");
export const grouped = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ",");

/** 1,234 as it is, more as 12.3 K, 4.09 G. */
export function short(value) {
  const [unit, size] = [["G", 1e9], ["M", 1e6], ["K", 1e3]].find(([, least]) => value >= least) ?? [];
  return value >= 1e4 ? `${(value / size).toPrecision(3)} ${unit}` : grouped(value);
}

// SVG: a column from top to bottom. A drawn part has a width, a height and draw(centre, top).

const GAP = 16;
const WIDE = 216;
const escape = (text) => text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
const line = (...points) => `<polyline class="net-line" fill="none" stroke="#14211f" stroke-width="1.5" points="${points.map((p) => p.join(",")).join(" ")}"/>`;
const words = (x, y, text, weight = 400, anchor = "middle") => `<text x="${x}" y="${y}" font-size="13" font-weight="${weight}" text-anchor="${anchor}" fill="#14211f">${escape(text)}</text>`;

function arrow(x, from, to) {
  return `${line([x, from], [x, to])}<path class="net-head" fill="#14211f" d="M${x - 4} ${to - 6}L${x} ${to}L${x + 4} ${to - 6}z"/>`;
}

function box(x, y, width, height, kind) {
  const fill = { map: "#d7ebe8", pool: "#e4e0d6" }[kind] ?? "#fbfaf7";
  return `<rect class="net-${kind}" x="${x - width / 2}" y="${y}" width="${width}" height="${height}" rx="4" fill="${fill}" stroke="#00695c" stroke-width="1.5"/>`;
}

function drawnLayer({ layer: { type, out, params, macs }, words: said }) {
  const kind = { input: "plain", conv: "map", proj: "map", fc: "end", flatten: "plain", maxpool: "pool", avgpool: "pool", gap: "pool" }[type];
  const told = `${shown(out)}${params ? `，参数 ${short(params)}` : ""}${macs ? `，${short(macs)} MACs` : ""}`;
  const width = Math.max(WIDE, told.length * 9);
  const height = kind ? 44 : 24; // what changes no shape is small
  return {
    width, height,
    draw: (x, y) => box(x, y, width, height, kind ?? "plain") + words(x, y + 17, said.join(" "), kind ? 700 : 400) + (kind ? words(x, y + 36, told) : ""),
  };
}

function column(blocks) {
  const parts = blocks.map(drawn);
  return {
    width: Math.max(24, ...parts.map((part) => part.width)),
    height: Math.max(parts.reduce((all, part) => all + part.height + GAP, -GAP), 0),
    draw(x, y) {
      let top = y;
      return parts.map((part, i) => {
        const head = i ? arrow(x, top - GAP, top) : "";
        const body = part.draw(x, top);
        top += part.height + GAP;
        return head + body;
      }).join("");
    },
  };
}

/** Columns side by side from one point at the top to a mark at the bottom; an empty one is a line. */
function split(arms, mark) {
  const parts = arms.map((arm) => column(arm.blocks));
  const width = parts.reduce((all, part) => all + part.width + GAP, -GAP);
  const tall = Math.max(...parts.map((part) => part.height));
  return {
    width, height: tall + 2 * GAP + 40,
    draw(x, y) {
      const top = y + GAP;
      const bottom = top + tall;
      let left = x - width / 2;
      const drawnArms = parts.map((part) => {
        const middle = left + part.width / 2;
        left += part.width + GAP;
        return line([x, y], [x, y + 6], [middle, y + 6], [middle, top]) + part.draw(middle, top) +
          line([middle, top + part.height], [middle, bottom + 8], [x, bottom + 8], [x, bottom + GAP]);
      });
      return drawnArms.join("") + mark(x, bottom + GAP);
    },
  };
}

function sumMark(x, y, shape) {
  return `<circle class="net-sum" cx="${x}" cy="${y + 13}" r="12" fill="#fbfaf7" stroke="#00695c" stroke-width="1.5"/>${words(x, y + 18, "+", 700)}${words(x + 18, y + 18, shown(shape), 400, "start")}`;
}

function joinMark(x, y, shape) {
  return box(x, y, WIDE, 26, "plain") + words(x, y + 18, `拼接：${shown(shape)}`, 700);
}

function repeated({ number, rounds }) {
  const inside = column(rounds[0]);
  const width = inside.width + 64;
  const height = inside.height + 2 * GAP;
  return {
    width, height,
    draw(x, y) {
      const frame = `<rect class="net-frame" x="${x - width / 2 + 2}" y="${y}" width="${width - 4}" height="${height}" rx="8" fill="none" stroke="#14211f" stroke-width="3"/>`;
      return frame + words(x + width / 2 - 8, y + 18, `×${number}`, 700, "end") + line([x, y], [x, y + GAP]) + inside.draw(x, y + GAP) + line([x, y + height - GAP], [x, y + height]);
    },
  };
}

function drawn(block) {
  if (block.kind === "layer") return drawnLayer(block);
  if (block.kind === "repeat") return repeated(block);
  const mark = block.kind === "res" ? sumMark : joinMark;
  return split(block.arms, (x, y) => mark(x, y, block.layer.out));
}

function sentence(block) {
  if (block.kind === "layer") return `${block.words.join(" ")} 得 ${shown(block.layer.out)}`;
  if (block.kind === "repeat") return `重复 ${block.number} 次（${block.rounds[0].map(sentence).join("，")}）`;
  const arms = block.arms.map((arm) => arm.blocks.map(sentence).join("，") || "原样");
  return `${block.kind === "res" ? "相加" : "拼接"}（${arms.join("；")}）得 ${shown(block.layer.out)}`;
}

/** One Chinese sentence that says all of the picture. */
export const describe = total((parsed) => {
  const { blocks, params, macs } = checked(parsed, false);
  return `${blocks.map(sentence).join("，")}。一共 ${grouped(params)} 个参数，${grouped(macs)} 次乘加。`;
});

/** A picture of its own, text as text; faulty lines are left out of it. */
export const toSvg = total((parsed) => {
  const { blocks } = checked(parsed, false);
  const whole = column(blocks);
  const width = Math.ceil(whole.width + 16);
  const height = Math.ceil(whole.height + 16);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="sans-serif"><title>网络结构</title><desc>${escape(describe(parsed))}</desc>${whole.draw(width / 2, 8)}</svg>`;
});
