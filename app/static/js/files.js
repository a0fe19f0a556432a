// Sending files without leaving the page: dragged or chosen, several at a time, with a bar that shows how far each has come.
"use strict";

function takeFiles(form) {
  const field = form.querySelector('input[type="file"]');
  const drop = form.querySelector("[data-upload-drop]");
  const progress = form.querySelector("[data-upload-progress]");
  const bar = progress.querySelector("progress");
  const label = form.querySelector("[data-upload-label]");
  const said = form.querySelector("[data-upload-said]");
  const stop = form.querySelector("[data-upload-stop]");
  const waiting = [];
  let request = null;

  field.multiple = true;
  drop.hidden = false;

  function say(words, wrong) {
    const line = document.createElement("p");
    line.textContent = words;
    line.classList.toggle("upload-wrong", Boolean(wrong));
    said.append(line);
  }

  const words = (name, file) => form.dataset[name].replace("{name}", file.name);

  // The page that comes back holds the list as it is now, or the sentence about what is wrong.
  function refusal(page, file) {
    const found = page.querySelector("#attachment-file-error p span") || page.querySelector("#attachments .missing li, #attachments .note-warning div");
    if (!found) return words("failed", file);
    found.querySelectorAll(".unseen").forEach((each) => each.remove());
    return found.textContent.trim().replace(/\s+/g, " ");
  }

  function answered(file) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    if (request.status === 413) return say(words("tooLarge", file), true);
    if (request.status !== 200) return say(refusal(page, file), true);
    const list = page.querySelector("#attachments [data-files]");
    if (!list) return say(words("failed", file), true);
    document.querySelector("#attachments [data-files]").replaceWith(list);
    say(words("attached", file), false);
  }

  function next() {
    const file = waiting.shift();
    progress.hidden = !file;
    if (!file) return (request = null);
    if (file.size > Number(form.dataset.most)) {
      say(words("tooLarge", file), true);
      return next();
    }
    bar.value = 0;
    label.textContent = words("sending", file);
    const body = new FormData(form);
    body.delete("file");
    body.append("file", file);
    request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = Math.round((100 * event.loaded) / event.total);
    });
    request.addEventListener("load", () => {
      answered(file);
      next();
    });
    request.addEventListener("error", () => {
      say(words("failed", file), true);
      next();
    });
    request.addEventListener("abort", () => {
      say(words("stopped", file), true);
      next();
    });
    request.send(body);
  }

  function send(files) {
    if (!request) said.replaceChildren();
    waiting.push(...files);
    field.value = "";
    if (!request) next();
  }

  form.addEventListener("submit", (event) => {
    if (!field.files.length) return;
    event.preventDefault();
    send([...field.files]);
  });
  stop.addEventListener("click", () => request && request.abort());

  const hasFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  form.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    form.classList.add("upload-over");
  });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("upload-over");
  });
  form.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    form.classList.remove("upload-over");
    send([...event.dataTransfer.files]);
  });
}

document.querySelectorAll("form[data-upload]").forEach(takeFiles);
