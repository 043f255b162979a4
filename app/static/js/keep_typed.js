// What is typed in a form with data-keep outlives a lost session or a crash: kept in this browser under person + page + form,
// offered back once, forgotten when the form is saved or the person signs out. Passwords, files and hidden fields are never kept.
const PREFIX = "typed:";
const SENT = "typed-sent";
const user = document.body.dataset.user ?? "";
// Attributes, not properties: a field may be named «id» or «action».
const keyOf = (form) => `${PREFIX}${user}:${location.pathname}:${form.getAttribute("id") || form.getAttribute("action") || ""}`;

const safely = (act) => {
  try {
    return act();
  } catch {
    return null; // Storage may be switched off or full: then nothing is kept.
  }
};

function fields(form) {
  return [...form.elements].filter((field) => field.name && !field.disabled && !field.closest("[data-no-keep]")
    && !["hidden", "password", "file", "submit", "button", "reset"].includes(field.type) && field.tagName !== "BUTTON");
}

function values(form) {
  return fields(form).map((field) => {
    if (field.type === "checkbox" || field.type === "radio") return [field.name, field.value, field.checked];
    if (field.multiple) return [field.name, null, [...field.selectedOptions].map((option) => option.value)];
    return [field.name, null, field.value];
  });
}

function restore(form, saved) {
  const left = [...saved];
  for (const field of fields(form)) {
    const option = field.type === "checkbox" || field.type === "radio" ? field.value : null;
    const at = left.findIndex(([name, value]) => name === field.name && value === option);
    if (at < 0) continue;
    const [[, , typed]] = left.splice(at, 1);
    if (option !== null) field.checked = typed;
    else if (Array.isArray(typed)) for (const each of field.options) each.selected = typed.includes(each.value);
    else field.value = typed;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function button(words, kind, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `button small ${kind}`;
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

function offer(form, key, kept) {
  const box = document.createElement("div");
  box.className = "message info restore";
  box.setAttribute("role", "status");
  const words = document.createElement("div");
  const when = new Date(kept.at).toLocaleString("ru-RU", { dateStyle: "short", timeStyle: "short" });
  words.textContent = `Здесь осталось введённое и не сохранённое ${when}. Восстановить введённое ранее?`;
  box.append(words, button("Восстановить", "primary", () => {
    restore(form, kept.values);
    box.remove();
  }), button("Не нужно", "plain", () => {
    safely(() => localStorage.removeItem(key));
    box.remove();
  }));
  form.prepend(box);
}

function forget(matches) {
  safely(() => {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX) && matches(key)) localStorage.removeItem(key);
  });
}

// The form that was sent last: saved, unless it came back with errors or the way led to the sign-in or an error page.
const sent = safely(() => sessionStorage.getItem(SENT));
const astray = ["sign-in", "error"].includes(document.body.dataset.page);
if (sent && !astray) {
  const back = [...document.querySelectorAll("form[data-keep]")].find((form) => keyOf(form) === sent);
  const refused = Boolean(document.querySelector("[data-error-summary], [aria-invalid=true], .message.error"));
  if (!(back && refused)) forget((key) => key === sent);
}
if (sent) safely(() => sessionStorage.removeItem(SENT));

const timers = new WeakMap();
let leaving = false;
const keep = (form) => safely(() => {
  clearTimeout(timers.get(form));
  if (leaving) return;
  localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), values: values(form) }));
});

/** Offers what was kept for each form of the part, once; what is typed is watched for the whole page below. */
function look(part) {
  for (const form of part.querySelectorAll("form[data-keep]")) {
    if (form.dataset.looked) continue;
    form.dataset.looked = "1";
    const key = keyOf(form);
    const kept = safely(() => JSON.parse(localStorage.getItem(key)));
    if (kept && JSON.stringify(kept.values) !== JSON.stringify(values(form))) offer(form, key, kept);
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.hasAttribute("data-keep")) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => keep(form), 300));
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-keep")) return;
  keep(form);
  if (!event.defaultPrevented) safely(() => sessionStorage.setItem(SENT, keyOf(form)));
});
// An htmx form tells by its answer whether it was saved.
document.addEventListener("htmx:afterRequest", (event) => {
  const { successful, requestConfig: { elt } } = event.detail; // the form itself may be swapped away by now
  if (!successful || !elt.matches("form[data-keep]")) return;
  clearTimeout(timers.get(elt));
  const key = keyOf(elt);
  forget((each) => each === key);
});
document.addEventListener("htmx:load", (event) => look(event.target));
look(document);

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-sign-out]")) return;
  leaving = true; // what was typed a moment ago is still waiting to be kept
  forget((key) => key.startsWith(`${PREFIX}${user}:`));
});
