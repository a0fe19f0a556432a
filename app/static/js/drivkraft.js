// What the pages do beyond what they do without this file: menus that close, counters, drafts that save themselves.
"use strict";

function closeMenus(except) {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.menu[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

function count(area) {
  const counter = document.querySelector(`[data-counter-for="${CSS.escape(area.id)}"]`);
  if (!counter) return;
  const left = Number(area.dataset.most) - area.value.replace(/\r?\n/g, "\n").length;
  const words = left < 0 ? counter.dataset.over : counter.dataset.left;
  counter.textContent = words.replace("{left}", String(left)).replace("{over}", String(-left));
  counter.classList.toggle("counter-over", left < 0);
}

document.addEventListener("input", (event) => {
  if (event.target.dataset && event.target.dataset.most) count(event.target);
});

function clockNow(language) {
  const time = new Date().toLocaleTimeString("nb-NO", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Oslo" });
  return language === "en" ? time.replace(".", ":") : time.replace(":", ".");
}

// The other forms about the same row go on from the version that was written.
function tellVersion(form, version) {
  const about = (each) => each.action.replace(/[^/]*$/, "");
  const before = form.elements.version.value;
  document.querySelectorAll("form").forEach((each) => {
    const field = each.querySelector('input[name="version"]');
    if (field && field.value === before && about(each) === about(form)) field.value = version;
  });
}

// A part of a page with a version of its own goes on from what was written, or is shown what was written elsewhere.
function takeOver(form, now) {
  now.querySelectorAll("input[data-fresh]").forEach((each) => (form.elements[each.name].value = each.value));
  const elsewhere = now.querySelector("[data-elsewhere]");
  const place = form.querySelector("[data-elsewhere]");
  if (place && elsewhere) place.replaceWith(elsewhere);
}

// Drafts of one page are sent one after the other, so that none overtakes another's version; one that fails holds up no other.
const ANSWERS = 20000;
let turns = Promise.resolve();
const savings = new Map();

function inTurn(send) {
  const mine = turns.then(send);
  turns = mine.catch(() => {});
  return mine;
}

// What has been typed in the drafts of the page is saved before a form is sent or a link is followed, for what comes is another
// page, which must know of it. A saving that fails or takes too long holds nobody up: what only this page holds is asked about,
// the rest is kept and offered again.
const LONGEST = 5000;
function whenSaved(unsaved, beside, goOn) {
  const said = document.createElement("p");
  said.className = "autosave";
  said.setAttribute("role", "status");
  beside.after(said);
  setTimeout(() => (said.textContent = unsaved[0].dataset.saving), 300);
  const enough = new Promise((resolve) => setTimeout(resolve, LONGEST));
  Promise.race([Promise.allSettled(unsaved.map((each) => savings.get(each)())), enough]).then(() => {
    said.remove();
    goOn();
  });
}
const canBeSaved = (form) => form.isConnected && !form.dataset.waits;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.waited) return;
  const unsaved = [...savings.keys()].filter((each) => canBeSaved(each) && (each === form ? each.dataset.sending : each.dataset.dirty));
  if (!unsaved.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.waiting) return;
  form.dataset.waiting = "yes";
  whenSaved(unsaved, event.submitter || form.lastElementChild, () => {
    delete form.dataset.waiting;
    form.dataset.waited = "yes";
    form.requestSubmit(event.submitter && event.submitter.form === form ? event.submitter : null);
    delete form.dataset.waited;
  });
}, true);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.target || link.hasAttribute("download") || link.href.split("#")[0] === location.href.split("#")[0]) return;
  const unsaved = [...savings.keys()].filter((each) => canBeSaved(each) && each.dataset.dirty);
  if (!unsaved.length) return;
  event.preventDefault();
  if (link.dataset.waiting) return;
  link.dataset.waiting = "yes";
  whenSaved(unsaved, link, () => {
    delete link.dataset.waiting;
    location.assign(link.href);
  });
});

// A draft saves itself by sending its own form; the page that comes back tells the version that was written.
function saveItself(form) {
  const status = form.querySelector("[data-autosave-status]");
  let timer = 0;
  let underway = null;
  let again = false;

  function say(words, wrong) {
    status.textContent = words;
    status.classList.toggle("autosave-wrong", wrong);
  }

  async function sendAll() {
    do {
      again = false;
      await inTurn(send);
    } while (again);
  }

  function save() {
    clearTimeout(timer);
    if (underway) {
      again = true;
      return underway;
    }
    form.dataset.sending = "yes";
    underway = sendAll().finally(() => {
      underway = null;
      delete form.dataset.sending;
    });
    return underway;
  }

  // Whoever has been shown the other text saves theirs themselves; what is closed says why.
  function conflict(page) {
    const elsewhere = form.querySelector("[data-elsewhere]:not([hidden])");
    if (elsewhere) form.dataset.waits = "yes";
    const closed = page.querySelector("[data-refused]");
    if (closed) return closed.textContent.trim().replace(/\s+/g, " ");
    return elsewhere ? elsewhere.dataset.elsewhere : form.dataset.stale;
  }

  async function send() {
    form.dataset.dirty = "saving";
    say(form.dataset.saving, false);
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", signal: AbortSignal.timeout(ANSWERS) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.getElementById(form.id);
      if (now) takeOver(form, now);
      if (answer.ok) {
        if (now && now.elements.version && form.elements.version) tellVersion(form, now.elements.version.value);
        if (form.dataset.dirty === "saving") delete form.dataset.dirty;
        say(form.dataset.saved.replace("{clock}", clockNow(document.documentElement.lang)), false);
      } else {
        form.dataset.dirty = "yes";
        say(answer.status === 409 ? conflict(page) : form.dataset.wrong, true);
      }
    } catch {
      form.dataset.dirty = "yes";
      say(form.dataset.away, true);
    }
  }

  savings.set(form, () => (form.dataset.dirty === "saving" ? underway : save()));
  form.addEventListener("input", () => {
    form.dataset.dirty = "yes";
    clearTimeout(timer);
    if (!form.dataset.waits) timer = setTimeout(save, 1200);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
}

function watch(form) {
  if (form.dataset.watched) return;
  form.dataset.watched = "yes";
  if ("autosave" in form.dataset && form.id) saveItself(form);
  else form.addEventListener("input", () => (form.dataset.dirty = "yes"));
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    delete form.dataset.dirty;
    setTimeout(() => delete form.dataset.sent, 4000);
  });
}

// what is kept in the browser is offered again: nobody is held back for it
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector('form[data-dirty]:not([data-dirty="kept"])')) event.preventDefault();
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

function ready(root) {
  root.querySelectorAll("textarea[data-most]").forEach(count);
  root.querySelectorAll("form[data-autosave], form[data-unsaved]").forEach(watch);
  const first = root.querySelector("[data-focus]");
  if (first) first.focus();
}

ready(document);
document.addEventListener("htmx:load", (event) => ready(event.detail.elt));
