// Chosen files are listed with their sizes at once; one that is too large is said to be so before it travels.
const UNITS = ["байт", "КБ", "МБ", "ГБ"];

function size(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toLocaleString("ru-RU", { maximumFractionDigits: unit ? 1 : 0 })} ${UNITS[unit]}`;
}

function list(zone, input) {
  const limit = Number(zone.dataset.maxBytes) || Infinity;
  let tooLarge = false;
  const rows = [...input.files].map((file) => {
    const row = document.createElement("li");
    const name = document.createElement("span");
    const weight = document.createElement("span");
    name.textContent = file.name;
    weight.textContent = size(file.size);
    if (file.size > limit) {
      tooLarge = true;
      row.className = "too-large";
      weight.textContent += ` — больше допустимых ${size(limit)}`;
    }
    row.append(name, weight);
    return row;
  });
  zone.querySelector(".drop-list").replaceChildren(...rows);
  input.setCustomValidity(tooLarge ? `Файл больше допустимых ${size(limit)}. Выберите файл поменьше.` : "");
}

document.addEventListener("change", (event) => {
  const zone = event.target.closest("[data-drop]");
  if (zone && event.target.type === "file") list(zone, event.target);
});
for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(name, (event) => event.target.closest?.("[data-drop]")?.classList.toggle("is-over", over));
}
