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

// Unfold hides the page until Alpine has run; what asked for the focus could not take it until then.
document.addEventListener("alpine:initialized", function () {
  setTimeout(() => document.querySelector("#content [autofocus]")?.focus());
});
