// What Tab reaches and whether focus can be seen, in the isolated world. `begin` remembers how every
// candidate looks without focus; `here` says where focus is now and what of it looks different.
(() => {
  const hand = HAND;
  const NATIVE = "a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, iframe,"
    + " audio[controls], video[controls], [contenteditable]:not([contenteditable=false])";
  const ROLES = "[role=button], [role=link], [role=checkbox], [role=switch], [role=slider], [role=tab], [role=menuitem],"
    + " [role=option], [role=radio], [role=combobox], [role=textbox], [role=spinbutton], [onclick], [tabindex]";
  const SETS = "[role=tablist], [role=menu], [role=menubar], [role=listbox], [role=radiogroup], [role=tree], [role=grid], [role=toolbar]";
  const LOOKS = ["outlineStyle", "outlineWidth", "outlineColor", "outlineOffset", "boxShadow", "borderTopColor",
    "borderTopWidth", "borderBottomColor", "borderBottomWidth", "borderTopStyle", "backgroundColor",
    "backgroundImage", "color", "textDecorationLine", "transform", "opacity", "filter", "fontWeight"];
  const PSEUDO = ["boxShadow", "borderTopColor", "borderTopWidth", "backgroundColor", "opacity", "transform", "outlineStyle",
    "content", "width", "display"];
  const MOST = 1500; // elements looked at; a page must not hang by us
  const all = (css) => __all(css).slice(0, MOST);
  const matches = (el, css) => Element.prototype.matches.call(el, css);
  const closest = (el, css) => Element.prototype.closest.call(el, css);
  const rect = (el) => Element.prototype.getBoundingClientRect.call(el);
  const next = Object.getOwnPropertyDescriptor(Element.prototype, "nextElementSibling").get;
  const parent = Object.getOwnPropertyDescriptor(Node.prototype, "parentNode").get;
  const before = new Map(), met = new Map();
  const name = (el) => {
    const tree = Node.prototype.getRootNode.call(el);
    return tree instanceof ShadowRoot ? `${name(tree.host)} >>> ${hand.name(el)}` : hand.name(el);
  };

  const look = (el) => {
    const cs = getComputedStyle(el);
    const told = LOOKS.map((name) => cs[name]);
    if (cs.outlineStyle === "none" || parseFloat(cs.outlineWidth) === 0 || /, 0\)$/.test(cs.outlineColor))
      told[0] = told[1] = told[2] = told[3] = "";
    for (const kind of ["::before", "::after"]) {
      const ps = getComputedStyle(el, kind);
      told.push(ps.content === "none" ? "" : PSEUDO.map((name) => ps[name]).join());
    }
    return told.join("|");
  };
  // Focus is often shown on what stands beside or around a field.
  const around = (el) => [el, next.call(el), parent.call(el), ...(el instanceof HTMLInputElement ? el.labels || [] : [])].filter(
    (one) => one instanceof Element && one !== document.body && one !== document.documentElement);
  const looks = (el) => around(el).map(look).join("\n");

  const usable = (el) => {
    if (!el || !(el instanceof HTMLElement || el instanceof SVGElement) || matches(el, ":disabled")) return false;
    if (closest(el, "[inert]")) return false;
    if (!Element.prototype.checkVisibility.call(el, { visibilityProperty: true })) return false;
    const box = rect(el);
    const label = el instanceof HTMLInputElement && el.labels && el.labels[0];
    return (box.width > 1 && box.height > 1) || (!!label && rect(label).width > 1);
  };
  // One stop for a group of radio buttons, and for a set whose arrows move within.
  const stop = (el) => {
    if (el instanceof HTMLInputElement && el.type === "radio" && el.name)
      return all(`input[type=radio][name="${CSS.escape(el.name)}"]`)[0];
    return closest(el, SETS) || el;
  };
  const tabbed = (el) => el.tabIndex >= 0 || (el.isContentEditable && !el.hasAttribute("tabindex"));
  const dialog = () => all("dialog:modal").pop();
  const candidates = () => {
    const modal = dialog();
    const found = all(`${NATIVE}, ${ROLES}`).filter((el) => usable(el) && el !== document.body && (!modal || modal.contains(el)));
    return new Set(found.filter((el) => tabbed(el) || matches(el, ROLES.replace(", [tabindex]", ""))).map(stop));
  };
  return {
    begin(most) {
      const found = candidates();
      const at = hand.top();
      if (!dialog() && at && at !== document.body && at !== document.documentElement) {
        // The next Tab starts at the top and not behind what a script or autofocus chose.
        const root = document.documentElement, had = root.getAttribute("tabindex");
        root.setAttribute("tabindex", "-1");
        HTMLElement.prototype.focus.call(root, { preventScroll: true });
        if (had === null) root.removeAttribute("tabindex"); else root.setAttribute("tabindex", had);
      }
      let count = 0;
      for (const el of found) if (el !== hand.top() && count++ < most) before.set(el, looks(el));
      const reach = all(`${NATIVE}, [tabindex]`).filter((el) => usable(el) && tabbed(el));
      return { interactive: found.size, reach: new Set(reach.map(stop)).size };
    },
    here() {
      const at = hand.top();
      if (!at || at === document.body || at === document.documentElement) return null;
      const told = looks(at), was = before.get(at);
      met.set(name(at), at);
      return { name: name(at), stop: name(stop(at)), frame: /^i?frame$/i.test(at.tagName),
        held: !!closest(at, "dialog, [aria-modal=true]"), told, ringed: /^i?frame$/i.test(at.tagName) || (was === undefined ? null : told !== was) };
    },
    // How what had focus looks now.
    left(of) { const el = met.get(of); return el && el.isConnected ? looks(el) : ""; },
  };
})()
