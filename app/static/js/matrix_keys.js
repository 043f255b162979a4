// The matrix: one tab stop, arrows move between cells, and the cell under the hand or the focus says what it is.
let tip = null;

function hide() {
  tip?.remove();
  tip = null;
}

function tell(cell) {
  hide();
  const words = cell.getAttribute("aria-label");
  if (!words) return;
  tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("aria-hidden", "true");
  tip.textContent = words;
  document.body.append(tip);
  const box = cell.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2), window.innerWidth - tip.offsetWidth - 8);
  const above = box.top - tip.offsetHeight - 6;
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 4 ? above : box.bottom + 6}px`;
}

function rest(table, cell) {
  table.querySelector('.cell[tabindex="0"]')?.setAttribute("tabindex", "-1");
  cell.setAttribute("tabindex", "0");
}

/** The next addressed cell in the direction of the key, over empty ones and group rows. */
function neighbour(cell, key) {
  const td = cell.parentElement;
  const across = key === "ArrowLeft" ? "previousElementSibling" : "nextElementSibling";
  if (key === "ArrowLeft" || key === "ArrowRight") {
    for (let at = td[across]; at; at = at[across]) {
      const found = at.querySelector(".cell");
      if (found) return found;
    }
    return null;
  }
  if (key === "Home" || key === "End") {
    const cells = td.parentElement.querySelectorAll(".cell");
    return cells[key === "Home" ? 0 : cells.length - 1];
  }
  const down = key === "ArrowUp" ? "previousElementSibling" : "nextElementSibling";
  for (let row = td.parentElement[down]; row; row = row[down]) {
    const found = row.children[td.cellIndex]?.querySelector(".cell");
    if (found) return found;
  }
  return null;
}

for (const table of document.querySelectorAll("[data-matrix]")) {
  for (const cell of table.querySelectorAll(".cell")) cell.setAttribute("tabindex", "-1");
  table.querySelector(".cell")?.setAttribute("tabindex", "0");

  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest(".cell");
    if (!cell || !/^(Arrow|Home$|End$)/.test(event.key)) return;
    event.preventDefault();
    neighbour(cell, event.key)?.focus();
  });
  table.addEventListener("focusin", (event) => {
    const cell = event.target.closest(".cell");
    if (!cell) return;
    rest(table, cell);
    bringIntoView(cell);
    tell(cell);
  });
  table.addEventListener("focusout", hide);
  table.addEventListener("mouseover", (event) => {
    const cell = event.target.closest(".cell");
    if (cell) tell(cell);
    else hide();
  });
  table.addEventListener("mouseleave", hide);
  table.closest(".scroll")?.addEventListener("scroll", () => {
    if (tip && document.activeElement?.matches(".cell")) tell(document.activeElement);
    else hide();
  }, { passive: true });
}

/** The held header, footer and first column would cover a cell that the browser thinks visible. */
function bringIntoView(cell) {
  const area = cell.closest(".scroll");
  const table = cell.closest("table");
  const box = cell.getBoundingClientRect();
  const frame = area.getBoundingClientRect();
  const top = frame.top + table.tHead.offsetHeight;
  const bottom = frame.top + area.clientHeight - (table.tFoot?.offsetHeight ?? 0);
  const left = frame.left + table.rows[0].cells[0].offsetWidth;
  const right = frame.left + area.clientWidth;
  if (box.top < top) area.scrollTop -= top - box.top;
  else if (box.bottom > bottom) area.scrollTop += box.bottom - bottom;
  if (box.left < left) area.scrollLeft -= left - box.left;
  else if (box.right > right) area.scrollLeft += box.right - right;
}

// A cell that the server sent anew after an act in the panel is no tab stop of its own either.
document.addEventListener("htmx:load", (event) => {
  if (event.target.matches?.("[data-matrix] .cell")) event.target.setAttribute("tabindex", "-1");
});

window.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && tip) hide();
});
