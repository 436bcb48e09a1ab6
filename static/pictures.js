// Pictures of pages are drawn as they are asked for, few at once: one that others were served before is asked for again.
(function () {
  "use strict";
  const TRIES = 8;

  for (const picture of document.querySelectorAll(".page-picture img")) {
    let left = TRIES;

    function askAgain() {
      left -= 1;
      const pause = 1000 + 3000 * Math.random(); // so that they come one after another
      if (left > 0) setTimeout(() => picture.setAttribute("src", picture.getAttribute("src")), pause);
    }

    picture.addEventListener("error", askAgain);
    if (picture.complete && !picture.naturalWidth) askAgain();
  }
})();
