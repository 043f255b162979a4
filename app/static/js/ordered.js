// Lists whose order matters: [data-move="-1"] and [data-move="1"] move their <li> within [data-ordered].
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-ordered] [data-move]");
  if (!button) return;
  const item = button.closest("li");
  const up = button.dataset.move === "-1";
  const other = up ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  if (up) other.before(item);
  else other.after(item);
  button.focus();
  const place = [...item.parentElement.children].indexOf(item) + 1;
  const text = `${item.querySelector("label").textContent.trim()}: место ${place}`;
  document.dispatchEvent(new CustomEvent("app:announce", { detail: { text, category: "info", quiet: true } }));
});
