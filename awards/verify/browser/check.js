// Checks one bundle, in the same steps as verify.py.

import {
  canonical,
  digest,
  equal,
  fromHex,
  linesOf,
  packed,
  parsed,
  same,
  sha256,
  toText,
  unpacked,
  utf8,
} from "./bytes.js";
import {
  awarded,
  commitments,
  ed25519,
  isTold,
  isToldByTheRule,
  pieceOf,
  points,
  replayed,
  rootOf,
  told,
} from "./log.js";

// Of verify.py and README.txt of this version; the page is put together with their digests.
const { VERSION, SHA256 } = globalThis.PROGRAM;
const LOG = ["log/head.json", "log/keys.json", "log/leaves.bin", "log/publication.json", "log/events.jsonl"];

/** One bundle, and what is trusted beside it. `said`: what came of each check, in its part. */
export class Check {
  constructor(data, { key = "", head = null, mine = null } = {}) {
    this.said = { checked: [], open: [], wrong: [] };
    this.key = key.toLowerCase().replace(/[^0-9a-f]/g, "");
    Object.assign(this, { data, files: unpacked(data), earlier: head, mine, keys: new Map(), events: new Map() });
    this.names = Object.keys(this.files);
    this.log = this.names.some((name) => name.includes("/")) ? LOG.map((name) => this.files[name]) : null;
    this.announced = JSON.parse(toText.decode(this.files["publication.json"]));
    this.scheme = `${this.announced.edition.scheme}.yaml`;
    this.results = new Map(this.announced.results.map((one) => [one.office.code, one]));
    this.sealed = new Map((this.announced.log ?? []).map((row) => [row.entry, row]));
  }

  judge(about, right, said, isOpen = false) {
    const faults = right.filter(([, isRight]) => !isRight).map(([name]) => String(name));
    this.said[faults.length ? "wrong" : isOpen ? "open" : "checked"].push([about, faults.join(", ") || said]);
  }

  async run() {
    const log = ["head", "signature", "leaves", "chains", "evidence", "beside"];
    for (const step of ["layout", "parts", "points", "places", ...(this.log ? log : [])]) {
      try {
        await this[step]();
      } catch (error) {
        this.judge("layout", [[`${step}: ${error}`, false]], "");
      }
    }
    if (!this.log) this.judge("signed", [["log/", !(this.key || this.earlier || this.mine)]], "log/", true);
    this.judge("scored", [], "cdd4-score", true);
    return this.said;
  }

  async layout() {
    const more = this.names.includes("withheld.json") ? ["withheld.json"] : [];
    const names = ["verify.py", "README.txt", "SHA256SUMS", "publication.json", "facts.jsonl", this.scheme, ...more];
    if (this.log) names.push(...LOG);
    let sums = "";
    for (const name of this.names.filter((one) => one !== "SHA256SUMS")) {
      sums += `${await sha256(this.files[name])}  ${name}\n`;
    }
    const right = [["files", same(this.names, names)], ["bytes", equal(packed(this.files), this.data)]];
    right.push(["SHA256SUMS", equal(utf8.encode(sums), this.files.SHA256SUMS)]);
    this.judge("layout", right, names.length);
    const another = new RegExp(`^VERSION = "(?!${VERSION}")\\d`, "m"); // a file that names none is no program of ours
    const isOther = another.test(toText.decode(this.files["verify.py"]));
    const own = [];
    for (const name in SHA256) own.push([name, isOther || SHA256[name] === await sha256(this.files[name])]);
    this.judge("program", own, VERSION, isOther);
  }

  async parts() {
    const about = this.announced.publication, text = this.files["facts.jsonl"];
    this.facts = new Map(linesOf(text).map((line) => JSON.parse(line)).map((line) => [line.entrant.code, line]));
    const isSame = about.facts === await sha256(text) && same([...this.facts.keys()], [...this.results.keys()]);
    const right = [["facts.jsonl", isSame]];
    right.push([this.scheme, this.announced.edition.digest === await sha256(this.files[this.scheme])]);
    if ("withheld.json" in this.files) {
      const opened = await commitments(parsed(this.files["withheld.json"]));
      right.push(["withheld.json", same(canonical(opened), canonical(this.announced.withheld ?? {}))]);
    }
    this.digest = await sha256(this.files["publication.json"]);
    this.judge("parts", right, `No. ${about.number}, SHA-256 ${this.digest}`);
  }

  points() {
    const right = [], dimension = new Map(this.announced.criteria.map((one) => [one.code, one.dimension]));
    for (const [office, result] of this.results) {
      const sums = {}, said = { earned: result.total, attainable: result.attainable, max: this.announced.max };
      for (const [code, one] of Object.entries(result.criteria)) {
        for (const name of ["earned", "attainable", "max"]) {
          for (const place of [name, `${dimension.get(code)} ${name}`]) {
            sums[place] = (sums[place] ?? 0) + points(one[name]);
          }
        }
      }
      for (const [code, one] of Object.entries(result.dimensions)) {
        for (const name in one) said[`${code} ${name}`] = one[name];
      }
      for (const name in said) said[name] = points(said[name]);
      right.push([office, canonical(sums) === canonical(said)]);
      right.push([office, same(Object.keys(result.criteria).sort(), [...dimension.keys()].sort())]);
    }
    for (const one of this.announced.appeals?.answers ?? []) {
      right.push([one.office, this.results.get(one.office).criteria[one.criterion].earned === one.after]);
    }
    this.judge("points", right, this.results.size);
  }

  places() {
    const tables = new Map(), right = [], scheme = toText.decode(this.files[this.scheme]);
    const found = scheme.match(/^tie_break:((?:\s+- *\S+)+|\s*\[[^\]]*\])/m);
    const chain = found ? found[1].match(/[^\s\[\],'"-][^\s\[\],'"]*/g) : [];
    for (const [code, one] of this.results) {
      const region = one.region?.code ?? "", keys = [one.total, ...chain.map((name) => one.criteria[name].earned)];
      tables.set(region, { ...tables.get(region), [code]: keys.map(points) });
    }
    const isMore = (one, other) =>
      (one[one.findIndex((key, at) => key !== other[at])] ?? 0) >
        (other[one.findIndex((key, at) => key !== other[at])] ?? 0);
    for (const table of tables.values()) {
      const rank = {}, totals = {};
      for (const code in table) {
        rank[code] = 1 + Object.values(table).filter((other) => isMore(other, table[code])).length;
        totals[code] = table[code][0];
      }
      const awards = awarded(this.announced, totals, rank);
      for (const code in table) {
        const one = this.results.get(code), place = this.announced.ranking === "none" ? null : rank[code];
        right.push([code, one.rank === place && one.tier === (awards[code] ?? "")]);
      }
    }
    this.judge("places", right, this.results.size);
  }

  async isLeaf(line) {
    const content = canonical({ log: "cdd4/1", fields: await commitments(line.fields) });
    const found = await digest([0], utf8.encode(content)), start = 32 * line.position;
    const isWhole = Number.isInteger(start) && start >= 0 && Object.keys(line).length === 2;
    return isWhole && equal(found, this.log[2].subarray(start, start + 32));
  }

  async head() {
    const head = parsed(this.log[0]), line = parsed(this.log[3]), values = told(line.fields);
    Object.assign(this, { size: head.size, position: line.position });
    const isThis = values.digest === this.digest && values.publication === this.announced.publication.number;
    const isWhole = Object.keys(values).length === Object.keys(line.fields).length;
    const right = [[LOG[3], isThis && isWhole && await this.isLeaf(line)]];
    const isRoot = this.log[2].length === 32 * this.size && head.root === await rootOf(this.log[2], this.size);
    right.push([LOG[2], isRoot]);
    this.judge("sealed", right, `${head.root} (${this.position} < ${this.size})`);
  }

  async signature() {
    const head = parsed(this.log[0]), right = [], prints = [];
    let before = "";
    for (const row of parsed(this.log[1])) {
      const bytes = fromHex(row.public, 32), print = await sha256(bytes);
      const message = `cdd4 key 1\n${row.key}\n${row.public}\n${row.since}\n`;
      const isFirst = !before && row.since === "" && row.endorsement === "";
      const isEndorsed = isFirst || await ed25519(this.keys.get(before), row.endorsement, message) !== false;
      const isNamed = row.key === print.slice(0, 16) && row.endorsed_by === before && Object.keys(row).length === 5;
      right.push([row.key, isEndorsed && isNamed]);
      this.keys.set(before = row.key, bytes);
      prints.push(print);
    }
    const [one] = head.signatures, isSigned = await this.isSigned(head, one);
    const names = [...Object.keys(head), ...Object.keys(one)].join(" ");
    const isWhole = one.key === before && names === "at root signatures size key signature";
    right.push([LOG[0], isWhole && head.signatures.length === 1 && isSigned !== false]);
    this.judge("signed", right, isSigned ? head.at : "Ed25519: WebCrypto?", isSigned === null);
    const known = [...prints, ...[...this.keys.values()].map(hex)];
    const isKnown = this.key.length >= 16 && known.some((one) => one.startsWith(this.key));
    this.judge("anchor", [[this.key, isKnown || !this.key]], prints.at(-1), !this.key);
  }

  isSigned(head, one) {
    const message = `cdd4 head 1\n${head.size}\n${head.root}\n${head.at}\n`;
    return ed25519(this.keys.get(one.key), one.signature, message);
  }

  async leaves() {
    const right = [];
    let last = -1;
    for (const line of linesOf(this.log[4]).map(parsed)) {
      const values = told(line.fields), isNext = line.position > last && isToldByTheRule(line.fields);
      right.push([line.position, await this.isLeaf(line) && isNext]);
      last = line.position;
      if (!this.events.has(values.entry)) this.events.set(values.entry, []);
      this.events.get(values.entry).push({ values, fields: line.fields });
    }
    const count = right.length;
    for (const entry of new Set([...this.sealed.keys(), ...this.events.keys()])) {
      const row = this.sealed.get(entry) ?? { office: entry, events: 0 }, listed = this.events.get(entry) ?? [];
      const isWhole = listed.length === row.events && listed.every(({ values }, at) => values.sequence === at + 1);
      right.push([row.office, isWhole]);
    }
    this.judge("events", right, count);
  }

  async chains() {
    const all = [...this.events.values()].flat().map(({ fields }) => Object.entries(fields).every(isTold));
    if (!all.length || all.includes(false)) {
      return this.judge("chains", [["full / public", !all.includes(true)]], "bundle --full", true);
    }
    const right = [["withheld.json", "withheld.json" in this.files || !("withheld" in this.announced)]];
    // As Python's json.dumps writes it: a space after each comma and colon.
    const spaced = (text) => text.replace(/("(?:[^"\\]|\\.)*")|([,:])/g, (_, quoted, sign) => quoted ?? `${sign} `);
    for (const row of this.sealed.values()) {
      let chain = "";
      for (const { values, fields } of this.events.get(row.entry) ?? []) {
        const own = Object.keys(fields).filter((name) => name.startsWith("data.")).sort();
        const data = own.map((name) => `${JSON.stringify(name.slice(5))}: ${spaced(fields[name][1])}`).join(", ");
        const about = ["entry", "sequence", "at", "actor", "verb"].map((name) => fields[name][1]);
        const content = `[${[JSON.stringify(chain), ...about, `{${data}}`].join(", ")}]`;
        chain = values.previous === chain ? await sha256(utf8.encode(content)) : "broken";
      }
      right.push([row.office, chain === row.head]);
    }
    this.judge("chains", right, this.sealed.size);
  }

  evidence() {
    const slot = (one) => JSON.stringify([one.requirement, one.period || null]), right = [];
    const given = [...this.facts.values()].flatMap((line) => line.evidence), asked = new Set(given.map(slot));
    for (const row of this.sealed.values()) {
      const pieces = replayed((this.events.get(row.entry) ?? []).map(({ values }) => values));
      const logged = pieces.filter((one) => asked.has(slot(one))).map(pieceOf).sort(),
        known = this.facts.get(row.office);
      right.push([row.office, !known || same(logged, known.evidence.map(pieceOf).sort())]);
    }
    this.judge("evidence", right, this.sealed.size ? given.length : "log?", !this.sealed.size);
  }

  async beside() {
    const right = [], head = this.earlier;
    for (const line of this.mine ?? []) right.push([line.position, await this.isLeaf(line)]);
    if (right.length) this.judge("mine", right.splice(0), this.mine.length);
    if (!head) return this.judge("head", [], "?", true);
    for (const one of head.signatures.filter((one) => this.keys.has(one.key))) {
      right.push([one.key, await this.isSigned(head, one) !== false]);
    }
    right.push([head.size, head.size > this.size || head.root === await rootOf(this.log[2], head.size)]);
    this.judge("head", right, `${head.size} / ${this.size}`, head.size > this.size);
    const isCovered = this.position < head.size && head.size <= this.size;
    this.judge("covers", [], `${this.position} / ${head.size}`, !isCovered);
  }
}
