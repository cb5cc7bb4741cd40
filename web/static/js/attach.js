// Pictures and files into a text, at the cursor: chosen below it, pasted or dropped onto it. Without
// this file the button beside the field sends them and names them at the end of the text.

import { put } from "./cursor.js";

async function send(box, area, files) {
  const said = box.querySelector("[data-attach-said]");
  const form = new FormData();
  form.append("csrf_token", area.form.elements.csrf_token.value);
  files.forEach((file) => form.append("files", file));
  box.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(box.dataset.attach, { method: "POST", body: form, headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (told.marks.length) {
      const text = told.marks.join("\n\n");
      choose(area, put(area, text), text);
    }
    said.textContent = told.said;
  } catch {
    said.textContent = box.dataset.failed;
  } finally {
    box.removeAttribute("aria-busy");
  }
}

/** The words that describe the first picture, to be typed over. */
function choose(area, from, text) {
  const words = /^!?\[([^\]]*)\]/.exec(text);
  if (words) area.setSelectionRange(from + words[0].indexOf("[") + 1, from + words[0].length - 1);
}

for (const box of document.querySelectorAll("[data-attach]")) {
  const area = document.getElementById(box.dataset.into);
  const input = box.querySelector("input[type=file]");
  box.querySelector("button[value=joindre]").hidden = true;
  input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = "";
    if (files.length) await send(box, area, files);
  });
  const given = (transfer) => [...(transfer?.files ?? [])];
  area.addEventListener("paste", (event) => {
    const files = given(event.clipboardData);
    if (!files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    send(box, area, files);
  });
  area.addEventListener("dragover", (event) => {
    if ([...event.dataTransfer.types].includes("Files")) event.preventDefault();
  });
  area.addEventListener("drop", (event) => {
    const files = given(event.dataTransfer);
    if (!files.length) return;
    event.preventDefault();
    send(box, area, files);
  });
}
