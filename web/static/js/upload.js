// Files by drag, camera or paste, checked before they are sent. The native field stays the one that
// sends them; without this file it is simply used as it is, and the server checks as always.

const KINDS = /\.(pdf|jpe?g|png|gif|webp|hei[cf]|bmp|tiff?)$/i;
const readable = (file) => file.type.startsWith("image/") || file.type === "application/pdf" || (!file.type && KINDS.test(file.name));
const size = (n) => new Intl.NumberFormat(document.documentElement.lang, n < 1e6
  ? { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 }
  : { style: "unit", unit: "megabyte", maximumFractionDigits: 1 }).format(Math.max(n / (n < 1e6 ? 1024 : 1048576), 1));

class Upload {
  constructor(box) {
    this.box = box;
    this.input = box.querySelector("input[type=file]:not([capture])");
    this.camera = box.querySelector("input[capture]");
    this.list = box.querySelector("[data-upload-list]");
    this.problem = box.querySelector("[data-upload-problem]");
    this.said = box.querySelector("[data-upload-said]");
    this.files = [];
    box.querySelector("[data-upload-ways]").hidden = false;
    this.listen();
  }

  listen() {
    this.input.addEventListener("change", () => this.add([...this.input.files]));
    this.camera?.addEventListener("change", () => {
      this.add([...this.camera.files]);
      this.camera.value = "";
    });
    this.box.addEventListener("dragover", (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      this.box.classList.add("is-over");
    });
    this.box.addEventListener("dragleave", (event) => {
      if (!this.box.contains(event.relatedTarget)) this.box.classList.remove("is-over");
    });
    this.box.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      this.box.classList.remove("is-over");
      this.add([...event.dataTransfer.files]);
    });
    document.addEventListener("paste", (event) => {
      const pasted = [...(event.clipboardData?.files ?? [])];
      if (!pasted.length) return;
      event.preventDefault();
      this.add(pasted.map((file) => this.named(file)));
    });
  }

  // A picture out of the clipboard is always « image.png ».
  named(file) {
    const end = file.name.split(".").pop() || "png";
    const number = this.files.filter((one) => one.name.startsWith("capture-")).length + 1;
    return new File([file], `capture-${number}.${end}`, { type: file.type });
  }

  add(files) {
    const { tooLarge, wrongKind, empty, added, limit } = this.box.dataset;
    const refused = [];
    for (const file of files) {
      const words = !readable(file) ? wrongKind : file.size > Number(limit) ? tooLarge : file.size ? "" : empty;
      if (words) refused.push(words.replace("{name}", file.name));
      else if (!this.files.some((one) => one.name === file.name && one.size === file.size && one.lastModified === file.lastModified)) {
        this.files.push(file);
        this.said.textContent = added.replace("{name}", file.name);
      }
    }
    this.problem.textContent = refused.join(" ");
    this.problem.hidden = !refused.length;
    this.draw();
  }

  remove(file) {
    this.files.splice(this.files.indexOf(file), 1);
    this.said.textContent = this.box.dataset.removed.replace("{name}", file.name);
    this.draw();
    this.input.focus();
  }

  draw() {
    const held = new DataTransfer();
    this.files.forEach((file) => held.items.add(file));
    this.input.files = held.files;
    this.list.hidden = !this.files.length;
    this.list.replaceChildren(...this.files.map((file) => this.line(file)));
  }

  line(file) {
    const li = document.createElement("li");
    const name = document.createElement("bdi");
    name.className = "file-name";
    name.textContent = file.name;
    const weight = document.createElement("span");
    weight.className = "file-size";
    weight.textContent = size(file.size);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet button-small";
    button.textContent = this.box.dataset.remove;
    button.setAttribute("aria-label", `${this.box.dataset.remove} ${file.name}`);
    button.addEventListener("click", () => this.remove(file));
    li.append(name, weight, button);
    return li;
  }
}

for (const box of document.querySelectorAll("[data-upload]")) new Upload(box);
