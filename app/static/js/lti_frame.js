// In a platform's frame a window is opened once by its one-time ticket: the button gives way to a word of what to do next.
document.addEventListener("submit", (event) => {
  const { target: form } = event;
  if (event.defaultPrevented || !form.hasAttribute("data-opens-window")) return;
  // Later, for what is hidden now would not be sent.
  setTimeout(() => {
    const told = document.createElement("p");
    told.className = "message success";
    told.setAttribute("role", "status");
    told.textContent = "Открыто в новом окне. Чтобы открыть ещё раз, обновите эту страницу курса.";
    form.replaceChildren(told);
  });
});

// The answer to the platform goes by itself; the button stays for a browser that does not let it.
document.querySelector("form[data-sends-itself]")?.requestSubmit();
