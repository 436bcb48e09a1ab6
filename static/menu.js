// The menu of the person: it closes by Escape, and by whatever is pressed beside it.
(function () {
  "use strict";
  const menu = document.querySelector("details.menu");
  if (!menu) return; // nobody is logged in
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
