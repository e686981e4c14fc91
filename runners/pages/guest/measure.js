// The document at rest, in numbers. Evaluated in the isolated world; every count is of elements
// unless it says otherwise. Nothing here calls into objects of the page's own scripts.
(() => {
  const MOST = 5000;
  const plain = __plain, bare = __bare, empty = document.createElement("html");
  const root = document.documentElement || empty, body = document.body;
  const roots = __roots(), trees = roots.slice(1);
  const all = (css) => roots.flatMap((tree) => Array.from(tree.querySelectorAll(css)));
  const found = all("*").map(plain);
  const out = { elements: found.length }, words = {};
  const tally = (map, key, by = 1) => map.set(key, (map.get(key) || 0) + by);
  const parse = (text) => {
    const m = /rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)/.exec(text);
    return m ? [+m[1], +m[2], +m[3], m[4] === undefined ? 1 : +m[4]] : null;
  };
  const light = (c) => {
    const f = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2];
  };
  const name = (el) => {
    if (el.id) return `#${el.id}`;
    const up = plain(el.parentElement);
    const all = up ? Array.from(up.children, plain).filter((e) => e.tagName === el.tagName) : [el];
    const own = el.tagName.toLowerCase() + (all.length > 1 ? `:nth-of-type(${all.indexOf(el) + 1})` : "");
    return up && up !== body && up !== root ? `${up.id ? `#${up.id}` : up.tagName.toLowerCase()} > ${own}` : own;
  };
  const grounds = new Map();
  const ground = (el) => { // the solid colour behind; null where it is an image or a mixture
    const passed = [];
    let answer = [255, 255, 255, 1];
    for (let e = el; e; e = plain(__above(bare(e)))) {
      if (grounds.has(e)) { answer = grounds.get(e); break; }
      passed.push(e);
      const cs = getComputedStyle(bare(e));
      if (cs.backgroundImage !== "none") { answer = null; break; }
      const c = parse(cs.backgroundColor);
      if (!c) { answer = null; break; }
      if (c[3] > 0.95) { answer = c; break; }
      if (c[3] > 0.05) { answer = null; break; }
    }
    for (const e of passed) grounds.set(e, answer);
    return answer;
  };
  const ignored = new Set(["SCRIPT", "STYLE", "HEAD", "META", "LINK", "TITLE", "NOSCRIPT", "TEMPLATE", "BASE"]);
  const palette = new Map(), fonts = new Map(), sizes = new Set(), inks = new Set(), backs = new Set();
  let visible = 0, chars = 0, texts = 0, failing = 0, tiny = 0, depth = 0, classed = 0, inline = 0, animated = 0;
  const weak = [], raw = [];
  const unfilled = /\$\{[^}]{1,80}\}|\{\{\s*[\w.$]+\s*\}\}|\[object [A-Z][A-Za-z]*\]|^[^\p{L}\d]*(?:NaN|undefined)[^\p{L}\d]*$/u;
  let position = 0;
  for (const el of found) {
    if (++position > MOST) break;
    const tag = el.tagName;
    if (ignored.has(tag)) continue;
    if (el.classList.length) classed++;
    const style = el.getAttribute("style");
    if (style && /[a-z-]+\s*:/i.test(style.replace(/(display|visibility)\s*:[^;]*;?/gi, ""))) inline++;
    const r = el.getBoundingClientRect();
    if (r.width < 1 || r.height < 1) continue;
    const cs = getComputedStyle(bare(el));
    if (cs.visibility !== "visible" || +cs.opacity < 0.05) continue;
    visible++;
    if (cs.animationName !== "none" || /[1-9]/.test(cs.transitionDuration)) animated++;
    let own = "";
    for (const n of el.childNodes) if (n.nodeType === 3) own += n.data;
    own = own.trim();
    const area = Math.min(r.width * r.height, 4e6);
    if (cs.backgroundColor !== "rgba(0, 0, 0, 0)") { backs.add(cs.backgroundColor); tally(palette, cs.backgroundColor, area); }
    if (!own) continue;
    texts++; chars += own.length;
    if (raw.length < 5 && unfilled.test(own) && !el.closest("code,pre,kbd,samp,textarea,[contenteditable]")) raw.push(own.slice(0, 80));
    tally(palette, cs.color, own.length * 60);
    tally(fonts, cs.fontFamily.split(",")[0].replace(/["']/g, ""), own.length);
    sizes.add(cs.fontSize); inks.add(cs.color);
    const px = parseFloat(cs.fontSize);
    if (px < 11) tiny++;
    const ink = parse(cs.color), back = ground(el);
    if (ink && back && ink[3] > 0.5) {
      out.contrast_texts = (out.contrast_texts || 0) + 1;
      const a = light(ink), b = light(back);
      const large = px >= 24 || (px >= 18.66 && +cs.fontWeight >= 700);
      if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < (large ? 3 : 4.5)) {
        failing++;
        if (weak.length < 10) weak.push(name(el));
      }
    }
  }
  const count = (selector) => all(selector).length;
  for (let e of found.slice(-1)) for (; e; e = plain(__above(bare(e)))) depth++;
  Object.assign(out, {
    visible, texts, text_chars: chars, contrast_failing: failing, contrast_texts: out.contrast_texts || 0,
    tiny_texts: tiny, animated, classed, inline_styles: inline, font_sizes: sizes.size, fonts: fonts.size,
    colours: inks.size, backgrounds: backs.size, tags: new Set(found.map((e) => e.tagName)).size, max_depth: depth,
    inputs: count("input:not([type=hidden]),select,textarea"), buttons: count("button,[role=button],input[type=button],input[type=submit]"),
    links: count("a[href]"), images: count("img"), canvas: count("canvas"), svg: count("svg"),
    svg_shapes: count("svg :is(path,rect,circle,line,polyline,polygon,ellipse)"), media: count("video,audio"),
    tables: count("table"), forms: count("form"), headings: count("h1,h2,h3,h4,h5,h6"), h1: count("h1"), lists: count("ul,ol"),
    landmarks: count("main,nav,header,footer,aside,section,article,[role=main],[role=navigation]"),
    live: count("[aria-live],[role=alert],[role=status],output"), aria: count("[role],[aria-label],[aria-expanded],[aria-labelledby],[aria-describedby]"),
    viewport_meta: +!!document.querySelector("meta[name=viewport]"), charset: +!!document.querySelector("meta[charset],meta[http-equiv='Content-Type' i]"),
    skip_links: count("a[href^='#'][class*=skip i]"), draggable: count("[draggable=true]"), dead_links: count("a[href='#'],a[href='']"),
    canvas_empty: all("canvas").filter((c) => c.getClientRects().length && !(c.clientWidth && c.clientHeight && c.width && c.height)).length,
    images_broken: all("img").filter((i) => i.complete && !i.naturalWidth).length, frames: count("iframe"),
    running: document.getAnimations ? document.getAnimations().filter((a) => a.playState === "running").length : 0,
  });
  out.controls = count("button,a[href],input:not([type=hidden]),select,textarea,summary,[role=button],[role=tab],[role=switch],[role=link],[role=checkbox],[role=menuitem],[onclick],[contenteditable=true]");
  const ids = new Map();
  for (const e of document.querySelectorAll("[id]")) tally(ids, plain(e).id);
  out.dup_ids = Array.from(ids.values()).filter((n) => n > 1).length;
  const nameless = (e) => !(e.textContent || "").trim() && !e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby") && !e.title && !e.querySelector("img[alt],svg title") && !e.value;
  out.unnamed = all("button,[role=button],a[href]").filter(nameless).length;
  out.unlabelled = all("input:not([type=hidden]):not([type=button]):not([type=submit]):not([type=reset]),select,textarea")
    .filter((e) => !(e.labels && e.labels.length) && !e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby") && !e.title).length;
  const hits = new Set();
  for (let y = 0.5; y < 8; y++) for (let x = 0.5; x < 8; x++) {
    const e = document.elementFromPoint((x * innerWidth) / 8, (y * innerHeight) / 8);
    if (e && e !== body && e !== root) hits.add(e);
  }
  out.hit = hits.size;
  const css = { rules: 0, width_rules: 0, dark_rules: 0, reduced_rules: 0, keyframes: 0, transitions: 0, variables: 0, flex: 0, grid: 0, focus_rules: 0, hover_rules: 0, rtl_rules: 0 };
  const simple = [];
  const walk = (rules) => {
    for (const rule of rules) {
      if (rule instanceof CSSStyleRule) {
        css.rules++;
        const text = rule.cssText, selector = rule.selectorText || "";
        if (/(transition|animation)[a-z-]*:/.test(text)) css.transitions++;
        if (/--[\w-]+:/.test(text)) css.variables++;
        if (/display: (inline-)?flex/.test(text)) css.flex++;
        if (/display: (inline-)?grid/.test(text)) css.grid++;
        if (/:focus/.test(selector)) css.focus_rules++;
        if (/:hover/.test(selector)) css.hover_rules++;
        if (/\[dir|:dir\(/.test(selector) || /-inline-(start|end):/.test(text)) css.rtl_rules++;
        if (simple.length < 400 && selector && !/^\s*(\*|:root|:host.*)\s*$/.test(selector)) simple.push(selector.replace(/::?[a-z-]+(\([^)]*\))?/g, "") || "*");
        if (rule.cssRules.length) walk(rule.cssRules);
        continue;
      }
      if (rule instanceof CSSMediaRule) {
        const media = rule.conditionText || "";
        if (/width/.test(media)) css.width_rules++;
        if (/prefers-color-scheme/.test(media)) css.dark_rules++;
        if (/prefers-reduced-motion/.test(media)) css.reduced_rules++;
      }
      if (rule instanceof CSSKeyframesRule) css.keyframes++;
      else if (rule.cssRules) walk(rule.cssRules);
    }
  };
  for (const sheet of new Set(roots.flatMap((tree) => [...tree.styleSheets, ...(tree.adoptedStyleSheets || [])]))) {
    try { walk(sheet.cssRules); } catch { css.closed = (css.closed || 0) + 1; }
  }
  Object.assign(out, css);
  const matched = new Set();
  for (const selector of simple) {
    try { for (const e of all(selector)) matched.add(plain(e)); } catch {}
  }
  out.styled = Array.from(matched).filter((e) => !ignored.has(e.tagName)).length;
  out.scroll_width = root.scrollWidth; out.scroll_height = root.scrollHeight;
  const written = (tree) => Array.from(tree.children, (el) => ignored.has(el.tagName) ? "" : el.innerText || "").join("\n").trim();
  const byWeight = (map, most) => Array.from(map).sort((a, b) => b[1] - a[1]).slice(0, most).map(([key]) => key);
  Object.assign(words, {
    title: document.title.slice(0, 200), lang: root.lang || "", dir: root.dir || (body && body.dir) || "", charset: document.characterSet,
    text: [(body && body.innerText) || "", ...trees.map(written)].join("\n").slice(0, 4000), palette: byWeight(palette, 16), fonts: byWeight(fonts, 8),
    headings: all("h1,h2,h3").slice(0, 20).map((e) => e.textContent.trim().slice(0, 80)),
    weak, raw,
  });
  return { dom: out, words };
})()
