// Text contrast on solid backgrounds, in the isolated world (WCAG 1.4.3; formulas of WCAG 2.2).
((most, shown) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (text) => {
    if (known.has(text)) return known.get(text);
    let found = null;
    const plain = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(text);
    if (plain) found = [+plain[1], +plain[2], +plain[3], plain[4] === undefined ? 1 : +plain[4]];
    else { // oklch(), color(), lab(): the canvas knows what they come to
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
      const p = canvas.getImageData(0, 0, 1, 1).data;
      found = [p[0], p[1], p[2], p[3] / 255];
    }
    known.set(text, found);
    return found;
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const light = (colour) => {
    const [r, g, b] = colour.map((v) => {
      const c = v / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [x, y] = [light(a), light(b)];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  };
  const parent = Object.getOwnPropertyDescriptor(Node.prototype, "parentNode").get;
  const above = (el) => {
    const up = parent.call(el);
    return up instanceof ShadowRoot ? up.host : up instanceof Element ? up : null;
  };
  const styles = new Map();
  const style = (el) => {
    if (!styles.has(el)) styles.set(el, getComputedStyle(el));
    return styles.get(el);
  };
  // The solid colour behind an element by its ancestors; null where a picture, a filter or a blend decides.
  const grounds = new Map();
  const ground = (el) => {
    if (!el) return [255, 255, 255, 1];
    if (grounds.has(el)) return grounds.get(el);
    const cs = style(el);
    let found = null;
    if (cs.backgroundImage === "none" && +cs.opacity === 1 && cs.mixBlendMode === "normal" && cs.filter === "none") {
      const own = rgba(cs.backgroundColor);
      if (own[3] === 1) found = own;
      else if (cs.backdropFilter === "none") {
        const under = ground(above(el));
        found = under && own[3] > 0 ? over(own, under) : under;
      }
    }
    grounds.set(el, found);
    return found;
  };
  // What really lies below a point of it, where it stands over something that is no ancestor.
  const below = (el, box) => {
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return ground(el);
    const stack = Document.prototype.elementsFromPoint.call(document, x, y);
    const start = stack.indexOf(el);
    if (start < 0) return null;
    for (const under of stack.slice(start)) {
      const cs = style(under);
      if (/^(IMG|CANVAS|VIDEO|IFRAME|SVG|svg|OBJECT|EMBED)$/.test(under.tagName)) return null;
      if (cs.backgroundImage !== "none" || +cs.opacity !== 1) return null;
      const own = rgba(cs.backgroundColor);
      if (own[3] === 1) return ground(under) && ground(el);
      if (own[3] > 0) return ground(el);
    }
    return ground(el);
  };
  const hand = HAND;
  let texts = 0, failing = 0, seen = 0;
  const offenders = [];
  for (const el of Document.prototype.querySelectorAll.call(document, "body, body *")) {
    if (++seen > most) break;
    let words = "";
    for (let node = Object.getOwnPropertyDescriptor(Node.prototype, "firstChild").get.call(el); node; node = node.nextSibling)
      if (node.nodeType === Node.TEXT_NODE) words += node.data;
    if (el instanceof HTMLInputElement && /^(button|submit|reset)$/.test(el.type)) words = el.value;
    if (!/[\p{L}\p{N}]/u.test(words) || el instanceof HTMLTextAreaElement || el instanceof HTMLOptionElement) continue;
    if (!(el instanceof HTMLElement) || /^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|TITLE)$/.test(el.tagName)) continue;
    if (!Element.prototype.checkVisibility.call(el, { opacityProperty: true, visibilityProperty: true })) continue;
    const box = Element.prototype.getBoundingClientRect.call(el);
    if (box.width < 2 || box.height < 2) continue;
    if (Element.prototype.closest.call(el, ":disabled, [aria-disabled=true], [inert]")) continue;
    const cs = style(el);
    const size = parseFloat(cs.fontSize);
    let ink = rgba(cs.webkitTextFillColor || cs.color);
    const behind = ground(el);
    if (size < 1 || ink[3] < 0.05 || !behind || cs.textShadow !== "none") continue;
    texts++;
    const large = size >= 24 || (size >= 18.66 && +cs.fontWeight >= 700);
    const least = large ? 3 : 4.5;
    if (ink[3] < 1) ink = over(ink, behind);
    if (ratio(ink, behind) >= least) continue;
    if (!below(el, box)) { texts--; continue; }
    failing++;
    if (offenders.length < shown) offenders.push(hand.name(el));
  }
  return { texts, failing, offenders };
})
