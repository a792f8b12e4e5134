// Replicate a Linked Data Event Stream with the reference client and print its new members.
//
// Arguments: the address of the root node, and a folder that keeps the client's state.
// Standard output: one JSON object {version, kind, document, instant, statements} per line, where
// `statements` are those of the member's own graph as sorted N-Triples.

import { Writer } from "n3";
import { replicateLDES } from "ldes-client";

const AS = "https://www.w3.org/ns/activitystreams#";
const DCTERMS = "http://purl.org/dc/terms/";
const RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

function said(quads, id, predicate) {
  const found = quads.filter((q) => q.subject.equals(id) && q.predicate.value === predicate);
  if (found.length !== 1) throw new Error(`${found.length} × ${predicate} of ${id.value}`);
  return found[0].object.value;
}

function plain({ id, quads }) {
  const writer = new Writer({ format: "N-Triples" });
  const own = quads.filter((q) => q.graph.equals(id));
  const lines = own.map((q) => writer.quadToString(q.subject, q.predicate, q.object));
  return {
    version: id.value,
    kind: said(quads, id, RDF_TYPE).slice(AS.length),
    document: said(quads, id, DCTERMS + "isVersionOf"),
    instant: said(quads, id, DCTERMS + "created"),
    statements: [...new Set(lines)].sort().join(""),
  };
}

const [url, statePath] = process.argv.slice(2);
const client = replicateLDES({ url, statePath });
client.on("error", (error) => {
  console.error(error);
  process.exitCode = 1;
});
for await (const member of client.stream()) {
  process.stdout.write(JSON.stringify(plain(member)) + "\n");
}
