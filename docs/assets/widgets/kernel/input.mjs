// What every function of the kernel shares: impossible input becomes one Chinese sentence, never NaN, never an exception.

export const LARGEST = 1e6; // no size may be greater

/** Stop with the sentence that the caller gets as `{error}`. */
export function impossible(sentence) {
  throw new Error(sentence, { cause: "input" });
}

/** A name before Chinese words: Latin letters and digits keep a space. */
export const told = (name) => (/[!-~]$/.test(name) ? `${name} ` : name);

export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

function finite(value) {
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(finite); // without a copy: this is done for each frame of a drag
  return !value || typeof value !== "object" || Object.values(value).every(finite);
}

/** The same function, which returns `{error: sentence}` where it would throw or would return a number that is none. */
export function total(compute) {
  return (...given) => {
    try {
      const result = compute(...given);
      return finite(result) ? result : { error: "结果太大，请把输入改小。" };
    } catch (error) {
      return { error: error.cause ? error.message : "这样的输入算不了，请检查写法。" };
    }
  };
}

export function record(value, name) {
  if (!value || typeof value !== "object" || Array.isArray(value)) impossible(`${told(name)}要是一个对象。`);
  return value;
}

export function list(value, name) {
  if (!Array.isArray(value) || value.includes(undefined)) impossible(`${told(name)}要是一个列表，没有空的项。`);
  return value;
}

export function number(value, name, low = -Infinity, high = Infinity) {
  if (!Number.isFinite(value)) impossible(`${told(name)}要是一个数。`);
  if (value < low) impossible(`${told(name)}不能小于 ${low}。`);
  if (value > high) impossible(`${told(name)}不能大于 ${high}。`);
  return value;
}

export function positive(value, name, high = LARGEST) {
  if (!number(value, name, 0, high)) impossible(`${told(name)}要大于 0。`);
  return value;
}

export function whole(value, name, low, high = LARGEST) {
  number(value, name);
  if (!Number.isInteger(value)) impossible(`${told(name)}要是整数，最近的是 ${clamp(Math.round(value), low, high)}。`);
  return number(value, name, low, high);
}

export function oneOf(value, choices, name) {
  if (!choices.includes(value)) impossible(`${told(name)}只能是 ${choices.join("、")}。`);
  return value;
}

export const yesNo = (value, name) => oneOf(value, [true, false], name);
