// Sends files so that a bad line costs nothing: several at once, paused, gone on with after a lost line, a closed tab or
// a restarted server (the tus protocol). Without this file the plain form sends them.
(function () {
  "use strict";
  const board = document.getElementById("uploads");
  if (!board) return;
  const words = board.dataset;
  const { fill, size } = window.inWords;
  const time = (seconds) => window.inWords.time(seconds, words);
  const list = board.querySelector("[data-list]");
  const SMALL = 1024 * 1024; // bytes; a single file below this goes with its form, in one piece
  const FIRST = 64 * 1024; // enough for the portal to see what the file is
  const PIECE = 8 * 1024 * 1024;
  const AT_ONCE = 2;
  const STILL = 45000; // milliseconds without a byte, after which a line is taken for dead
  const QUIET = 30000; // milliseconds between words on progress to those who listen
  const DELAYS = [500, 1000, 2000, 4000, 8000, 15000, ...Array(120).fill(30000)];
  const rows = new Set();
  let library = null;

  function load() {
    library ||= new Promise(function (found, failed) {
      const script = document.createElement("script");
      script.src = words.library;
      script.onload = found;
      script.onerror = function () {
        library = null;
        script.remove();
        failed();
      };
      document.head.append(script);
    });
    return library;
  }

  function say(text) {
    document.getElementById("uploads-said").textContent = text;
  }

  // What the form says of its files; by it a form that was changed since is known.
  function told(form) {
    const data = new FormData(form);
    return {
      requirement: data.get("requirement"), period: data.get("period"), revision: data.get("revision") || "",
      note: data.get("note") || "", channels: data.getAll("channels").sort().join(" "), replaces: form.dataset.replaces || "",
    };
  }

  class Row {
    constructor(file, about, batch, url) {
      this.file = file;
      this.about = about;
      this.batch = batch;
      this.element = board.querySelector("template").content.firstElementChild.cloneNode(true);
      this.element.querySelector("[data-name]").textContent = file.name;
      this.element.row = this;
      this.bar = this.element.querySelector("progress");
      this.bar.setAttribute("aria-label", file.name);
      this.deed("cancel", words.cancel);
      this.sent = 0;
      this.spoken = Date.now();
      this.upload = new tus.Upload(file, {
        endpoint: url ? null : words.endpoint,
        uploadUrl: url || null,
        // With an address to begin at, the library begins anew whenever it can't ask how far it came.
        onUploadUrlAvailable: () => { this.upload.options.endpoint = null; },
        metadata: { ...about, entry: words.entry, filename: file.name, modified: String(file.lastModified) },
        headers: { "X-CSRFToken": words.token },
        chunkSize: FIRST,
        retryDelays: DELAYS,
        storeFingerprintForResuming: false, // the portal itself knows what is unfinished; offices share machines
        onShouldRetry: (error) => this.lost(error),
        onProgress: (sent) => this.progress(sent),
        onChunkComplete: () => {
          this.isShut = false;
          this.upload.options.chunkSize = PIECE;
        },
        onError: (error) => this.failed(error),
        onSuccess: () => this.arrived(),
      });
      this.is("waiting", words.waiting);
      list.append(this.element);
      rows.add(this);
      board.hidden = false;
    }

    is(state, text, reasons) {
      this.state = state;
      this.element.dataset.is = state;
      const line = this.element.querySelector("[data-state]");
      line.textContent = [text, ...(reasons || [])].filter(Boolean).join(" ");
      const stopped = ["paused", "failed"].includes(state);
      if (["waiting", "sending", "lost"].includes(state)) this.deed("pause", words.pause);
      else if (stopped) this.deed("resume", words.resume);
    }

    deed(name, word) {
      const place = name === "cancel" || name === "remove" ? "last-child" : "first-child";
      const button = this.element.querySelector(`button:${place}`);
      if (button.dataset.deed === name && button.textContent) return;
      button.dataset.deed = name;
      button.replaceChildren(word);
      button.setAttribute("aria-label", `${word}: ${this.file.name}`);
    }

    percent() {
      return `${Math.floor((100 * this.sent) / this.file.size)} %`;
    }

    start() {
      this.since = this.heard = Date.now();
      this.from = null;
      this.is("sending", fill(words.begun, { sent: size(this.sent), size: size(this.file.size) }));
      this.upload.options.headers = { "X-CSRFToken": words.token };
      this.upload.start();
    }

    progress(sent) {
      this.sent = sent;
      this.heard = Date.now();
      if (this.from === null) [this.from, this.since] = [sent, this.heard];
      this.bar.value = (100 * sent) / this.file.size;
      if (sent === this.file.size) return this.is("checking", words.checking);
      const speed = (sent - this.from) / Math.max(1, (this.heard - this.since) / 1000);
      const known = this.heard - this.since > 2000 && speed > 0;
      const parts = { percent: this.percent(), sent: size(sent), size: size(this.file.size) };
      if (known) parts.left = time((this.file.size - sent) / speed);
      const text = fill(known ? words.going : words.begun, parts);
      this.is("sending", text);
      if (this.heard - this.spoken < QUIET) return;
      this.spoken = this.heard;
      say(`${this.file.name}: ${text}`);
    }

    // Whether to try again by itself: always, but for what the portal refuses.
    lost(error) {
      const answer = error.originalResponse;
      const status = answer ? answer.getStatus() : 0;
      const own = answer && (answer.getBody() || "").startsWith("{");
      const again = [0, 408, 409, 423].includes(status) || (status === 429 && !own) || (status >= 500 && status !== 507);
      this.from = null;
      if (again && status !== 409 && this.state !== "lost") {
        this.is("lost", fill(words.lost, { percent: this.percent() }));
        say(`${this.file.name}: ${fill(words.lost, { percent: this.percent() })}`);
      }
      return again;
    }

    failed(error) {
      const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
      let answer = {};
      try {
        answer = JSON.parse(error.originalResponse.getBody());
      } catch (other) { /* no answer, or a page */ }
      if (status === 404) { // it was given up elsewhere
        this.upload.url = this.upload.options.uploadUrl = null;
        this.upload.options.endpoint = words.endpoint;
      }
      const goesOn = [401, 403, 429, 507].includes(status); // later, or once something was done about it
      if (answer.reasons && !goesOn) return this.refused(answer);
      const isNew = status === 403 && !this.isShut; // perhaps only the token is another one by now
      this.isShut = [401, 403].includes(status);
      if (isNew) return this.resume();
      const known = { 401: words.login, 403: words.login, 404: words.gone };
      const text = known[status] || (answer.reasons ? answer.reasons.join(" ") : words.broken);
      this.is("failed", text);
      say(`${this.file.name}: ${text}`);
      next();
    }

    refused(answer) {
      const waits = answer.state === "waiting";
      this.is(waits ? "failed" : "refused", "", answer.reasons);
      if (!waits) this.end();
      say(`${this.file.name}: ${answer.reasons.join(" ")}`);
      next();
    }

    async arrived() {
      this.is("checking", words.checking);
      let answer;
      try {
        const response = await fetch(this.upload.url, { headers: { Accept: "application/json" } });
        answer = response.ok && await response.json();
      } catch (lost) { /* the line again: it is there, and asked for once more */ }
      if (!answer) return setTimeout(() => this.arrived(), 3000);
      if (answer.state !== "done") return this.refused(answer);
      this.is("done", answer.is_repeated ? words.repeated : words.done, answer.elsewhere);
      const link = document.createElement("a");
      link.href = answer.receipt.url;
      link.textContent = fill(words.receipt, answer.receipt);
      this.element.querySelector("[data-state]").append(" ", link);
      this.bar.value = 100;
      this.end();
      say(`${this.file.name}: ${words.done}`);
      next();
    }

    end() {
      this.element.querySelector("button:first-child").remove();
      this.deed("remove", words.remove);
      this.element.querySelector("button").classList.replace("btn-outline-danger", "btn-outline-primary");
      this.batch.ended(this);
    }

    async pause() {
      this.is("paused", fill(words.paused, { percent: this.percent() }));
      await this.upload.abort();
      next();
    }

    async resume() {
      if (this.isShut) {
        this.is("renewing", words.waiting);
        await window.renewToken(); // or the portal says it again
        if (this.state !== "renewing") return;
      }
      this.is("waiting", words.waiting);
      next();
    }

    async cancel() {
      rows.delete(this);
      this.element.remove();
      this.batch.ended(this);
      next();
      this.upload.options.headers = { "X-CSRFToken": words.token };
      await this.upload.abort(Boolean(this.upload.url)).catch(() => {});
    }

    // A line may die in silence: nothing comes, and nothing says so.
    async knock() {
      if (!["sending", "lost"].includes(this.state) || Date.now() - this.heard < STILL) return;
      await this.upload.abort();
      if (["sending", "lost"].includes(this.state)) this.start();
    }
  }

  // The files that were sent together: when all have ended, their slot is shown anew.
  class Batch {
    constructor(anchor, about, form) {
      Object.assign(this, { anchor, about, form, left: new Set(), done: false, refused: false });
    }

    ended(row) {
      this.left.delete(row);
      if (row.state === "done") this.done = true;
      if (row.state === "refused") this.refused = true;
      if (!this.left.size && this.done) this.refresh();
    }

    async refresh() {
      const slot = document.getElementById(this.anchor);
      const untouched = !this.form || !this.form.isConnected
        || JSON.stringify(told(this.form)) === JSON.stringify(this.about);
      const busy = slot && [...slot.querySelectorAll("input[type=file]")].some((input) => input.files.length);
      if (!slot || busy || !untouched) return;
      // The answer to it shows the slot anew, unless none comes.
      const isSending = slot.querySelector("form:is(.htmx-request, [data-renewing])");
      if (isSending) {
        isSending.addEventListener("htmx:afterRequest", () => setTimeout(() => this.refresh()), { once: true });
        return;
      }
      if (this.form) { // what it says went with its files
        delete this.form.dataset.refused;
        for (const field of this.form.elements) delete field.dataset.kept;
        this.form.elements.note.value = this.form.elements.note.defaultValue;
        for (const box of this.form.querySelectorAll("[name=channels]")) box.checked = box.defaultChecked;
      }
      const { requirement, period } = this.about;
      const asked = new URLSearchParams({ requirement, period, criterion: words.criterion });
      await htmx.ajax("GET", `${words.slot}?${asked}`, { target: `#${this.anchor}`, swap: "outerHTML" });
      const fold = document.querySelector(`#${this.anchor} > details`);
      if (fold) fold.open = true;
      const form = this.refused && document.querySelector(`#${this.anchor} .hand-in form`);
      if (!form) return;
      form.closest("details").open = true; // what was typed for the file that was not taken
      form.elements.note.value ||= this.about.note;
      for (const box of form.querySelectorAll("[name=channels]")) box.checked = this.about.channels.split(" ").includes(box.value);
    }
  }

  function next() {
    const busy = [...rows].filter((row) => ["sending", "lost", "checking"].includes(row.state)).length;
    [...rows].filter((row) => row.state === "waiting").slice(0, Math.max(0, AT_ONCE - busy)).forEach((row) => row.start());
  }

  function isSame(file, name, bytes) {
    return file.name === name && file.size === Number(bytes);
  }

  // What a closed tab left of this very file, for this very slot. What is said of it now is not lost: when it differs
  // from what was said then, the file begins anew.
  function left(file, about) {
    const fits = (item, name) => !about[name] || item.dataset[name] === about[name];
    return [...list.querySelectorAll("li[data-url]")].find((item) => isSame(file, item.dataset.name, item.dataset.size)
      && item.dataset.modified === String(file.lastModified) && item.dataset.replaces === about.replaces
      && ["requirement", "period", "note", "channels"].every((name) => fits(item, name))
      && item.dataset.period === about.period);
  }

  function send(files, about, anchor, form) {
    const batch = new Batch(anchor, about, form);
    for (const file of files) {
      const item = left(file, about);
      batch.left.add(new Row(file, about, batch, item && item.dataset.url));
      if (item) item.remove();
    }
    document.getElementById("uploads-title").focus();
    say(fill(words.begun, { sent: size(0), size: size([...files].reduce((sum, file) => sum + file.size, 0)) }));
    next();
  }

  function chosen(form) {
    return [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  }

  // Before htmx hears of it.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (!form.matches("form[data-upload]")) return;
    const sent = chosen(form);
    if (!sent.length || (sent.length === 1 && sent[0].size < SMALL)) return;
    event.preventDefault();
    event.stopPropagation();
    const fault = form.querySelector("[data-fault]");
    fault.hidden = !form.elements.url.value.trim();
    fault.textContent = words.both;
    if (!fault.hidden) return;
    load().then(function () {
      const [about, files] = [told(form), chosen(form)];
      if (!files.length) return; // pressed twice
      for (const input of form.querySelectorAll("input[type=file]")) input.value = "";
      send(files, about, form.closest(".slot").id, form);
    }, function () {
      fault.textContent = document.getElementById("portal-words").dataset.network;
      fault.hidden = false;
    });
  }, true);

  list.addEventListener("click", function (event) {
    const button = event.target.closest("[data-deed]");
    if (!button) return;
    const item = button.closest("li");
    const after = button.dataset.deed === "cancel" || button.dataset.deed === "remove";
    if (item.row && button.dataset.deed === "remove") {
      rows.delete(item.row);
      item.remove();
    } else if (item.row) item.row[button.dataset.deed]();
    else giveUp(item);
    if (after) document.getElementById("uploads-title").focus();
    board.hidden = !list.children.length;
  });

  function giveUp(item) {
    item.remove();
    fetch(item.dataset.url, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0", "X-CSRFToken": words.token } });
  }

  list.addEventListener("change", function (event) {
    if (!event.target.matches("[data-again]") || !event.target.files.length) return;
    const item = event.target.closest("li");
    const [file] = event.target.files;
    const { name, size: bytes, anchor, url, requirement, period, revision, note, channels, replaces } = item.dataset;
    if (!isSame(file, name, bytes)) {
      const text = fill(words.other, { name, size: size(Number(bytes)) });
      item.querySelector("[data-state]").textContent = text;
      event.target.value = "";
      say(text);
      return;
    }
    const isOlder = item.dataset.modified !== String(file.lastModified); // or newer: half of each would be neither
    load().then(function () {
      const about = { requirement, period, revision, note, channels, replaces };
      const batch = new Batch(anchor, about, null);
      batch.left.add(new Row(file, about, batch, isOlder ? null : url));
      if (isOlder) giveUp(item);
      else item.remove();
      document.getElementById("uploads-title").focus();
      next();
    });
  });

  window.addEventListener("online", function () {
    for (const row of rows) {
      if (row.state === "failed") row.resume();
      else if (row.state === "lost") row.upload.abort().then(() => row.start());
    }
  });
  setInterval(() => rows.forEach((row) => row.knock()), 5000);
  if (list.children.length) board.hidden = false;
})();
