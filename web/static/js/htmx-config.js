// htmx under our rules: the CSRF token on every change, a still skeleton after 300 ms of waiting,
// and a sentence in the status region when the server could not answer.
// What htmx must not do (eval, inline styles) is set in the page's <meta name="htmx-config">.

const SKELETON_AFTER = 300;
const waiting = new WeakMap();

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const target = event.detail.target;
  if (!target) return;
  target.setAttribute("aria-busy", "true");
  waiting.set(target, setTimeout(() => target.classList.add("is-slow"), SKELETON_AFTER));
});

document.addEventListener("htmx:afterRequest", (event) => {
  const target = event.detail.target;
  if (!target) return;
  clearTimeout(waiting.get(target));
  target.classList.remove("is-slow");
  target.removeAttribute("aria-busy");
});

function say() {
  const news = document.getElementById("nouvelles");
  const template = document.getElementById("sans-reponse");
  if (!news || !template) return;
  news.replaceChildren(template.content.cloneNode(true));
}

document.addEventListener("htmx:sendError", () => say());
document.addEventListener("htmx:timeout", () => say());
document.addEventListener("htmx:responseError", (event) => {
  // A lost session answers with the sign-in page: go there instead of showing it in a corner.
  if (event.detail.xhr.status === 401) location.reload();
  else say();
});
