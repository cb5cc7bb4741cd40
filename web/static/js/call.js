// The call screen by the keyboard alone: what was typed finds the caller, Enter goes on to the next
// thing to fill in, the wiki searches on the same words, an article opens in its own column.
// Without this file every choice is a button of the form, and the page says so by itself.

const form = document.querySelector("form[data-call-form]");
const field = form.elements.appelant;
const people = document.getElementById("appelants");
const search = form.elements.q;
const NEW = "nouveau";

// ---- who calls --------------------------------------------------------------------------------

const list = () => people.querySelector("[data-call-list]");
const picks = () => [...people.querySelectorAll("[data-call-pick]")];
const caller = () => people.querySelector("input[name=personne]")?.value ?? "";
let wanted = null; // Enter came before the answer: for these words, take the first
let settled = true; // a choice that has just come is for a moment a plain button: it would send the form

const upToDate = () => (list()?.dataset.for ?? "") === field.value.trim();

function pickFirst() {
  if (!field.value.trim()) return;
  wanted = upToDate() && settled ? null : field.value.trim();
  if (wanted === null) picks()[0]?.click();
}

function among(event, now) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = picks();
  const next = now + step;
  if (next < 0) field.focus();
  else all[Math.min(next, all.length - 1)]?.focus();
}

field.addEventListener("input", () => { wanted = null; });

people.addEventListener("keydown", (event) => {
  const pick = event.target.closest("[data-call-pick]");
  if (pick) among(event, picks().indexOf(pick));
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === people) settled = false;
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target !== people) return;
  settled = true;
  if (wanted !== null && list() && upToDate()) return void pickFirst();
  const next = people.querySelector("[data-call-focus]");
  if (next) focus(next.dataset.callFocus);
  else if (!picks().includes(document.activeElement)) field.focus();
  settle();
});

// ---- what about -------------------------------------------------------------------------------

const chosen = () => form.querySelector("[name=ticket]:checked");

/** The page in line with the chosen ticket; the address too, so that a reload keeps it. */
function settle() {
  const ticket = chosen();
  const known = Boolean(ticket && ticket.value !== NEW);
  form.querySelector("[data-call-new]").hidden = known;
  const address = new URL(form.dataset.callForm, location.href);
  for (const [name, value] of [["personne", caller()], ["ticket", ticket?.value]]) {
    if (value) address.searchParams.set(name, value);
  }
  history.replaceState(null, "", address);
  if (known) look(subject(ticket).words);
}

const subject = (ticket) => ticket.closest("label").querySelector("[data-words]")?.dataset ?? {};

people.addEventListener("change", (event) => {
  if (event.target.name === "ticket") settle();
});

// ---- the wiki follows the words ---------------------------------------------------------------

let mine = Boolean(search.value); // typed there by hand: left alone

function look(words) {
  if (mine || words === undefined || words === search.value) return;
  search.value = words;
  search.dispatchEvent(new Event("input", { bubbles: true }));
  mine = false;
}

search.addEventListener("input", (event) => { if (event.isTrusted) mine = Boolean(search.value); });
form.addEventListener("input", (event) => { if (event.target.id === "motif") look(event.target.value); });
form.addEventListener("change", (event) => {
  if (event.target.name === "motif") look(event.target.selectedOptions[0]?.value ? event.target.selectedOptions[0].text : "");
  if (event.target.name === "demarche") search.dispatchEvent(new Event("input", { bubbles: true }));
});

// About a known ticket, its reason chooses the articles; otherwise the form's own.
document.addEventListener("htmx:configRequest", (event) => {
  const ticket = chosen();
  if (event.detail.elt === search && ticket && ticket.value !== NEW) event.detail.parameters.motif = subject(ticket).reason;
});

const results = document.getElementById("fiches");
const reader = document.getElementById("fiche-lue");
let opener = null;

function openArticle(link) {
  if (results.contains(link)) opener = link;
  window.htmx.ajax("GET", link.getAttribute("href"), { target: reader, select: "article", swap: "innerHTML" }).then(() => {
    reader.prepend(document.getElementById("fiche-fermer").content.cloneNode(true));
    results.hidden = true;
    reader.hidden = false;
    reader.querySelector("[data-call-close]").focus(); // arrows scroll the column from there
  });
}

function closeArticle() {
  reader.hidden = true;
  results.hidden = false;
  reader.replaceChildren();
  (opener?.isConnected ? opener : search).focus();
}

// From the results and from one article to another; any other link opens beside, never over the call.
function follow(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (!link.pathname.startsWith("/agent/connaissances/") || link.origin !== location.origin) {
    link.target = "_blank";
    return;
  }
  event.preventDefault();
  openArticle(link);
}

results.addEventListener("click", follow);
reader.addEventListener("click", (event) => {
  if (event.target.closest("[data-call-close]")) closeArticle();
  else follow(event);
});
reader.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.preventDefault();
  closeArticle();
});
search.addEventListener("input", () => { if (!reader.hidden) { reader.hidden = true; results.hidden = false; } });

// ---- Enter goes on ----------------------------------------------------------------------------

function focus(selector) {
  const el = document.querySelector(selector);
  el?.focus();
}

const stops = () => [...form.querySelectorAll("input:not([type=hidden]), select:not([hidden]), textarea")]
  .filter((el) => !el.disabled && el.getClientRects().length && !(el.type === "radio" && el.name === "ticket" && el !== (chosen() ?? form.elements.ticket?.[0])));

function goOn(from) {
  const all = stops();
  const next = all[all.indexOf(from) + 1];
  next?.focus();
}

form.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const { target } = event;
  if (target === field && event.key === "ArrowDown") among(event, -1);
  if (target === search && event.key === "ArrowDown") {
    event.preventDefault();
    results.querySelector("a[href]")?.focus();
  }
  if (event.key !== "Enter" || !target.matches("input, select")) return;
  event.preventDefault();
  enter(target);
});

function enter(target) {
  if (target === field && !caller()) pickFirst();
  else if (target === search) results.querySelector("a[href]")?.focus();
  else if (target.name === "ticket") {
    target.checked = true;
    settle();
    focus(target.value === NEW ? "#motif" : "#note");
  } else goOn(target);
}

settle();
// A note that came back with an error is kept as one being typed is (drafts.js).
if (form.elements.note.value) form.elements.note.dispatchEvent(new Event("input", { bubbles: true }));
const wrong = document.querySelector(".error-summary a[href^='#']");
if (wrong) {
  // Straight to where it is to be mended: the caller waits on the line.
  const place = document.getElementById(wrong.hash.slice(1));
  (place?.getClientRects().length ? place : field).focus();
} else if (form.querySelector("[data-call-further] [autofocus]")) {
  form.querySelector("[data-call-further] [autofocus]").focus();
} else {
  const next = people.querySelector("[data-call-focus]");
  if (next) focus(next.dataset.callFocus);
}
// What was typed while the page was still arriving was heard by nobody (earlykeys.js kept Enter).
const early = window.relaisEarlyEnter?.();
if (early) enter(early);
document.addEventListener("DOMContentLoaded", () => { // htmx listens from here on
  if (!caller() && !upToDate()) window.htmx.trigger(field, "relais:typed");
});
