// The sidebar: folded on wide screens (kept in this browser), a drawer on narrow ones. "/" goes to the search.
const root = document.documentElement;
const sidebar = document.getElementById("sidebar");
const opener = document.querySelector("[data-drawer-open]");
const frame = document.querySelector(".frame");
const fold = document.querySelector("[data-sidebar-fold]");
const narrow = window.matchMedia("(max-width: 900px)");
let veil = null;

function open() {
  root.classList.add("drawer-open");
  opener.setAttribute("aria-expanded", "true");
  frame.inert = true;
  veil = document.createElement("button");
  veil.type = "button";
  veil.className = "drawer-veil";
  veil.setAttribute("aria-label", "Закрыть разделы");
  veil.addEventListener("click", () => close());
  sidebar.after(veil);
  (sidebar.querySelector("[aria-current]") ?? sidebar.querySelector("a")).focus();
}

function close(returnFocus = true) {
  if (!root.classList.contains("drawer-open")) return;
  root.classList.remove("drawer-open");
  opener.setAttribute("aria-expanded", "false");
  frame.inert = false;
  veil?.remove();
  if (returnFocus) opener.focus();
}

function showFold() {
  const folded = root.dataset.sidebar === "narrow";
  fold.setAttribute("aria-pressed", String(folded));
  fold.setAttribute("aria-label", folded ? "Развернуть разделы" : "Свернуть разделы");
}

opener?.addEventListener("click", open);
narrow.addEventListener("change", () => close(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && root.classList.contains("drawer-open")) {
    close();
    event.stopPropagation();
  }
  if (event.key === "Escape" && event.target.id === "search") event.target.blur();
  const typing = event.target.closest?.("input, textarea, select, [contenteditable], dialog[open]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.getElementById("search") ?? document.getElementById("list-query");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  }
});

if (fold) {
  showFold();
  fold.addEventListener("click", () => {
    if (root.dataset.sidebar === "narrow") delete root.dataset.sidebar;
    else root.dataset.sidebar = "narrow";
    try {
      localStorage.setItem("sidebar", root.dataset.sidebar ?? "wide");
    } catch {
      // Without storage the choice holds for this page.
    }
    showFold();
  });
}
