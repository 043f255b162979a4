// The sheet saves itself: each card is a form of its own, sent when it changes. While the line is down the answer waits in
// this browser and is sent again; what was left behind is offered back. Without scripts the forms have buttons.
import { choose, draftsOf, offer } from "./assessment_draft.js";

const sheet = document.querySelector("[data-sheet]");
const drafts = draftsOf(sheet.dataset.sheet);
const PATIENCE = 20_000;
const AGAIN = 10_000;
const PAUSE = 1200;
const RULES = new Intl.PluralRules("ru");
const ANSWERS = { one: "несохранённый ответ", few: "несохранённых ответа", many: "несохранённых ответов", other: "несохранённых ответа" };
const OFFLINE = "не сохранено, нет связи — черновик хранится в этом браузере";

// What each form held when it was last saved, and what is on its way.
const saved = new WeakMap();
const timers = new WeakMap();
const failed = new Set();
let line = Promise.resolve();
let waiting = 0;
let lastSaved = "";

const forms = () => [...sheet.querySelectorAll("form[data-autosave]")];
const nameOf = (form) => `${form.dataset.autosave}:${form.closest("[data-criterion]").dataset.criterion}`;
const valuesOf = (form) => [...new FormData(form)].filter(([name]) => !["csrf_token", "version"].includes(name));
const said = (form) => JSON.stringify(valuesOf(form));
const isDirty = (form) => said(form) !== saved.get(form);

function note(form, text, look = "") {
  const place = form.querySelector("[data-save-state]");
  place.textContent = text;
  place.dataset.look = look;
}

function tell() {
  let text = lastSaved && `сохранено в ${lastSaved}`;
  if (waiting) text = "сохраняется…";
  if (failed.size) text = `${OFFLINE} (${failed.size})`;
  for (const place of document.querySelectorAll("[data-sheet-saved]")) {
    if (place.textContent !== text) place.textContent = text;
    place.dataset.look = failed.size ? "failed" : "";
  }
}

function show(form, name, sentence) {
  const place = form.querySelector(`[data-problem="${CSS.escape(name)}"]`) ?? form.querySelector("[data-refused]");
  place.querySelector("[data-words]").textContent = sentence;
  place.hidden = false;
  form.querySelector(`textarea[name="${CSS.escape(name)}"], input[type=text][name="${CSS.escape(name)}"]`)?.setAttribute("aria-invalid", "true");
}

function clear(form) {
  for (const place of form.querySelectorAll("[data-problem], [data-refused]")) place.hidden = true;
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

/** One after another: a slow line carries one answer at a time, and each is told the version that the one before left. */
function send(form) {
  clearTimeout(timers.get(form));
  if (!isDirty(form)) return line;
  waiting += 1;
  tell();
  line = line.then(() => post(form)).catch(() => {}).finally(() => {
    waiting -= 1;
    tell();
  });
  return line;
}

async function post(form) {
  if (!form.isConnected || !isDirty(form)) return;
  const now = said(form);
  keep(form);
  if (!navigator.onLine) return hold(form, OFFLINE);
  note(form, "сохраняется…");
  let answer;
  try {
    answer = await fetch(form.getAttribute("action"), {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value },
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    return hold(form, OFFLINE);
  }
  if (answer.type === "opaqueredirect") return hold(form, "вход закончился — войдите снова, черновик хранится в этом браузере");
  if (answer.status >= 500) return hold(form, "сервер занят — черновик хранится в этом браузере, отправим ещё раз");
  const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
  if (!told) return hold(form, "не сохранено — обновите страницу, черновик хранится в этом браузере");
  failed.delete(form);
  clear(form);
  if (answer.ok) return done(form, now, told);
  note(form, "не сохранено", "failed");
  if (told.kind === "conflict") {
    choose(form.querySelector("[data-refused]"), told.sentence, {
      mine: () => overwrite(form, told.theirs.version),
      theirs: () => fill(form, told.theirs),
    });
  } else {
    show(form, told.field, told.sentence);
  }
}

function hold(form, words) {
  failed.add(form);
  note(form, words, "failed");
}

function done(form, now, told) {
  for (const other of form.closest("[data-criterion]").querySelectorAll("form[data-autosave]")) other.elements.version.value = told.version;
  saved.set(form, now);
  if (isDirty(form)) keep(form);
  else drafts.drop(nameOf(form));
  lastSaved = told.saved_at;
  note(form, `сохранено в ${told.saved_at}`, "saved");
  const card = form.closest("[data-criterion]");
  card.classList.toggle("is-answered", told.answered);
  card.classList.toggle("is-different", told.differs);
  const source = card.querySelector("[data-source]");
  source.textContent = told.source;
  source.hidden = !told.source;
  card.querySelector("[data-differs]").hidden = !told.differs;
  const points = card.querySelector("[data-points]");
  if (points) points.textContent = told.points;
  document.getElementById("sheet-result").textContent = told.result;
  // What is decided at the foot is decided of the sheet as this page shows it, this answer included.
  for (const version of document.querySelectorAll("#acts input[name=version]")) if (Number(version.value) === told.sheet.was) version.value = told.sheet.now;
  for (const [id, html] of Object.entries(told.parts)) renew(document.getElementById(id), html);
}

function renew(place, html) {
  if (!place) return;
  const open = place.querySelector("details")?.open;
  const held = place.contains(document.activeElement);
  place.innerHTML = html;
  const details = place.querySelector("details");
  if (details && open) details.open = true;
  if (held) place.querySelector("summary, a")?.focus();
}

function keep(form) {
  if (!drafts.keep(nameOf(form), valuesOf(form), form.elements.version.value)) note(form, "браузер не хранит черновики — дождитесь сохранения", "failed");
}

function overwrite(form, version) {
  form.elements.version.value = version ?? "";
  saved.set(form, null);
  send(form);
}

/** Puts values into a form as a person would. */
function put(form, values) {
  const given = new Map(values);
  for (const field of form.elements) {
    if (!field.name || ["csrf_token", "version"].includes(field.name)) continue;
    if (field.type === "radio") field.checked = given.get(field.name) === field.value;
    else if (field.type === "checkbox") field.checked = given.has(field.name);
    else if (field.name) field.value = given.get(field.name) ?? "";
  }
}

function fill(form, theirs) {
  const values = Object.entries(theirs).filter(([name]) => name !== "version");
  const isNumber = !form.querySelector("input[type=radio]");
  if (isNumber && theirs.value === "na") values.push(["na", "1"]);
  put(form, values.map(([name, value]) => [name, name === "value" && isNumber && value === "na" ? "" : value]));
  form.elements.version.value = theirs.version ?? "";
  saved.set(form, said(form));
  drafts.drop(nameOf(form));
  note(form, "взят ответ из листа", "saved");
}

function begin(form) {
  if (!saved.has(form)) saved.set(form, said(form));
}

function offerLeft() {
  const known = new Map(forms().map((form) => [nameOf(form), form]));
  const left = [];
  for (const name of drafts.names()) {
    const form = known.get(name);
    const draft = drafts.find(name);
    if (!form || !draft || JSON.stringify(draft.values) === said(form)) drafts.drop(name);
    else left.push([form, draft]);
  }
  if (!left.length) return;
  offer(sheet.querySelector(".sheet-body"), `Найдено ${left.length} ${ANSWERS[RULES.select(left.length)]}. Их не успели сохранить в прошлый раз.`, {
    yes: () => {
      for (const [form, draft] of left) {
        put(form, draft.values);
        form.elements.version.value = draft.base;
        send(form);
      }
      left[0][0].closest("[data-criterion]").focus();
    },
    no: () => left.forEach(([form]) => drafts.drop(nameOf(form))),
  });
}

sheet.classList.add("is-live");
forms().forEach(begin);
offerLeft();

sheet.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-autosave]");
  if (!form) return;
  keep(form);
  note(form, "");
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => send(form), event.target.matches("textarea, input[type=text]") ? PAUSE : 0));
});
sheet.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosave]");
  if (form) send(form);
});
// Enter in a number must not lead to another page.
sheet.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-autosave]")) return;
  event.preventDefault();
  event.stopPropagation();
  send(event.target);
});
document.addEventListener("htmx:load", (event) => {
  if (!sheet.contains(event.target)) return;
  for (const form of event.target.querySelectorAll("form[data-autosave]")) {
    begin(form);
    drafts.drop(nameOf(form));
  }
});
sheet.addEventListener("click", (event) => {
  if (!event.target.closest("[data-close-form]")) return;
  event.preventDefault();
  const form = event.target.closest("form");
  const opener = form.parentElement.querySelector("[data-proof-form]");
  form.remove();
  opener?.focus();
});
// The form for proof is fetched once: it stands until it is sent or put away.
document.addEventListener("htmx:beforeRequest", (event) => {
  const opener = event.detail.elt.closest?.("[data-proof-form]");
  const open = opener && document.getElementById(`proof-${opener.dataset.proofForm}`);
  if (!open) return;
  event.preventDefault();
  open.querySelector("input, select")?.focus();
});

const retry = () => [...failed].forEach(send);
window.addEventListener("online", retry);
setInterval(retry, AGAIN);

/** Whoever goes on to send or to decide takes everything along that was typed. */
async function settle() {
  for (const form of forms()) if (isDirty(form)) send(form);
  await line;
  const left = forms().filter(isDirty);
  if (left.length) {
    document.dispatchEvent(new CustomEvent("app:announce", { detail: { text: `Не всё сохранено (${left.length}): дождитесь связи или исправьте отмеченное.`, category: "error" } }));
    left[0].closest("[data-criterion]").scrollIntoView({ block: "center" });
  }
  return !left.length;
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-leave-when-saved]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || !forms().some(isDirty)) return;
  event.preventDefault();
  if (await settle()) location.assign(link.href);
});
// Before all others: a form that is held back is not yet sent.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.closest("#acts") || !forms().some(isDirty)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  if (await settle()) form.requestSubmit(submitter ?? undefined);
}, true);
