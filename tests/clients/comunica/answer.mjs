// Ask a SPARQL endpoint with Comunica.
//
// Standard input: one JSON object {endpoint, queries: {name: text}}.
// Standard output: one JSON object from name to what the query gave: solutions as objects from
// variable to term, a boolean, or statements as lists of three terms. A term is {type, value,
// language?, datatype?} as RDF/JS has it.

import { QueryEngine } from "@comunica/query-sparql";

function plain(term) {
  if (term.termType !== "Literal") return { type: term.termType, value: term.value };
  return {
    type: "Literal",
    value: term.value,
    language: term.language,
    datatype: term.datatype.value,
  };
}

function solution(bindings) {
  return Object.fromEntries([...bindings].map(([variable, term]) => [variable.value, plain(term)]));
}

async function answer(engine, endpoint, query) {
  const result = await engine.query(query, { sources: [{ type: "sparql", value: endpoint }] });
  const answered = await result.execute();
  if (result.resultType === "boolean") return answered;
  const items = await answered.toArray();
  if (result.resultType === "bindings") return items.map(solution);
  return items.map((quad) => [quad.subject, quad.predicate, quad.object].map(plain));
}

let input = "";
for await (const chunk of process.stdin) input += chunk;
const { endpoint, queries } = JSON.parse(input);
const engine = new QueryEngine();
const answers = {};
for (const [name, query] of Object.entries(queries)) {
  answers[name] = await answer(engine, endpoint, query);
}
process.stdout.write(JSON.stringify(answers));
