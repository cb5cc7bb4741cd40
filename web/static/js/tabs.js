// Anchors over stacked sections become tabs: roving tabindex, arrows, the address keeps the choice.

const rightToLeft = document.documentElement.dir === "rtl";

function set(tabs, panels, chosen) {
  tabs.forEach((tab, i) => {
    const on = i === chosen;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    panels[i].hidden = !on;
  });
}

function step(key, now, length) {
  const forward = rightToLeft ? "ArrowLeft" : "ArrowRight";
  const back = rightToLeft ? "ArrowRight" : "ArrowLeft";
  if (key === forward) return (now + 1) % length;
  if (key === back) return (now + length - 1) % length;
  if (key === "Home") return 0;
  if (key === "End") return length - 1;
  return null;
}

function name(list, tabs, panels) {
  list.setAttribute("role", "tablist");
  tabs.forEach((tab, i) => {
    tab.closest("li").setAttribute("role", "presentation");
    tab.id ||= `${panels[i].id}-onglet`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panels[i].id);
    panels[i].setAttribute("role", "tabpanel");
    panels[i].setAttribute("aria-labelledby", tab.id);
  });
}

function start(box) {
  if (box.dataset.tabsReady) return;
  box.dataset.tabsReady = "yes";
  const list = box.querySelector("ul");
  const tabs = [...list.querySelectorAll("a[href^='#']")];
  const panels = tabs.map((tab) => document.getElementById(tab.hash.slice(1)));
  if (!tabs.length || panels.includes(null)) return;
  name(list, tabs, panels);

  const open = (i) => {
    set(tabs, panels, i);
    panels[i].querySelector("textarea, input:not([type=hidden])")?.focus();
    history.replaceState(null, "", tabs[i].hash);
  };
  tabs.forEach((tab, i) => {
    tab.addEventListener("click", (event) => { event.preventDefault(); open(i); });
    tab.addEventListener("keydown", (event) => {
      const next = step(event.key, i, tabs.length);
      if (next === null) return;
      event.preventDefault();
      set(tabs, panels, next);
      tabs[next].focus();
    });
  });
  // A text field may shrink when it loses the focus: what is being pressed must not move away.
  box.addEventListener("mousedown", (event) => {
    if (event.target.closest("a, button")) event.preventDefault();
  });
  addEventListener("hashchange", () => {
    const i = tabs.findIndex((tab) => tab.hash === location.hash);
    if (i >= 0) open(i);
  });
  const wrong = panels.findIndex((panel) => panel.querySelector("[aria-invalid]"));
  const asked = tabs.findIndex((tab) => tab.hash === location.hash);
  set(tabs, panels, Math.max(0, wrong >= 0 ? wrong : asked));
}

const startAll = () => document.querySelectorAll("[data-tabs]").forEach(start);
document.documentElement.classList.add("js");
startAll();
document.addEventListener("htmx:load", startAll);
