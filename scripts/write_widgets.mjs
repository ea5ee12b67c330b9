// Write what stands on the pages without script: for each element its picture and table, made by its own view from the kernel.
//
//     node scripts/write_widgets.mjs            write docs/assets/widgets/<name>/fallback.part (small.part: the smallest form) and docs/lab/<name>.html
//     node scripts/write_widgets.mjs --check    write nothing; fail where a file is not what would be written

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tables, written } from "../docs/assets/widgets/shared/draw.mjs";

const DOCS = new URL("../docs/", import.meta.url);
const WIDGETS = new URL("assets/widgets/", DOCS);
// What stands around each element's numbers, with script and without: its title, the captions of its tables, what its kernel is compared with in the test run
// and over how many random cases, and what more there is to say.
const ELEMENTS = {
  "conv-sizer": { title: "卷积的尺寸、位置与感受野", captions: ["每层的大小与位置（实心柱是这一格对每个像素的权重，虚线格是填充）"], reference: "PyTorch 2.13.0 的卷积、转置卷积和池化", cases: 4000 },
  "map-playground": { title: "mAP 操场：拖框，看每一种算法", captions: ["AP：每种匹配，每种取点", "检测按分从高到低"], reference: "pycocotools 2.0.11 与 py-faster-rcnn 的规则", cases: 2000 },
  "install-picker": { title: "选一条安装的路", captions: ["这条路"] },
  "lr-schedule": { title: "学习率日程与线性缩放", captions: ["光标处的学习率（实线 mmengine，点线 PyTorch，虚线 2.x）"], reference: "mmengine 0.10.7 与 PyTorch 2.13.0 的调度器", cases: 1000, more: "开训：<code>python tools/train.py 配置</code>，学习率写进配置的 <code>optim_wrapper</code>。学得对不对，看验证集的 mAP 升不升；损失上下跳或突然变大，多半是学习率太大：除以 2 到 10。" },
  "roi-explorer": { title: "RoI Pooling 与 RoIAlign 各读哪里", captions: ["三种做法的输出"], reference: "torchvision 0.29.1 编译的算子", cases: 2000 },
  "nms-explorer": { title: "NMS、soft-NMS 与 WBF 走同一组框", captions: ["每个框的分（删 = 不留）"], reference: "torchvision 0.29.1 与 ensemble-boxes 1.0.9", cases: 1000 },
  "autograd-stepper": { title: "一步一步看 backward", captions: ["这一步之后的张量（v 是反向传来的梯度；grad 右边是最近一次反传的有限差分）"], reference: "PyTorch 2.13.0 跑同一段程序的输出与报错", cases: 1000 },
  "network-drawer": { title: "画网络：写几行，得到图、形状和代码", captions: ["每一层"], reference: "PyTorch 2.13.0 里同一个网络的形状与参数", cases: 1000, more: "平面叠片用 NN-SVG 或 draw_convnet，立体块和跳跃连接用 PlotNeuralNet（这里能存它的 TikZ）；四个工具都只画写下的数，写错不提醒，这里会标出哪一行。" },
  "scale-explorer": { title: "一个目标在各个尺度下有多大", captions: ["每个尺度的结果（补到 32 的倍数时，白补的份额）"], reference: "mmcv 2.2.0、torchvision 0.29.1 与 detectron2 的规则", cases: 3000 },
};
const matrix = JSON.parse(readFileSync(new URL("mmdetection/code/install_matrix.json", DOCS), "utf8"));

async function viewOf(name) {
  const module = await import(new URL(`${name}/view.mjs`, WIDGETS));
  if (module.view) return module.view;
  return module.makePicker(matrix);
}

function footOf({ reference, cases }) {
  if (!reference) return `规则取自本页的数据文件（${matrix.day}），逐条与安装包的要求核对过。`;
  return `与 ${reference}${/[ -~]$/.test(reference) ? " " : ""}在 ${cases} 个随机例子上核对过。`;
}

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text) => text.replace(/[&<>"]/g, (mark) => ESCAPES[mark]);

/** What a view describes, as HTML. */
function html(described) {
  if (Array.isArray(described)) return described.map(html).join("");
  if (!described) return "";
  if (typeof described === "string") return escape(described);
  const { name, given: { innerHTML, ...given }, children } = described;
  const attributes = Object.entries(given).map(([key, value]) => [key, written(value)]).filter(([, text]) => text !== null);
  return `<${name}${attributes.map(([key, text]) => ` ${key}="${escape(text)}"`).join("")}>${innerHTML ?? html(children)}</${name}>`;
}

/** One line, so that Markdown takes it as it is. */
function fallback(view, toRoot, small = false) {
  const { example: state, name } = view;
  const { title, captions, more } = ELEMENTS[name];
  const inside = `<p class="w-title">${title}</p>${html(view.figure(state))}<p>${view.sentence(state)}</p>${html(tables(captions, view.rows(state)))}${more ? `<p class="w-more">${more}</p>` : ""}<p class="w-foot">${footOf(ELEMENTS[name])}</p>`;
  const still = inside.replace(/ (?:tabindex|data-[a-z]+)="[^"]*"/g, "").replace(/ role="(?:button|slider)"/g, ' role="img"').replace(/ aria-value\w+="[^"]*"/g, "");
  const flat = still.replace(/<pre([^>]*)>([^]*?)<\/pre>/g, (_, given, text) => `<pre${given}>${text.replaceAll("\n", "&#10;")}</pre>`).replaceAll("\n", " ");
  return `<div class="widget"><link rel="stylesheet" href="${toRoot}assets/widgets/shared/widgets.css"><${name}${small ? ' data-small=""' : ""}><div class="w-fallback">${flat}</div></${name}></div>\n`;
}

function page(view) {
  const { title } = ELEMENTS[view.name];
  return `<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="../assets/widgets/shared/page.css">
<script type="module" src="../assets/widgets/shared/page.mjs"></script>
<script type="module" src="../assets/widgets/index.mjs"></script>
</head>
<body data-md-color-scheme="default">
<main class="md-typeset">
<h1>${title}</h1>
${fallback(view, "../").trim()}
<p class="licence">代码 MIT，文字 CC BY 4.0。<a href="./">互动实验</a></p>
</main>
</body>
</html>
`;
}

const check = process.argv.includes("--check");
let stale = 0;
for (const name of Object.keys(ELEMENTS)) {
  const view = await viewOf(name);
  const written = [[new URL(`${name}/fallback.part`, WIDGETS), fallback(view, "../../")], [new URL(`lab/${name}.html`, DOCS), page(view)]];
  if (view.small) written.push([new URL(`${name}/small.part`, WIDGETS), fallback(view, "", true)]); // stands on the home page
  for (const [place, text] of written) {
    let before = "";
    try {
      before = readFileSync(place, "utf8");
    } catch {
      // not there yet
    }
    if (before === text) continue;
    stale += 1;
    if (!check) {
      mkdirSync(new URL(".", place), { recursive: true });
      writeFileSync(place, text);
    }
    console.log(`${check ? "stale" : "wrote"} ${fileURLToPath(place).slice(fileURLToPath(DOCS).length)}`);
  }
}
if (check && stale) process.exit(1);
