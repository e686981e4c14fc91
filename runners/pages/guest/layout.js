// The boxes of the document at the present viewport width. Isolated world.
(() => {
  const MOST = 4000, plain = __plain, bare = __bare;
  const root = document.documentElement || document.createElement("html"), body = document.body;
  // A phone zooms out until all fits, which innerWidth tells; this is what was laid out for.
  const width = (document.scrollingElement || root).clientWidth || innerWidth;
  const inside = (tree) => Array.from(tree.querySelectorAll(tree === document ? "body *" : "*"), plain);
  const all = __roots().flatMap(inside).slice(0, MOST);
  const offenders = [], lefts = new Set();
  const name = (el) => el.id ? `#${el.id}` : el.tagName.toLowerCase() + (el.classList.length ? `.${el.classList[0]}` : "");
  const offend = (what, el) => { if (offenders.length < 12) offenders.push(`${what} ${name(el)}`); };
  const scrolls = (el) => {
    for (let e = plain(__above(bare(el))); e && e !== body && e !== root; e = plain(__above(bare(e))))
      if (getComputedStyle(bare(e)).overflowX !== "visible") return true;
    return false;
  };
  let cut = 0, clipped = 0, small = 0, shown = 0;
  const controls = [];
  for (const el of all) {
    const r = el.getBoundingClientRect();
    if (r.width < 1 || r.height < 1) continue;
    const cs = getComputedStyle(bare(el));
    if (cs.visibility !== "visible" || +cs.opacity < 0.05) continue;
    shown++;
    if (cs.display === "block" || cs.display === "flex" || cs.display === "grid") lefts.add(Math.round(r.left / 8));
    if (r.right > width + 2 && r.left < width && cs.position !== "fixed" && !scrolls(el)) { cut++; offend("cut", el); }
    const holds = cs.overflowX === "hidden" || cs.overflowX === "clip" || cs.overflowY === "hidden";
    if (holds && cs.textOverflow !== "ellipsis" && el.childElementCount === 0 && el.textContent.trim() &&
      !(r.width <= 2 && r.height <= 2) && (el.scrollWidth > el.clientWidth + 2 || el.scrollHeight > el.clientHeight + 2)) {
      clipped++; offend("clipped", el);
    }
    const tag = el.tagName;
    if (/^(BUTTON|INPUT|SELECT|TEXTAREA|SUMMARY)$/.test(tag) || (tag === "A" && el.hasAttribute("href")) || el.getAttribute("role") === "button") {
      controls.push([el, r]);
      const inText = tag === "A" && cs.display === "inline";
      if (!inText && (r.width < 24 || r.height < 24)) small++;
    }
  }
  let overlaps = 0;
  const some = controls.slice(0, 150);
  for (let i = 0; i < some.length; i++) for (let j = i + 1; j < some.length; j++) {
    const [a, p] = some[i], [b, q] = some[j];
    if (a.contains(bare(b)) || b.contains(bare(a))) continue;
    const x = Math.min(p.right, q.right) - Math.max(p.left, q.left), y = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (x > 4 && y > 4 && x * y > 0.25 * Math.min(p.width * p.height, q.width * q.height)) { overlaps++; offend("overlaps", b); }
  }
  const wide = Math.max(root.scrollWidth, body ? body.scrollWidth : 0);
  return { scroll_width: wide, scroll_height: root.scrollHeight, overflow: wide > width + 1 ? wide - width : 0, cut, clipped, overlaps,
    small_targets: small, columns: lefts.size, controls: controls.length, shown, offenders };
})()
