// The page around the check: files in, what came of it out, in Thai and English.

import { Check } from "./check.js";

const SAYS = {
  checked: ["ตรวจแล้ว ถูกต้อง", "Checked, and right"],
  open: ["ยังไม่ได้พิสูจน์", "Not proven"],
  wrong: ["ไม่ถูกต้อง", "Wrong"],
  unreadable: ["อ่านไม่ได้", "Can't be read"],
  layout: ["ชุดไฟล์ครบและตรงตามแบบทุกไบต์", "The bundle is whole, and by the rule byte for byte"],
  program: ["เทียบ verify.py และ README ในชุด", "verify.py and README in the bundle are this version's"],
  parts: ["ประกาศ ข้อเท็จจริง และเกณฑ์เป็นชุดเดียวกัน", "Announcement, facts and scheme belong together"],
  points: ["คะแนนรวมเป็นผลบวก และตรงกับผลอุทธรณ์", "Totals are the sums, and as appeals were answered"],
  places: ["อันดับและรางวัลเป็นไปตามคะแนน กติกา และมติ", "Ranks and awards follow from totals, rules, decisions"],
  scored: ["คะแนนแต่ละเกณฑ์มาจากข้อเท็จจริง: ใช้", "Points follow from the facts: ask"],
  sealed: ["ประกาศอยู่ในบันทึกที่มีราก", "The publication is in the log, whose root is"],
  signed: ["ลายมือชื่อและกุญแจถูกต้อง", "Signatures and keys are right"],
  anchor: ["กุญแจสืบต่อจากกุญแจที่ท่านเชื่อถือ", "The key goes back to one that you trust"],
  events: ["เหตุการณ์ครบ อยู่ในบันทึก เปิดเผยตามแบบ", "All events are there, in the log, told by the rule"],
  chains: ["สายเหตุการณ์ตรงกับที่ผนึกไว้", "The chains of events are as they were sealed"],
  evidence: ["หลักฐานพร้อม SHA-256 ของไฟล์เป็นไปตามบันทึก", "Evidence is as the log tells, by SHA-256"],
  head: ["บันทึกต่อจากหัวบันทึกที่ท่านเก็บไว้", "The log goes on from a head that you kept"],
  covers: ["หัวบันทึกนั้นครอบคลุมประกาศนี้", "That head covers this publication"],
  mine: ["รายการของท่านอยู่ในบันทึก", "Your own lines are in the log"],
};

// What is not proven by itself: what it means, and what to do.
const ADVICE = {
  scored: ["ติดตั้ง .whl ที่อยู่ข้าง verify.py แล้วสั่ง cdd4-score", "install the .whl beside verify.py, run cdd4-score"],
  signed: ["ไม่มี log/: ขอชุดที่ใหม่กว่า มิฉะนั้นใช้เบราว์เซอร์ที่ใหม่กว่า", "no log/: take a later bundle; else a newer browser"],
  anchor: ["อาจเป็นกุญแจของใครก็ได้: ใส่กุญแจที่พิมพ์บนเอกสาร", "it may be anybody's: give the key that papers print"],
  chains: [
    "ชุดสาธารณะไม่เล่าทุกช่อง: ผู้ตรวจสอบขอชุดเต็ม",
    "the public bundle leaves fields out: auditors ask for the full one",
  ],
  head: ["อาจเขียนใหม่ทั้งหมด: ใช้หัวที่มีผู้เก็บไว้", "all may be written anew: give a head that was kept"],
};

const element = (name, text, fields = {}) => Object.assign(document.createElement(name), { textContent: text }, fields);

function show(said) {
  const result = document.querySelector("#result");
  result.replaceChildren();
  for (const [part, lines] of Object.entries(said).filter(([, lines]) => lines.length)) {
    const list = element("ul", "", { className: part });
    for (const [about, value] of lines) {
      const [thai, english] = SAYS[about], item = element("li", `${thai} `);
      item.append(element("span", `/ ${english}`, { lang: "en" }), `: ${value}`);
      if (part === "open" && ADVICE[about]) {
        const [todo, toDo] = ADVICE[about], advice = element("p", `${todo} `);
        advice.append(element("span", `/ ${toDo}`, { lang: "en" }));
        item.append(advice);
      }
      list.append(item);
    }
    result.append(element("h2", SAYS[part].join(" / "), { className: part }), list);
  }
}

document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const file = (name) => document.querySelector(`#${name}`).files[0];
  try {
    const beside = { key: document.querySelector("#key").value };
    for (const name of ["head", "mine"]) beside[name] = file(name) ? JSON.parse(await file(name).text()) : null;
    show(await new Check(new Uint8Array(await file("bundle").arrayBuffer()), beside).run());
  } catch (error) {
    show({ wrong: [["unreadable", String(error)]] });
  }
});
