// An article into what one is writing, in one action: a passage into the reply (data-insert), or a
// line into the note of a call (data-insert-note). What was typed stays as it was: the text goes in
// at the cursor, can be undone, and the revision that was inserted goes along in a hidden field.
// Delegated: works on what htmx brings later. Without scripts the link's own address does it.

import { put } from "./cursor.js";

const REPLY = "form[data-reply-form]";
const NOTE = "form[data-call-form]";

const areaOf = (form, name) => form.elements[name] ?? form.querySelector("textarea");

function openTab(form) {
  const panel = form.closest(".tab-panel, .reply-panel");
  const tab = panel && document.querySelector(`[data-tabs] [role=tab][href="#${CSS.escape(panel.id)}"]`);
  if (tab && tab.getAttribute("aria-selected") !== "true") tab.click();
}

const marksOf = (form) => [...form.querySelectorAll("input[name=articles]")].map((input) => input.value);

function mark(form, value) {
  if (!value || marksOf(form).includes(value)) return;
  const input = document.createElement("input");
  input.type = "hidden";
  input.name = "articles";
  input.value = value;
  form.append(input);
  keep(form);
}

function say(words) {
  const news = document.getElementById("nouvelles");
  if (!news) return;
  const line = document.createElement("p");
  line.textContent = words;
  news.replaceChildren(line);
}

function sayNoAnswer() {
  const template = document.getElementById("sans-reponse");
  const news = document.getElementById("nouvelles");
  if (template && news) news.replaceChildren(template.content.cloneNode(true));
}

async function insertPassage(link, form) {
  if (link.getAttribute("aria-busy")) return;
  link.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link.dataset.insert, { headers: { Accept: "application/json" }, redirect: "error" });
    const passage = await answer.json();
    if (!answer.ok) return void say(passage.said);
    openTab(form);
    put(areaOf(form, "text"), passage.text);
    mark(form, passage.mark);
    say(passage.said);
  } catch {
    sayNoAnswer();
  } finally {
    link.removeAttribute("aria-busy");
  }
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("[data-insert]");
  const reply = link && document.querySelector(REPLY);
  if (reply) {
    event.preventDefault();
    insertPassage(link, reply);
    return;
  }
  const button = event.target.closest("[data-insert-note]");
  const note = button && document.querySelector(NOTE);
  if (!note) return;
  put(areaOf(note, "note"), button.dataset.insertNote);
  mark(note, button.dataset.mark);
  say(button.dataset.said);
});

// The draft of a reply survives a reload (drafts.js); so does the memory of what was inserted in it.
const storage = (work) => { try { return work(sessionStorage); } catch { return null; } };
const keyOf = (form) => form.dataset.draft && `relais.draft.${form.dataset.draft}.articles`;

function keep(form) {
  const key = keyOf(form);
  if (key) storage((s) => s.setItem(key, marksOf(form).join(" ")));
}

for (const form of document.querySelectorAll(`${REPLY}[data-draft]`)) {
  const kept = storage((s) => s.getItem(keyOf(form)));
  if (kept && form.querySelector("textarea")?.value.trim()) kept.split(" ").forEach((value) => mark(form, value));
}

document.addEventListener("submit", (event) => {
  const key = event.target.matches?.("form[data-draft]") && !event.defaultPrevented && keyOf(event.target);
  if (key) storage((s) => s.removeItem(key));
});
