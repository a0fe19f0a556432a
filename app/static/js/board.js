// Ranking on the board beyond its forms: the list is shown anew in its place, is told politely, and can be dragged.
"use strict";

(() => {
  const form = () => document.getElementById("rank");

  // Send a change of the order; the board that comes back takes the place of the one that is there.
  function send(values) {
    const typed = Object.fromEntries(new FormData(form()));
    return htmx.ajax("POST", form().action, { target: "#board", swap: "outerHTML", values: { ...typed, ...values } });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest('button[form="rank"]');
    if (button) {
      event.preventDefault();
      send({ [button.name]: button.value });
      return;
    }
    const link = event.target.closest("a[data-open]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      const address = link.getAttribute("href").split("#")[0];
      const row = link.closest("tr").id;
      htmx.ajax("GET", address, { target: "#board", swap: "outerHTML" }).then(() => {
        history.replaceState(null, "", address);
        const field = document.querySelector(`#${CSS.escape(row)} + .opened input[name="place"]`);
        if (field) field.focus();
      });
    }
  });

  // What the change led to is said once, outside of what is replaced.
  document.addEventListener("htmx:afterSettle", () => {
    const told = document.querySelector("#board [data-said]");
    const place = document.getElementById("board-said");
    if (told && place) place.textContent = told.dataset.said;
  });

  let dragged = null;

  function mark(row, after) {
    document.querySelectorAll(".drop-before, .drop-after").forEach((each) => each.classList.remove("drop-before", "drop-after"));
    if (row) row.classList.add(after ? "drop-after" : "drop-before");
  }

  function under(event) {
    const found = document.elementFromPoint(event.clientX, event.clientY);
    const row = found && found.closest("tr[data-place]");
    if (!row) return null;
    const box = row.getBoundingClientRect();
    return { row, after: event.clientY > box.top + box.height / 2 };
  }

  function drop() {
    mark(null);
    if (dragged) dragged.row.classList.remove("dragged");
    dragged = null;
  }

  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-drag]");
    if (!handle || event.button !== 0) return;
    event.preventDefault();
    dragged = { row: handle.closest("tr"), pointer: event.pointerId };
    dragged.row.classList.add("dragged");
  });

  document.addEventListener("pointermove", (event) => {
    if (!dragged || event.pointerId !== dragged.pointer) return;
    if (event.clientY < 60) window.scrollBy(0, -14);
    if (event.clientY > window.innerHeight - 60) window.scrollBy(0, 14);
    const over = under(event);
    mark(over && over.row !== dragged.row ? over.row : null, over && over.after);
  });

  document.addEventListener("pointerup", (event) => {
    if (!dragged || event.pointerId !== dragged.pointer) return;
    const { row } = dragged;
    const over = under(event);
    drop();
    if (!over || over.row === row) return;
    const from = Number(row.dataset.place);
    const to = Number(over.row.dataset.place);
    // its own place is free once it is taken up
    const place = to > from ? (over.after ? to : to - 1) : over.after ? to + 1 : to;
    if (place === from) return;
    const id = row.id.slice("row-".length);
    send({ case_id: id, place: String(place) }).then(() => {
      const link = document.getElementById(`open-${id}`);
      if (link) link.focus();
    });
  });

  document.addEventListener("pointercancel", drop);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && dragged) drop();
  });
  document.documentElement.classList.add("can-drag");
})();
