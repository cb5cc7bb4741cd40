// The keyboard: `?` lists, `/` searches, j k move, Enter opens, Esc closes, and the letters that
// elements declare with data-key ("r", "ctrl+enter"). Plain letters are left alone while typing,
// and can be switched off as a whole (data-keys="off" on the root, see theme.js).

const TYPING = "textarea, select, [contenteditable], [role=combobox], " +
  "input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=file])";

const visible = (el) => el.getClientRects().length > 0;
const isTyping = (el) => Boolean(el?.closest?.(TYPING));

const nameOf = (event) => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `ctrl+${key.toLowerCase()}` : key;
};

const declared = (name) =>
  [...document.querySelectorAll("[data-key]")].find((el) => el.dataset.key === name && visible(el));

function press(el) {
  if (el.matches("input, select, textarea")) el.focus();
  else el.click();
}

function move(step) {
  const items = [...document.querySelectorAll("[data-key-list] [data-key-item]")].filter(visible);
  if (!items.length) return false;
  const now = items.indexOf(document.activeElement);
  const next = now < 0 ? (step > 0 ? 0 : items.length - 1) : now + step;
  items[Math.max(0, Math.min(items.length - 1, next))].focus();
  document.activeElement.scrollIntoView({ block: "nearest" });
  return true;
}

function help() {
  const dialog = document.getElementById("touches");
  const list = dialog?.querySelector("[data-key-help]");
  if (!list) return false;
  list.querySelectorAll("[data-added]").forEach((el) => el.remove());
  for (const el of document.querySelectorAll("[data-key]")) {
    if (!visible(el) || el.dataset.key === "Escape") continue;
    const term = document.createElement("dt");
    const key = document.createElement("kbd");
    const what = document.createElement("dd");
    key.textContent = el.dataset.key.replace("ctrl+", "Ctrl ").replace("enter", "↵").toUpperCase();
    const copy = el.cloneNode(true);
    copy.querySelectorAll("kbd, .count").forEach((part) => part.remove());
    what.textContent = el.getAttribute("aria-label") || copy.textContent.trim();
    term.append(key);
    term.dataset.added = what.dataset.added = "";
    list.append(term, what);
  }
  dialog.showModal();
  return true;
}

function escape(target) {
  const menu = document.querySelector("details[data-menu][open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
    return true;
  }
  if (isTyping(target)) {
    target.blur();
    return true;
  }
  const back = declared("Escape");
  if (back) press(back);
  return Boolean(back);
}

function send(target) {
  const form = target.closest?.("[data-submit-key]")?.form;
  form?.requestSubmit();
  return Boolean(form);
}

function plain(name) {
  if (document.documentElement.dataset.keys === "off") return false;
  if (name === "?") return help();
  if (name === "j" || name === "k") return move(name === "j" ? 1 : -1);
  if (name === "/") {
    const search = document.querySelector("[data-key-search]");
    search?.focus();
    search?.select();
    return Boolean(search);
  }
  const el = declared(name);
  if (el) press(el);
  return Boolean(el);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  const name = nameOf(event);
  let done = false;
  if (name === "Escape") done = escape(event.target);
  else if (name.startsWith("ctrl+")) {
    const el = declared(name);
    done = (name === "ctrl+enter" && send(event.target)) || Boolean(el);
    if (el && done && !event.target.closest?.("[data-submit-key]")) press(el);
  } else if (name.length === 1 && !isTyping(event.target)) done = plain(name);
  if (done) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-help]")) help();
});

for (const key of window.relaisEarlyKeys?.() ?? []) {
  if (key === "Escape") escape(document.activeElement);
  else if (!isTyping(document.activeElement)) plain(key.toLowerCase());
}
