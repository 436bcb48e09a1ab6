// Nobody leaves unasked what they wrote and did not send. Without this file the page goes without a word.
(function () {
  "use strict";
  let leaving = null; // the form that goes with the page, and takes its own along

  // A field that shows what was refused says with `data-kept` what the portal has.
  function isWritten(field) {
    if (field.disabled) return false;
    if (field.type === "file") return field.files.length > 0;
    const { kept } = field.dataset;
    const isBox = field.type === "checkbox" || field.type === "radio";
    if (isBox) return field.checked !== (kept === undefined ? field.defaultChecked : kept === field.value);
    return field.value !== (kept ?? field.defaultValue);
  }

  function isUnsent(form) {
    return form !== leaving &&
      [...form.elements].some((field) => field.matches("textarea, input:not([type=hidden])") && isWritten(field));
  }

  document.addEventListener("submit", (event) => {
    leaving = event.defaultPrevented ? null : event.target;
  });
  document.addEventListener("input", () => {
    leaving = null;
  });
  addEventListener("beforeunload", function (event) {
    const forms = [...document.querySelectorAll("main form[method=post]")];
    if (forms.some(isUnsent) || document.querySelector(".fieldless textarea")) event.preventDefault();
  });
})();
