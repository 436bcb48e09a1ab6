// How a file on the reviewer's desk is looked at: pages, larger and smaller, turned; a video's speed and minutes.
// Pages are drawn as they are asked for, and the one after is asked for before. Without this the first page is shown.
(function () {
  "use strict";
  const SIZES = [0.5, 0.75, 1, 1.5, 2, 3, 4];
  const SPEEDS = [0.5, 1, 1.25, 1.5, 2, 3, 4];
  const TRIES = 6;
  const states = new WeakMap();

  function stateOf(viewer) {
    if (!states.has(viewer)) states.set(viewer, { size: 2, turn: 0, page: 1, speed: 1 });
    return states.get(viewer);
  }
  const pictureOf = (viewer) => viewer.querySelector("img[data-shown]");
  const videoOf = (viewer) => viewer.querySelector("video");

  function pageAddress(viewer, page) {
    return viewer.dataset.page.replace(/\/1\/$/, `/${page}/`);
  }

  function draw(viewer) {
    const state = stateOf(viewer), picture = pictureOf(viewer);
    if (picture) {
      picture.style.setProperty("--size", SIZES[state.size]);
      picture.style.setProperty("--turn", `${state.turn}deg`);
      viewer.toggleAttribute("data-large", state.size > 2);
      viewer.toggleAttribute("data-sideways", state.turn % 180 !== 0);
    }
    const place = viewer.querySelector("[data-place]");
    if (place) place.textContent = `${state.page} / ${viewer.dataset.pages}`;
    const speed = viewer.querySelector("[data-speed]");
    if (speed) speed.textContent = `${SPEEDS[state.speed]}×`;
  }

  function toPage(viewer, page) {
    const last = Number(viewer.dataset.pages), state = stateOf(viewer);
    if (page < 1 || page > last) return;
    state.page = page;
    const picture = pictureOf(viewer), stage = viewer.querySelector(".viewer-stage");
    picture.src = pageAddress(viewer, page);
    stage.scrollTop = 0;
    if (page < last) new Image().src = pageAddress(viewer, page + 1);
    draw(viewer);
  }

  // One that others were served before is asked for again; of one that doesn't come it is said in its place.
  function follow(picture, viewer) {
    let left = TRIES;
    picture.addEventListener("error", () => {
      left -= 1;
      if (left > 0) return setTimeout(() => picture.setAttribute("src", picture.getAttribute("src")), 1500);
      picture.replaceWith(Object.assign(document.createElement("p"), { textContent: viewer.dataset.unseen }));
    });
  }

  const clamp = (number, list) => Math.max(0, Math.min(list.length - 1, number));

  function sized(change) {
    return (_viewer, state) => state.size = change === null ? 2 : clamp(state.size + change, SIZES);
  }
  function sped(change) {
    return (viewer, state) => {
      const video = videoOf(viewer);
      if (!video) return;
      state.speed = clamp(state.speed + change, SPEEDS);
      video.playbackRate = SPEEDS[state.speed];
    };
  }
  function moved(seconds) {
    return (viewer) => {
      const video = videoOf(viewer);
      if (video) video.currentTime = Math.max(0, Math.min(video.duration || 0, video.currentTime + seconds));
    };
  }
  const DEEDS = {
    in: sized(1),
    out: sized(-1),
    whole: sized(null),
    turn: (_viewer, state) => state.turn = (state.turn + 90) % 360,
    on: (viewer, state) => videoOf(viewer) ? moved(60)(viewer) : toPage(viewer, state.page + 1),
    back: (viewer, state) => videoOf(viewer) ? moved(-60)(viewer) : toPage(viewer, state.page - 1),
    "minute-on": moved(60),
    "minute-back": moved(-60),
    faster: sped(1),
    slower: sped(-1),
    play: (viewer) => videoOf(viewer)?.[videoOf(viewer).paused ? "play" : "pause"](),
    open: (viewer) => viewer.querySelector("[data-open]")?.click(),
  };

  // Whether there was anything to do.
  window.lookAt = function (viewer, deed) {
    if (!viewer || !DEEDS[deed]) return false;
    DEEDS[deed](viewer, stateOf(viewer));
    draw(viewer);
    return true;
  };

  window.beginViewer = function (part) {
    for (const viewer of part.querySelectorAll("[data-viewer]")) {
      const picture = pictureOf(viewer);
      if (picture) follow(picture, viewer);
      draw(viewer);
    }
  };

  document.addEventListener("click", function (event) {
    const viewer = event.target.closest("[data-viewer]");
    if (!viewer) return;
    const pressed = event.target.closest("[data-do]"), other = event.target.closest("[data-picture]");
    if (pressed) window.lookAt(viewer, pressed.dataset.do);
    if (other && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      pictureOf(viewer).src = other.href;
      for (const one of viewer.querySelectorAll(".viewer-series li")) {
        if (one.contains(other)) one.setAttribute("aria-current", "true");
        else one.removeAttribute("aria-current");
      }
    }
  });
  window.beginViewer(document);
})();
