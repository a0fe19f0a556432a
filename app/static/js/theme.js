// Follows the machine's own choice of light or dark where the reader has not chosen.
(function () {
  var page = document.documentElement;
  if (page.dataset.theme !== "system" || !window.matchMedia) return;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function follow() {
    page.classList.toggle("dark", dark.matches);
    page.classList.toggle("light", !dark.matches);
  }
  follow();
  dark.addEventListener("change", follow);
})();
