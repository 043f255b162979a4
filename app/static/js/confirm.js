// A form or a button with data-confirm asks first; the answer is given in the one dialog of the page.
const dialog = document.getElementById("confirm");
const title = document.getElementById("confirm-title");
const text = document.getElementById("confirm-text");
const yes = dialog?.querySelector("[data-confirm-yes]");
let waiting = null;
let confirmed = null;

function ask(form, submitter, source) {
  waiting = { form, submitter };
  title.textContent = source.dataset.confirmTitle ?? "Подтвердите действие";
  text.textContent = source.dataset.confirm;
  yes.textContent = source.dataset.confirmAct ?? (submitter?.textContent.trim() || "Продолжить");
  const destroys = source.classList.contains("danger") || submitter?.classList.contains("danger");
  yes.className = destroys ? "button danger" : "button primary";
  dialog.showModal();
  dialog.querySelector("[data-confirm-no]").focus();
}

if (dialog) {
  // In the capture phase: the question comes before any other listener sees the form go.
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    const source = submitter?.dataset.confirm ? submitter : form;
    if (!source.dataset.confirm) return;
    if (confirmed === form) {
      confirmed = null;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form, submitter, source);
  }, true);

  yes.addEventListener("click", () => {
    const { form, submitter } = waiting;
    dialog.close();
    confirmed = form;
    form.requestSubmit(submitter ?? undefined);
    confirmed = null;
  });
  dialog.querySelector("[data-confirm-no]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}
