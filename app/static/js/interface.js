// The page that shows the interface for programs; the token each call needs is read from a page of the application.
window.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("interface");
  let token = null;
  async function findToken() {
    const answer = await fetch("/sign-in", { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector('input[name="_csrf_token"]')?.value ?? "";
  }
  window.SwaggerUIBundle({
    url: place.dataset.description,
    dom_id: "#interface",
    docExpansion: "none",
    filter: true,
    validatorUrl: null, // nothing is asked of other machines
    requestInterceptor: async (request) => {
      if (request.method === "POST") {
        token ??= await findToken();
        request.headers["x-csrftoken"] = token;
      }
      return request;
    },
  });
});
