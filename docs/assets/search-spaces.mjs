// What people type and paste, made into what Material's search understands. It splits a query at spaces and cuts
// Chinese into words, but a Latin word touching a Chinese one ("RoI对齐") finds nothing, and "--gpus" means
// "without gpus" to it.

const QUERY = 2; // Material's SearchMessageType.QUERY

export function searchable(query) {
  return query
    .replace(/[:^~*'`]/g, " ") // the query language of lunr; quotes around a pasted name
    .replace(/(^|\s)[-+]+(?=\S)/g, "$1")
    .replace(/(\p{sc=Han})(?=[\p{sc=Latin}\p{Nd}_])/gu, "$1 ")
    .replace(/([\p{sc=Latin}\p{Nd}_])(?=\p{sc=Han})/gu, "$1 ");
}

const send = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message, ...rest) {
  const query = message?.type === QUERY && typeof message.data === "string";
  return send.call(this, query ? { ...message, data: searchable(message.data) } : message, ...rest);
};

// The search waits for a key; text that came by mouse, voice or an input method has none.
document.addEventListener("input", ({ target }) => {
  if (target.matches?.("[data-md-component=search-query]")) target.dispatchEvent(new KeyboardEvent("keyup"));
});
