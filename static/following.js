// What a page follows by itself asks again where no answer came: a lost line, a portal that starts anew, another login.
// Without this file the page stands still until it is loaded again.
(function () {
  "use strict";
  const AGAIN = 4000; // milliseconds

  function isFollowing(asker) {
    return (asker.getAttribute("hx-trigger") || "").includes("again");
  }
  window.isFollowing = isFollowing;

  function askAgain(asker) {
    if (isFollowing(asker)) setTimeout(() => htmx.trigger(asker, "again"), AGAIN);
  }

  function unanswered({ detail: { requestConfig, xhr } }) {
    const mayPass = !xhr.status || xhr.status >= 500 || xhr.status === 403; // another login may come
    if (mayPass) askAgain(requestConfig.elt);
  }
  for (const fault of ["sendError", "timeout", "responseError"]) document.addEventListener(`htmx:${fault}`, unanswered);

  // A login page never takes the place of what is followed: whoever logs in again sees it go on.
  document.addEventListener("htmx:beforeSwap", function ({ detail }) {
    const { elt } = detail.requestConfig;
    const { pathname } = new URL(detail.xhr.responseURL || location.href);
    if (!isFollowing(elt) || !pathname.startsWith("/accounts/")) return;
    detail.shouldSwap = false;
    askAgain(elt);
  });
})();
