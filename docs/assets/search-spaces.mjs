// What people type and paste, made into what Material's search understands. A Latin word touching a Chinese one
// ("RoI对齐") finds nothing there, the last word of a Chinese run ("配置继承") is dropped, "--gpus" means "without gpus",
// and in a pasted sentence "in" finds every title with a word that begins so.

const QUERY = 2; // Material's SearchMessageType.QUERY
const SMALL = /^(?:[a-z]{1,2}|\d{1,2}|the|and|for|has|was|are|but|not|can|been|that|this|with|from|have)$/;

const ASKING = /怎么样?|怎样|如何|为什么|什么是|是什么|什么|请问|[的吗呢]/g;
const chinese = globalThis.Intl?.Segmenter && new Intl.Segmenter("zh", { granularity: "word" });

function cut(run) {
  return chinese ? [...chinese.segment(run)].map(({ segment }) => segment).join(" ") : run;
}

export function searchable(query) {
  const told = query.replace(ASKING, " ");
  const words = (told.trim() ? told : query)
    .replace(/[:^~*'`]/g, " ") // the query language of lunr; quotes around a pasted name
    .replace(/(^|\s)[-+]+(?=\S)/g, "$1")
    .replace(/\.(?!\d)/g, " ")
    .replace(/(\p{sc=Han})(?=[\p{sc=Latin}\p{Nd}_])/gu, "$1 ")
    .replace(/([\p{sc=Latin}\p{Nd}_])(?=\p{sc=Han})/gu, "$1 ")
    .replace(/\p{sc=Han}{4,}/gu, cut)
    .split(/\s+/)
    .filter(Boolean);
  const telling = words.some((word) => /^\w{4,}/.test(word) && !SMALL.test(word));
  return words.filter((word) => !telling || !SMALL.test(word)).join(" ");
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
