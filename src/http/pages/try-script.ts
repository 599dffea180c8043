/**
 * What makes the forms of /docs work: plain JavaScript, because it goes to the browser as it is.
 * The key is read from its field at each request; it is written nowhere.
 */
export const TRY_SCRIPT = String.raw`"use strict";
(() => {
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector, root = document) => root.querySelector(selector);
const words = JSON.parse(one("[data-words]").dataset.words);
const SHOWN = ["content-type", "cache-status", "etag", "x-request-id", "x-cost-credits", "age",
  "ratelimit", "retry-after", "location", "idempotent-replayed", "deprecation", "sunset"];

const keys = all("input.key");
for (const input of keys) {
  input.addEventListener("input", () => { for (const other of keys) other.value = input.value; });
}

const filled = (form, place) => all("[data-in=" + place + "]", form).filter((field) => field.value !== "");

function requestOf(form) {
  let path = form.dataset.path;
  for (const field of all("[data-in=path]", form)) {
    path = path.replace("{" + field.dataset.name + "}", encodeURIComponent(field.value));
  }
  const query = new URLSearchParams(filled(form, "query").map((f) => [f.dataset.name, f.value])).toString();
  const headers = filled(form, "header").map((f) => [f.dataset.name, f.value]);
  const text = one("textarea", form);
  if (text) headers.push(["Content-Type", form.dataset.type]);
  return { method: form.dataset.method, path: query ? path + "?" + query : path, headers,
    body: text ? text.value : undefined };
}

const quote = (text) => "'" + text.replaceAll("'", "'\\''") + "'";

function showCurl(form) {
  const { method, path, headers, body } = requestOf(form);
  const lines = ["curl " + (method === "GET" ? "" : "-X " + method + " ") + quote(location.origin + path)];
  if (form.dataset.variable) lines.push('-H "Authorization: Bearer $' + form.dataset.variable + '"');
  for (const [name, value] of headers) lines.push("-H " + quote(name + ": " + value));
  if (body !== undefined) lines.push("-d " + quote(body));
  one("pre code", form.parentElement).textContent = lines.join(" \\\n  ");
}

async function bodyText(response) {
  const type = response.headers.get("content-type") || "";
  if (!/json|^text\/|xml/.test(type)) return "(" + (await response.arrayBuffer()).byteLength + " bytes)";
  const text = await response.text();
  if (!type.includes("json")) return text;
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}

function showHeaders(list, headers) {
  list.replaceChildren();
  for (const name of SHOWN) {
    const value = headers.get(name);
    if (value === null) continue;
    const term = document.createElement("dt"), text = document.createElement("dd");
    term.textContent = name;
    text.textContent = value;
    list.append(term, text);
  }
}

async function send(form) {
  const status = one(".status", form), answer = one(".answer", form), button = one(".send", form);
  const { method, path, headers, body } = requestOf(form);
  const key = (one("input.key", form) || { value: "" }).value.trim();
  if (key) headers.push(["Authorization", "Bearer " + key]);
  button.disabled = true;
  status.textContent = words.sending;
  status.className = "status";
  const started = performance.now();
  try {
    const response = await fetch(path, { method, headers, body, cache: "no-store", credentials: "omit" });
    const text = await bodyText(response);
    const ms = Math.round(performance.now() - started);
    status.textContent = (response.status + " " + response.statusText).trim() + " · " + ms + " ms";
    status.classList.add(response.status < 400 ? "good" : "bad");
    showHeaders(one("dl", answer), response.headers);
    one("pre", answer).textContent = text;
    one("pre", answer).hidden = text === "";
    answer.hidden = false;
  } catch (error) {
    status.textContent = words.failed + " (" + error.message + ")";
    status.classList.add("bad");
    answer.hidden = true;
  } finally {
    button.disabled = false;
  }
}

for (const form of all("form.try")) {
  form.hidden = false;
  form.addEventListener("input", () => showCurl(form));
  form.addEventListener("submit", (event) => { event.preventDefault(); void send(form); });
}
for (const hidden of all(".unlock, .copy")) hidden.hidden = false;
for (const button of all(".copy")) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const code = one("pre code", button.parentElement);
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = words.copied;
      setTimeout(() => { button.textContent = label; }, 2000);
    } catch { getSelection().selectAllChildren(code); }
  });
}

const side = one(".side details");
if (matchMedia("(max-width: 899px)").matches) side.open = false;
})();`;
