// What has not reached the portal waits on this device: each page's text under a key of its own, so that no page takes
// another's. Where nothing may be kept here it is as if nothing had been.
(function () {
  "use strict";
  const TEXTS = "draft:"; // then whose it is, the form's address, and the page that wrote it

  function keys(beginning) {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(beginning));
    } catch {
      return [];
    }
  }

  function read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function drop(key) {
    try {
      localStorage.removeItem(key);
    } catch { /* nothing was kept either */ }
  }

  function isList(fields) {
    return Array.isArray(fields) &&
      fields.every((field) => Array.isArray(field) && field.every((part) => typeof part === "string"));
  }

  // The texts of one form. A text: page, revision and turn of the request that brings it to the portal, or is to bring
  // it; fields, a list of names and words; untouched, the names of those in which nobody wrote; at, in milliseconds;
  // isLeft, whether its page is gone.
  window.textsOf = function (owner, address) {
    const form = `${TEXTS}${owner}:${address}:`;
    return {
      // Whether there was room for it
      keep(name, text) {
        try {
          localStorage.setItem(form + name, JSON.stringify(text));
          return true;
        } catch {
          /* or forbidden here */
          return false;
        }
      },
      drop(name) {
        drop(form + name);
      },
      // The newest first
      allBut(name) {
        return keys(form).filter((key) => key !== form + name)
          .map((key) => ({ name: key.slice(form.length), ...read(key) }))
          .filter((text) => isList(text.fields)).sort((a, b) => b.at - a.at);
      },
    };
  };

  // What became evidence waits no more, but for what was written after it was sent.
  for (const { dataset } of document.querySelectorAll("[data-arrived]")) {
    const [page, turn] = dataset.arrived.split(":");
    keys(TEXTS).filter((key) => key.endsWith(`:${page}`) && read(key)?.turn <= Number(turn)).forEach(drop);
  }
})();
