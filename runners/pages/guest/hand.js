// Evaluated in the isolated world: where an element can be hit, and what no key can set.
// Prototype methods are called by name, as a form or a document answers by the names of what it holds.
(() => {
  const one = (css) => Document.prototype.querySelector.call(document, css);
  const rect = (el) => Element.prototype.getBoundingClientRect.call(el);
  const matches = (el, css) => Element.prototype.matches.call(el, css);
  const shadow = Object.getOwnPropertyDescriptor(Element.prototype, "shadowRoot").get;
  const parent = Object.getOwnPropertyDescriptor(Node.prototype, "parentNode").get;
  const rooted = (el) => Node.prototype.getRootNode.call(el);
  const above = (el) => el instanceof ShadowRoot ? el.host : parent.call(el);
  const active = (tree) => Object.getOwnPropertyDescriptor(
    tree instanceof ShadowRoot ? ShadowRoot.prototype : Document.prototype, "activeElement").get.call(tree);
  // The focus as the tree of an element sees it: above, it is on the host.
  const holds = (el) => active(rooted(el)) === el;
  const top = () => {
    let at = active(document);
    for (let tree = at && shadow.call(at); tree && active(tree); tree = shadow.call(at)) at = active(tree);
    return at;
  };
  const BY_VALUE = "select, input[type=color], input[type=date], input[type=time], input[type=month],"
    + " input[type=week], input[type=datetime-local], input[type=range]";
  const CHANGED = 1767225600000; // 2026-01-01
  const tell = (el, type) => EventTarget.prototype.dispatchEvent.call(
    el, new Event(type, { bubbles: true, composed: type === "input" }));
  const owner = (el) => el instanceof HTMLSelectElement ? HTMLSelectElement.prototype
    : el instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
  const id = Object.getOwnPropertyDescriptor(Element.prototype, "id").get;
  const tag = Object.getOwnPropertyDescriptor(Element.prototype, "localName").get;
  const before = Object.getOwnPropertyDescriptor(Element.prototype, "previousElementSibling").get;
  const after = Object.getOwnPropertyDescriptor(Element.prototype, "nextElementSibling").get;
  // A short selector that finds this element first: up to the next id that is the only one.
  const name = (el) => {
    const parts = [];
    for (let at = el; at instanceof Element; at = parent.call(at)) {
      const own = id.call(at);
      if (own && one(`#${CSS.escape(own)}`) === at) return [`#${CSS.escape(own)}`, ...parts].join(" > ");
      let place = 1, alone = true;
      const kind = tag.call(at);
      if (kind === "body" || kind === "html") { parts.unshift(kind); break; }
      for (let other = before.call(at); other; other = before.call(other)) if (tag.call(other) === kind) place++;
      if (place === 1) for (let other = after.call(at); other && alone; other = after.call(other)) alone = tag.call(other) !== kind;
      parts.unshift(CSS.escape(kind) + (place > 1 || !alone ? `:nth-of-type(${place})` : ""));
    }
    return parts.join(" > ");
  };
  return {
    one, name, top,
    // Scrolls there; the middle of the largest part that lies in view, and whether a hit there is one of it.
    spot(el) {
      if (!el) return null;
      Element.prototype.scrollIntoView.call(el, { block: "center", inline: "nearest", behavior: "instant" });
      let best = null;
      for (const box of Element.prototype.getClientRects.call(el)) {
        const left = Math.max(0, box.left), right = Math.min(innerWidth, box.right);
        const upper = Math.max(0, box.top), lower = Math.min(innerHeight, box.bottom);
        const area = Math.max(0, right - left) * Math.max(0, lower - upper);
        if (area > 0 && (!best || area > best.area)) best = { area, x: (left + right) / 2, y: (upper + lower) / 2 };
      }
      if (!best) return null;
      let hit = Document.prototype.elementFromPoint.call(document, best.x, best.y);
      const trees = new Map(); // of its own, closed ones too
      for (let tree = rooted(el); tree instanceof ShadowRoot; tree = rooted(tree.host)) trees.set(tree.host, tree);
      for (let inner = hit; inner; hit = inner || hit) {
        const tree = shadow.call(inner) || trees.get(inner);
        inner = tree ? ShadowRoot.prototype.elementFromPoint.call(tree, best.x, best.y) : null;
        if (inner === hit) break;
      }
      const on = (wanted) => { for (let at = hit; at; at = above(at)) if (at === wanted) return true; return false; };
      // A label stands for its field, which is often hidden behind it.
      const own = on(el) || (el instanceof HTMLInputElement && Array.from(el.labels || []).some(on));
      return { x: best.x, y: best.y, hit: own, byValue: matches(el, BY_VALUE) };
    },
    // A label stands for its field.
    of(el) { return el instanceof HTMLLabelElement && el.control ? el.control : el; },
    focus(el) { HTMLElement.prototype.focus.call(el, { preventScroll: true }); return holds(el); },
    blur() { const at = top(); if (at instanceof HTMLElement) HTMLElement.prototype.blur.call(at); },
    select(named) {
      const el = this.of(named);
      HTMLElement.prototype.focus.call(el, { preventScroll: true });
      if (el instanceof HTMLTextAreaElement) HTMLTextAreaElement.prototype.select.call(el);
      else if (el instanceof HTMLInputElement) HTMLInputElement.prototype.select.call(el);
      else getSelection().selectAllChildren(el);
      return holds(el);
    },
    // What a visitor picks in the dialog of a file field; whether it was taken.
    give(named, name, type, body) {
      const el = this.of(named);
      if (!(el instanceof HTMLInputElement) || !matches(el, "input[type=file]:enabled")) return false;
      const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
      const held = new DataTransfer();
      held.items.add(new File([bytes], name, { type, lastModified: CHANGED }));
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "files").set.call(el, held.files);
      tell(el, "input");
      tell(el, "change");
      return true;
    },
    // An option by value, else by its text, else by number; other fields by value. The value that stands after.
    set(named, value) {
      const el = this.of(named), low = value.trim().toLowerCase();
      if (el instanceof HTMLSelectElement) {
        const all = Array.from(HTMLSelectElement.prototype[Symbol.iterator].call(el));
        const wanted = all.find((o) => o.value === value) || all.find((o) => o.text.trim() === value.trim())
          || all.find((o) => o.text.trim().toLowerCase() === low || o.value.toLowerCase() === low)
          || (/^#\d+$/.test(value) ? all[Number(value.slice(1)) - 1] : null);
        if (!wanted || wanted.disabled) return null;
        if (el.multiple) wanted.selected = true;
        else Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "selectedIndex").set.call(el, wanted.index);
      } else if (el instanceof HTMLInputElement || el instanceof HTMLTextAreaElement) {
        Object.getOwnPropertyDescriptor(owner(el), "value").set.call(el, value);
      } else return null;
      tell(el, "input");
      tell(el, "change");
      return Object.getOwnPropertyDescriptor(owner(el), "value").get.call(el);
    },
  };
})()
