// A document in Swagger UI, to be read: nothing can be sent from here.
const name = location.search.slice(1).replace(/[^\w-]/g, "") || "admin";
document.getElementById("raw").href = `specs/${name}.json`;
document.title = `dryshot: ${name}`;
if (window.SwaggerUIBundle) {
  window.SwaggerUIBundle({
    url: `specs/${name}.json`,
    dom_id: "#viewer",
    supportedSubmitMethods: [],
    validatorUrl: null,
    docExpansion: "list",
  });
}
