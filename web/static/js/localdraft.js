// A draft of the public form on this device only (localStorage), so that a lost network or a closed
// page costs no word. It never holds files, names, addresses or numbers that tell who somebody is:
// the telephone may be shared. Forgotten once sent, and after seven days.

const KEY = "relais.brouillon";
const LASTS = 7 * 24 * 3600 * 1000;
const NEVER = new Set(["q-visa_number", "q-ephoto_code", "q-account_email"]);
const KEPT = (name) => ["situation", "reason", "procedure", "text"].includes(name) || (name.startsWith("q-") && !NEVER.has(name));

const storage = (work) => { try { return work(localStorage); } catch { return null; } };
const forget = () => storage((s) => s.removeItem(KEY));

function read() {
  try {
    const draft = JSON.parse(storage((s) => s.getItem(KEY)));
    if (draft && Date.now() - draft.at < LASTS) return draft;
  } catch { /* not ours, or cut short */ }
  forget();
  return null;
}

function keep(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) if (KEPT(name) && typeof value === "string" && value) fields[name] = value;
  if (!fields.text && !fields.reason && !fields.situation) return;
  storage((s) => s.setItem(KEY, JSON.stringify({ at: Date.now(), step: form.dataset.step, way: form.dataset.way, fields })));
}

function offer(box, draft, form) {
  const resume = box.querySelector("[data-draft-resume]");
  const put = (name, value) => {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    resume.append(input);
  };
  Object.entries(draft.fields).forEach(([name, value]) => KEPT(name) && put(name, value));
  put("etape", draft.step);
  put("chemin", draft.way);
  for (const name of ["cle", "ouvert", "language"]) if (form.elements[name]) put(name, form.elements[name].value);
  resume.querySelector("[name=aller]").value = `etape-${draft.step}`;
  box.querySelector("[data-draft-forget]").addEventListener("click", () => {
    forget();
    box.hidden = true;
    const said = document.querySelector("[data-draft-forgotten]");
    said.hidden = false;
    said.tabIndex = -1;
    said.focus();
  });
  box.hidden = false;
}

const form = document.querySelector("form[data-local-draft]");
const box = document.querySelector("[data-draft-offer]");
if (document.querySelector("script[data-forget]")) forget();
else if (form) {
  const draft = box && read();
  if (draft) offer(box, draft, form);
  // The first page has nothing worth keeping yet, and would write over what is offered on it.
  if (!box) {
    if (form.dataset.step > 1) keep(form);
    form.addEventListener("input", () => keep(form));
    form.addEventListener("change", () => keep(form));
  }
}
