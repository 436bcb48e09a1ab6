// The menu of the person: it closes by Escape, and by whatever is pressed beside it.
(function () {
  "use strict";
  const menu = document.querySelector("details.menu");
  if (!menu) return; // nobody is logged in
  const list = menu.querySelector(".menu-list");
  // Where the bar is so narrow that its button was wrapped to the left, it opens to the right.
  menu.addEventListener("toggle", function () {
    list.classList.toggle("opens-right", menu.getBoundingClientRect().right < list.offsetWidth);
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
