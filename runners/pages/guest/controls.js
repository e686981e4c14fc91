// What a visitor could act on, with where it is heard. Isolated world. `__heard` maps elements to
// the types of their listeners; the driver fills it from the browser's own list.
(() => {
  const heard = globalThis.__heard || (globalThis.__heard = new Map());
  const held = globalThis.__controls || (globalThis.__controls = []);
  const known = globalThis.__known || (globalThis.__known = new Set());
  const user = /^(click|dblclick|mouse|pointer|touch|key|input|change|submit|drag|drop|wheel|focus|blur|contextmenu|paste)/;
  const pick = "button,a[href],input:not([type=hidden]),select,textarea,summary,label,canvas,[role=button],[role=tab],[role=switch],[role=link],[role=checkbox],[role=radio],[role=menuitem],[role=option],[role=slider],[onclick],[contenteditable=''],[contenteditable=true],[draggable=true],[tabindex='0']";
  const plain = __plain, bare = __bare, root = document.documentElement, body = document.body;
  const path = (el) => {
    const parts = [];
    for (let e = el; e && e !== root; e = plain(e.parentElement)) {
      if (e.id && document.querySelectorAll(`#${CSS.escape(e.id)}`).length === 1) { parts.unshift(`#${CSS.escape(e.id)}`); break; }
      const up = plain(e.parentElement);
      const same = up ? Array.from(up.children, plain).filter((o) => o.tagName === e.tagName) : [e];
      parts.unshift(e.tagName.toLowerCase() + (same.length > 1 ? `:nth-of-type(${same.indexOf(e) + 1})` : ""));
    }
    return parts.join(" > ");
  };
  const kindOf = (el) => {
    const tag = el.tagName.toLowerCase(), role = el.getAttribute("role");
    if (tag === "input") return el.type;
    if (tag === "a") return "link";
    if (tag === "button") return el.type === "reset" ? "reset" : "button";
    if (["select", "textarea", "summary", "label", "canvas"].includes(tag)) return tag;
    if (el.isContentEditable) return "editable";
    return role || (el.draggable ? "draggable" : "element");
  };
  const labelOf = (el) => (el.getAttribute("aria-label") || (el.labels && el.labels[0] && el.labels[0].textContent) ||
    el.placeholder || el.title || (/^(INPUT)$/.test(el.tagName) ? el.value : "") || el.textContent || "").trim().replace(/\s+/g, " ").slice(0, 60);
  const nativeOf = (el) => {
    const tag = el.tagName;
    if (tag === "A") return !/^(#?|javascript:.*)$/i.test((el.getAttribute("href") || "").trim());
    if (tag === "SUMMARY" || el.hasAttribute("popovertarget") || el.hasAttribute("commandfor")) return true;
    if (tag === "LABEL") return !!el.control;
    const form = el.form;
    if (/^(submit|image)$/.test(el.type || "") && form) return form.hasAttribute("action");
    return el.type === "reset" && !!form;
  };
  const offered = [];
  const consider = (el) => {
    if (known.has(el) || el.disabled || el === body || el === root) return;
    if (el.tagName === "LABEL" && el.control && !el.control.hidden && el.control.getClientRects().length) return;
    const r = el.getBoundingClientRect(), cs = getComputedStyle(bare(el));
    const seen = r.width >= 4 && r.height >= 4 && cs.visibility === "visible" && cs.pointerEvents !== "none";
    // A file field is mostly hidden behind a label or a button of the page's own.
    if (!seen && !(el.tagName === "INPUT" && el.type === "file")) return;
    known.add(el);
    offered.push([el, r, seen]);
  };
  for (const node of heard.keys()) __meet(node);
  for (const el of __all(pick)) consider(plain(el));
  for (const [node, types] of heard) {
    const el = plain(node);
    if (el instanceof Element && el.isConnected && types.some((t) => /^(click|mousedown|pointerdown|touchstart|dblclick|dragstart|wheel|mouseenter|mouseover|input|change)$/.test(t)))
      if (el.getBoundingClientRect().height <= innerHeight * 1.5) consider(el);
  }
  const weight = ([el, r]) => (/^(BUTTON|INPUT|TEXTAREA|SELECT)$/.test(el.tagName) ? r.width * r.height : 0) / (1 + r.top / innerHeight);
  const main = new Set(offered.slice().sort((a, b) => weight(b) - weight(a)).slice(0, 3).filter((o) => weight(o) > 0).map(([el]) => el));
  return offered.slice(0, 200).map(([el, , visible]) => {
    const reached = new Set();
    for (let e = __above(bare(el)); e; e = __above(e)) for (const t of heard.get(e) || []) if (user.test(t)) reached.add(t);
    for (const t of heard.get(document) || []) if (user.test(t)) reached.add(t);
    for (const t of globalThis.__window || []) if (user.test(t)) reached.add(t);
    held.push(bare(el));
    return { at: held.length - 1, selector: path(el), kind: kindOf(el), label: labelOf(el), listeners: Array.from(new Set(heard.get(bare(el)) || [])).sort(),
      reached: Array.from(reached).sort(), native: nativeOf(el), visible, in_form: !!el.form, main: main.has(el) };
  });
})()
