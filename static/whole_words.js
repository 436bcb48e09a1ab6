// Thai has no spaces between words. Browsers find the words in a dictionary of their own, which cuts some of the
// house's in two: คณะ|กรรมการ, จะบัน|ทึก. Whatever of the words below is cut at the end of a line is held together, and
// so are a number and its unit, and a date. The text stays the same to the letter: whoever copies, searches or listens
// to a page meets nothing else. Papers are held to the same words: submissions/documents/whole_words.py reads this
// file.
(function () {
  "use strict";
  const WORDS = `
    กรรมการ กรอก กระจายข่าว กระทำ กระบวนการ กระบวนงาน กลับ กลุ่มขนาด การพัฒนา การพัฒนาชุมชน กู้คืน กำหนดส่ง เกินไป
    เกินกว่า เกียรติบัตร เกี่ยวกับ เกี่ยวข้อง ก่อนหน้า การเตรียม ขณะนี้ ขยายเวลา ขัดข้อง ขับเคลื่อน ขั้นตอน ข้อความ
    ข้อผิดพลาด ข้อมูล ข้อร้องเรียน ข้อสังเกต เข้าใจ เข้าร่วม เข้ารอบ เข้าสู่ระบบ เขตตรวจราชการ ข้อเสนอแนะ ข้างต้น
    ข้าราชการ คณะกรรมการ คณะทำงาน ครบถ้วน ครั้งที่ ครัวเรือน ความจำเป็น ความเชื่อมั่น ความเข้าใจ ความตระหนัก
    ความปลอดภัย ความมั่นคง ความยากจน ความยาว ความรู้ คะแนนเต็ม คะแนนรวม คัดลอก คัดเลือก คุณภาพชีวิต คุ้มครอง
    ค่าเฉลี่ย คำค้น คำตอบ คำรับรอง คำสั่ง คุณภาพ คุณสมบัติ เครือข่าย เครื่องหมาย เงื่อนไข งบประมาณ จากชีต จากนั้น
    จังหวัด จัดการ จัดเก็บ จัดทำ จัดอันดับ เจ้าหน้าที่ แจ้งเตือน เฉพาะ ชนะเลิศ ชมเชย ช่วยเหลือ ช่องทาง ช้ากว่า ชีต
    เชิงประจักษ์ เชื่อมต่อ เชื่อมั่น ใช้งาน ใช้ประโยชน์ ฐานข้อมูล ฐานราก ดังกล่าว ดำรงชีวิต โดดเด่น ด้านบน ด้านล่าง
    ดาวน์โหลด ดีเด่น ดำเนินการ ดำเนินงาน ได้รับ ตกเกณฑ์ ตนเอง ตรวจทาน ตรวจรับ ตรวจราชการ ตรวจสอบ ตั้งค่า ตัวกรอง
    ตัวชี้วัด ตัวตน ตัวเลข ตัวอย่าง ตัวอักษร ตารางอันดับ ติดตั้ง ติดต่อ ตำบล ต่ำกว่า ต่อเนื่อง ต่อไป ต่อยอด เตรียม
    แต่งตั้ง ต้นแบบ ถอดบทเรียน ถอนตัว ถัดไป ถูกต้อง ทดลองใช้ ทั้งหมด ทันที ทางไกล ท่าน ที่อยู่ เทคโนโลยี เทียบกับ
    เท่ากัน เทอร์มินัล แท็บ โทเคน แนวทาง น้อยกว่า นวัตกรรม นำเข้า นำเสนอ บทเรียน บอก บันทึก บางส่วน บูรณาการ
    เบิกจ่าย เบื้องต้น เบื้องหลัง แบบประเมิน แบบฟอร์ม ใบคะแนน ใบรับ ใบให้คะแนน ปฏิทิน ปฏิบัติการ ประกอบ ประกาศผล
    ประจำเดือน ประจำปี ประชารัฐ ประชุม ประสานงาน ปักหมุด ปัจจุบัน ปานกลาง เปรียบเทียบ เป้าหมาย เปลี่ยนแปลง ผิดปกติ
    ผิดพลาด ผลงาน ผู้ใช้ ผู้ดูแล ผู้ดูแลระบบ ผู้ประสานงาน ผู้ยืนยัน ผู้รับรอง ผู้อื่น เผยแพร่ แผ่นงาน ฝึกปฏิบัติ
    ฝึกอบรม พรุ่งนี้ พระราชบัญญัติ พอเพียง พัฒนาชุมชน พาสคีย์ พี่เลี้ยง พื้นฐาน พื้นที่ เพิ่มเติม เพียงพอ แพลตฟอร์ม
    ภาคผนวก ภายใน ภายหลัง ภาษาไทย ภาษาอังกฤษ มหาดไทย มอบหมาย มัธยฐาน มากกว่า มิฉะนั้น แม่ข่าย ยกเลิก ย่อขนาด
    ย้อนกลับ ยืนยันตัวตน รหัสกู้คืน รหัสผ่าน รองชนะเลิศ รั่วไหล เริ่มต้น ร้องเรียน ร้อยละ ระยะ ระยะเวลา รอตรวจ รอบ
    ระหว่าง รายการ รายชื่อ รายเดือน รายได้ รายละเอียด รูปแบบ รู้จัก เรียงลำดับ เรียบร้อย ลงคะแนน ลงนาม ลายนิ้วมือ
    ลิงก์ ลูกศร เลขที่ เลยกำหนด ล่าสุด วันกำหนด วันทำการ วันที่ วันนี้ วิธีการ วีดิทัศน์ เว้นแต่ เว้นว่าง ศูนย์กลาง
    สถานการณ์ สมมติ สอดคล้อง สัดส่วน เสนอแนะ เสียหาย ส่งคืน ส่งแทน ส่งเสริม ส่วนกลาง ส่วนตัว ส่วนหัว สังคมออนไลน์
    สักครู่ สารสนเทศ สำนักงาน สิ้นสุด สูงกว่า สูงสุด สื่อสังคม เสนอชื่อ หน่วยงาน หน้าจอ หน้าที่ หน้าเว็บ หน้าแรก
    หนึ่ง หมดเวลา หมดสิทธิ์ หมดอายุ หมายถึง หลักฐาน หลังจาก หอกระจายข่าว หัวตาราง หัวหน้า เหตุการณ์ เหตุผล เหมือนกัน
    ให้คะแนน องค์กร องค์ประกอบ ออก ออกแบบ ออมทรัพย์ อย่างเดียว อย่างน้อย อัตลักษณ์ อัปโหลด อัลกอริทึม อำเภอ
    ปีก่อน ปีนี้ อินโฟกราฟิก อีกครั้ง เอกสาร`;
  const UNITS = `คะแนน วัน เดือน ปี ไตรมาส ชั่วโมง นาที วินาที น. ข้อ ด้าน รายการ ไฟล์ แห่ง จังหวัด อำเภอ ตำบล ครัวเรือน
    คน ครั้ง หน้า ตัวอักษร บาท ระดับ MB GB KB %`;
  const MONTHS = `มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม
    ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.`;
  const SKIPPED = "script, style, textarea, option, svg, thai-word, details:not([open]) > :not(summary)";
  const COUNTED = `ประจำปี ปี ครั้งที่ เขตตรวจราชการที่ ไตรมาสที่ ไตรมาส ฉบับที่ เลขที่ หน้า ที่`;
  const YEAR = / [0-9๐-๙]{4}$/; // of a date; in a cell it may stand below, or tables are wider than a phone
  const ROUNDS = 5; // a word that moves to the next line may push another one over its end

  const listed = (text) => text.trim().split(/\s+/);
  const oneOf = (words) => words.sort((one, other) => other.length - one.length).join("|").replaceAll(".", "\\.");
  const words = listed(WORDS);
  const units = listed(UNITS);
  const counted = words.filter((word) => units.some((unit) => word.startsWith(unit))); // 3 วันทำการ, not 3 วัน
  const whole = new RegExp(
    [
      `(?:[0-9๐-๙]{1,2} )?(?:${oneOf(listed(MONTHS))})(?: [0-9๐-๙]{4})?`,
      `(?:[0-9๐-๙]+ - [0-9๐-๙]*)?[0-9๐-๙] (?:${oneOf([...units, ...counted])})`,
      `(?:${oneOf(listed(COUNTED))}) [0-9๐-๙]+(?![0-9๐-๙]| (?:${oneOf(listed(MONTHS))}))[)]?`,
      "[ก-๛] ๆ",
      oneOf(words),
    ].join("|"),
    "g",
  );
  const range = document.createRange();
  let width = innerWidth;

  function hasTwoLines(node, start, end) {
    range.setStart(node, start);
    range.setEnd(node, end);
    const [first, ...others] = [...range.getClientRects()].filter((part) => part.width > 0);
    return others.some((part) => part.top > first.top + first.height / 2);
  }

  // There a text is one box, and would become several.
  const isBox = (text) => /flex|grid/.test(getComputedStyle(text).display);

  function hold(node, start, end, isInBox) {
    if (isInBox && node.parentElement.localName !== "thai-text") {
      const box = document.createElement("thai-text");
      node.replaceWith(box);
      box.append(node);
    }
    node.splitText(end);
    const word = document.createElement("thai-word");
    const cut = node.splitText(start);
    cut.replaceWith(word);
    word.append(cut);
  }

  function holdCutWords(within) {
    const texts = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
    const cut = [];
    while (texts.nextNode()) {
      const { currentNode: node } = texts;
      if (!/[ก-๛]/.test(node.data) || node.parentElement.closest(SKIPPED)) continue;
      if (!hasTwoLines(node, 0, node.length)) continue;
      const isCell = node.parentElement.closest("td, th");
      for (const { 0: found, index } of node.data.matchAll(whole)) {
        const word = isCell ? found.replace(YEAR, "") : found;
        if (!hasTwoLines(node, index, index + word.length)) continue;
        // Asked while nothing has changed: asked after each change, it draws a long table anew for every word.
        cut.push([node, index, index + word.length, isBox(node.parentElement)]);
      }
    }
    for (const place of cut.reverse()) hold(...place); // from the last, so that the places before it stay true
    return cut.length;
  }

  function holdWhole(within = document.body) {
    for (let round = 0; round < ROUNDS && holdCutWords(within); round += 1);
    changes.takeRecords(); // our own
  }

  const changes = new MutationObserver(function (records) {
    const places = [...new Set(records.map((record) => record.target))].filter((place) => place.isConnected);
    for (const place of places) {
      if (!places.some((other) => other !== place && other.contains(place))) holdWhole(place);
    }
  });
  holdWhole();
  changes.observe(document.body, { subtree: true, childList: true, attributeFilter: ["open", "hidden"] });
  addEventListener("resize", function () {
    if (innerWidth === width) return; // a keyboard came up
    width = innerWidth;
    requestAnimationFrame(() => holdWhole());
  });
  document.fonts.addEventListener("loadingdone", () => holdWhole());
})();
