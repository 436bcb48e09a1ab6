// Sends files so that a bad line costs nothing: several at once, paused, gone on with after a lost line, a closed tab
// or a restarted server (the tus protocol). Without this file the plain form sends them.
(function () {
  "use strict";
  const board = document.getElementById("uploads");
  if (!board) return;
  const words = board.dataset;
  const { fill, size } = window.inWords;
  const { isTriedAgain, isLineLost, afterRefusal } = window.uploadAnswers;
  const { Batch, aboutOf, forgetFaults } = window.uploadBatches;
  const handedIn = window.uploadSent;
  const time = (seconds) => window.inWords.time(seconds, words);
  const list = board.querySelector("[data-list]");
  const SMALL = 1024 * 1024; // bytes; a single file below this goes with its form, in one piece
  const FIRST = 64 * 1024; // enough for the portal to see what the file is
  const PIECE = 8 * 1024 * 1024;
  const AT_ONCE = 2; // of large files; those of one piece go one after the other, and so their receipts are in order
  const STILL = 45000; // milliseconds without a byte, after which a line is taken for dead
  const QUIET = 30000; // milliseconds between words on progress to those who listen
  const DELAYS = [500, 1000, 2000, 4000, 8000, 15000, ...Array(120).fill(30000)];
  const rows = new Set();
  let places = 0;
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

  // Status 0: none came
  function answerIn({ originalResponse: answer }) {
    return answer ? { status: answer.getStatus(), body: answer.getBody() || "" } : { status: 0, body: "" };
  }

  class Row {
    constructor(file, about, batch, url) {
      this.file = file;
      this.about = about;
      this.batch = batch;
      this.place = ++places; // among all that were chosen
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
        onUploadUrlAvailable: () => {
          this.upload.options.endpoint = null;
        },
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

    // Whether to try again by itself
    lost(error) {
      const { status, body } = answerIn(error);
      const isAgain = isTriedAgain(status, body);
      this.from = null;
      if (isAgain && isLineLost(status) && this.state !== "lost") {
        this.is("lost", fill(words.lost, { percent: this.percent() }));
        say(`${this.file.name}: ${fill(words.lost, { percent: this.percent() })}`);
      }
      return isAgain;
    }

    failed(error) {
      const { status, body } = answerIn(error);
      const after = afterRefusal(status, body, this.isShut);
      this.isShut = after.isShut;
      if (after.isGone) { // it was given up elsewhere
        this.upload.url = this.upload.options.uploadUrl = null;
        this.upload.options.endpoint = words.endpoint;
      }
      if (after.next === "refused") return this.refused(after.content);
      if (after.next === "renew") return this.resume();
      const text = words[after.words] || after.reasons.join(" ");
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
      } catch { /* the line again: it is there, and asked for once more */ }
      if (!answer) return setTimeout(() => this.arrived(), 3000);
      if (answer.state !== "done") return this.refused(answer);
      this.isRepeated = answer.is_repeated;
      this.is("done", answer.is_repeated ? words.repeated : "", answer.elsewhere);
      const link = document.createElement("a");
      link.href = answer.receipt.url;
      link.textContent = fill(words.receipt, answer.receipt);
      this.element.querySelector("[data-state]").append(" ", link);
      rows.delete(this);
      handedIn.add(this);
      this.batch.ended(this);
      say(`${this.file.name}: ${words.done}`);
      next();
    }

    // It was not taken.
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

  function next() {
    for (const row of rows) if (row.state === "waiting" && mayStart(row)) row.start();
  }

  function mayStart(row) {
    const busy = [...rows].filter((other) => ["sending", "lost", "checking"].includes(other.state));
    const isFirst = (other) => other.batch === row.batch && other.file.size <= PIECE && other.state !== "lost";
    return busy.length < AT_ONCE && !busy.some(isFirst);
  }

  function isSame(file, name, bytes) {
    return file.name === name && file.size === Number(bytes);
  }

  // What a closed tab left of this very file, for this very slot. What is said of it now is not lost: when it differs
  // from what was said then, the file begins anew.
  function left(file, about) {
    const fits = (item, name) => !about[name] || item.dataset[name] === about[name];
    return [...list.querySelectorAll("li[data-url]")].find((item) =>
      isSame(file, item.dataset.name, item.dataset.size) &&
      item.dataset.modified === String(file.lastModified) && item.dataset.replaces === about.replaces &&
      ["requirement", "period", "note", "channels"].every((name) => fits(item, name)) &&
      item.dataset.period === about.period
    );
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
      const [about, files] = [aboutOf(form), chosen(form)];
      if (!files.length) return; // pressed twice
      for (const input of form.querySelectorAll("input[type=file]")) input.value = "";
      forgetFaults(form);
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
    board.hidden = !list.children.length && handedIn.isEmpty();
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
