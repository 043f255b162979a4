// [data-copy="text"] puts the text on the clipboard; where the browser refuses that, it is chosen for copying by hand.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  let text = "Скопировано.";
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    mark(button);
  } catch {
    const shown = button.parentElement.querySelector("code, input");
    if (shown?.select) shown.select();
    else if (shown) getSelection().selectAllChildren(shown);
    text = "Выделено: нажмите Ctrl+C.";
  }
  document.dispatchEvent(new CustomEvent("app:announce", { detail: { text } }));
});

function mark(button) {
  const words = button.querySelector("[data-copy-words]");
  if (!words) return;
  words.textContent = "Скопировано";
  setTimeout(() => (words.textContent = "Копировать"), 2000);
}
