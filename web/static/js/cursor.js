// A text into what one is writing: at the cursor, or at the end while nobody has chosen a place.

const touched = new WeakSet();
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("textarea")) touched.add(event.target);
});

/** Blank lines that keep a passage apart from what stands before and after it. */
function apart(area, at, ending) {
  const before = area.value.slice(0, at);
  const after = area.value.slice(at);
  const lead = !before.trim() || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const tail = !after.trim() ? ending : after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
  return [lead, tail];
}

/** Returns where the text begins. Never over a selection, and Ctrl+Z takes it back. */
export function put(area, text) {
  const at = touched.has(area) ? area.selectionEnd : area.value.length;
  const words = text.trimEnd();
  const [lead, tail] = apart(area, at, text.slice(words.length));
  area.focus();
  area.setSelectionRange(at, at);
  // A browser that no longer knows insertText still gets the words.
  if (!document.execCommand?.("insertText", false, lead + words + tail)) {
    area.setRangeText(lead + words + tail, at, at, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return at + lead.length;
}
