
"use strict";
(() => {
const doc = JSON.parse(document.getElementById("document").textContent);
const METHODS = ["get", "post", "put", "patch", "delete", "head", "options"];

// ---- Elements ----

function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}

const byId = (id) => document.getElementById(id);

// ---- Markdown: paragraphs, lists, code, emphasis, links. Never HTML. ----

function inline(text) {
  const found = [];
  const pattern = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\((https?:\/\/[^\s)]+|\/[^\s)]*)\)/g;
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    found.push(text.slice(at, match.index));
    if (match[1]) found.push(h("code", null, match[1]));
    else if (match[2]) found.push(h("strong", null, match[2]));
    else if (match[3]) found.push(h("em", null, match[3]));
    else found.push(h("a", { href: match[5], rel: "noopener noreferrer" }, match[4]));
    at = match.index + match[0].length;
  }
  found.push(text.slice(at));
  return found;
}

function markdown(text) {
  const blocks = [];
  let lines = [];
  let code = null;
  const flush = () => {
    if (!lines.length) return;
    const item = /^\s*(?:[-*]|(\d+)\.)\s+/;
    if (lines.every((line) => item.test(line) || /^\s{2,}/.test(line)) && item.test(lines[0])) {
      const items = [];
      for (const line of lines) {
        if (item.test(line)) items.push(line.replace(item, ""));
        else items[items.length - 1] += " " + line.trim();
      }
      const ordered = item.exec(lines[0])[1] !== undefined;
      blocks.push(h(ordered ? "ol" : "ul", null, items.map((text) => h("li", null, inline(text)))));
    } else if (lines.every((line) => /^(\t| {4})/.test(line))) {
      blocks.push(h("pre", { tabindex: 0 }, lines.map((line) => line.replace(/^(\t| {4})/, "")).join("\n")));
    } else {
      const heading = /^#{1,6}\s+(.*)$/.exec(lines[0]);
      if (heading) {
        blocks.push(h("p", null, h("strong", null, inline(heading[1]))));
        lines.shift();
      }
      if (lines.length) blocks.push(h("p", null, inline(lines.join(" "))));
    }
    lines = [];
  };
  for (const line of text.split("\n")) {
    if (/^\s*```/.test(line)) {
      if (code) blocks.push(h("pre", { tabindex: 0 }, code.join("\n")));
      else flush();
      code = code ? null : [];
    } else if (code) code.push(line);
    else if (line.trim() === "") flush();
    else lines.push(line);
  }
  if (code) blocks.push(h("pre", { tabindex: 0 }, code.join("\n")));
  flush();
  return h("div", { class: "text" }, blocks);
}

// ---- Schemas ----

function resolve(schema) {
  let at = schema;
  for (let steps = 0; at && at.$ref && steps < 16; steps++) {
    at = at.$ref.replace(/^#\//, "").split("/").reduce((value, key) => value && value[key], doc);
  }
  return at === undefined ? {} : at;
}

const nameOf = (schema) => schema && schema.$ref ? schema.$ref.split("/").pop() : "";
const typesOf = (schema) => [].concat(schema.type || []);
const choicesOf = (schema) => schema.anyOf || schema.oneOf;

function kind(schema) {
  const name = nameOf(schema);
  if (name) return name;
  if (schema === true || schema === undefined) return "anything";
  const choices = choicesOf(schema);
  if (choices) return choices.map((one) => kind(one)).join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const types = typesOf(schema).map((type) => {
    if (type === "array" && schema.items) {
      const item = kind(schema.items);
      return item === "anything" ? "array" : "array of " + item;
    }
    if (type === "null") return "null";
    return schema.format && type === "string" ? schema.format : type;
  });
  if (types.length) return types.join(" or ");
  return schema.enum ? "one of these" : schema.properties ? "object" : "anything";
}

function rules(schema) {
  const found = [];
  const range = (least, most, unit) => {
    if (least !== undefined && most !== undefined) found.push(least === most ? `${least}${unit}` : `${least} to ${most}${unit}`);
    else if (least !== undefined) found.push(`at least ${least}${unit}`);
    else if (most !== undefined) found.push(`at most ${most}${unit}`);
  };
  range(schema.minimum, schema.maximum, "");
  range(schema.minLength, schema.maxLength, " characters");
  range(schema.minItems, schema.maxItems, " items");
  if (schema.pattern) found.push(["pattern ", h("code", null, schema.pattern)]);
  if (schema.enum) {
    found.push(schema.enum.flatMap((value, at) => [at ? ", " : "", h("code", null, typeof value === "string" ? value : JSON.stringify(value))]));
  }
  if (schema.default !== undefined) found.push(["default ", h("code", null, typeof schema.default === "string" ? schema.default : JSON.stringify(schema.default))]);
  return found.flatMap((rule) => [" · ", rule]);
}

// What is inside a schema: its fields, its items' fields, its choices.
function inner(schema, seen, answer) {
  const target = resolve(schema);
  if (!target || seen.includes(target) || seen.length > 12) return null;
  const below = seen.concat([target]);
  const into = (one) => inner(one, below, answer);
  const choices = choicesOf(target);
  if (choices && !choices.every((one) => !into(one))) {
    return h("div", { class: "one" }, choices.map((one) => h("div", { class: "field" }, described(one), into(one))));
  }
  if (target.properties) {
    const required = target.required || [];
    const fields = Object.entries(target.properties).map(([name, field]) => {
      const found = resolve(field);
      return h("div", { class: "field" },
        h("div", { class: "line" }, h("span", { class: "name" }, name), described(field),
          required.includes(name)
            ? !answer && h("span", { class: "must" }, "required")
            : answer && h("span", { class: "quiet" }, "may be absent")),
        found.description && h("p", null, inline(found.description)),
        into(field));
    });
    return fields.length ? h("div", { class: "fields" }, fields) : null;
  }
  if (target.items) return into(target.items);
  if (typeof target.additionalProperties === "object") return into(target.additionalProperties);
  return null;
}

function described(schema) {
  const target = resolve(schema);
  return h("span", { class: "kind" }, kind(schema), rules(target));
}

function schemaView(schema, answer) {
  return [h("p", null, described(schema)), inner(schema, [], answer)];
}

// A value that a schema allows.
function example(schema, depth = 0) {
  const target = resolve(schema);
  if (!target || target === true || depth > 8) return null;
  if (target.example !== undefined) return target.example;
  if (target.examples && target.examples.length) return target.examples[0];
  if (target.default !== undefined) return target.default;
  if (target.const !== undefined) return target.const;
  if (target.enum) return target.enum[0];
  const choices = choicesOf(target);
  if (choices) return example(choices[0], depth + 1);
  if (target.allOf) return Object.assign({}, ...target.allOf.map((part) => example(part, depth + 1)));
  switch (typesOf(target)[0] || (target.properties ? "object" : "")) {
    case "object": {
      const value = {};
      for (const [name, field] of Object.entries(target.properties || {})) value[name] = example(field, depth + 1);
      return value;
    }
    case "array": {
      const item = target.items === undefined ? null : example(target.items, depth + 1);
      return Array.from({ length: Math.max(1, target.minItems || 0) }, () => item);
    }
    case "integer": return number(target, 1);
    case "number": return number(target, 0.5);
    case "boolean": return true;
    case "string": return text(target);
    default: return depth ? null : {};
  }
}

// The number in its range that is nearest to 1; `step` is away from an end that does not belong to it.
function number(schema, step) {
  const least = Math.max(schema.minimum ?? -Infinity, (schema.exclusiveMinimum ?? -Infinity) + step);
  const most = Math.min(schema.maximum ?? Infinity, (schema.exclusiveMaximum ?? Infinity) - step);
  const by = schema.multipleOf ?? (step === 1 ? 1 : 0);
  const near = Math.max(least, Math.min(1, most));
  if (!by) return near;
  const above = Math.ceil(near / by) * by;
  return above <= most ? above : Math.floor(near / by) * by;
}

// What is written as an example, or else one that the schema allows.
function exampleOf(content) {
  if (content.example !== undefined) return content.example;
  const [written] = Object.values(content.examples || {}).map(resolve);
  return written && written.value !== undefined ? written.value : example(content.schema || {});
}

function text(schema) {
  const known = {
    "email": "someone@example.org", "uuid": "123e4567-e89b-42d3-a456-426614174000",
    "date-time": "2025-01-31T12:00:00Z", "date": "2025-01-31", "time": "12:00:00Z", "uri": "https://example.org/",
    "hostname": "example.org", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1",
  };
  const word = known[schema.format] || (schema.pattern ? matching(schema.pattern) : "text");
  const least = schema.minLength || 0;
  const most = schema.maxLength ?? Infinity;
  return word.padEnd(least, "x").slice(0, Math.max(most, 0));
}

// A text that a simple expression matches: every part as short as it may be.
function matching(pattern) {
  let found = "";
  const parts = /\[(\^?)((?:\\.|[^\]\\])*)\]|\\(x[0-9a-fA-F]{2}|.)|\(\?:|[()^$]|([^\\])/g;
  for (let match; (match = parts.exec(pattern)) !== null;) {
    const [, not, set, escape, plain] = match;
    const many = /^[*?+]\??/.exec(pattern.slice(parts.lastIndex));
    if (many) parts.lastIndex += many[0].length;
    if (many && many[0][0] !== "+") continue;
    if (set !== undefined) found += not ? [..."a0-_ x"].find((c) => new RegExp(match[0]).test(c)) || "" : set.replace(/^\\/, "")[0];
    else if (escape && escape.length === 1) found += escape;
    else if (plain) found += plain;
  }
  try {
    return new RegExp(pattern).test(found) ? found : "";
  } catch {
    return "";
  }
}

// ---- Values as text ----

function coloured(value) {
  const source = JSON.stringify(value, null, 2);
  const pattern = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  const found = [];
  let at = 0;
  for (const match of source.matchAll(pattern)) {
    found.push(source.slice(at, match.index));
    const token = match[1] || match[0];
    const as = match[1] ? (match[2] ? "key" : "string") : match[3] ? "word" : "number";
    found.push(h("span", { class: as }, token), match[1] && match[2] ? match[2] : "");
    at = match.index + match[0].length;
  }
  found.push(source.slice(at));
  return found;
}

function copyable(label, make) {
  const pre = h("pre", { tabindex: 0, "aria-label": label });
  const button = h("button", { type: "button" }, "Copy");
  button.addEventListener("click", async () => {
    let copied = true;
    try {
      await navigator.clipboard.writeText(pre.textContent);
    } catch {
      // Without permission, or on an origin that is not secure.
      const range = document.createRange();
      range.selectNodeContents(pre);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      copied = document.execCommand("copy");
    }
    button.textContent = copied ? "Copied" : "Selected";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  const update = () => { pre.textContent = make(); };
  return { view: h("div", { class: "copied" }, pre, button), update };
}

// ---- Access: what the document's security schemes ask for. ----

const schemes = Object.entries((doc.components || {}).securitySchemes || {})
  .map(([name, scheme]) => ({ ...resolve(scheme), parameter: resolve(scheme).name, name }))
  .filter(({ type }) => type !== "mutualTLS");

// Kept until the browser's session ends; where it keeps nothing, until the page is left.
const access = {
  values: new Map(),
  changed: new Set(),
  get(name) {
    if (!this.values.has(name)) {
      let kept = null;
      try { kept = sessionStorage.getItem("rover.access." + name); } catch { /* It keeps nothing. */ }
      this.values.set(name, kept || "");
    }
    return this.values.get(name);
  },
  set(name, value) {
    this.values.set(name, value);
    try {
      if (value) sessionStorage.setItem("rover.access." + name, value);
      else sessionStorage.removeItem("rover.access." + name);
    } catch { /* It keeps nothing. */ }
    for (const update of this.changed) update();
  },
};

const isBasic = (scheme) => scheme.type === "http" && /^basic$/i.test(scheme.scheme);
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

// What an operation may be asked with: the schemes of one way, all of which are needed.
function waysOf(operation) {
  const known = (way) => Object.keys(way).map((name) => schemes.find((scheme) => scheme.name === name)).filter(Boolean);
  return (operation.security || doc.security || []).map(known);
}

// The schemes that are filled in for an operation: the first way that is whole.
function given(operation) {
  const whole = (way) => way.length && way.every(({ name }) => access.get(name));
  return waysOf(operation).find(whole) || [];
}

function isNeeded(operation) {
  const ways = waysOf(operation);
  return ways.length > 0 && ways.every((way) => way.length > 0);
}

// How a scheme is said, and where its value goes.
function credential(scheme) {
  const value = access.get(scheme.name);
  if (scheme.type === "apiKey") return { place: scheme.in, name: scheme.parameter, value };
  const word = isBasic(scheme) ? "Basic " + base64(value)
    : /^bearer$/i.test(scheme.scheme || "bearer") ? "Bearer " + value.replace(/^bearer\s+/i, "") : `${scheme.scheme} ${value}`;
  return { place: "header", name: "Authorization", value: word };
}

function accessView() {
  const box = byId("access");
  if (!schemes.length) return;
  box.hidden = false;
  const state = h("span", { class: "quiet" });
  const fields = schemes.map((scheme) => {
    const input = (label, type) => h("input", {
      type, "aria-label": `${scheme.name}: ${label}`, placeholder: label, autocomplete: "off", spellcheck: "false", autocapitalize: "off",
    });
    const parts = isBasic(scheme) ? [input("user", "text"), input("password", "password")]
      : [input(scheme.type === "apiKey" ? scheme.parameter : "token", "password")];
    const show = () => {
      const value = access.get(scheme.name);
      const at = value.indexOf(":");
      const texts = isBasic(scheme) && at >= 0 ? [value.slice(0, at), value.slice(at + 1)] : [value];
      parts.forEach((part, index) => { part.value = texts[index] || ""; });
    };
    const save = () => {
      const texts = parts.map((part) => part.value);
      access.set(scheme.name, texts.some(Boolean) ? texts.join(":") : "");
    };
    for (const part of parts) part.addEventListener("input", save);
    show();
    return { show, view: h("form", { class: "scheme", "aria-label": scheme.name, onsubmit: (event) => event.preventDefault() }, h("p", null, h("strong", null, scheme.name), " ", h("span", { class: "quiet" }, schemeKind(scheme))),
      scheme.description && h("div", { class: "quiet" }, inline(scheme.description)), parts) };
  });
  const forget = h("button", { type: "button" }, "Forget");
  forget.addEventListener("click", () => {
    for (const { name } of schemes) access.set(name, "");
    for (const { show } of fields) show();
  });
  const update = () => {
    const count = schemes.filter(({ name }) => access.get(name)).length;
    state.textContent = count ? `${count} filled in` : "nothing filled in";
    forget.disabled = !count;
  };
  access.changed.add(update);
  update();
  box.append(h("summary", null, h("span", null, "Access"), state),
    h("div", null, fields.map(({ view }) => view),
      h("div", { class: "do" }, forget, h("span", { class: "quiet" }, "kept until this tab is closed"))));
}

function schemeKind(scheme) {
  if (scheme.type === "apiKey") return `${scheme.in} ${scheme.parameter}`;
  if (scheme.type === "http") return isBasic(scheme) ? "user and password" : `${scheme.scheme} token`;
  return "bearer token";
}

// ---- A request ----

const quoted = (text) => "'" + text.replace(/'/g, "'\\''") + "'";

class Request {
  constructor(operation) {
    this.operation = operation;
    this.inputs = [];
    this.body = null;
    const types = Object.keys((operation.requestBody || {}).content || {});
    this.types = types;
    this.type = types[0];
  }

  // What is asked for: path, headers, and a body that fetch and curl both have.
  read() {
    let path = this.operation.path;
    const query = new URLSearchParams();
    const headers = {};
    const cookies = [];
    for (const { parameter, input } of this.inputs) {
      const value = input.value;
      if (parameter.in === "path") {
        const segment = encodeURIComponent(value);
        path = path.replace(`{${parameter.name}}`, value === "" ? `{${parameter.name}}` : segment);
      } else if (value === "") continue;
      else if (parameter.in === "query") query.append(parameter.name, value);
      else if (parameter.in === "header") headers[parameter.name] = value;
      else cookies.push([parameter.name, value]);
    }
    for (const { place, name, value } of given(this.operation).map(credential)) {
      // What is written for this request alone goes first.
      if (place === "header") {
        const own = Object.keys(headers).some((known) => known.toLowerCase() === name.toLowerCase());
        if (!own) headers[name] = value;
      } else if (place === "query") {
        if (!query.has(name)) query.append(name, value);
      } else if (!cookies.some(([known]) => known === name)) cookies.push([name, value]);
    }
    const search = query.toString();
    return { url: path + (search ? "?" + search : ""), headers, cookies, body: this.body ? this.body.read() : null };
  }

  curl() {
    const { url, headers, cookies, body } = this.read();
    const parts = ["curl"];
    if (this.operation.method === "head") parts.push("--head");
    else if (this.operation.method !== (body ? "post" : "get")) parts.push("-X " + this.operation.method.toUpperCase());
    parts.push(quoted(location.origin + url));
    for (const [name, value] of Object.entries(headers)) parts.push("-H " + quoted(`${name}: ${value}`));
    if (cookies.length) parts.push("-b " + quoted(cookies.map(([name, value]) => `${name}=${value}`).join("; ")));
    if (body) parts.push(...body.curl);
    return parts.slice(0, 2).join(" ") + parts.slice(2).map((part) => " \\\n  " + part).join("");
  }

  async send() {
    const { url, headers, cookies, body } = this.read();
    for (const [name, value] of cookies) document.cookie = `${name}=${value}; path=/; SameSite=Strict`;
    if (body && body.type) headers["content-type"] = body.type;
    const start = performance.now();
    const response = await fetch(url, {
      method: this.operation.method.toUpperCase(), headers, body: body ? body.data : undefined,
      redirect: "manual", cache: "no-store",
    });
    const bytes = await response.arrayBuffer();
    return { response, bytes, millis: performance.now() - start };
  }
}

// ---- Forms ----

function field(parameter, changed) {
  const schema = resolve(parameter.schema || {});
  const id = `f${field.count = (field.count || 0) + 1}`;
  const shown = asText(exampleOf(parameter));
  const initial = parameter.required ? shown : "";
  let input;
  const choices = schema.enum || (typesOf(schema)[0] === "boolean" ? [true, false] : null);
  if (choices) {
    const options = choices.map((value) => h("option", { value: String(value) }, String(value)));
    if (!parameter.required) options.unshift(h("option", { value: "" }, "(none)"));
    input = h("select", { id }, options);
  } else {
    const number = ["integer", "number"].includes(typesOf(schema)[0]);
    input = h("input", {
      id, type: "text", inputmode: number ? "decimal" : undefined, required: parameter.required,
      autocomplete: "off", spellcheck: "false",
      placeholder: schema.default !== undefined ? asText(schema.default) : shown && shown !== "text" ? `e.g. ${shown}` : " ",
    });
    input.value = initial;
  }
  input.addEventListener("input", changed);
  const label = h("label", { for: id },
    h("span", null, h("code", null, parameter.name), h("span", { class: "kind" }, kind(parameter.schema || {})),
      parameter.required && h("span", { class: "must" }, "required")),
    input);
  return { label, input };
}

const asText = (value) => value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

const PLACES = { path: "Path", query: "Query", header: "Headers", cookie: "Cookies" };

function parameterFields(request, changed) {
  return Object.entries(PLACES).map(([place, title]) => {
    const own = request.operation.parameters.filter((parameter) => parameter.in === place);
    if (!own.length) return null;
    return h("fieldset", null, h("legend", null, title), own.map((parameter) => {
      const { label, input } = field(parameter, changed);
      request.inputs.push({ parameter, input });
      return label;
    }));
  });
}

function isForm(type) {
  return type === "application/x-www-form-urlencoded" || type === "multipart/form-data";
}

// Rows of names and values, with files where they can be sent.
function formBody(type, content, changed) {
  const rows = h("div", { class: "rows" });
  const files = type === "multipart/form-data";
  const add = (name, value) => {
    const nameInput = h("input", { "aria-label": "Field name", placeholder: "name", value: name, autocomplete: "off" });
    let valueInput = h("input", { "aria-label": "Field value", placeholder: "value", value, autocomplete: "off" });
    const remove = h("button", { type: "button", "aria-label": "Remove the field" }, "×");
    const row = h("div", { class: "row" }, nameInput, valueInput, remove);
    row.read = () => ({ name: nameInput.value, value: valueInput.value, file: valueInput.files && valueInput.files[0] });
    row.asFile = () => {
      const input = h("input", { type: "file", "aria-label": "File" });
      valueInput.replaceWith(input);
      valueInput = input;
    };
    row.addEventListener("input", changed);
    remove.addEventListener("click", () => { row.remove(); changed(); });
    rows.append(row);
    return row;
  };
  for (const [name, value] of Object.entries(exampleOf(content) || {})) add(name, asText(value));
  if (!rows.children.length) add("", "");
  const more = h("div", { class: "do wide" },
    h("button", { type: "button", onclick: () => { add("", "").querySelector("input").focus(); } }, "Add a field"),
    files && h("button", { type: "button", onclick: () => { const row = add("", ""); row.asFile(); row.querySelector("input").focus(); } }, "Add a file"));
  const entries = () => [...rows.children].map((row) => row.read()).filter(({ name }) => name !== "");
  return {
    view: [rows, more],
    read: () => {
      const all = entries();
      if (files) {
        const data = new FormData();
        for (const { name, value, file } of all) data.append(name, file || value);
        // The browser adds the boundary, and with it the type.
        return { data, curl: all.map(({ name, value, file }) => "-F " + quoted(`${name}=${file ? "@" + file.name : value}`)) };
      }
      const data = new URLSearchParams(all.map(({ name, value }) => [name, value]));
      return { type, data: data.toString(), curl: all.map(({ name, value }) => "--data-urlencode " + quoted(`${name}=${value}`)) };
    },
  };
}

function textBody(type, content, changed) {
  const json = /[/+]json$/.test(type);
  const id = `f${field.count = (field.count || 0) + 1}`;
  const initial = json ? JSON.stringify(exampleOf(content), null, 2) : asText(content.example);
  const area = h("textarea", { id, spellcheck: "false", autocapitalize: "off" });
  area.value = initial;
  area.rows = Math.min(18, Math.max(5, initial.split("\n").length + 1));
  const problem = h("span", { class: "must", role: "status" });
  const check = () => {
    problem.textContent = "";
    if (json && area.value.trim() !== "") {
      try { JSON.parse(area.value); } catch (error) { problem.textContent = error.message; }
    }
    changed();
  };
  area.addEventListener("input", check);
  const sent = type === "*/*" ? "application/octet-stream" : type;
  return {
    view: [h("label", { for: id, class: "wide" }, h("span", null, type, problem), area)],
    read: () => area.value === "" ? null : {
      type: sent, data: area.value, curl: ["-H " + quoted("content-type: " + sent), "--data-raw " + quoted(area.value)],
    },
  };
}

function bodyFields(request, changed) {
  if (!request.types.length) return null;
  const content = request.operation.requestBody.content;
  const place = h("div", { class: "rows" });
  const choose = (type) => {
    request.type = type;
    request.body = isForm(type) ? formBody(type, content[type], changed) : textBody(type, content[type], changed);
    place.replaceChildren(...request.body.view.filter(Boolean));
    changed();
  };
  const select = request.types.length > 1 && h("label", { class: "wide" }, h("span", null, "Content type"),
    h("select", { onchange: (event) => choose(event.target.value) }, request.types.map((type) => h("option", { value: type }, type))));
  choose(request.types[0]);
  return h("fieldset", null, h("legend", null, "Body"), select, place);
}

// ---- Results ----

const statusClass = (status) => "status s" + String(status)[0];

function size(bytes) {
  return bytes < 1000 ? `${bytes} bytes` : bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function shown(bytes, type) {
  if (!bytes.byteLength) return h("p", { class: "quiet" }, "No body");
  let body;
  try {
    body = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return h("p", { class: "quiet" }, `${size(bytes.byteLength)} that are no text`);
  }
  const most = 200000;
  if (/[/+]json/.test(type) && body.length <= most) {
    try {
      return h("pre", { tabindex: 0, "aria-label": "Body" }, coloured(JSON.parse(body)));
    } catch { /* Shown as it is. */ }
  }
  return h("pre", { tabindex: 0, "aria-label": "Body" }, body.slice(0, most), body.length > most && `\n… ${size(body.length - most)} more`);
}

function result({ response, bytes, millis }) {
  if (response.type === "opaqueredirect") {
    return [h("div", { class: "line" }, h("span", { class: "status s3" }, "A redirect"), h("span", { class: "quiet" }, `${millis.toFixed(1)} ms`)),
      h("p", { class: "quiet" }, "Browsers do not tell pages where a redirect goes. curl does.")];
  }
  const headers = [...response.headers];
  const type = response.headers.get("content-type") || "";
  return [
    h("div", { class: "line" },
      h("span", { class: statusClass(response.status) }, `${response.status} ${response.statusText}`),
      h("span", { class: "quiet" }, `${millis.toFixed(1)} ms`), h("span", { class: "quiet" }, size(bytes.byteLength))),
    h("details", null, h("summary", null, `${headers.length} headers`),
      h("dl", { class: "headers" }, headers.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)]))),
    shown(bytes, type),
  ];
}

function tryIt(operation) {
  const request = new Request(operation);
  const curl = copyable("curl command", () => request.curl());
  let ready = false;
  const changed = () => { if (ready) curl.update(); };
  const send = h("button", { class: "send", type: "submit" }, "Send");
  const credentials = h("span", { class: "quiet" });
  const tell = () => {
    const names = given(operation).map(({ name }) => name);
    credentials.textContent = names.length ? `with ${names.join(" and ")}` : isNeeded(operation) ? "without what it asks for: see Access" : "";
    changed();
  };
  access.changed.add(tell);
  const output = h("div", { class: "result", role: "status", "aria-live": "polite" });
  const form = h("form", { class: "try", "aria-label": `Try ${operation.method.toUpperCase()} ${operation.path}` },
    parameterFields(request, changed), bodyFields(request, changed),
    h("div", { class: "do" }, send, h("span", { class: "quiet" }, "to ", location.origin), credentials), output);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      output.replaceChildren(...result(await request.send()));
    } catch (error) {
      output.replaceChildren(h("p", { class: "must" }, `No answer: ${error.message}`));
    } finally {
      send.disabled = false;
    }
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  ready = true;
  tell();
  return [
    h("section", null, h("h3", null, "Try it"), form),
    h("section", null, h("h3", null, "curl"), curl.view),
  ];
}

// ---- Operations ----

function parametersView(parameters) {
  if (!parameters.length) return null;
  const list = parameters.map((parameter) => h("div", { class: "field" },
    h("div", { class: "line" }, h("span", { class: "name" }, parameter.name), h("span", { class: "kind" }, parameter.in, " · "),
      described(parameter.schema || {}), parameter.required && h("span", { class: "must" }, "required")),
    parameter.description && h("p", { class: "quiet" }, inline(parameter.description))));
  return h("section", null, h("h3", null, "Parameters"), h("div", { class: "fields" }, list));
}

// What must come with a request.
function accessNeeded(operation) {
  const ways = waysOf(operation);
  if (!ways.some((way) => way.length)) return null;
  const names = (way) => way.length
    ? way.map(({ name }, at) => [at ? " and " : "", h("code", null, name)])
    : "nothing";
  return h("section", null, h("h3", null, "Access"),
    h("p", null, ways.map((way, at) => [at ? ", or " : "", names(way)])));
}

function exampleView(types, content) {
  if (!types.some((type) => /[/+]json$/.test(type))) return null;
  const value = exampleOf(content);
  if (value === null || (typeof value === "object" && !Object.keys(value).length)) return null;
  return h("details", { class: "also" }, h("summary", null, "Example"), h("pre", { tabindex: 0, "aria-label": "Example" }, coloured(value)));
}

// Content types with the same schema are one.
function contentView(content, answer) {
  const groups = new Map();
  for (const [type, of] of Object.entries(content || {})) {
    const key = JSON.stringify(of.schema || {});
    if (!groups.has(key)) groups.set(key, { types: [], schema: of.schema || {}, of });
    groups.get(key).types.push(type);
  }
  return [...groups.values()].map(({ types, schema, of }, at) => {
    const inside = [schemaView(schema, answer), exampleView(types, of)];
    return at === 0
      ? h("div", null, h("h4", null, types.join(", ")), inside)
      : h("details", { class: "also" }, h("summary", null, "or ", types.join(", ")), inside);
  });
}

function answersView(responses) {
  const list = Object.entries(responses).map(([status, reference]) => {
    const response = resolve(reference);
    const line = [h("span", { class: statusClass(status === "default" ? "0" : status) }, status), h("span", null, inline(response.description || ""))];
    const headers = Object.keys(response.headers || {});
    const content = contentView(response.content, true);
    if (!headers.length && !content.length) return h("div", { class: "answer" }, h("div", { class: "line" }, line));
    return h("details", { class: "answer", open: status[0] === "2" }, h("summary", null, line),
      h("div", null, headers.length > 0 && h("p", { class: "quiet" }, "Headers: ", headers.map((name, at) => [at ? ", " : "", h("code", null, name)])), content));
  });
  return h("section", null, h("h3", null, "Answers"), h("div", { class: "answers" }, list));
}

function templated(path) {
  return path.split(/(\{[^}]*\})/).map((part) => part.startsWith("{") ? h("b", null, part) : part);
}

function operationView(operation) {
  const inside = h("div", { class: "inside" });
  const view = h("details", { class: "operation", id: operation.operationId },
    h("summary", null,
      h("span", { class: "method " + operation.method }, operation.method.toUpperCase()),
      h("span", { class: "path" + (operation.deprecated ? " gone" : "") }, templated(operation.path)),
      operation.deprecated && h("span", { class: "mark" }, "deprecated"),
      operation.summary && h("span", { class: "name" }, inline(operation.summary))),
    inside);
  // What is inside is made when it is first looked at.
  view.addEventListener("toggle", () => {
    if (!view.open || inside.childElementCount) return;
    const body = operation.requestBody;
    inside.append(...[
      operation.description && markdown(operation.description),
      accessNeeded(operation),
      parametersView(operation.parameters),
      body && h("section", null, h("h3", null, body.required ? "Body" : "Body, if any"), contentView(body.content)),
      answersView(operation.responses),
      ...tryIt(operation),
    ].filter(Boolean));
  });
  return view;
}

function operations() {
  const all = [];
  for (const [path, item] of Object.entries(doc.paths || {})) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation) all.push({ ...operation, parameters: operation.parameters || [], path, method });
    }
  }
  return all;
}

// By tag, in the document's order; those without one by their first segment.
function grouped(all) {
  const groups = new Map((doc.tags || []).map((tag) => [tag.name, []]));
  for (const operation of all) {
    const tags = operation.tags || ["/" + (operation.path.split("/")[1] || "").replace(/^\{.*$/, "")];
    const name = tags[0];
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(operation);
  }
  return [...groups].filter(([, members]) => members.length);
}

// ---- Search ----

// The names in a schema, and what is said of them.
function namesIn(schema, found, seen = []) {
  const target = resolve(schema);
  if (!target || typeof target !== "object" || seen.includes(target) || seen.length > 12) return;
  const below = seen.concat([target]);
  if (schema.$ref) found.names.add(nameOf(schema));
  if (target.description) found.texts.push(target.description);
  for (const [name, field] of Object.entries(target.properties || {})) {
    found.names.add(name);
    namesIn(field, found, below);
  }
  for (const inside of [target.items, target.additionalProperties, ...(choicesOf(target) || []), ...(target.allOf || [])]) {
    if (inside) namesIn(inside, found, below);
  }
  for (const value of target.enum || []) found.texts.push(String(value));
}

// What an operation has inside: its parameters, the fields of its body and its answers.
function insideOf(operation) {
  const found = { names: new Set(), texts: [] };
  for (const parameter of operation.parameters) {
    found.names.add(parameter.name);
    found.texts.push(parameter.description || "");
    namesIn(parameter.schema || {}, found);
  }
  const answers = Object.entries(operation.responses || {}).map(([status, answer]) => [status, resolve(answer)]);
  for (const [status, answer] of answers) {
    found.texts.push(status, answer.description || "");
    for (const name of Object.keys(answer.headers || {})) found.names.add(name);
  }
  for (const { content } of [operation.requestBody || {}, ...answers.map(([, answer]) => answer)]) {
    for (const of of Object.values(content || {})) namesIn(of.schema || {}, found);
  }
  for (const { name } of waysOf(operation).flat()) found.names.add(name);
  const names = [...found.names];
  return { names, text: [...names, ...found.texts].join(" ").toLowerCase() };
}

// ---- The page ----

function start() {
  accessView();
  byId("title").textContent = doc.info.title;
  byId("version").textContent = doc.info.version;
  const main = byId("main");
  const nav = byId("nav");
  const entries = [];
  const sections = grouped(operations()).map(([name, members]) => {
    const section = h("section", null, h("h2", null, name));
    const list = h("ul");
    const heading = h("h2", null, name);
    for (const operation of members) {
      const view = operationView(operation);
      const why = h("small", { class: "quiet", hidden: true });
      const link = h("a", { href: "#" + encodeURIComponent(operation.operationId), title: operation.path },
        h("span", { class: "method " + operation.method }, operation.method.toUpperCase()),
        h("span", { class: operation.deprecated ? "gone" : null }, operation.summary || operation.path, why));
      const item = h("li", null, link);
      const words = [operation.method, operation.path, operation.operationId, operation.summary, operation.description, ...(operation.tags || [])];
      entries.push({ operation, view, link, item, why, text: words.join(" ").toLowerCase() });
      section.append(view);
      list.append(item);
    }
    main.append(section);
    nav.append(heading, list);
    return { section, heading, list };
  });

  const mark = (id) => {
    for (const { link, view } of entries) {
      if (view.id === id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  const named = () => {
    try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; }
  };
  const reveal = (move) => {
    const id = named();
    const entry = entries.find(({ view }) => view.id === id);
    mark(id);
    if (!entry) return;
    if (entry.view.hidden) { search.value = ""; filter(); }
    entry.view.open = true;
    // Its content is made by the toggle event, which comes later.
    requestAnimationFrame(() => {
      entry.view.scrollIntoView({ block: "start" });
      if (move) entry.view.querySelector("summary").focus({ preventScroll: true });
    });
  };
  addEventListener("hashchange", () => reveal(true));
  // What is opened has its place in the address, so that the address opens it.
  main.addEventListener("toggle", ({ target }) => {
    if (!target.open || !target.matches(".operation") || target.id === named()) return;
    history.replaceState(null, "", "#" + encodeURIComponent(target.id));
    mark(target.id);
  }, true);
  nav.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link && link.getAttribute("href") === location.hash) reveal(true);
  });

  const search = byId("search");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const entry of entries) {
      const outside = (word) => entry.text.includes(word);
      entry.inside = entry.inside || insideOf(entry.operation);
      const matches = words.every((word) => outside(word) || entry.inside.text.includes(word));
      // Which names they are that cannot be seen in the list.
      const hidden = words.filter((word) => !outside(word));
      const names = hidden.length && matches ? entry.inside.names.filter((name) => hidden.some((word) => name.toLowerCase().includes(word))) : [];
      entry.why.textContent = names.slice(0, 4).join(", ") + (names.length > 4 ? ", …" : "");
      entry.why.hidden = !names.length;
      entry.view.hidden = entry.item.hidden = !matches;
      if (matches) count++;
    }
    for (const { section, heading, list } of sections) {
      section.hidden = heading.hidden = list.hidden = ![...list.children].some((item) => !item.hidden);
    }
    byId("count").textContent = words.length ? `${count} of ${entries.length}` : "";
  };
  search.addEventListener("input", filter);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { search.value = ""; filter(); }
    if (event.key === "Enter") {
      const first = entries.find(({ view }) => !view.hidden);
      if (first) location.hash = first.view.id;
    }
  });
  addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    }
  });
  if (matchMedia("(max-width: 52rem)").matches) byId("contents").open = false;
  reveal(false);
}

start();
})();
