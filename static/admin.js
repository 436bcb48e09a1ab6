// Select2 draws a box in place of a field, and gives it no name: it takes the field's.
(function () {
  "use strict";

  function name() {
    for (const field of document.querySelectorAll("select.select2-hidden-accessible:not([data-named])")) {
      const label = field.labels[0];
      const box = field.nextElementSibling?.querySelector(".select2-selection");
      if (!label || !box) continue;
      field.dataset.named = "";
      label.id ||= `${field.id}-label`;
      const shown = box.getAttribute("aria-labelledby") || "";
      for (const part of [box, ...box.querySelectorAll("[role=textbox], [role=searchbox]")]) {
        part.setAttribute("aria-labelledby", `${label.id} ${shown}`.trim());
      }
    }
  }

  name();
  new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
})();

// Scripts that lie in a template until somebody opens what wants them, in the order in which they stand there.
document.addEventListener("click", function (event) {
  "use strict";
  const kept = document.getElementById(event.target.closest("[data-wants]")?.dataset.wants);
  for (const { src } of kept?.content.querySelectorAll("script") || []) {
    document.head.append(Object.assign(document.createElement("script"), { src, async: false }));
  }
  kept?.remove();
});
