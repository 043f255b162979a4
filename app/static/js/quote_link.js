// Hovering or focusing a quote lights what was understood from it, and the other way round; a click brings it into view.
function partners(id) {
  return document.querySelectorAll(`[data-quote-id="${CSS.escape(id)}"]`);
}

function dim() {
  for (const lit of document.querySelectorAll("[data-quote-id].is-lit")) lit.classList.remove("is-lit");
}

function light(event) {
  const here = event.target.closest?.("[data-quote-id]");
  dim();
  if (here) for (const part of partners(here.dataset.quoteId)) part.classList.add("is-lit");
}

document.addEventListener("mouseover", light);
document.addEventListener("focusin", light);
document.addEventListener("click", (event) => {
  const here = event.target.closest("[data-quote-id]");
  if (!here) return;
  const inText = here.matches("mark");
  for (const part of partners(here.dataset.quoteId)) {
    if (part.matches("mark") !== inText) {
      part.scrollIntoView({ block: "nearest", behavior: "smooth" });
      break;
    }
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("mark[data-quote-id]")) event.target.click();
});
