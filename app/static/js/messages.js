// Messages can be put away; the event "app:announce" {text, category} shows one, and without a category only reads it out.
// The server may send it with an htmx answer: HX-Trigger: {"app:announce": {…}}. The error summary takes the focus.
function message(text, category) {
  const box = document.createElement("div");
  box.className = `message ${category}`;
  box.setAttribute("role", category === "error" ? "alert" : "status");
  const words = document.createElement("div");
  words.textContent = text;
  const hide = document.createElement("button");
  hide.type = "button";
  hide.className = "icon-button";
  hide.dataset.dismiss = "";
  hide.setAttribute("aria-label", "Скрыть сообщение");
  hide.innerHTML = '<span class="icon icon-x" aria-hidden="true"></span>';
  box.append(words, hide);
  return box;
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".message").remove();
});

document.addEventListener("app:announce", (event) => {
  const { text, category } = event.detail;
  if (!category) {
    const place = document.getElementById("announce");
    if (place) place.textContent = text;
    return;
  }
  let list = document.querySelector(".messages");
  if (!list) {
    list = document.createElement("div");
    list.className = "messages";
    document.querySelector(".page-head")?.after(list);
  }
  list.replaceChildren(message(text, category));
  list.scrollIntoView({ block: "nearest" });
});

document.querySelector("[data-error-summary]")?.focus();
