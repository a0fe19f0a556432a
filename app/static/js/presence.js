// Who else has the draft open, and where they write: asked for while the page is seen, said aloud only when somebody comes or goes.
"use strict";

(() => {
  const place = document.getElementById("here");
  if (!place) return;
  const words = place.dataset;
  const EVERY = 15000;
  const said = place.querySelector("[data-here-said]");
  const seen = place.querySelector("[data-here-seen]");
  const list = seen.querySelector("ul");
  let own = "";
  let timer = 0;
  let over = false;

  const fieldOf = (key) => key && document.querySelector(`[data-key="${CSS.escape(key)}"]`);

  function labelOf(field) {
    const label = field.querySelector("legend, label");
    return label ? label.firstChild.textContent.trim() : "";
  }

  function tell(data) {
    const form = document.querySelector('form input[name="_csrf_token"]');
    return fetch(words.action, { method: "POST", body: new URLSearchParams({ _csrf_token: form.value, ...data }), credentials: "same-origin", redirect: "error", keepalive: "left" in data });
  }

  // a sentence that is said already is not said again
  function say(sentence) {
    if (said.textContent !== sentence) said.textContent = sentence;
  }

  function show(others) {
    document.querySelectorAll("[data-here-field]").forEach((each) => each.remove());
    const lines = others.map((each) => {
      const field = fieldOf(each.key);
      if (!field) return words.open.replace("{name}", each.name);
      const note = document.createElement("p");
      note.className = "here-field";
      note.dataset.hereField = each.key;
      note.textContent = words.field.replace("{name}", each.name);
      field.prepend(note);
      return words.writes.replace("{name}", each.name).replace("{where}", labelOf(field));
    });
    list.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    seen.hidden = !others.length;
    const same = others.filter((each) => own && each.key === own).map((each) => each.name);
    const names = others.map((each) => each.name).join(", ");
    if (same.length) say(words.same.replace("{names}", same.join(", ")));
    else if (names) say(words.others.replace("{names}", names));
    else if (said.textContent) say(words.alone);
  }

  async function ask() {
    clearTimeout(timer);
    if (over || document.visibilityState === "hidden") return;
    try {
      const answer = await tell({ field: own });
      // sent, or signed out: nobody is seen from here until one comes back
      over = answer.status === 204 || (answer.status >= 400 && answer.status < 500);
      show(answer.status === 200 ? await answer.json() : []);
    } catch {
      show([]);
    }
    timer = setTimeout(ask, EVERY);
  }

  document.addEventListener("focusin", (event) => {
    const field = event.target.closest("[data-key]");
    const key = field ? field.dataset.key : "";
    if (key === own) return;
    own = key;
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  });
  document.addEventListener("visibilitychange", () => {
    over = false;
    ask();
  });
  window.addEventListener("pagehide", () => !over && tell({ left: "1" }).catch(() => {}));
  window.addEventListener("pageshow", ask);
})();
