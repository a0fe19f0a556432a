// Writing in a draft together: each field saves itself, what is not saved yet stays in the browser, and where two have written both texts are shown.
"use strict";

(() => {
  const words = document.getElementById("writing-words");
  if (!words) return;
  const said = words.dataset;
  const KEPT = `writing:${said.owner}:`;
  const PAUSE = 1200;
  const AGAIN = 15000;
  const fields = [];
  // the turns of drivkraft.js: what is saved is sent one after the other

  // a field has one control, or several of one name, or a table of them
  const controls = (field) => [...field.el.querySelectorAll("input, textarea, select")].filter((each) => each.name === field.name || each.name.startsWith(`${field.name}-`));
  const isBox = (each) => each.type === "radio" || each.type === "checkbox";
  const valuesOf = (field) => controls(field).filter((each) => !isBox(each) || each.checked).map((each) => [each.name, each.value]);
  const wordsIn = (values) => values.map(([, value]) => value).filter(Boolean).join("\n");
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  function setValues(field, values) {
    const rows = () => field.el.querySelectorAll("[data-row]").length;
    const wanted = Math.max(0, ...values.map(([name]) => 1 + Number((name.match(/-(\d+)-[^-]+$/) || [0, -1])[1])));
    for (let before = -1; rows() && rows() < wanted && rows() !== before; ) {
      before = rows();
      field.el.querySelector("[data-add-row]").click();
    }
    controls(field).forEach((each) => {
      const held = values.filter(([name]) => name === each.name).map(([, value]) => value);
      if (isBox(each)) each.checked = held.includes(each.value);
      else each.value = held[0] || "";
      if (each.dataset.most) count(each);
    });
  }

  // what is typed stays in this browser until the server has it
  function remember(field) {
    field.kept = true;
    try {
      localStorage.setItem(KEPT + field.key, JSON.stringify({ values: valuesOf(field), seen: field.seen.value, at: Date.now(), label: labelOf(field) }));
    } catch {
      // a browser that keeps nothing: the page alone holds the text
      field.kept = false;
    }
  }

  function forget(key) {
    try {
      localStorage.removeItem(KEPT + key);
    } catch {
      // as above
    }
  }

  function kept() {
    const found = new Map();
    try {
      for (let i = 0; i < localStorage.length; i += 1) {
        const name = localStorage.key(i);
        if (name.startsWith(KEPT)) found.set(name.slice(KEPT.length), JSON.parse(localStorage.getItem(name)));
      }
    } catch {
      // as above
    }
    return found;
  }

  function labelOf(field) {
    const label = field.el.querySelector("legend, label");
    return label ? label.firstChild.textContent.trim() : field.name;
  }

  function say(field, text, wrong) {
    field.status.textContent = text;
    field.status.classList.toggle("autosave-wrong", Boolean(wrong));
  }

  function markForm(form) {
    const unsaved = fields.filter((each) => each.form === form && each.dirty);
    if (unsaved.length) form.dataset.dirty = unsaved.every((each) => each.kept) ? "kept" : "yes";
    else delete form.dataset.dirty;
  }

  function typed(field) {
    field.dirty = true;
    field.changes += 1;
    remember(field);
    markForm(field.form);
    clearTimeout(field.timer);
    if (!field.overlap) field.timer = setTimeout(() => save(field), PAUSE);
  }

  function bodyOf(field) {
    const body = field.whole ? new URLSearchParams(new FormData(field.form)) : new URLSearchParams({ _csrf_token: field.form.elements._csrf_token.value, _by: field.form.elements._by.value, seen: field.seen.value });
    body.set("_prefix", field.form.dataset.prefix);
    if (field.whole) return body;
    valuesOf(field).forEach(([name, value]) => body.append(name, value));
    return body;
  }

  // the other forms of the page go on from the version that was written here
  function tellVersion(version) {
    document.querySelectorAll('form input[name="version"]').forEach((each) => {
      if (each.form.getAttribute("action").startsWith(said.base) && Number(each.value) === version - 1) each.value = version;
    });
  }

  function seenNow(seen) {
    Object.entries(seen).forEach(([key, value]) => {
      fields.filter((each) => each.key === key).forEach((each) => (each.seen.value = value));
    });
  }

  function wrongBeside(field, sentence) {
    const place = field.el.querySelector(".aksel-form-field__error");
    if (!place) return;
    place.replaceChildren();
    controls(field).forEach((each) => (sentence ? each.setAttribute("aria-invalid", "true") : each.removeAttribute("aria-invalid")));
    if (!sentence) return;
    const line = document.createElement("p");
    line.className = "aksel-error-message aksel-label";
    line.textContent = sentence;
    place.append(line);
  }

  // answers whether the field is saved
  function save(field, body) {
    clearTimeout(field.timer);
    if (!field.dirty || field.overlap) return Promise.resolve(!field.dirty);
    if (!field.saving) {
      field.form.dataset.sending = "yes";
      field.saving = inTurn(() => send(field, body)).finally(() => {
        field.saving = null;
        if (!fields.some((each) => each.form === field.form && each.saving)) delete field.form.dataset.sending;
      });
      return field.saving;
    }
    return field.saving.then(() => save(field));
  }

  async function send(field, body) {
    const changes = field.changes;
    const about = field.whole ? fields.filter((each) => each.form === field.form) : [field];
    const counted = about.map((each) => each.changes);
    say(field, said.saving);
    let answer;
    let json;
    try {
      answer = await fetch(field.form.dataset.writing, { method: "POST", body: body || bodyOf(field), credentials: "same-origin", redirect: "error", keepalive: document.visibilityState === "hidden", signal: AbortSignal.timeout(ANSWERS) });
      json = (answer.headers.get("content-type") || "").includes("json") ? await answer.json() : { message: answer.status >= 500 ? said.away : said.refused };
    } catch {
      later();
      say(field, said.away, true);
      return false;
    }
    if (answer.status === 401) return signedOut(field);
    if (json.version) tellVersion(json.version);
    if (json.seen) seenNow(json.seen);
    if (json.shown) Object.entries(json.shown).forEach(([key, text]) => document.querySelectorAll(`[data-shown="${key}"]`).forEach((each) => (each.textContent = text)));
    if (answer.ok) {
      about.forEach((each, place) => {
        if (each.changes !== counted[place]) return;
        each.dirty = false;
        forget(each.key);
        wrongBeside(each, "");
      });
      markForm(field.form);
      say(field, said.saved.replace("{clock}", clockNow(document.documentElement.lang)));
      return field.changes === changes;
    }
    if (json.overlaps) return overlapped(field, json.overlaps);
    if (json.errors) Object.entries(json.errors).forEach(([name, sentence]) => about.filter((each) => each.name === name).forEach((each) => wrongBeside(each, sentence)));
    if (answer.status >= 500) later();
    say(field, json.errors ? said.wrong : `${json.message} ${said.kept}`, true);
    return false;
  }

  function signedOut(field) {
    say(field, "", true);
    field.status.append(`${said.signedOut} `);
    const link = document.createElement("a");
    link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
    link.target = "_blank";
    link.className = "aksel-link";
    link.textContent = said.signIn;
    field.status.append(link);
    return false;
  }

  function overlapped(field, overlaps) {
    Object.entries(overlaps).forEach(([name, each]) => {
      const about = fields.find((other) => other.form === field.form && other.name === name);
      if (!about) return;
      const holder = document.createElement("div");
      holder.innerHTML = each.panel;
      const before = about.el.querySelector("[data-overlap]");
      if (before) before.remove();
      about.el.append(holder.firstElementChild);
      about.dirty = true;
      watchOverlap(about);
      say(about, said.overlap.replace("{by}", each.by), true);
    });
    return false;
  }

  // both texts: one's own, the other's, or one's own written anew in the field
  function watchOverlap(field) {
    const panel = field.el.querySelector("[data-overlap]");
    field.overlap = panel;
    panel.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      event.preventDefault();
      field.seen.value = panel.dataset.seen;
      field.overlap = null;
      panel.remove();
      if (button.name === "standing") {
        setValues(field, JSON.parse(panel.dataset.theirs));
        field.dirty = false;
        forget(field.key);
        markForm(field.form);
        say(field, said.theirs);
      } else {
        if (button.name === field.name) setValues(field, [[field.name, button.value]]);
        typed(field);
        save(field);
      }
      const first = controls(field).find((each) => !isBox(each) || each.checked) || controls(field)[0];
      if (first) first.focus();
    });
  }

  let timer = 0;
  function later() {
    clearTimeout(timer);
    timer = setTimeout(everything, AGAIN);
  }

  const everything = () => Promise.all(fields.filter((each) => each.dirty && !each.overlap).map((each) => save(each)));
  window.addEventListener("online", everything);
  window.addEventListener("focus", everything);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && everything());

  function offer(field, stored) {
    const box = words.querySelector("template").content.firstElementChild.cloneNode(true);
    box.querySelector("[data-kept-text]").textContent = wordsIn(stored.values);
    const [back, away] = box.querySelectorAll("button");
    away.addEventListener("click", () => {
      forget(field.key);
      box.remove();
    });
    back.addEventListener("click", () => {
      setValues(field, stored.values);
      field.seen.value = stored.seen;
      box.remove();
      typed(field);
      save(field);
      const first = controls(field)[0];
      if (first) first.focus();
    });
    field.el.prepend(box);
  }

  // what was typed in fields that are no longer here is shown to be taken along
  function offerRest(stored) {
    if (!stored.size) return;
    const list = document.getElementById("kept-texts");
    stored.forEach((each, key) => {
      const box = words.querySelector("template").content.firstElementChild.cloneNode(true);
      box.querySelector("[data-kept-text]").textContent = `${each.label}: ${wordsIn(each.values)}`;
      const [back, away] = box.querySelectorAll("button");
      back.remove();
      away.addEventListener("click", () => {
        forget(key);
        box.remove();
      });
      list.append(box);
    });
    list.hidden = false;
  }

  document.querySelectorAll("form[data-writing]").forEach((form) => {
    form.querySelectorAll("[data-field]").forEach((el) => {
      const status = document.createElement("p");
      status.className = "autosave";
      status.setAttribute("role", "status");
      el.append(status);
      const field = { el, form, name: el.dataset.field, key: el.dataset.key, seen: el.querySelector('input[name="seen"]'), status, timer: 0, changes: 0, dirty: false, saving: null, overlap: null, kept: false, whole: "whole" in form.dataset };
      fields.push(field);
      el.addEventListener("input", () => typed(field));
      el.addEventListener("focusout", () => save(field));
      if (el.querySelector("[data-overlap]")) {
        field.dirty = true;
        remember(field);
        markForm(form);
        watchOverlap(field);
      }
    });
    form.dataset.saving = said.saving;
    savings.set(form, async () => {
      const saved = await Promise.all(fields.filter((each) => each.form === form && each.dirty).map((each) => save(each)));
      if (saved.includes(false)) throw new Error("not saved");
    });
    // a form of the draft is sent by hand: what it holds is on its way
    form.addEventListener("submit", () => {
      fields.filter((each) => each.form === form).forEach((each) => clearTimeout(each.timer));
      delete form.dataset.dirty;
    });
  });

  const stored = kept();
  fields.forEach((field) => {
    const known = stored.get(field.key);
    stored.delete(field.key);
    if (!known) return;
    if (same(known.values, valuesOf(field))) forget(field.key);
    else if (!field.overlap) offer(field, known);
  });
  offerRest(stored);
})();
