// The panel at the right: <a data-panel>, or any link in [data-panel], opens there; Escape closes; the focus goes back.
const panel = document.getElementById("panel");
const shell = document.querySelector(".shell");
let origin = null;

const say = (text) => document.dispatchEvent(new CustomEvent("app:announce", { detail: { text, category: "error" } }));

function show() {
  panel.hidden = false;
  panel.scrollTop = 0;
  shell.classList.add("panel-open");
  origin?.scrollIntoView({ block: "nearest", inline: "nearest" });
  const first = panel.querySelector("[data-error-summary]") ?? panel.querySelector("[data-panel-title]");
  first?.focus({ preventScroll: !first.matches("[data-error-summary]") });
}

function close() {
  panel.hidden = true;
  shell.classList.remove("panel-open");
  panel.replaceChildren();
  // The link may have been swapped for its newer self meanwhile.
  const back = origin?.isConnected ? origin : document.getElementById(origin?.id);
  back?.removeAttribute("aria-current");
  back?.focus({ preventScroll: true });
  origin = null;
}

if (panel) {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-panel-close]")) {
      close();
      return;
    }
    const link = event.target.closest("a[href]");
    const opens = link && (link.hasAttribute("data-panel") || (link.closest("[data-panel]") && link.closest("td")));
    if (!opens || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    origin?.removeAttribute("aria-current");
    origin = link;
    origin.setAttribute("aria-current", "true");
    window.htmx.ajax("GET", link.href, { target: panel, swap: "innerHTML" });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden || event.defaultPrevented) return;
    if (document.querySelector("dialog[open], details.menu[open], .drawer-open")) return;
    close();
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target === panel) panel.classList.add("is-loading");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.target === panel) panel.classList.remove("is-loading");
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === panel) show();
  });
}

// A whole page where a part was asked for means that the session has ended: go where the server led.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (!/^\s*<!doctype/i.test(xhr.responseText)) return;
  event.detail.shouldSwap = false;
  if (xhr.status < 400) window.location.assign(xhr.responseURL);
});
// The bell asks by itself: a session that ended is told when the person acts, not before.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { elt, xhr } = event.detail;
  if (elt.matches(".bell-count") && xhr.getResponseHeader("HX-Redirect")) event.preventDefault();
});
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.elt.matches(".bell-count")) return;
  const { status } = event.detail.xhr;
  if (status === 401) window.location.reload();
  else if (status === 403 || status === 404) say("Эта запись недоступна: её нет или она вне вашей организации.");
  else say("Не удалось выполнить действие. Обновите страницу и повторите; введённое не потеряно.");
});
document.addEventListener("htmx:sendError", () => say("Нет связи с сервером. Проверьте подключение и повторите."));
