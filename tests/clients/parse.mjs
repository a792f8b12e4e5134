// Parse RDF documents with parsers from npm and print their triples.
//
// Standard input: one JSON array of {name, mediaType, base, text}.
// Standard output: one JSON object from name to a list of [subject, predicate, object], where a
// term is {type, value, language?, datatype?} as RDF/JS has it.

import { Parser } from "n3";
import { RdfXmlParser } from "rdfxml-streaming-parser";

function plain(term) {
  if (term.termType !== "Literal") return { type: term.termType, value: term.value };
  return {
    type: "Literal",
    value: term.value,
    language: term.language,
    datatype: term.datatype.value,
  };
}

function triple(quad) {
  return [plain(quad.subject), plain(quad.predicate), plain(quad.object)];
}

function parseXml(text, base) {
  return new Promise((resolve, reject) => {
    const triples = [];
    const parser = new RdfXmlParser({ baseIRI: base, strict: true });
    parser.on("data", (quad) => triples.push(triple(quad)));
    parser.on("error", reject);
    parser.on("end", () => resolve(triples));
    parser.write(text);
    parser.end();
  });
}

async function parse({ mediaType, base, text }) {
  if (mediaType === "application/rdf+xml") return parseXml(text, base);
  return new Parser({ format: mediaType, baseIRI: base }).parse(text).map(triple);
}

let input = "";
for await (const chunk of process.stdin) input += chunk;
const answer = {};
for (const document of JSON.parse(input)) answer[document.name] = await parse(document);
process.stdout.write(JSON.stringify(answer));
