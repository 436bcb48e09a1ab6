// By day or by night, before the first line is painted: Unfold's own script, which keeps the choice, comes later.
(function () {
  "use strict";
  const classes = document.documentElement.classList;
  let chosen = "auto";
  try {
    chosen = JSON.parse(localStorage.getItem("adminTheme")) || chosen;
  } catch { /* a browser that keeps nothing, or something else kept there */ }
  if (chosen === "dark" || (chosen === "auto" && matchMedia("(prefers-color-scheme: dark)").matches)) {
    classes.add("dark");
    // From then on Alpine puts the class there, and takes away only what it put there.
    document.addEventListener("alpine:init", () => classes.remove("dark"));
  }
})();
