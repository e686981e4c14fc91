// Finds elements as a visitor names them and reads what a case asks for, in the isolated world: the page
// shares the document with it but no prototype. Own properties that a form or a document takes from
// the names of what it holds are gone around by calling the prototypes.
(() => {
  const getter = (owner, name) => {
    const found = Object.getOwnPropertyDescriptor(owner, name).get;
    return (el) => found.call(el);
  };
  // In the document and in every open shadow tree.
  const roots = () => {
    const found = [document];
    for (const root of found) {
      const all = root === document ? Document.prototype.querySelectorAll.call(root, "*")
        : DocumentFragment.prototype.querySelectorAll.call(root, "*");
      for (const el of all) { const open = shadow(el); if (open) found.push(open); }
    }
    return found;
  };
  const shadow = getter(Element.prototype, "shadowRoot");
  const query = (css) => roots().flatMap((root) => Array.from(root === document
    ? Document.prototype.querySelectorAll.call(root, css) : DocumentFragment.prototype.querySelectorAll.call(root, css)));
  const within = (el, css) => Element.prototype.querySelector.call(el, css);
  const matches = (el, css) => Element.prototype.matches.call(el, css);
  const closest = (el, css) => Element.prototype.closest.call(el, css);
  const attribute = (el, name) => Element.prototype.getAttribute.call(el, name);
  const rect = (el) => Element.prototype.getBoundingClientRect.call(el);
  const kids = getter(Node.prototype, "childNodes");
  const inner = getter(HTMLElement.prototype, "innerText");
  const content = getter(Node.prototype, "textContent");
  const labels = (el) => {
    for (const kind of [HTMLInputElement, HTMLSelectElement, HTMLTextAreaElement, HTMLButtonElement, HTMLMeterElement,
      HTMLProgressElement, HTMLOutputElement]) if (el instanceof kind) return Array.from(getter(kind.prototype, "labels")(el) || []);
    return [];
  };
  const value = (el) => {
    for (const kind of [HTMLInputElement, HTMLSelectElement, HTMLTextAreaElement, HTMLOutputElement, HTMLProgressElement,
      HTMLMeterElement, HTMLButtonElement, HTMLOptionElement, HTMLLIElement])
      if (el instanceof kind) return getter(kind.prototype, "value")(el);
    return null;
  };
  const tidy = (text) => String(text || "").replace(/\s+/g, " ").trim();
  const shown = (el) => {
    if (!Element.prototype.checkVisibility.call(el, { visibilityProperty: true, opacityProperty: true })) return false;
    const box = rect(el);
    return box.width > 0 && box.height > 0;
  };
  const words = (el) => el instanceof HTMLElement ? inner(el) : content(el);

  const ROLES = {
    button: "button, input[type=button], input[type=submit], input[type=reset], input[type=image], summary",
    link: "a[href], area[href]", checkbox: "input[type=checkbox]", radio: "input[type=radio]",
    textbox: "input:not([type]), input[type=text], input[type=email], input[type=url], input[type=tel],"
      + " input[type=password], textarea, [contenteditable]:not([contenteditable=false])",
    searchbox: "input[type=search]", spinbutton: "input[type=number]", slider: "input[type=range]",
    combobox: "select:not([multiple]):not([size])", listbox: "select[multiple], select[size]", option: "option",
    heading: "h1, h2, h3, h4, h5, h6", list: "ul, ol, menu", listitem: "li", img: "img, svg", navigation: "nav", main: "main",
    banner: "body > header", contentinfo: "body > footer", complementary: "aside", form: "form", table: "table",
    row: "tr", cell: "td", columnheader: "th", rowheader: "th[scope=row]", dialog: "dialog", progressbar: "progress",
    status: "output", article: "article", region: "section", separator: "hr", group: "fieldset, details", meter: "meter",
    paragraph: "p", figure: "figure",
  };
  const CONTENT = "button, a, summary, option, legend, label, td, th, li, h1, h2, h3, h4, h5, h6, [role=button], [role=link],"
    + " [role=tab], [role=menuitem], [role=option], [role=checkbox], [role=radio], [role=switch], [role=heading], [role=treeitem],"
    + " [role=cell], [role=row], [role=tooltip], [onclick]";
  const ACTIVE = "a[href], button, input, select, textarea, summary, label, option, [role=button], [role=link], [role=tab], [role=menuitem],"
    + " [role=option], [role=checkbox], [role=radio], [role=switch], [onclick], [tabindex]";
  const spoken = (el) => { // the parts of its content that name it
    let text = "";
    for (const node of kids(el)) {
      if (node instanceof Text) text += node.data;
      else if (node instanceof Element && attribute(node, "aria-hidden") !== "true" && !/^(SCRIPT|STYLE)$/i.test(node.tagName))
        text += ` ${attribute(node, "aria-label") || (node instanceof HTMLImageElement ? attribute(node, "alt") : spoken(node))} `;
    }
    return tidy(text);
  };
  const named = (el) => { // the accessible name, in the order of the specification of accessible names
    const by = attribute(el, "aria-labelledby");
    if (by) {
      const parts = by.split(/\s+/).map((id) => query(`#${CSS.escape(id)}`)[0]).filter(Boolean).map(spoken);
      if (parts.some(Boolean)) return tidy(parts.join(" "));
    }
    const label = tidy(attribute(el, "aria-label"));
    if (label) return label;
    const tied = labels(el).map(spoken).filter(Boolean);
    if (tied.length) return tidy(tied.join(" "));
    if (matches(el, "img, area, input[type=image]") && attribute(el, "alt")) return tidy(attribute(el, "alt"));
    if (matches(el, "input[type=button], input[type=submit], input[type=reset]"))
      return tidy(value(el)) || { submit: "Submit", reset: "Reset" }[attribute(el, "type")] || "";
    const part = matches(el, "fieldset") ? within(el, "legend") : matches(el, "table") ? within(el, "caption")
      : matches(el, "svg") ? within(el, "title") : matches(el, "figure") ? within(el, "figcaption") : null;
    if (part) return tidy(content(part));
    if (matches(el, CONTENT)) { const own = spoken(el); if (own) return own; }
    return tidy(attribute(el, "title")) || tidy(attribute(el, "placeholder"));
  };
  // 3 equal, 2 equal but for case, 1 contained, 0 not at all.
  const degree = (text, wanted) => {
    if (text === wanted) return 3;
    const [a, b] = [text.toLowerCase(), wanted.toLowerCase()];
    return a === b ? 2 : b && a.includes(b) ? 1 : 0;
  };
  const graded = (elements, text, wanted) => elements.map((el) => [el, degree(text(el), wanted)]).filter((pair) => pair[1]);
  const innermost = (pairs) => {
    const all = new Set(pairs.map((pair) => pair[0]));
    return pairs.filter(([el, degree_]) => !pairs.some(([other, more]) => other !== el && more >= degree_ && all.has(other)
      && Node.prototype.contains.call(el, other)));
  };
  const SKIPPED = "script, style, noscript, template, head, head *";
  const finders = {
    css: (t) => query(t.value).map((el) => [el, 3]),
    test_id: (t) => query(`[data-testid="${CSS.escape(t.value)}"], [data-test="${CSS.escape(t.value)}"]`).map((el) => [el, 3]),
    role: (t) => {
      const native = ROLES[t.value];
      const found = query(`[role~="${CSS.escape(t.value)}"]${native ? `, ${native}` : ""}`)
        .filter((el) => { const own = tidy(attribute(el, "role")).split(" ")[0]; return own ? own === t.value : true; });
      return t.name ? graded(found, named, tidy(t.name)) : found.map((el) => [el, 3]);
    },
    label: (t) => {
      const fields = query("input:not([type=hidden]), select, textarea, button, output, meter, progress, [contenteditable], [aria-label], [aria-labelledby]");
      return graded(fields, (el) => {
        const tied = labels(el).map((one) => tidy(content(one)));
        return tied.length ? tied.join(" ") : attribute(el, "aria-label") || attribute(el, "aria-labelledby") ? named(el) : "";
      }, tidy(t.value));
    },
    placeholder: (t) => graded(query("[placeholder], [data-placeholder]"),
      (el) => tidy(attribute(el, "placeholder") || attribute(el, "data-placeholder")), tidy(t.value)),
    text: (t) => {
      const wanted = tidy(t.value);
      const near = [], low = wanted.toLowerCase();
      const visit = (el) => { // an element without these words has no part with them
        if (matches(el, SKIPPED) || !tidy(content(el)).toLowerCase().includes(low)) return;
        near.push(el);
        for (const kid of kids(el)) if (kid instanceof Element) visit(kid);
      };
      for (const root of roots()) for (const el of root === document ? [document.body] : kids(root)) if (el instanceof Element) visit(el);
      const pushed = query("input[type=button], input[type=submit], input[type=reset]");
      return innermost([...graded(near, (el) => tidy(shown(el) ? words(el) : content(el)), wanted),
        ...graded(pushed, (el) => tidy(value(el)), wanted)]);
    },
    any: (t) => {
      const wanted = tidy(t.value);
      const pairs = [
        ...graded(query(ACTIVE).filter((el) => !matches(el, "label")), named, wanted),
        ...finders.label(t), ...finders.placeholder(t), ...finders.text(t),
      ];
      const best = Math.max(0, ...pairs.map((pair) => pair[1]));
      return pairs.filter((pair) => pair[1] === best || pair[1] >= 2);
    },
  };
  // All that match, best first: visible before hidden, exact before contained, then as found.
  const find = (target) => {
    const known = new Set();
    return finders[target.by](target)
      .filter(([el]) => !known.has(el) && known.add(el))
      .map(([el, grade], place) => ({ el, key: [shown(el) ? 0 : 1, -grade, place] }))
      .sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1] || a.key[2] - b.key[2])
      .map((one) => one.el);
  };
  const exact = (target) => {
    const all = target.by === "css" || target.by === "test_id" ? finders[target.by](target) : null;
    if (all) return all.map((pair) => pair[0]);
    const pairs = finders[target.by](target), best = Math.max(0, ...pairs.map((pair) => pair[1]));
    return Array.from(new Set(pairs.filter((pair) => pair[1] === best).map((pair) => pair[0])));
  };
  const first = (target) => find(target)[target.nth] || null;
  const store = (kind, key) => { try { return globalThis[kind].getItem(key); } catch { return null; } };
  const READ = {
    text: (t) => { const el = t.value ? first(t) : document.body; return el ? tidy(words(el)) : null; },
    texts: (t) => exact(t).filter(shown).slice(0, 500).map((el) => tidy(words(el))),
    count: (t) => exact(t).filter(shown).length,
    visible: (t) => find(t).some(shown),
    exists: (t) => exact(t).length > 0,
    value: (t) => { const el = first(t); return el ? (value(el) ?? (matches(el, "[contenteditable]") ? words(el) : null)) : null; },
    checked: (t) => {
      const el = first(t);
      if (!el) return null;
      if (el instanceof HTMLInputElement) return getter(HTMLInputElement.prototype, "checked")(el);
      return /^true$/.test(attribute(el, "aria-checked") || attribute(el, "aria-pressed") || attribute(el, "aria-selected") || "");
    },
    enabled: (t) => { const el = first(t); return el ? !matches(el, ":disabled, [aria-disabled=true]") : null; },
    focused: (t) => { const el = first(t); return !!el && el === getter(Document.prototype, "activeElement")(document); },
    attribute: (t, name) => { const el = first(t); return el ? attribute(el, name) : null; },
    style: (t, name) => {
      const el = t.value ? first(t) : document.documentElement;
      return el ? getComputedStyle(el).getPropertyValue(name) : null;
    },
    title: () => getter(Document.prototype, "title")(document),
    url: () => location.href,
    local_storage: (t, name) => store("localStorage", name),
    session_storage: (t, name) => store("sessionStorage", name),
  };
  return {
    first,
    ready(target) { const el = first(target); return !!el && shown(el); },
    read(kind, target, name) { const found = READ[kind](target, name); return found === undefined ? null : found; },
    checked: (target) => READ.checked(target),
    named: (target) => { const el = first(target); return el ? named(el) : null; },
  };
})()
