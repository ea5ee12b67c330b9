// What views have in common, without a page: controls, and checks of a state that came from an address.

export const between = (value, low, high) => typeof value === "number" && value >= low && value <= high;
export const wholeBetween = (value, low, high) => Number.isInteger(value) && between(value, low, high);
export const replaced = (list, at, value) => list.map((one, i) => (i === at ? value : one));
export const numbersIn = (text) => text.split(/[,，、\s]+/).filter(Boolean).map(Number);

/** The same function, which gives its last result again for the same arguments. */
export function remembered(compute) {
  let [key, result] = [];
  return (...given) => {
    const asked = JSON.stringify(given);
    if (asked !== key) [key, result] = [asked, compute(...given)];
    return result;
  };
}

// Controls. What one shows and changes is the state's field of its key, unless `more` has a value and change(value) → what changes.

export const rangeField = (key, label, min, max, step, more) => ({ key, label, kind: "range", min, max, step, ...more });
export const numberField = (key, label, min, max, more) => ({ key, label, kind: "number", min, max, step: 1, ...more });
export const choice = (key, label, options, more) => ({ key, label, kind: "select", options, ...more });
export const tick = (key, label, more) => ({ key, label, kind: "check", ...more });
export const press = (key, label, change) => ({ key, label, kind: "button", change });
export const textField = (key, label, rows) => ({ key, label, kind: rows ? "area" : "text", rows });

/** For controls of one item of a list that is the state's field `name`: key → its value, and what changes. */
export const itemField = (name, list, at) => (key) => ({ value: list[at][key], change: (value) => ({ [name]: replaced(list, at, { ...list[at], [key]: value }) }) });

/** Whether a control may have its value. */
export function fits({ kind, value, min, max, step, options }) {
  if (kind === "button") return true;
  if (kind === "select") return options.some(([id]) => id === value);
  if (kind === "check") return typeof value === "boolean";
  return min === undefined ? typeof value === "string" : (step === 1 ? wholeBetween : between)(value, min, max);
}

/**
 * A view as widget.mjs wants it. A state is possible where the view can repair it and
 * each control may have its value. Presets are [text, what differs from the example].
 */
export function makeView(view) {
  const controls = (state) => {
    const all = view.controls(state);
    for (const one of all) one.value ??= state[one.key]; // in place: this is done for each frame of a drag
    return all;
  };
  return {
    ...view, controls,
    repaired(state) {
      const next = view.repaired ? view.repaired(state) : state;
      return next && controls(next).every(fits) ? next : null;
    },
  };
}
