// Light or dark, dense or airy, single-letter keys or not: kept on this computer only.
// Loaded before the first paint, hence no module and no defer.
(() => {
  const root = document.documentElement;
  const read = (name) => { try { return localStorage.getItem(`relais.${name}`); } catch { return null; } };
  const write = (name, value) => { try { localStorage.setItem(`relais.${name}`, value); } catch { /* private window */ } };

  const apply = (name, value) => {
    if (value && value !== "auto") root.dataset[name] = value;
    else delete root.dataset[name];
  };
  const show = (name) => {
    const now = root.dataset[name] || "auto";
    for (const button of document.querySelectorAll(`[data-${name}-choice]`)) {
      button.setAttribute("aria-pressed", String(button.getAttribute(`data-${name}-choice`) === now));
    }
  };

  const names = ["theme", "density", "keys"];
  root.classList.add("js");
  names.forEach((name) => apply(name, read(name)));

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-needs-js]").forEach((el) => { el.hidden = false; });
    names.forEach(show);
  });
  document.addEventListener("click", (event) => {
    for (const name of names) {
      const button = event.target.closest(`[data-${name}-choice]`);
      if (!button) continue;
      const wanted = button.getAttribute(`data-${name}-choice`);
      // a theme is chosen; density and keys are switched on and off by the same button
      const value = name !== "theme" && root.dataset[name] === wanted ? "auto" : wanted;
      write(name, value);
      apply(name, value);
      show(name);
    }
  });
})();
