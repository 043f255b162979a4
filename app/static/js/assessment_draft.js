// Answers that have not reached the server, kept in this browser under person + sheet + form until they are saved.
const PREFIX = "answer:";
const user = document.body.dataset.user ?? "";

const safely = (act) => {
  try {
    return act();
  } catch {
    return null; // Storage may be switched off or full: then nothing is kept.
  }
};

/** The drafts of one sheet; `name` is «answer:17», the form and its criterion. */
export function draftsOf(sheet) {
  const prefix = `${PREFIX}${user}:${sheet}:`;
  return {
    /** `base` is the version that the person saw: the server tells by it whether somebody else has answered since. */
    keep: (name, values, base) =>
      safely(() => localStorage.setItem(prefix + name, JSON.stringify({ at: Date.now(), values, base }))) !== null,
    drop: (name) => safely(() => localStorage.removeItem(prefix + name)),
    find: (name) => safely(() => JSON.parse(localStorage.getItem(prefix + name))),
    names: () => safely(() => Object.keys(localStorage).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))) ?? [],
  };
}

function button(words, kind, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `button small ${kind}`;
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

/** Asks over the sheet what is to become of what was found. */
export function offer(place, text, { yes, no }) {
  const box = document.createElement("div");
  box.className = "message info restore";
  box.setAttribute("role", "status");
  const words = document.createElement("div");
  words.textContent = text;
  const close = (act) => () => {
    box.remove();
    act();
  };
  box.append(words, button("Восстановить", "primary", close(yes)), button("Отбросить", "plain", close(no)));
  place.prepend(box);
}

/** Two answers to one question: the one in the sheet beside the one in the form; the person chooses. */
export function choose(place, sentence, { mine, theirs }) {
  const words = place.querySelector("[data-words]");
  const row = document.createElement("div");
  row.className = "button-row";
  const done = (act) => () => {
    place.hidden = true;
    words.replaceChildren();
    act();
  };
  row.append(button("Записать мой ответ", "", done(mine)), button("Взять ответ из листа", "", done(theirs)));
  const told = document.createElement("p");
  told.textContent = sentence;
  words.replaceChildren(told, row);
  place.hidden = false;
}

// What one has typed is nobody else's: signing out takes it away.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-sign-out]")) return;
  safely(() => {
    for (const key of Object.keys(localStorage)) if (key.startsWith(`${PREFIX}${user}:`)) localStorage.removeItem(key);
  });
});
