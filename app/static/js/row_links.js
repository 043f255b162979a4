// A row of [data-row-links] opens what its a.row-link opens; j and k walk the rows, x chooses, Enter opens.
const CONTROL = "a, button, input, select, textarea, label, summary, [contenteditable]";

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-row-links] tbody tr");
  if (!row || event.target.closest(CONTROL) || String(window.getSelection())) return;
  const link = row.querySelector("a.row-link");
  if (!link) return;
  if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
  else link.click();
});

function walk(step) {
  const links = [...document.querySelectorAll("[data-row-links] a.row-link")];
  if (!links.length) return;
  const here = links.indexOf(document.activeElement?.closest("tr")?.querySelector("a.row-link"));
  const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step;
  links[next]?.focus();
  links[next]?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], dialog")) return;
  // The same keys of the Russian layout: о, л, ч.
  if (event.code === "KeyJ") walk(1);
  else if (event.code === "KeyK") walk(-1);
  else if (event.code === "KeyX") document.activeElement?.closest("tr")?.querySelector("[data-bulk-row]")?.click();
});
