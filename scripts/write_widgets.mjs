// Write what stands on the pages without script: for each element its picture and table, made by its own view from the kernel.
//
//     node scripts/write_widgets.mjs            write docs/assets/widgets/<name>/fallback.part (small.part: the smallest form) and docs/lab/<name>.html
//     node scripts/write_widgets.mjs --check    write nothing; fail where a file is not what would be written

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const DOCS = new URL("../docs/", import.meta.url);
const WIDGETS = new URL("assets/widgets/", DOCS);
const NAMES = ["conv-sizer", "map-playground", "install-picker", "lr-schedule", "roi-explorer", "nms-explorer", "autograd-stepper", "network-drawer", "scale-explorer"];

async function viewOf(name) {
  const module = await import(new URL(`${name}/view.mjs`, WIDGETS));
  if (module.view) return module.view;
  return module.makePicker(JSON.parse(readFileSync(new URL("mmdetection/code/install_matrix.json", DOCS), "utf8")));
}

/** One line, so that Markdown takes it as it is. */
function fallback(view, toRoot, small = false) {
  const { example: state } = view;
  const inside = `<p class="w-title">${view.title}</p>${view.figure(state)}<p>${view.sentence(state)}</p>${view.table(state)}`;
  const still = inside.replace(/ (?:tabindex|data-[a-z]+)="[^"]*"/g, "").replace(/ role="(?:button|slider)"/g, ' role="img"').replace(/ aria-value\w+="[^"]*"/g, "");
  const flat = still.replace(/<pre([^>]*)>([^]*?)<\/pre>/g, (_, given, text) => `<pre${given}>${text.replaceAll("\n", "&#10;")}</pre>`).replaceAll("\n", " ");
  return `<div class="widget"><link rel="stylesheet" href="${toRoot}assets/widgets/shared/widgets.css"><${view.name}${small ? ' data-small=""' : ""}><div class="w-fallback">${flat}</div></${view.name}></div>\n`;
}

function page(view) {
  return `<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${view.title}</title>
<link rel="stylesheet" href="../assets/widgets/shared/page.css">
<script type="module" src="../assets/widgets/shared/page.mjs"></script>
<script type="module" src="../assets/widgets/index.mjs"></script>
</head>
<body data-md-color-scheme="default">
<main class="md-typeset">
<h1>${view.title}</h1>
${fallback(view, "../").trim()}
<p class="licence">代码 MIT，文字 CC BY 4.0。<a href="./">互动实验</a></p>
</main>
</body>
</html>
`;
}

const check = process.argv.includes("--check");
let stale = 0;
for (const name of NAMES) {
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
