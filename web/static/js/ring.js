// Calls that ring: asked for every second while the page is looked at, never behind another tab.
// Shown in a corner, said once to readers; the focus stays where the hands are. F8 takes the first.

const place = document.getElementById("appels-entrants");
const said = document.getElementById("appels-dits");
const EVERY = 1000;
const SLOWER = 15000; // after an answer that is none: a server that restarts is left in peace
const HIDDEN = "relais-appels-masques";
let mark = null;
let timer = null;
let asking = false;
let words = "";

const hiddenOnes = () => {
  try { return JSON.parse(localStorage.getItem(HIDDEN) ?? "[]"); } catch { return []; }
};

function hide(id) {
  try { localStorage.setItem(HIDDEN, JSON.stringify([...hiddenOnes(), id].slice(-50))); } catch { /* private window */ }
  place.querySelector(`[data-ring="${id}"]`)?.remove();
  settle();
}

/** What is left to see, and what readers have not been told yet. */
function settle() {
  const rings = [...place.querySelectorAll("[data-ring]")];
  place.hidden = !rings.length;
  const now = rings.map((ring) => ring.dataset.ringWords).join(". ");
  if (now !== words) said.textContent = now && now + ". F8";
  words = now;
}

function show(html) {
  const kept = place.contains(document.activeElement) ? document.activeElement.closest("[data-ring]")?.dataset.ring : null;
  place.innerHTML = html;
  const away = hiddenOnes();
  for (const ring of place.querySelectorAll("[data-ring]")) {
    if (away.includes(ring.dataset.ring)) ring.remove();
  }
  place.querySelectorAll("[data-needs-js]").forEach((el) => { el.hidden = false; });
  if (document.querySelector("form[data-call-form]")) {
    // Somebody is being spoken with: the other call opens beside, never over what is noted.
    place.querySelectorAll("form").forEach((form) => { form.target = "_blank"; });
  }
  if (kept) place.querySelector(`[data-ring="${kept}"] button`)?.focus();
  settle();
}

async function ask() {
  if (asking || document.hidden) return;
  asking = true;
  let next = EVERY;
  try {
    const headers = { "HX-Request": "true", ...(mark && { "If-None-Match": mark }) };
    const answer = await fetch(place.dataset.ringUrl, { headers, credentials: "same-origin", redirect: "manual" });
    if (answer.status === 200) {
      mark = answer.headers.get("ETag");
      show(await answer.text());
    } else if (answer.status === 204) {
      if (mark !== null) show("");
      mark = null;
    } else if (answer.status !== 304) {
      next = answer.status === 401 ? 0 : SLOWER; // signed out: nothing more to ask here
    }
  } catch {
    next = SLOWER;
  }
  asking = false;
  clearTimeout(timer);
  if (next && !document.hidden) timer = setTimeout(ask, next);
}

place.addEventListener("click", (event) => {
  const button = event.target.closest("[data-ring-hide]");
  if (button) hide(button.dataset.ringHide);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "F8" || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const form = place.querySelector("[data-ring-take]");
  if (!form || place.hidden) return;
  event.preventDefault();
  form.requestSubmit();
});

document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (!document.hidden) ask();
});
window.addEventListener("pagehide", () => clearTimeout(timer));
ask();
