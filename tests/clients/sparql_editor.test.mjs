// The editor's functions of texts. EDITOR names a copy of the module that Node reads as one.

import assert from "node:assert/strict";
import test from "node:test";

const { completions, declaration, offsetOf, tokens } = await import(process.env.EDITOR);

const vocabulary = {
  prefixes: { dcterms: "http://purl.org/dc/terms/", schema: "https://schema.org/" },
  classes: [
    { name: "schema:CreativeWork", label: "text, creative work", count: 59 },
    { name: "schema:License", label: "licence document", count: 1 },
  ],
  properties: [
    { name: "dcterms:title", label: "title", count: 60 },
    { name: "dcterms:license", label: "licence", count: 14 },
    { name: "schema:inLanguage", label: "language", count: 59 },
  ],
};

function complete(text, isAsked = false) {
  const caret = text.includes("|") ? text.indexOf("|") : text.length;
  const { from, items } = completions(text.replace("|", ""), caret, vocabulary, isAsked);
  return { from, texts: items.map((item) => item.text) };
}

const kinds = (text) =>
  tokens(text)
    .filter((token) => token.text.trim())
    .map((token) => [token.kind, token.text.trim()]);

test("tokens are the text, whole", () => {
  for (const text of ["", "SELECT", "a<b", '"', "'''x", "\u{1f600}<é#", "\\", "?", "\n\n  x\r\n", "<a b>"]) {
    assert.equal(tokens(text).map((token) => token.text).join(""), text);
    let position = 0;
    for (const token of tokens(text)) {
      assert.equal(token.start, position);
      position += token.text.length;
    }
  }
});

test("tokens have kinds", () => {
  assert.deepEqual(kinds("select ?x # c\n{ ex:a <http://a/> 'b'@en 1.5 }"), [
    ["keyword", "select"],
    ["variable", "?x"],
    ["comment", "# c"],
    ["other", "{"],
    ["prefixed", "ex:a"],
    ["iri", "<http://a/>"],
    ["string", "'b'"],
    ["language", "@en"],
    ["number", "1.5"],
    ["other", "}"],
  ]);
});

test("a number sign within an IRI or a string begins no comment", () => {
  assert.deepEqual(kinds('<a#b> "a#b"').map(([kind]) => kind), ["iri", "string"]);
});

test("a word is completed by its name and by what people call it", () => {
  assert.deepEqual(complete("?x lic").texts.slice(0, 2), ["dcterms:license", "schema:License"]);
  assert.deepEqual(complete("?x lang").texts[0], "schema:inLanguage");
  assert.deepEqual(complete("?x dcterms:ti"), { from: 3, texts: ["dcterms:title"] });
});

test("after `a` comes a class", () => {
  assert.deepEqual(complete("?x a lic").texts[0], "schema:License");
  assert.deepEqual(complete("?x a ", true).texts, ["schema:CreativeWork", "schema:License"]);
});

test("variables of the query are completed", () => {
  assert.deepEqual(complete("SELECT ?text ?title { ?t|"), { from: 22, texts: ["?text", "?title"] });
  assert.deepEqual(complete("?text ?text|").texts, []);
});

test("keywords are completed", () => {
  assert.ok(complete("OPT").texts.includes("OPTIONAL"));
});

test("nothing is suggested where it would not be read, or for too little", () => {
  for (const text of ["# lic", "'lic", '"a" "lic|"', "<http://lic|>", "?x l", "", "?x "]) {
    assert.deepEqual(complete(text).texts, [], text);
  }
});

test("prefixes are suggested where one is declared", () => {
  assert.deepEqual(complete("PREFIX sch").texts, ["schema: <https://schema.org/>"]);
});

test("a prefix is declared once, if it is known", () => {
  assert.equal(declaration("ASK {}", "schema", vocabulary.prefixes), "PREFIX schema: <https://schema.org/>\n");
  assert.equal(declaration("prefix schema: <a:b> ASK {}", "schema", vocabulary.prefixes), "");
  assert.equal(declaration("ASK {}", "constructor", vocabulary.prefixes), "");
});

test("a place has an offset", () => {
  assert.equal(offsetOf("ab\ncd", 2, 2), 4);
  assert.equal(offsetOf("\u{1f600}x", 1, 2), 2);
  assert.equal(offsetOf("ab", 9, 9), 2);
});

test("hostile texts are read in time that grows with their length", () => {
  for (const piece of ['"', "'''", "<", "a.", "a:", "\\", "?", "#", "1e", "@a-", "[^", "%4"]) {
    const started = performance.now();
    tokens(piece.repeat(10_000));
    completions(piece.repeat(10_000), 10_000, vocabulary, true);
    assert.ok(performance.now() - started < 5000, piece);
  }
});
