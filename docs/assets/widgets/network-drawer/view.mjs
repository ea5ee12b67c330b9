// Write a network line by line: its picture with shapes, parameters and multiply-adds; SVG, TikZ and PyTorch out, print(model) in.

import { fromTorch, grouped, parse, toSvg, toTikz, toTorch } from "../kernel/network.mjs";
import { tag } from "../shared/draw.mjs";
import { h, pasteArea } from "../shared/html.mjs";
import { makeView, remembered, textField } from "../shared/view.mjs";

const LENET = "input 1 32 32\nconv 6 5x5\ntanh\navgpool 2x2\nconv 16 5x5\ntanh\navgpool 2x2\nflatten\nfc 120\ntanh\nfc 84\ntanh\nfc 10";
const block = (width, stride, down) => `res { conv ${width} 1x1 nobias; bn; relu; conv ${width} 3x3 s${stride} p1 nobias; bn; relu; conv ${4 * width} 1x1 nobias; bn${down ? ` | proj ${4 * width} s${stride}` : ""} }; relu`;
const RESNET = ["input 3 224 224", "conv 64 7x7 s2 p3 nobias; bn; relu", "maxpool 3x3 s2 p1", ...[3, 4, 6, 3].flatMap((count, i) => [block(64 * 2 ** i, i ? 2 : 1, true), `x${count - 1} {`, `  ${block(64 * 2 ** i, 1, false)}`, "}"]), "gap", "fc 1000"].join("\n");
const INCEPTION = "input 192 28 28\nbranch {\n  conv 64 1x1; relu\n| conv 96 1x1; relu; conv 128 3x3 p1; relu\n| conv 16 1x1; relu; conv 32 5x5 p2; relu\n| maxpool 3x3 s1 p1; conv 32 1x1; relu\n}";

const parsed = remembered(parse);

export const view = makeView({
  name: "network-drawer",
  example: { text: LENET },
  ask: {
    question: "把 LeNet 的输入改成 12×12，哪一行先放不下？",
    choices: ["第一个卷积", "第二个卷积", "flatten"], right: 1, state: { text: LENET.replace("32 32", "12 12") },
    why: "12 → 8 → 4，第二个 5×5 卷积放不下；那一行会标出来，并说最近的可行填充。",
  },
  presets: [
    ["LeNet", {}],
    ["ResNet-50", { text: RESNET }],
    ["Inception 块", { text: INCEPTION }],
    ["一个残差块", { text: "input 64 56 56\nres {\n  conv 128 3x3 s2 p1 nobias; bn; relu\n  conv 128 3x3 p1 nobias; bn\n| proj 128 s2\n}\nrelu" }],
    ["写错的", { text: "input 3 224 224\nconv 96 11x11 s4\nmaxpol 3x3 s2\nconv 256 5x5 p2 g7\nres { conv 128 3x3 s2 p1 }\nfc 1000" }],
  ],
  repaired: (state) => state.text.length < 20000 && !parsed(state.text).error && state,
  controls: () => [textField("text", "网络，一行一层", 13)],
  figure(state) {
    const found = parsed(state.text);
    const innerHTML = found.layers.length ? toSvg(found).replace("<svg", '<svg class="w-picture w-net"') : "";
    const faults = found.errors.map(({ line, message }) => tag("p", { class: "w-error" }, `第 ${line} 行：${message}`));
    return [...faults, tag("div", { class: "w-tall", tabindex: "0", role: "group", "aria-label": "网络的图", innerHTML })];
  },
  rows: (state) => [["行", "层", "进", "出", "参数", "乘加"], ...parsed(state.text).layers.map((one) => [one.line, one.type, one.in.join("×"), one.out.join("×"), grouped(one.params), grouped(one.macs)])],
  sentence(state) {
    const { layers, params, macs, errors } = parsed(state.text);
    if (errors.length) return `${errors.length} 处要改，第一处在第 ${errors[0].line} 行：${errors[0].message}`;
    return `${layers.length - 1} 层，${grouped(params)} 个参数，${grouped(macs)} 次乘加，最后得 ${layers.at(-1).out.join("×")}。`;
  },
  extra(state, widget) {
    if (!widget.kept) {
      const area = pasteArea("粘贴 print(model) 的输出，变成上面的文字");
      const told = h("p");
      widget.on(area, "input", () => {
        const text = fromTorch(area.value);
        told.textContent = text.error ?? "读好了。";
        if (!text.error) widget.set({ text });
      });
      const code = h("pre", { class: "w-code", tabindex: "0" });
      const show = (text) => (code.textContent = text);
      const buttons = [["PyTorch 代码", toTorch, "py"], ["TikZ（PlotNeuralNet）", toTikz, "tex"]].flatMap(([text, translate, kind]) => {
        const button = (label, use) => widget.button(label, () => {
          const made = translate(parsed(widget.state.text));
          if (made.error) show(made.error);
          else use(made);
        });
        return [button(`看 ${text}`, show), button(`存 .${kind}`, (made) => widget.save(kind, made, "text/plain"))];
      });
      widget.kept = [h("div", { class: "w-buttons" }, buttons), code, area, told];
    }
    if (parsed(state.text).errors.length) widget.kept[1].textContent = "";
    return widget.kept;
  },
});
