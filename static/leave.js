// Nobody leaves unasked what they wrote and did not send. Without this file the page goes without a word.
(function () {
  "use strict";
  const FETCHING = 2000; // milliseconds in which a page that a file is fetched from is not left
  let leaving = null; // the form that goes with the page, and takes its own along
  let isFetching = false;

  function isWritten(field, isRefused) {
    if (field.type === "file") return field.files.length > 0;
    const isBox = field.type === "checkbox" || field.type === "radio";
    const [now, first] = isBox ? [field.checked, field.defaultChecked] : [field.value, field.defaultValue];
    return isRefused ? Boolean(now) : now !== first;
  }

  // What a refused form shows was sent, and the portal has it not.
  function isUnsent(form) {
    const isRefused = form.matches("[data-refused]");
    const fields = [...form.elements].filter((field) => field.matches("textarea, input:not([type=hidden])"));
    return form !== leaving && fields.some((field) => isWritten(field, isRefused));
  }

  document.addEventListener("submit", (event) => { leaving = event.defaultPrevented ? null : event.target; });
  document.addEventListener("input", () => { leaving = null; });
  document.addEventListener("click", function (event) {
    if (!event.target.closest("a[data-file]")) return;
    isFetching = true;
    setTimeout(() => { isFetching = false; }, FETCHING);
  });
  addEventListener("beforeunload", function (event) {
    const forms = [...document.querySelectorAll("main form[method=post]")];
    const isLost = forms.some(isUnsent) || document.querySelector(".fieldless textarea");
    if (isLost && !isFetching) event.preventDefault();
  });
})();
