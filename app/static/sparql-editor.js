/* <sparql-editor>: a text area that colours SPARQL and completes terms.

   The text area stays what it is: it has the text, the caret, the selection and what can be
   undone. Behind it lies the same text in colours, made of text nodes only. Without this script
   it is a text area in a form. Its words are attributes, in the language of the page. */

const TOKENS = new RegExp(
  [
    ["comment", "#[^\\r\\n]*"],
    ["string", '"""[^]*?(?:"""|$)|\'\'\'[^]*?(?:\'\'\'|$)|"(?:[^"\\\\\\r\\n]|\\\\.)*"?|\'(?:[^\'\\\\\\r\\n]|\\\\.)*\'?'],
    ["iri", "<[^<>\"{}|^`\\\\\\u0000-\\u0020]*>"],
    ["variable", "[?$][\\p{L}\\p{N}_]+"],
    ["prefixed", "(?:[\\p{L}](?:[\\p{L}\\p{N}_.-]*[\\p{L}\\p{N}_-])?)?:(?:(?:[\\p{L}\\p{N}_:.-]|\\\\.|%[0-9A-Fa-f]{2})*(?:[\\p{L}\\p{N}_:-]|\\\\.|%[0-9A-Fa-f]{2}))?"],
    ["language", "@[A-Za-z]+(?:-[A-Za-z0-9]+)*"],
    ["number", "\\b\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?"],
    ["word", "\\p{L}[\\p{L}\\p{N}_]*"],
    ["other", "[^]"],
  ].map(([kind, pattern]) => `(?<${kind}>${pattern})`).join("|"),
  "gu",
);

const KEYWORDS = (
  "ASK BASE BIND BY CONSTRUCT DESCRIBE DISTINCT EXISTS FILTER FROM GRAPH GROUP HAVING IN LIMIT " +
  "MINUS NAMED NOT OFFSET OPTIONAL ORDER PREFIX REDUCED SELECT SEPARATOR UNDEF UNION VALUES WHERE " +
  "AS ASC DESC ABS AVG BNODE BOUND CEIL COALESCE CONCAT CONTAINS COUNT DATATYPE DAY " +
  "ENCODE_FOR_URI FLOOR GROUP_CONCAT HOURS IF IRI ISBLANK ISIRI ISLITERAL ISNUMERIC LANG " +
  "LANGMATCHES LCASE MAX MD5 MIN MINUTES MONTH NOW RAND REGEX REPLACE ROUND SAMETERM SAMPLE " +
  "SECONDS SHA1 SHA256 SHA384 SHA512 STR STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLEN " +
  "STRSTARTS STRUUID SUBSTR SUM TIMEZONE TZ UCASE URI UUID YEAR TRUE FALSE"
).split(" ");

const MOST_COLOURED = 30_000;
const MOST_SUGGESTED = 8;
const FEWEST_TYPED = 2;

/* ---- functions of texts ---- */

/** Give the tokens of a text, one after the other and without a gap, as {kind, text, start}. */
export function tokens(text) {
  const found = [];
  for (const match of text.matchAll(TOKENS)) {
    let [kind] = Object.entries(match.groups).find(([, value]) => value !== undefined);
    if (kind === "word") kind = isKeyword(match[0]) ? "keyword" : "other";
    const last = found.at(-1);
    if (kind === "other" && last?.kind === "other") last.text += match[0];
    else found.push({ kind, text: match[0], start: match.index });
  }
  return found;
}

/** Give the text with a declaration before it for a prefix that it does not declare. */
export function declaration(text, prefix, prefixes) {
  const iri = Object.hasOwn(prefixes, prefix) ? prefixes[prefix] : undefined;
  return iri === undefined || declared(text).has(prefix) ? "" : `PREFIX ${prefix}: <${iri}>\n`;
}

/** Give the suggestions for the word that ends at the caret: {from, items}, best first.

    An item is {text, label, count, prefix}. Words of two letters and more are completed, and any
    if the person asks for it. */
export function completions(text, caret, vocabulary, isAsked = false) {
  const nothing = { from: caret, items: [] };
  const all = tokens(text);
  const inside = all.find(({ text: t, start }) => start < caret && caret <= start + t.length);
  if (inside && isClosedTo(inside, caret)) return nothing;
  const word = /[?$]?[\p{L}\p{N}_:-]*$/u.exec(text.slice(0, caret))[0];
  const from = caret - word.length;
  if (/^[?$]/.test(word)) return { from, items: variables(all, word, from) };
  if (word.length < FEWEST_TYPED && !isAsked) return nothing;
  const before = tokens(text.slice(0, from)).filter(({ kind }) => kind !== "comment");
  const previous = before.map((token) => token.text.trim()).filter(Boolean).at(-1) ?? "";
  if (/^prefix$/i.test(previous)) return { from, items: prefixNames(word, text, vocabulary) };
  const items = [...terms(word, previous, vocabulary), ...keywords(word)];
  const exact = items.length === 1 && items[0].text === word;
  return { from, items: exact ? [] : items.slice(0, MOST_SUGGESTED) };
}

/** Give the offset of a place that is named by line and column, both counted from 1. */
export function offsetOf(text, line, column) {
  const lines = text.split("\n").slice(0, line - 1);
  const start = lines.reduce((sum, each) => sum + each.length + 1, 0);
  const characters = [...(text.slice(start).split("\n")[0] ?? "")].slice(0, column - 1);
  return Math.min(text.length, start + characters.join("").length);
}

function isKeyword(word) {
  return KEYWORDS.includes(word.toUpperCase()) || word === "a";
}

function isClosedTo({ kind, text, start }, caret) {
  if (kind === "comment") return true;
  return (kind === "string" || kind === "iri") && caret < start + text.length + (isOpen(text) ? 1 : 0);
}

function isOpen(text) {
  return text.length < 2 || text.at(-1) !== text[0];
}

function declared(text) {
  return new Set([...text.matchAll(/\bprefix\s+([\p{L}\p{N}_.-]*):/giu)].map((match) => match[1]));
}

function variables(all, word, from) {
  const names = all
    .filter(({ kind, start }) => kind === "variable" && start !== from)
    .map((token) => token.text);
  return [...new Set(names)]
    .filter((name) => name.startsWith(word) && name !== word)
    .slice(0, MOST_SUGGESTED)
    .map((text) => ({ text, label: "variable" }));
}

function prefixNames(word, text, { prefixes }) {
  const known = declared(text);
  return Object.entries(prefixes)
    .filter(([name]) => name.startsWith(word.replace(/:$/, "")) && !known.has(name))
    .slice(0, MOST_SUGGESTED)
    .map(([name, iri]) => ({ text: `${name}: <${iri}>`, label: "" }));
}

function terms(word, previous, { classes, properties }) {
  const wanted = word.toLowerCase();
  const isClassWanted = previous === "a" || previous === "rdf:type";
  const ranked = [];
  for (const [all, isFirst] of [[classes, isClassWanted], [properties, !isClassWanted]]) {
    for (const { name, label, count } of all) {
      const rank = match(wanted, name.toLowerCase(), label.toLowerCase());
      if (rank === 0 || (!wanted && !isFirst)) continue;
      const item = { text: name, label, count, prefix: name.slice(0, name.indexOf(":")) };
      ranked.push([rank + (isFirst ? 1 : 0), ranked.length, item]);
    }
  }
  ranked.sort((one, other) => other[0] - one[0] || one[1] - other[1]);
  return ranked.map(([, , item]) => item);
}

function match(wanted, name, label) {
  if (!wanted) return 2;
  const local = name.slice(name.indexOf(":") + 1);
  if (name.startsWith(wanted) || local.startsWith(wanted)) return 6;
  if (label.split(/[ ,]+/).some((each) => each.startsWith(wanted)) || label.startsWith(wanted)) return 4;
  return wanted.length > 2 && (local.includes(wanted) || label.includes(wanted)) ? 2 : 0;
}

function keywords(word) {
  const wanted = word.toUpperCase();
  return KEYWORDS.filter((each) => wanted && each.startsWith(wanted) && each !== wanted).map(
    (text) => ({ text, label: "keyword" }),
  );
}

/* ---- the element ---- */

const Element = globalThis.HTMLElement ?? class {};

class SparqlEditor extends Element {
  #area;
  #paint;
  #list;
  #status;
  #vocabulary = { prefixes: {}, classes: [], properties: [] };
  #items = [];
  #from = 0;
  #chosen = -1;
  #isChanging = false;
  #mark = null;

  connectedCallback() {
    this.#area = this.querySelector("textarea");
    if (!this.#area || this.#paint) return;
    this.#paint = make("pre", { "aria-hidden": "true" }, "paint");
    this.#list = make("ul", { role: "listbox", id: "suggestions", "aria-label": this.dataset.suggestions });
    this.#list.hidden = true;
    this.#status = make("p", { role: "status" }, "unseen");
    this.prepend(this.#paint);
    this.append(this.#list, this.#status);
    this.classList.add("ready");
    this.#area.setAttribute("aria-autocomplete", "list");
    this.#area.setAttribute("aria-controls", "suggestions");
    this.#area.addEventListener("input", (event) => this.#changed(event));
    this.#area.addEventListener("keydown", (event) => this.#pressed(event));
    this.#area.addEventListener("blur", () => this.#close());
    this.#area.addEventListener("click", () => this.#close());
    this.#area.form?.addEventListener("submit", () => this.#sending());
    // A press must not take the focus out of the text.
    this.#list.addEventListener("mousedown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#accept([...this.#list.children].indexOf(option));
    });
    for (const hint of document.querySelectorAll(".scripted")) hint.hidden = false;
    this.#showTrouble();
    this.#draw();
    this.#load();
  }

  async #load() {
    try {
      const response = await fetch(this.getAttribute("vocabulary"));
      if (response.ok) this.#vocabulary = await response.json();
    } catch {
      // Without a vocabulary there are still variables and keywords.
    }
    this.dataset.vocabulary = "loaded";
  }

  #showTrouble() {
    if (!this.hasAttribute("line")) return;
    const text = this.#area.value;
    let place = offsetOf(text, +this.getAttribute("line"), +this.getAttribute("column"));
    // What is missing is missed where something else comes, or at the end.
    while (place > 0 && !/\S/.test(text[place] ?? "")) place -= 1;
    this.#mark = place;
    this.#area.setSelectionRange(place, place);
  }

  #draw() {
    const text = this.#area.value;
    const pieces = text.length > MOST_COLOURED ? [{ kind: "other", text, start: 0 }] : tokens(text);
    const painted = pieces
      .flatMap((piece) => split(piece, this.#mark))
      .map((piece) => make("span", {}, piece.isWrong ? `${piece.kind} wrong` : piece.kind, piece.text));
    // A last line that is empty has no height of its own.
    this.#paint.replaceChildren(...painted, "\n");
  }

  #changed(event) {
    this.#mark = null;
    this.#draw();
    if (this.#isChanging) return;
    if (event.data === ":") this.#declareTyped();
    if (event.inputType?.startsWith("insert")) this.#suggest();
    else this.#close();
  }

  #pressed(event) {
    if (event.isComposing) return;
    const isOpen = !this.#list.hidden;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#area.form.requestSubmit();
    } else if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      this.#suggest(true);
    } else if (isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.#choose(this.#chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (isOpen && event.key === "Escape") {
      event.preventDefault();
      this.#close();
    } else if (event.key === "Enter" && isOpen && this.#chosen >= 0) {
      event.preventDefault();
      this.#accept(this.#chosen);
    } else if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.#close();
      this.#breakLine();
    } else if (["ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"].includes(event.key)) {
      this.#close();
    }
  }

  /** Break the line and indent the next one as deep. */
  #breakLine() {
    const before = this.#area.value.slice(0, this.#area.selectionStart);
    const line = before.slice(before.lastIndexOf("\n") + 1);
    const deeper = /[{(]\s*$/.test(line) ? "  " : "";
    this.#insert(`\n${/^ */.exec(line)[0]}${deeper}`);
  }

  #declareTyped() {
    const { value, selectionStart: caret } = this.#area;
    const word = /(?<![\p{L}\p{N}_:?$<-])([\p{L}][\p{L}\p{N}_-]*):$/u.exec(value.slice(0, caret));
    const isOwn = /\bprefix\s+\S*$/i.test(value.slice(0, caret));
    const token = tokens(value).find(({ text, start }) => start < caret && caret <= start + text.length);
    if (word && !isOwn && token?.kind === "prefixed") this.#declare(word[1]);
  }

  #declare(prefix) {
    const added = declaration(this.#area.value, prefix, this.#vocabulary.prefixes);
    if (!added) return 0;
    const { selectionStart: start, selectionEnd: end } = this.#area;
    this.#area.setSelectionRange(0, 0);
    this.#insert(added);
    this.#area.setSelectionRange(start + added.length, end + added.length);
    return added.length;
  }

  #suggest(isAsked = false) {
    const { value, selectionStart: caret } = this.#area;
    const { from, items } = completions(value, caret, this.#vocabulary, isAsked);
    if (!items.length) {
      this.#close();
      if (isAsked) this.#status.textContent = this.dataset.none;
      return;
    }
    this.#items = items;
    this.#from = from;
    const { variable, keyword } = this.dataset;
    this.#list.replaceChildren(...items.map((item, index) => optionOf(item, index, { variable, keyword })));
    this.#list.hidden = false;
    this.#place();
    this.#choose(isAsked ? 0 : -1);
    const { suggestions, choose } = this.dataset;
    const count = `${suggestions}: ${items.length}`;
    this.#status.textContent = isAsked ? count : `${count}. ${choose}`;
  }

  #choose(index) {
    const options = [...this.#list.children];
    this.#chosen = index < -1 ? options.length - 1 : index >= options.length ? -1 : index;
    for (const [at, option] of options.entries()) {
      option.setAttribute("aria-selected", at === this.#chosen ? "true" : "false");
    }
    const option = options[this.#chosen];
    if (option) {
      this.#area.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else this.#area.removeAttribute("aria-activedescendant");
  }

  #accept(index) {
    const { text, prefix } = this.#items[index];
    const end = this.#area.selectionStart;
    const from = this.#from;
    this.#close();
    this.#area.focus();
    const moved = prefix === undefined ? 0 : this.#declare(prefix);
    this.#area.setSelectionRange(from + moved, end + moved);
    this.#insert(text);
  }

  /** Put text in place of the selection, so that it can be undone. */
  #insert(text) {
    this.#isChanging = true;
    // Deprecated, and the only way that keeps the browser's own history of changes.
    if (!document.execCommand("insertText", false, text)) {
      this.#area.setRangeText(text, this.#area.selectionStart, this.#area.selectionEnd, "end");
      this.#draw();
    }
    this.#isChanging = false;
  }

  #close() {
    this.#list.hidden = true;
    this.#items = [];
    this.#chosen = -1;
    this.#area.removeAttribute("aria-activedescendant");
    this.#status.textContent = "";
  }

  /** Put the list under the word, and within the editor. */
  #place() {
    const range = document.createRange();
    let left = this.#from;
    for (const span of this.#paint.querySelectorAll("span")) {
      const node = span.firstChild;
      if (left <= node.length) {
        range.setStart(node, left);
        break;
      }
      left -= node.length;
    }
    const word = range.getBoundingClientRect();
    const editor = this.getBoundingClientRect();
    const most = Math.max(0, editor.width - this.#list.offsetWidth);
    this.#list.style.insetInlineStart = `${Math.min(Math.max(0, word.left - editor.left), most)}px`;
    this.#list.style.insetBlockStart = `${word.bottom - editor.top}px`;
  }

  /** Send a query that is too long for an address in the body. */
  #sending() {
    this.#area.form.method = encodeURIComponent(this.#area.value).length > 6000 ? "post" : "get";
  }
}

/** Take the character at a place out of a token, or the whole token if it is a name. */
function split({ kind, text, start }, place) {
  const at = place === null ? -1 : place - start;
  if (at < 0 || at >= text.length) return [{ kind, text }];
  if (kind !== "other") return [{ kind, text, isWrong: true }];
  return [text.slice(0, at), text[at], text.slice(at + 1)]
    .map((piece, index) => ({ kind, text: piece, isWrong: index === 1 }))
    .filter((piece) => piece.text);
}

function make(name, attributes = {}, className = "", text = "") {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.className = className;
  element.textContent = text;
  return element;
}

function optionOf({ text, label, count }, index, words) {
  const option = make("li", { role: "option", id: `suggestion-${index}`, "aria-selected": "false" });
  const isTerm = count !== undefined;
  option.append(make("b", {}, "", text), " ", make("span", {}, "", isTerm ? label : (words[label] ?? label)));
  const language = document.documentElement.lang;
  if (Number.isFinite(count)) option.append(" ", make("span", {}, "count", count.toLocaleString(language)));
  return option;
}

globalThis.customElements?.define("sparql-editor", SparqlEditor);
