// One key for the row where one is: A arrived, X not come… (data-row-key on the row's buttons).
// The row stays the one where one is after the page has come back.

const KEPT = "relais-row";

document.addEventListener("keydown", (event) => {
  if (document.documentElement.dataset.keys === "off") return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
  const row = event.target.closest?.("tr");
  const button = row?.querySelector(`[data-row-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!button) return;
  event.preventDefault();
  sessionStorage.setItem(KEPT, row.querySelector("[data-key-item]")?.getAttribute("href") ?? "");
  button.click();
});

const kept = sessionStorage.getItem(KEPT);
if (kept) {
  sessionStorage.removeItem(KEPT);
  document.querySelector(`tr [data-key-item][href="${CSS.escape(kept)}"]`)?.focus();
}
