// What an agent is writing survives a reload: kept in this tab only (sessionStorage), form by form
// (data-draft, its first textarea), forgotten once sent. Also names the files that were picked beside their button.

const storage = (work) => { try { return work(sessionStorage); } catch { return null; } };
const keyOf = (form) => `relais.draft.${form.dataset.draft}`;

for (const form of document.querySelectorAll("form[data-draft]")) {
  const area = form.querySelector("textarea");
  const kept = storage((s) => s.getItem(keyOf(form)));
  if (area && kept && !area.value.trim()) area.value = kept;
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (form && event.target === form.querySelector("textarea")) storage((s) => s.setItem(keyOf(form), event.target.value));
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (form && !event.defaultPrevented) storage((s) => s.removeItem(keyOf(form)));
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-file-names]")) return;
  const shown = event.target.form.querySelector("[data-file-list]");
  if (shown) shown.textContent = [...event.target.files].map((file) => file.name).join(", ");
});
