// A double click sends once. The values stay in the form; the server has its own guard.

const RETRY_AFTER = 10_000; // a lost network must not leave a dead form

const buttonsOf = (form) =>
  [...form.elements].filter((el) => el.type === "submit" && !el.hasAttribute("data-always"));

const free = (form) => {
  delete form.dataset.sent;
  buttonsOf(form).forEach((button) => { button.disabled = false; });
  form.removeAttribute("aria-busy");
};

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-once]");
  if (!form || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
  // Later, because a disabled button would not send its own name and value.
  setTimeout(() => buttonsOf(form).forEach((button) => { button.disabled = true; }));
  setTimeout(() => free(form), RETRY_AFTER);
});

// Back button: the page comes out of the browser's memory as it was left.
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(free));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-sent]");
  if (form) free(form);
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-select-all]")) event.target.select();
});

// The error summary takes the focus even where autofocus on a group is unknown.
document.querySelector("[data-focus]")?.focus();
