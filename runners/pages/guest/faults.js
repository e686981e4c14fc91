// What the fault probes see and change of a document, in the isolated world.
(() => {
  const hand = HAND;
  const all = (css) => Array.from(Document.prototype.querySelectorAll.call(document, css));
  const rect = (el) => Element.prototype.getBoundingClientRect.call(el);
  const visible = (el) => {
    if (!Element.prototype.checkVisibility.call(el, { opacityProperty: true, visibilityProperty: true })) return false;
    const box = rect(el);
    return box.width > 1 && box.height > 1;
  };
  const matches = (el, css) => Element.prototype.matches.call(el, css);
  const closest = (el, css) => Element.prototype.closest.call(el, css);
  const attribute = (el, name) => Element.prototype.getAttribute.call(el, name);
  const FIELDS = "input:not([type]), input[type=text], input[type=search], input[type=email], input[type=url],"
    + " input[type=tel], input[type=password], input[type=number], textarea, [contenteditable]:not([contenteditable=false])";
  const BUTTONS = "button:not([type=reset]), input[type=submit], input[type=button], [role=button]";
  const usable = (el) => visible(el) && !matches(el, ":disabled, :read-only:not([contenteditable])");
  const fields = () => all(FIELDS).slice(0, 200).filter(usable);
  const value = (el) => el instanceof HTMLInputElement || el instanceof HTMLTextAreaElement ? el.value : el.textContent;
  // What a visitor would press after filling it in: its form's button, else the next one after it.
  const button = (el) => {
    const form = closest(el, "form");
    const found = all(BUTTONS).slice(0, 500).filter((one) => visible(one) && !matches(one, ":disabled"));
    return found.find((one) => form && closest(one, "form") === form)
      || found.find((one) => Node.prototype.compareDocumentPosition.call(el, one) & Node.DOCUMENT_POSITION_FOLLOWING) || null;
  };
  const hash = (text) => {
    let state = 5381;
    for (let i = 0; i < text.length; i++) state = (Math.imul(state, 33) ^ text.charCodeAt(i)) | 0;
    return state;
  };
  let undo = [];
  return {
    // The visible text as a number, how much of it there is, and by how much the document is too wide.
    view() {
      const root = document.scrollingElement || document.documentElement, body = document.body;
      const text = body instanceof HTMLElement ? body.innerText : "";
      let marks = 0;
      for (const el of all("canvas, svg, img, video, iframe, button, input, select, textarea").slice(0, 500))
        if (visible(el) && ++marks > 20) break;
      let around = "";
      for (const el of all(FIELDS).slice(0, 20)) around += `${el.className}|${attribute(el, "aria-invalid")}|`;
      return { text: hash(text + around + marks), chars: text.trim().length, marks,
        overflow: root ? Math.max(0, Math.round(root.scrollWidth - innerWidth)) : 0 };
    },
    fields(most) {
      return fields().slice(0, most).map((el) => {
        const press = button(el);
        return { name: hand.name(el), button: press ? hand.name(press) : "",
          number: el instanceof HTMLInputElement && el.type === "number",
          line: el instanceof HTMLInputElement };
      });
    },
    empty() {
      for (const el of fields()) if (value(el)) {
        if (el instanceof HTMLElement && el.isContentEditable) el.textContent = ""; else hand.set(el, "");
      }
    },
    // Native constraints that hold a form back are shown by the browser itself.
    held(css) {
      const el = hand.one(css), form = el && closest(el, "form");
      return !!form && !form.noValidate && !!Element.prototype.querySelector.call(form, ":invalid");
    },
    // Typed markup with a handler stands in the document as an element that kept its handler.
    injected(mark) {
      const find = (root) => {
        const css = `[data-mark="${mark}"][onerror]`;
        const query = root instanceof Document ? Document.prototype.querySelector : DocumentFragment.prototype.querySelector;
        if (query.call(root, css)) return true;
        return root === document && all("*").some((el) => el.shadowRoot && find(el.shadowRoot));
      };
      return find(document);
    },
    // Every visible text becomes 40 % longer, as translations are; `back` undoes it.
    stretch() {
      const root = document.body || document.documentElement;
      if (!root) return 0;
      const walker = Document.prototype.createTreeWalker.call(document, root, NodeFilter.SHOW_TEXT);
      const texts = [];
      while (walker.nextNode() && texts.length < 4000) texts.push(walker.currentNode);
      let changed = 0;
      for (const node of texts) {
        const text = node.data, up = node.parentElement;
        if (!/\p{L}/u.test(text) || !up || /^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|TEXTAREA)$/.test(up.tagName)) continue;
        const words = text.trim(), more = words.slice(0, Math.max(1, Math.ceil(words.length * 0.4)));
        const longer = `${text.trimEnd()} ${more}`;
        node.data = longer;
        changed++;
        undo.push(() => { if (node.data === longer) node.data = text; });
      }
      return changed;
    },
    turn() {
      const root = document.documentElement, had = root.getAttribute("dir");
      root.setAttribute("dir", had === "rtl" ? "ltr" : "rtl");
      undo.push(() => { if (had === null) root.removeAttribute("dir"); else root.setAttribute("dir", had); });
    },
    back() { for (const act of undo.reverse()) act(); undo = []; },
    // Left edges of what is shown, to tell whether a layout turned with the direction.
    edges() {
      const found = [];
      for (const el of all("body *").slice(0, 2000)) if (visible(el) && found.push(Math.round(rect(el).left)) >= 60) break;
      return found;
    },
  };
})()
