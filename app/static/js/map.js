// The benefit map edited in its drawing, by mouse and by keyboard. Every act sends the same form that the tables send without
// this file; the page that comes back takes the place of the map that is there.
"use strict";

(() => {
  const said = document.getElementById("map-said");
  const told = document.getElementById("map-told");
  if (!said) return;
  const EVERY = 8000;
  let chosen = "";
  let connecting = "";
  let busy = false;
  let held = null;
  let missed = false;

  const whole = () => document.getElementById("map-whole");
  const drawing = () => whole().querySelector("[data-map-drawing]");
  const nodes = () => [...whole().querySelectorAll("[data-map-node]")];
  const nodeOf = (id) => whole().querySelector(`[data-map-node="${CSS.escape(id)}"]`);
  const words = (name, fields = {}) => Object.entries(fields).reduce((text, [key, value]) => text.replace(`{${key}}`, value), whole().dataset[name]);
  const token = () => document.querySelector('input[name="_csrf_token"]').value;
  const middle = (node) => {
    const box = node.querySelector("rect");
    return { x: Number(box.getAttribute("x")), y: Number(box.getAttribute("y")) + Number(box.getAttribute("height")) / 2, width: Number(box.getAttribute("width")) };
  };

  // Said again although it is the same words: two acts alike are two acts.
  function say(sentence) {
    said.textContent = "";
    if (sentence) setTimeout(() => (said.textContent = sentence), 60);
  }

  const dialog = document.createElement("dialog");
  dialog.className = "map-dialog";
  document.body.append(dialog);
  let stood = null;

  // A form of the page stands in the dialog for as long as it is open: there is one of each, with its own ids.
  function open(section, focus) {
    stood = document.createComment("");
    if (section.isConnected) section.replaceWith(stood);
    const close = Object.assign(document.createElement("button"), { type: "button", className: "aksel-button button", textContent: whole().dataset.close });
    close.dataset.variant = "tertiary";
    close.dataset.color = "accent";
    close.addEventListener("click", () => dialog.close());
    dialog.replaceChildren(section, close);
    dialog.setAttribute("aria-labelledby", section.getAttribute("aria-labelledby"));
    window.ready(section);
    dialog.showModal();
    const first = section.querySelector(focus || "[data-focus]") || section.querySelector("select, input:not([type=hidden]), textarea");
    if (first) first.focus();
  }

  dialog.addEventListener("close", () => {
    const section = dialog.querySelector("[data-map-form]");
    if (section && stood && stood.isConnected) {
      section.querySelectorAll("form[data-dirty]").forEach((form) => delete form.dataset.dirty);
      stood.replaceWith(section);
    }
    stood = null;
    dialog.replaceChildren();
    if (missed) refresh("");
    else focusOn(chosen);
  });

  function focusOn(id) {
    const node = id && nodeOf(id);
    if (node) node.focus({ preventScroll: false });
  }

  function choose(node, focus = true) {
    if (!node) return;
    nodes().forEach((each) => {
      each.setAttribute("tabindex", each === node ? "0" : "-1");
      each.classList.toggle("map-chosen-node", each === node);
    });
    chosen = node.dataset.mapNode;
    const name = whole().querySelector("[data-map-chosen]");
    if (name) name.textContent = node.dataset.label;
    if (focus) node.focus();
  }

  // What the page shows is replaced by what has come; the same node stays chosen, and a new one is chosen.
  function show(page, before) {
    const fresh = page.getElementById("map-whole");
    if (!fresh) return false;
    const scrolled = whole().querySelector("[data-map-scroll]");
    const left = scrolled ? scrolled.scrollLeft : 0;
    whole().replaceWith(document.importNode(fresh, true));
    window.ready(whole());
    enhance();
    const scroll = whole().querySelector("[data-map-scroll]");
    if (scroll) scroll.scrollLeft = left;
    const added = before && nodes().find((each) => !before.has(each.dataset.mapNode));
    choose(added || nodeOf(chosen) || nodes()[0], false);
    missed = false;
    return true;
  }

  async function post(action, fields) {
    const body = fields instanceof URLSearchParams ? fields : new URLSearchParams({ _csrf_token: token(), _page: whole().dataset.here, ...fields });
    const answer = await fetch(action, { method: "POST", body, credentials: "same-origin" });
    return { ok: answer.ok, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
  }

  const sentence = (page) => {
    const wrong = page.querySelector("#map-whole .missing, #map-whole .aksel-error-summary, #map-whole .note-warning, [role=alert]") || page.querySelector("main");
    return wrong ? wrong.textContent.trim().replace(/\s+/g, " ").slice(0, 300) : words("movedOn");
  };

  async function act(action, fields, refocus) {
    if (busy) return;
    busy = true;
    const before = new Set(nodes().map((each) => each.dataset.mapNode));
    try {
      const { ok, page } = await post(action, fields);
      tellSeen("");
      if (ok) {
        if (dialog.open) {
          stood = null;
          dialog.close();
        }
        show(page, before);
        say(whole().dataset.done);
        (refocus || (() => focusOn(chosen)))();
      } else if (dialog.open && page.querySelector(`[data-map-form="${dialog.querySelector("[data-map-form]").dataset.mapForm}"] [data-focus], [data-map-form="${dialog.querySelector("[data-map-form]").dataset.mapForm}"] [role=alert]`)) {
        const kind = dialog.querySelector("[data-map-form]").dataset.mapForm;
        const section = document.importNode(page.querySelector(`[data-map-form="${kind}"]`), true);
        dialog.querySelector("[data-map-form]").replaceWith(section);
        window.ready(section);
        (section.querySelector("[data-focus]") || section).focus();
      } else {
        const wrong = sentence(page);
        if (dialog.open) dialog.close();
        if (!show(page)) await refresh("");
        say(wrong);
        tellSeen(wrong);
        (refocus || (() => focusOn(chosen)))();
      }
    } catch {
      say(words("movedOn"));
      tellSeen(words("movedOn"));
    } finally {
      busy = false;
    }
  }

  function tellSeen(sentence) {
    told.hidden = !sentence;
    told.className = sentence ? "note note-info" : "";
    told.textContent = sentence;
  }

  async function refresh(sentence) {
    const focused = document.activeElement && document.activeElement.closest("[data-map-node]");
    const answer = await fetch(whole().dataset.here, { credentials: "same-origin" });
    if (!answer.ok) return;
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    if (focused) focusOn(chosen);
    if (sentence) {
      say(sentence);
      tellSeen(sentence);
    }
  }

  const typing = () => whole().querySelector("form[data-dirty]") || (document.activeElement && document.activeElement.matches("#map-whole input, #map-whole textarea, #map-whole select"));

  // What somebody else did is told, and shown as soon as nothing is being typed, drawn or dragged.
  let timer = 0;
  async function ask() {
    clearTimeout(timer);
    if (document.visibilityState === "visible" && !busy && !held) {
      try {
        const answer = await fetch(whole().dataset.newestFrom, { credentials: "same-origin" });
        if (answer.ok && (answer.headers.get("content-type") || "").includes("json")) {
          const newest = await answer.json();
          if (String(newest.number) !== whole().dataset.newest && !busy && !held) {
            if (dialog.open || typing()) {
              if (!missed) say(newest.said);
              tellSeen(newest.said);
              missed = true;
            } else await refresh(newest.said);
          }
        }
      } catch {
        // asked again soon
      }
    }
    timer = setTimeout(ask, EVERY);
  }

  function connect(from, to) {
    connecting = "";
    drawing().classList.remove("map-connecting");
    const section = whole().querySelector('[data-map-form="connect"]');
    if (!section) return;
    section.querySelector('[name="from_id"]').value = from;
    section.querySelector('[name="to_id"]').value = to;
    open(section, '[name="kind"]');
  }

  function beginConnecting() {
    const node = nodeOf(chosen);
    if (!node) return;
    connecting = chosen;
    drawing().classList.add("map-connecting");
    node.focus();
    say(words("connecting", { label: node.dataset.label }));
    tellSeen(words("connecting", { label: node.dataset.label }));
  }

  function cancel() {
    if (!connecting) return;
    connecting = "";
    drawing().classList.remove("map-connecting");
    tellSeen("");
    say(words("cancelled"));
  }

  async function edit(link) {
    if (!link) return;
    const answer = await fetch(link.href.split("#")[0], { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const section = page.querySelector('[data-map-form="edit"]');
    if (section) open(document.importNode(section, true));
    else await refresh("");
  }

  function move(by) {
    const node = nodeOf(chosen);
    if (!node) return;
    const layer = nodes().filter((each) => each.dataset.layer === node.dataset.layer);
    const place = layer.indexOf(node) + 1 + by;
    if (place < 1 || place > layer.length) return;
    act(`/benefit-nodes/${chosen}/move`, { place });
  }

  function remove() {
    if (!nodeOf(chosen)) return;
    const all = nodes();
    const at = all.findIndex((each) => each.dataset.mapNode === chosen);
    const next = all[at + 1] || all[at - 1];
    const gone = chosen;
    chosen = next ? next.dataset.mapNode : "";
    act(`/benefit-nodes/${gone}/remove`, {});
  }

  const TOOLS = {
    connect: beginConnecting,
    edit: () => edit(whole().querySelector(`#place-${CSS.escape(chosen)} [data-map-edit]`)),
    up: () => move(-1),
    down: () => move(1),
    remove,
  };

  function beside(node, key) {
    const all = nodes();
    if (key === "Home" || key === "End") {
      const layer = all.filter((each) => each.dataset.layer === node.dataset.layer);
      return key === "Home" ? layer[0] : layer[layer.length - 1];
    }
    if (key === "ArrowUp" || key === "ArrowDown") {
      const layer = all.filter((each) => each.dataset.layer === node.dataset.layer);
      return layer[layer.indexOf(node) + (key === "ArrowDown" ? 1 : -1)];
    }
    const here = middle(node);
    const right = key === "ArrowRight";
    const ahead = all.filter((each) => (right ? middle(each).x > here.x : middle(each).x < here.x));
    if (!ahead.length) return null;
    const column = ahead.reduce((best, each) => (right ? Math.min(best, middle(each).x) : Math.max(best, middle(each).x)), right ? Infinity : -Infinity);
    return ahead.filter((each) => middle(each).x === column).sort((a, b) => Math.abs(middle(a).y - here.y) - Math.abs(middle(b).y - here.y))[0];
  }

  function press(event) {
    const node = event.target.closest("[data-map-node]");
    if (!node) return;
    const { key } = event;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.altKey && (key === "ArrowUp" || key === "ArrowDown")) move(key === "ArrowUp" ? -1 : 1);
    else if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "z") {
      const form = whole().querySelector('form[action="/benefit-maps/undo"]');
      if (!form) return;
      act(form.getAttribute("action"), new URLSearchParams(new FormData(form)));
    } else if (!plain) return;
    else if (["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) choose(beside(node, key));
    else if (key === "Enter" || key === " ") {
      if (connecting) connect(connecting, node.dataset.mapNode);
      else TOOLS.edit();
    } else if (key === "Escape") cancel();
    else if (key === "Delete") remove();
    else if (key.toLowerCase() === "k") beginConnecting();
    else if (key.toLowerCase() === "n") {
      const section = whole().querySelector('[data-map-form="add"]');
      section.querySelector('[name="kind"]').value = node.dataset.layer;
      open(section, '[name="label"]');
    } else return;
    event.preventDefault();
  }

  // The pointer's place on the sheet, whatever the scroll.
  function at(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing().getScreenCTM().inverse());
    return { x: point.x, y: point.y };
  }

  function take(event) {
    const node = event.target.closest("[data-map-node]");
    if (!node || event.button !== 0) return;
    choose(node);
    // a finger scrolls; the tools do the same for it
    if (event.pointerType === "touch") return;
    event.preventDefault();
    node.focus();
    const links = Boolean(event.target.closest("[data-map-handle]"));
    held = { node, links, from: at(event), moves: false, line: null };
    if (links) {
      held.line = document.createElementNS("http://www.w3.org/2000/svg", "path");
      held.line.setAttribute("class", "map-drawn-line");
      drawing().append(held.line);
    }
  }

  function drag(event) {
    if (!held) return;
    const now = at(event);
    if (Math.hypot(now.x - held.from.x, now.y - held.from.y) > 6) held.moves = true;
    if (held.line) {
      const start = middle(held.node);
      held.line.setAttribute("d", `M${start.x + start.width},${start.y} L${now.x},${now.y}`);
    } else if (held.moves) held.node.setAttribute("transform", `translate(0 ${now.y - held.from.y})`);
  }

  function drop(event) {
    if (!held) return;
    const { node, links, moves, line } = held;
    const now = at(event);
    held = null;
    if (line) line.remove();
    node.removeAttribute("transform");
    if (links) {
      const under = nodes().find((each) => {
        const box = each.querySelector("rect").getBoundingClientRect();
        return each !== node && event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      });
      if (under) connect(node.dataset.mapNode, under.dataset.mapNode);
    } else if (moves) {
      const others = nodes().filter((each) => each !== node && each.dataset.layer === node.dataset.layer);
      const place = others.filter((each) => middle(each).y < now.y).length + 1;
      const before = nodes().filter((each) => each.dataset.layer === node.dataset.layer).indexOf(node) + 1;
      if (place !== before) act(`/benefit-nodes/${node.dataset.mapNode}/move`, { place });
    } else if (connecting && connecting !== node.dataset.mapNode) connect(connecting, node.dataset.mapNode);
  }

  function enhance() {
    const svg = drawing();
    whole().querySelectorAll("[data-map-tools], [data-map-help]").forEach((each) => (each.hidden = false));
    if (!svg || !whole().querySelector("[data-map-tools]")) return;
    svg.setAttribute("role", "application");
    svg.setAttribute("aria-roledescription", whole().dataset.role);
    svg.setAttribute("aria-describedby", "map-keys");
    svg.classList.add("map-editable");
    whole().querySelector("[data-map-scroll]").removeAttribute("tabindex");
    nodes().forEach((node) => {
      node.setAttribute("role", "button");
      node.setAttribute("aria-label", node.dataset.said);
      node.setAttribute("tabindex", "-1");
    });
    choose(nodeOf(chosen) || nodes()[0], false);
  }

  document.addEventListener("keydown", press);
  document.addEventListener("focusin", (event) => {
    const node = event.target.closest && event.target.closest("[data-map-node]");
    if (node && node.dataset.mapNode !== chosen) choose(node, false);
  });
  document.addEventListener("pointerdown", (event) => drawing() && drawing().contains(event.target) && take(event));
  document.addEventListener("pointermove", drag);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", () => {
    if (held) {
      if (held.line) held.line.remove();
      held.node.removeAttribute("transform");
    }
    held = null;
  });
  document.addEventListener("dblclick", (event) => event.target.closest("[data-map-node]") && TOOLS.edit());
  document.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-tool]");
    const link = event.target.closest("a[data-map-edit]");
    const edge = event.target.closest("[data-map-edge]");
    if (tool) TOOLS[tool.dataset.tool]();
    else if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      edit(link);
    } else if (edge) edit(whole().querySelector(`[data-map-edit="${CSS.escape(edge.dataset.mapEdge)}"]`));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // the forms below the tables lead to a page of their own, as without this file
    if (event.defaultPrevented || !(form.matches("#map-whole [data-map-act]") || dialog.contains(form))) return;
    event.preventDefault();
    const words = event.submitter ? event.submitter.textContent : "";
    const inDialog = dialog.contains(form);
    const row = form.closest("tr");
    act(form.getAttribute("action"), new URLSearchParams(new FormData(form)), inDialog ? null : () => {
      const same = [...whole().querySelectorAll("button")].find((each) => each.textContent === words);
      const there = same || (row && row.id && whole().querySelector(`#${CSS.escape(row.id)} button`)) || whole().querySelector("#map-heading");
      if (!there.matches("button")) there.setAttribute("tabindex", "-1");
      there.focus();
    });
  });

  enhance();
  timer = setTimeout(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
})();
