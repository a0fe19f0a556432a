// A list whose entries are dragged to another place; the buttons beside each do the same without this file.
"use strict";

document.querySelectorAll("[data-order]").forEach((list) => {
  const form = document.getElementById(list.dataset.orderForm);
  let dragged = null;
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li[data-key]");
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li[data-key]");
    if (!dragged || !over) return;
    event.preventDefault();
    if (over === dragged) return;
    const box = over.getBoundingClientRect();
    over[event.clientY < box.top + box.height / 2 ? "before" : "after"](dragged);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => {
    if (!dragged) return;
    form.elements.key.value = dragged.dataset.key;
    form.elements.to.value = [...list.children].indexOf(dragged) + 1;
    dragged = null;
    form.requestSubmit();
  });
});
