// What parse gives, checked before it is drawn or translated.

import { impossible } from "./input.mjs";

export function checked(parsed, clean = true) {
  if (!parsed || !Array.isArray(parsed.layers) || !Array.isArray(parsed.blocks) || !Array.isArray(parsed.errors)) {
    impossible("这里要的是 parse 的结果。");
  }
  if (clean && parsed.errors.length) impossible(`先改正第 ${parsed.errors[0].line} 行：${parsed.errors[0].message}`);
  if (!parsed.layers.length) impossible("还没有网络。");
  return parsed;
}
