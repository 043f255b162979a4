// A form is sent once: its button shows that it is on its way. data-returns-file exempts forms answered by a download.
document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-returns-file")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  hold(form, submitter);
});

function hold(form, submitter) {
  form.dataset.sent = "1";
  // Later, for a button that is disabled now would not be sent with its form.
  setTimeout(() => {
    if (!form.dataset.sent) return;
    submitter?.setAttribute("aria-busy", "true");
    for (const button of form.querySelectorAll("button:not([type=button])")) button.disabled = true;
  });
}

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("button:not([type=button])")) {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

// Back in the browser's history brings the page as it was left; htmx answers without leaving the page.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  if (!elt.matches("form")) return;
  if (elt.dataset.sent) event.preventDefault();
  else hold(elt, event.detail.requestConfig.triggeringEvent?.submitter);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt } = event.detail.requestConfig;
  if (elt.matches("form[data-sent]")) release(elt);
});
