// A key pressed while the page is still arriving is kept, and pressed again when keys.js listens:
// who works by the keyboard does not wait for a page to be whole before they press the next key.
// So is Enter in a form that the keyboard alone fills in: it would send what has hardly begun.
(() => {
  const TYPING = "input, textarea, select, [contenteditable], [role=combobox]";
  const kept = [];
  const keep = (event) => {
    const alone = !event.altKey && !event.ctrlKey && !event.metaKey && !event.isComposing;
    if (!alone || event.target.closest?.(TYPING)) return;
    if (event.key.length === 1 || event.key === "Escape") kept.push(event.key);
    if (event.key === "/") event.preventDefault();  // some browsers open their own search
  };
  document.addEventListener("keydown", keep);
  window.relaisEarlyKeys = () => {
    document.removeEventListener("keydown", keep);
    return kept.splice(0);
  };
  let entered = null;
  const hold = (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!event.target.matches?.("form[data-call-form] :is(input, select)")) return;
    event.preventDefault();
    entered = event.target;
  };
  document.addEventListener("keydown", hold);
  window.relaisEarlyEnter = () => {
    document.removeEventListener("keydown", hold);
    return entered;
  };
})();
