// What leaves, keys and heads of the log are made of, and what the deeds in it say of evidence and awards.

import { digest, fromHex, hex, same, sha256, utf8 } from "./bytes.js";

export const SHOWN = {
  "evidence.attached": "evidence requirement period sha256 size channels submitted_at received_at replaces revision",
  "evidence.withdrawn": "evidence before revision",
  "evidence.accepted": "evidence before reviewed_at revision",
  "evidence.returned": "evidence before reviewed_at revision",
  "evidence.taken_back": "evidence undoes status reviewed_at revision",
};

export async function ed25519(bytes, signature, message) {
  try {
    const key = await crypto.subtle.importKey("raw", bytes, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, key, fromHex(signature, 64), utf8.encode(message));
  } catch (error) {
    return error.name === "NotSupportedError" ? null : false;
  }
}

export async function rootOf(leaves, size) {
  const stack = [], node = (left, right) => digest([1], left, right);
  for (let place = 0; place < size; place++) {
    let found = leaves.subarray(32 * place, 32 * place + 32);
    for (let count = place + 1; count % 2 === 0; count /= 2) found = await node(stack.pop(), found);
    stack.push(found);
  }
  let root = size ? stack.pop() : await digest([]);
  while (stack.length) root = await node(stack.pop(), root);
  return hex(root);
}

export async function commitment(field) {
  if (typeof field === "string") return hex(fromHex(field, 32));
  const [salt, text] = field;
  if (field.length !== 2) throw new Error("salt, text");
  return await sha256(fromHex(salt, 16), utf8.encode(text));
}

export async function commitments(fields) {
  const found = {};
  for (const [name, field] of Object.entries(fields)) found[name] = await commitment(field);
  return found;
}

export const isTold = ([, field]) => Array.isArray(field);
export const told = (fields) =>
  Object.fromEntries(Object.entries(fields).filter(isTold).map(([name, [, text]]) => [name, JSON.parse(text)]));

export function isToldByTheRule(fields) {
  const names = Object.keys(fields).sort(), values = told(fields), kind = SHOWN[values.verb];
  const also = kind ? ["at", "verb", ...kind.split(" ").map((one) => `data.${one}`)] : [];
  const open = names.filter((name) => ["entry", "sequence", ...also].includes(name));
  return same(Object.keys(values).sort(), names) || same(Object.keys(values).sort(), open);
}

export function dataOf(values) {
  const own = Object.entries(values).filter(([name]) => name.startsWith("data."));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(5), value]));
}

export function pieceOf(one) {
  const [, day, part = "", zone] = one.submitted_at.match(/^(.*?)(\.\d+)?([+-]\d\d:\d\d)$/);
  const at = [Date.parse(day + zone), part.slice(1).padEnd(6, "0")];
  return JSON.stringify([one.requirement, one.period || null, at, one.status, [...one.channels].sort()]);
}

/** Each piece of evidence as the deeds leave it. */
export function replayed(events) {
  const pieces = new Map();
  for (const values of events) {
    const data = dataOf(values), piece = pieces.get(data.evidence);
    if (values.verb === "evidence.attached") {
      pieces.set(data.evidence, { revision: 1, ...data, status: "submitted" });
      const old = pieces.get(data.replaces);
      if (old?.status === "submitted") Object.assign(old, { status: "withdrawn", revision: old.revision + 1 });
    } else if (values.verb in SHOWN) {
      const { before = piece.status, revision = piece.revision + 1, status = values.verb.slice(9) } = data;
      if (before !== piece.status || revision !== piece.revision + 1) throw new Error(`evidence ${data.evidence}`);
      Object.assign(piece, { status, revision });
    }
  }
  return [...pieces.values()];
}

export const points = (text) => {
  if (!/^\d+\.\d\d$/.test(text)) throw new Error(text);
  return Number(text.replace(".", ""));
};

/** Who gets which award: by rank, where several share one in the committee's order. */
export function awarded(announced, totals, rank) {
  const order = [], awards = {}, key = (codes) => [...codes].sort().join();
  const decided = new Map(announced.decisions.map((one) => [key(one.offices), one.offices]));
  for (const place of [...new Set(Object.values(rank))].sort((one, other) => one - other)) {
    const shared = Object.keys(rank).filter((code) => rank[code] === place);
    order.push(...(decided.get(key(shared)) ?? shared));
  }
  let start = 0;
  for (const tier of announced.tiers) {
    let among = Object.keys(totals).filter((code) => totals[code] === points(announced.max));
    if (tier.count !== null) {
      const end = Math.min(start + tier.count, order.length);
      const tied = order.filter((code) => end > 0 && rank[code] === rank[order[end - 1]]);
      if (tied.includes(order[end]) && !decided.has(key(tied))) throw new Error(`undecided tie: ${tied}`);
      among = order.slice(start, end);
      start = end;
    }
    for (const code of among) awards[code] = tier.code;
  }
  return awards;
}
