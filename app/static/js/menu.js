// Menus (<details class="menu">) close on Escape, on a click elsewhere and when the focus leaves; [data-toggle] shows a part.
function close(menu, returnFocus) {
  menu.open = false;
  if (returnFocus) menu.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) close(menu, false);
  }
  const toggle = event.target.closest("[data-toggle]");
  if (toggle) {
    const part = document.getElementById(toggle.dataset.toggle);
    part.hidden = !part.hidden;
    toggle.setAttribute("aria-expanded", String(!part.hidden));
    if (!part.hidden) part.querySelector("input, select, textarea, button")?.focus();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  close(menu, true);
  event.stopPropagation();
});

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) close(menu, false);
});
