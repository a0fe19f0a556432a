// What the questions of a form do beyond what they do without this file: those that wait for another answer show at once,
// and the rows of a table come and go without a new page.
"use strict";

function answersTo(key) {
  return [...document.querySelectorAll(`[name="${CSS.escape(key)}"]:checked`)].map((each) => each.value);
}

// From the top of the page down, for a question waits for those before it alone.
function showAsked() {
  document.querySelectorAll("[data-asked-when]").forEach((question) => {
    const key = question.dataset.askedWhen;
    const other = document.querySelector(`[data-question="${CSS.escape(key)}"]`);
    question.hidden = !other || other.hidden || !answersTo(key).includes(question.dataset.askedWith);
  });
}

function changed(table) {
  table.dispatchEvent(new Event("input", { bubbles: true }));
}

function renumbered(row, number) {
  const before = row.dataset.row;
  const at = (text) => text.replaceAll(`-${before}-`, `-${number}-`);
  row.dataset.row = number;
  row.querySelectorAll("[id], [name], [for], [aria-describedby]").forEach((each) => {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      if (each.hasAttribute(name)) each.setAttribute(name, at(each.getAttribute(name)));
    }
  });
  const words = row.querySelector("[data-row-words]");
  const said = words.dataset.rowWords.replace("{row}", String(number + 1));
  words.textContent = `: ${said}`;
  row.setAttribute("aria-label", said);
  row.querySelector(".table-row-number").textContent = said;
  row.querySelector("[data-remove-row]").value = number;
}

function emptied(row) {
  row.querySelectorAll("input").forEach((field) => {
    field.value = "";
    field.removeAttribute("value");
    field.removeAttribute("aria-invalid");
  });
  row.querySelectorAll(".aksel-error-message").forEach((each) => each.remove());
  row.querySelectorAll(".aksel-text-field--error").forEach((each) => each.classList.remove("aksel-text-field--error"));
  return row;
}

function rowsOf(table) {
  return [...table.querySelectorAll("[data-row]")];
}

function tidy(table) {
  const add = table.querySelector("[data-add-row]");
  add.hidden = rowsOf(table).length >= Number(table.dataset.most);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-row], [data-remove-row]");
  if (!button) return;
  event.preventDefault();
  const table = button.closest("[data-table]");
  const rows = rowsOf(table);
  if ("addRow" in button.dataset) {
    const last = rows[rows.length - 1];
    const row = emptied(last.cloneNode(true));
    last.after(row);
    renumbered(row, Number(last.dataset.row) + 1);
    row.querySelector("input").focus();
  } else if (rows.length === 1) {
    emptied(rows[0]).querySelector("input").focus();
  } else {
    const row = button.closest("[data-row]");
    const next = rows[rows.indexOf(row) + 1] || rows[rows.indexOf(row) - 1];
    row.remove();
    next.querySelector("input").focus();
  }
  tidy(table);
  changed(table);
});

document.addEventListener("change", showAsked);
document.addEventListener("input", showAsked);
document.querySelectorAll("[data-table]").forEach(tidy);
showAsked();
