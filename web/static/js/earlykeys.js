// A key pressed while the page is still arriving is kept, and pressed again when keys.js listens:
// who works by the keyboard does not wait for a page to be whole before they press the next key.
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
})();
