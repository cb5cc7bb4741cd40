// The clock of a call: [data-started-at] holds the instant it began (ISO 8601, with offset).

const two = (n) => String(n).padStart(2, "0");

function tick(el) {
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(el.dataset.startedAt)) / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  el.textContent = `${hours ? `${hours}:` : ""}${two(minutes)}:${two(seconds % 60)}`;
}

const all = () => document.querySelectorAll("[data-started-at]").forEach(tick);
all();
setInterval(all, 1000);
