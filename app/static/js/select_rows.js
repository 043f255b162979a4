// Choosing rows: the head checkbox takes all, Shift takes a range, the bar of acts appears with the count.
const RULES = new Intl.PluralRules("ru");
const ROWS = { one: "строка", few: "строки", many: "строк", other: "строки" };
let last = null;

// `form.id` would be the checkboxes themselves: they are named «id».
const idOf = (bar) => bar.getAttribute("id");
const boxesOf = (id) => [...document.querySelectorAll(`[data-bulk-row][form="${CSS.escape(id)}"]`)];

function show(id) {
  const bar = document.getElementById(id);
  const boxes = boxesOf(id);
  const chosen = boxes.filter((box) => box.checked);
  for (const box of boxes) box.closest("tr").classList.toggle("is-selected", box.checked);
  const all = document.querySelector(`[data-bulk-all="${CSS.escape(id)}"]`);
  if (all) {
    all.checked = chosen.length > 0 && chosen.length === boxes.length;
    all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
  }
  if (!bar) return;
  const words = chosen.length ? `Выбрано: ${chosen.length} ${ROWS[RULES.select(chosen.length)]}` : "";
  bar.hidden = chosen.length === 0;
  bar.querySelector("[data-bulk-count]").textContent = words;
  document.dispatchEvent(new CustomEvent("app:announce", { detail: { text: words || "Выбор снят" } }));
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("[data-bulk-all]")) {
    for (const other of boxesOf(box.dataset.bulkAll)) other.checked = box.checked;
    show(box.dataset.bulkAll);
  } else if (box.matches("[data-bulk-row]")) {
    show(box.getAttribute("form"));
  }
});

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-bulk-row]");
  if (box) {
    const boxes = boxesOf(box.getAttribute("form"));
    const from = boxes.indexOf(last);
    if (event.shiftKey && from >= 0) {
      const to = boxes.indexOf(box);
      for (const other of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) other.checked = box.checked;
    }
    last = box;
    return;
  }
  const clear = event.target.closest("[data-bulk-clear]");
  if (clear) {
    const id = idOf(clear.closest("[data-bulk]"));
    for (const other of boxesOf(id)) other.checked = false;
    show(id);
    document.querySelector(`[data-bulk-all="${CSS.escape(id)}"]`)?.focus();
  }
});

// The browser restores checkboxes when one comes back to the page.
for (const bar of document.querySelectorAll("[data-bulk]")) {
  if (boxesOf(idOf(bar)).some((box) => box.checked)) show(idOf(bar));
}
