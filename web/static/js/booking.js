// Giving an appointment by the keyboard alone: Enter takes the first person found, then the reason,
// then the nearest place, then books. Without this file everything is a field of the form.

const form = document.querySelector("form[data-booking]");
const search = form.elements.q;
const found = document.getElementById("trouvees");
const places = document.getElementById("places");
const newcomer = form.querySelector("[data-newcomer]");
const NEW = found.querySelector("#person").value;
let wanted = false; // Enter came before the answer
let asked = search.value;

// After the person comes the reason; in a workshop, which has one already, the end.
const after = () => document.getElementById("motif") ?? form.querySelector("button[value=reserver]");
const people = () => [...found.querySelectorAll("input[name=person]")];
const chosen = () => people().find((one) => one.checked);

function lay() {
  const isNew = chosen()?.value === NEW;
  newcomer.hidden = !isNew;
  // A hidden field that is required would stop the form without a word.
  for (const field of newcomer.querySelectorAll("input, select")) field.disabled = !isNew;
}

function goOn() {
  const next = newcomer.hidden ? after() : firstEmpty();
  next?.focus();
}

function firstEmpty() {
  const { family_name: family, phone } = form.elements;
  if (!family.value && !phone.value) guess();
  return [family, phone].find((field) => !field.value) ?? after();
}

// What was typed to find them goes where it belongs.
function guess() {
  const typed = search.value.trim();
  if (/^[+0][\d\s.()-]{5,}$/.test(typed)) form.elements.phone.value = typed;
  else if (/\p{L}/u.test(typed)) {
    const words = typed.split(/\s+/);
    form.elements.family_name.value = words.pop();
    form.elements.given_name.value = words.join(" ");
  } else if (/^\d{10}$/.test(typed)) form.elements.foreigner_number.value = typed;
}

function take() {
  const first = chosen() ?? people()[0];
  if (!first) return;
  first.checked = true;
  lay();
  goOn();
}

search.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") {
    event.preventDefault();
    (chosen() ?? people()[0])?.focus();
  }
  if (event.key !== "Enter" || event.ctrlKey) return;
  event.preventDefault();
  if (asked === search.value.trim()) take();
  else wanted = true;
});

search.addEventListener("input", () => { wanted = false; });

found.addEventListener("change", lay);
found.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.target.name !== "person") return;
  event.preventDefault();
  event.target.checked = true;
  lay();
  goOn();
});

newcomer.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey) return;
  event.preventDefault();
  const fields = [...newcomer.querySelectorAll("input, select")];
  (event.target.name === "phone" ? after() : fields[fields.indexOf(event.target) + 1])?.focus();
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target === found) asked = null;
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target === found) {
    asked = search.value.trim();
    lay();
    if (wanted) take();
    wanted = false;
  }
  if (places && event.detail.target === places) {
    const first = places.querySelector("[data-nearest] input:checked") ?? places.querySelector("input[name=place]");
    if (document.activeElement?.id === "motif" || document.activeElement === document.body) first?.focus();
  }
});

// On a place, Enter books; the form has another button first, for those without a script.
places?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.target.name !== "place") return;
  event.preventDefault();
  event.target.checked = true;
  form.requestSubmit(form.querySelector("button[value=reserver]"));
});

form.elements.beyond?.addEventListener("change", () => form.elements.motif.dispatchEvent(new Event("change", { bubbles: true })));
if (form.elements.lieu?.matches("select")) {
  form.elements.lieu.addEventListener("change", () => form.elements.motif.dispatchEvent(new Event("change", { bubbles: true })));
}
lay();
