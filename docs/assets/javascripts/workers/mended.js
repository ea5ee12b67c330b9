// Material's search worker with one mistake of lunr 2.3.9 mended. When lunr makes its index small it compares nodes
// by a text in which the labels of edges and the numbers of the nodes behind them run together: "1" to node 2 and "3"
// to node 4 looks like "1" to node 234. Where words hold digits, unlike nodes are merged, and a query that reaches one
// ("compute" beside "compute_86") fails. A comma keeps them apart.
//
// It lies beside Material's worker, whose name follows the question mark (overrides/main.html), because that worker
// loads its languages relative to its own place.

importScripts(location.search.slice(1));

lunr.TokenSet.prototype.toString = function () {
  if (this._str) return this._str;
  const edges = Object.keys(this.edges).sort();
  return edges.reduce((text, label) => `${text}${label}${this.edges[label].id},`, this.final ? "1" : "0");
};
