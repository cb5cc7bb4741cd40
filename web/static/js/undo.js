// The seconds that are left to take a reply back, counted down beside « Annuler ».
// The server judges: a click that is a little late is still in time, one that is too late is told so.

const left = document.querySelectorAll("[data-seconds-left]");
const since = Date.now();

function tick() {
  const gone = Math.floor((Date.now() - since) / 1000);
  left.forEach((el) => { el.textContent = String(Math.max(0, Number(el.dataset.secondsLeft) - gone)); });
}

if (left.length) setInterval(tick, 250);
