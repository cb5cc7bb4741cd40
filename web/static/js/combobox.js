// Lays a filterable list over select[data-combobox] (ARIA combobox with a listbox).
// The select stays the one that is sent; without this file it is simply used as it is.

// Accents, « ph » for « f » and doubled letters tell no two choices apart; people mistake them.
const plain = (text) =>
  text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[’']/g, " ").toLowerCase()
    .replace(/ph/g, "f").replace(/(\p{L})\1+/gu, "$1");

const make = (tag, className, attributes = {}) => {
  const el = document.createElement(tag);
  el.className = className;
  for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, value);
  return el;
};

const read = (select) => [...select.options].filter((o) => o.value && !o.disabled).map((o, i) => ({
  id: `${select.id}-choix-${i}`,
  value: o.value,
  label: o.text,
  hint: o.dataset.hint || "",
  group: o.closest("optgroup")?.label || "",
  words: plain(`${o.text} ${o.dataset.keywords || ""} ${o.dataset.hint || ""} ${o.closest("optgroup")?.label || ""}`),
}));

// Every word typed must begin a word of the choice; the choices whose label has them come first.
function matching(choices, typed) {
  const asked = plain(typed).split(/\s+/).filter(Boolean);
  const begins = (text) => asked.every((word) => ` ${text.replace(/[^a-z0-9\p{L}]+/gu, " ")}`.includes(` ${word}`));
  const found = choices.filter((choice) => begins(choice.words));
  return asked.length ? found.sort((a, b) => begins(plain(b.label)) - begins(plain(a.label))) : found;
}

class Combobox {
  constructor(select) {
    this.select = select;
    this.choices = read(select);
    this.shown = [];
    this.active = -1;
    this.build();
    this.listen();
  }

  build() {
    const { select } = this;
    const id = select.id;
    this.box = make("div", "combobox");
    this.input = make("input", "input combobox-input", {
      id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-liste`,
      placeholder: select.dataset.placeholder || "",
    });
    // The words travel too, so that a page shown again can give them back.
    if (select.name) this.input.name = `${select.name}-saisi`;
    for (const name of ["aria-describedby", "aria-invalid", "required", "data-key"]) {
      if (select.hasAttribute(name)) this.input.setAttribute(name, select.getAttribute(name));
    }
    this.list = make("ul", "combobox-list", { id: `${id}-liste`, role: "listbox" });
    const label = document.querySelector(`label[for="${CSS.escape(id)}"]`);
    this.list.setAttribute("aria-label", label?.textContent.trim() || "");
    this.list.hidden = true;
    this.said = make("span", "visually-hidden", { role: "status" });
    this.unread = make("p", "field-hint combobox-unread", { role: "status" });
    const arrow = make("span", "combobox-arrow", { "aria-hidden": "true" });
    arrow.textContent = "▾";
    select.id = `${id}-valeur`;
    select.hidden = true;
    select.removeAttribute("required");
    select.before(this.box);
    this.box.append(this.input, arrow, this.list, this.said, this.unread, select);
    this.restore();
    if (!select.value && select.dataset.typed) this.keep(select.dataset.typed);
    if (select.matches("[autofocus]")) this.input.focus();
  }

  listen() {
    this.input.addEventListener("input", () => this.open(this.input.value));
    this.input.addEventListener("click", () => this.open(""));
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("blur", () => { this.leave(); });
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus
    this.list.addEventListener("click", (event) => {
      const i = this.shown.findIndex((choice) => choice.id === event.target.closest("[role=option]")?.id);
      if (i >= 0) this.choose(i);
    });
  }

  restore() {
    const option = this.select.selectedOptions[0];
    this.input.value = option?.value ? option.text : "";
    this.hush();
  }

  hush() {
    clearTimeout(this.saying);
    this.unread.textContent = "";
  }

  // Words that choose nothing stay in sight, and it is said that they do not count yet.
  keep(typed) {
    this.input.value = typed;
    clearTimeout(this.saying);
    // Not at once: a line that appears under the pointer would move the button being pressed.
    this.saying = setTimeout(() => { this.unread.textContent = (this.select.dataset.unread || "").replace("{words}", typed); }, 300);
  }

  open(typed) {
    this.shown = matching(this.choices, typed);
    this.matched = this.shown.length;
    this.hush();
    if (!this.matched) this.shown = this.choices.filter((choice) => choice.value === "other");
    this.active = -1;
    this.draw(Boolean(typed));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark();
  }

  draw(filtered) {
    this.list.replaceChildren();
    let heading = "";
    if (!this.matched) {
      const li = make("li", "combobox-none", { role: "presentation" });
      li.textContent = this.select.dataset.none || "";
      this.list.append(li);
    }
    for (const choice of this.shown) {
      if (!filtered && choice.group && choice.group !== heading) {
        heading = choice.group;
        const li = make("li", "combobox-group", { role: "presentation" });
        li.textContent = heading;
        this.list.append(li);
      }
      this.list.append(this.drawn(choice));
    }
    this.announce();
  }

  drawn(choice) {
    const li = make("li", "combobox-option", {
      id: choice.id, role: "option", "aria-selected": String(choice.value === this.select.value),
    });
    li.textContent = (!this.matched && this.select.dataset.other) || choice.label;
    if (choice.hint) {
      const small = document.createElement("small");
      small.textContent = choice.hint;
      li.append(small);
    }
    return li;
  }

  announce() {
    const n = this.matched;
    const { none, countOne, countMany } = this.select.dataset;
    this.said.textContent = n === 0 ? none || "" : n === 1 ? countOne || "" : (countMany || "").replace("{n}", n);
  }

  mark() {
    this.list.querySelector(".is-active")?.classList.remove("is-active");
    const choice = this.shown[this.active];
    if (!choice) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    const li = document.getElementById(choice.id);
    li.classList.add("is-active");
    li.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", choice.id);
  }

  close() {
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  choose(i) {
    this.select.value = this.shown[i].value;
    this.restore();
    this.close();
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // An emptied field means nothing chosen; half a word means the last choice stands, if there is one.
  leave() {
    const typed = this.input.value.trim();
    if (!typed && this.select.value) {
      this.select.value = "";
      this.select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (typed && !this.select.value) this.keep(typed);
    else this.restore();
    this.close();
  }

  // What Enter takes: the marked choice, or the first that the words find.
  taken() {
    return this.active < 0 && this.matched && this.input.value.trim() ? 0 : this.active;
  }

  key(event) {
    const open = !this.list.hidden;
    const last = this.shown.length - 1;
    const moves = { ArrowDown: Math.min(last, this.active + 1), ArrowUp: Math.max(0, this.active - 1) };
    if (event.key in moves) {
      event.preventDefault();
      if (!open) return this.open("");
      this.active = moves[event.key];
      return this.mark();
    }
    if (event.key === "Enter" && open && !event.ctrlKey) {
      event.preventDefault();
      if (this.taken() >= 0) this.choose(this.taken());
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      this.restore();
      this.close();
    } else if (event.key === "Tab" && open && this.input.value && (this.active >= 0 || this.matched === 1)) this.choose(Math.max(this.active, 0));
    return undefined;
  }
}

const startAll = () => {
  for (const select of document.querySelectorAll("select[data-combobox]:not([hidden])")) new Combobox(select);
};
startAll();
document.addEventListener("htmx:load", startAll);
