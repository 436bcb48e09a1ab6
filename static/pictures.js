// Pictures side by side, or below each other: those of pages are drawn as they are asked for, few at once, and one that
// others were served before is asked for again. Of one that doesn't come it is said in its place.
(function () {
  "use strict";
  const TRIES = 8;

  function follow(picture) {
    let left = TRIES;

    function askAgain() {
      left -= 1;
      if (!left) return giveUp();
      const pause = 1000 + 3000 * Math.random(); // so that they come one after another
      setTimeout(() => picture.setAttribute("src", picture.getAttribute("src")), pause);
    }

    function giveUp() {
      const notice = document.createElement("p");
      notice.className = "notice notice-warning";
      notice.textContent = picture.closest("[data-unseen]").dataset.unseen;
      picture.replaceWith(notice);
    }

    picture.addEventListener("error", askAgain);
    if (picture.complete && !picture.naturalWidth) askAgain();
  }

  document.querySelectorAll(".beside img, .paper-pages img").forEach(follow);
})();
