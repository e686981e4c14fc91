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
  // 2 the whole text, 1 a part of it, 0 not at all; case and runs of white space say nothing.
  const degree = (text, wanted) => {
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
  const FIELDS = "input:not([type=hidden]), select, textarea, button, output, meter, progress, [contenteditable],"
    + " [role=textbox], [role=combobox], [role=slider], [role=switch], [role=checkbox], [role=radio], [role=searchbox]";
  const PUSHED = "input[type=button], input[type=submit], input[type=reset]";
  // Each finder: pairs of an element and how well it matches, every element once or more.
  const finders = {
    page: () => document.body ? [[document.body, 2]] : [],
    css: (t) => query(t.value).map((el) => [el, 2]),
    role: (t) => {
      const native = ROLES[t.value];
      const found = query(`[role~="${CSS.escape(t.value)}"]${native ? `, ${native}` : ""}`)
        .filter((el) => { const own = tidy(attribute(el, "role")).split(" ")[0]; return own ? own === t.value : true; });
      return t.name ? graded(found, named, tidy(t.name)) : found.map((el) => [el, 2]);
    },
    label: (t) => graded(query(`${FIELDS}, [aria-label], [aria-labelledby]`), (el) => {
      const tied = labels(el).map((one) => tidy(content(one)));
      return tied.length ? tied.join(" ") : attribute(el, "aria-label") || attribute(el, "aria-labelledby") ? named(el) : "";
    }, tidy(t.value)),
    placeholder: (t) => graded(query("[placeholder], [data-placeholder]"),
      (el) => tidy(attribute(el, "placeholder") || attribute(el, "data-placeholder")), tidy(t.value)),
    text: (t) => {
      const wanted = tidy(t.value), near = [], low = wanted.toLowerCase();
      const visit = (el) => { // an element without these words has no part with them
        if (matches(el, SKIPPED) || !tidy(content(el)).toLowerCase().includes(low)) return;
        near.push(el);
        for (const kid of kids(el)) if (kid instanceof Element) visit(kid);
      };
      for (const root of roots()) for (const el of root === document ? [document.body] : kids(root)) if (el instanceof Element) visit(el);
      return innermost([...graded(near, (el) => tidy(shown(el) ? words(el) : content(el)), wanted),
        ...graded(query(PUSHED), (el) => tidy(value(el)), wanted)]);
    },
    field: (t) => {
      const one = (kind) => finders[kind](t).filter(([el]) => matches(el, FIELDS));
      const of = (name) => graded(query(FIELDS), (el) => tidy(attribute(el, name)), tidy(t.value));
      return [one("label"), one("placeholder"), of("name"), of("id")].find((pairs) => pairs.length) || [];
    },
    name: (t) => {
      const controls = graded(query(`${ACTIVE}, ${FIELDS}`).filter((el) => !matches(el, "label")), named, tidy(t.value));
      const texts = controls.some(([el, grade]) => grade === 2 && shown(el)) ? [] : finders.text(t);
      const best = Math.max(0, ...texts.filter(([el]) => shown(el)).map((pair) => pair[1]));
      return controls.some(([el, grade]) => shown(el) && grade >= best) ? controls : [...controls, ...texts];
    },
  };
  const order = (a, b) => {
    const place = Node.prototype.compareDocumentPosition.call(a, b);
    return place & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : place & Node.DOCUMENT_POSITION_PRECEDING ? 1 : 0;
  };
  // What is meant by a target, in the order of the document: the whole matches, else those in part.
  const every = (target) => {
    const pairs = finders[target.by](target), best = Math.max(0, ...pairs.map((pair) => pair[1]));
    return Array.from(new Set(pairs.filter((pair) => pair[1] === best).map((pair) => pair[0]))).sort(order);
  };
  // One of them: a visible one before any other, a whole match before a part, then the first.
  const first = (target) => {
    if (target.nth !== null) {
      const all = every(target);
      return all[target.nth < 0 ? all.length + target.nth : target.nth] || null;
    }
    let best = null;
    for (const [el, grade] of finders[target.by](target)) {
      const worth = (shown(el) ? 2 : 0) + grade;
      if (!best || worth > best.worth || (worth === best.worth && order(el, best.el) < 0)) best = { el, worth };
    }
    return best && best.el;
  };
  const of = (read) => (p) => { const el = first(p.target); return el ? read(el, p.name) : null; };
  const pressed = (el) => {
    const at = el instanceof HTMLLabelElement && el.control ? el.control : el;
    if (at instanceof HTMLInputElement) return getter(HTMLInputElement.prototype, "checked")(at);
    return ["aria-checked", "aria-pressed", "aria-selected"].some((name) => attribute(at, name) === "true");
  };
  const plain = (found) => ["string", "number", "boolean"].includes(typeof found) ? found : null;
  const READ = {
    text: of(words),
    content: of((el) => content(el)),
    count: (p) => every(p.target).length,
    shown: (p) => every(p.target).filter(shown).length,
    attribute: of(attribute),
    property: of((el, name) => name === "value" ? value(el) ?? plain(el.value) : name === "checked" ? pressed(el) : plain(el[name])),
    class: of((el) => tidy(attribute(el, "class")).split(" ").filter(Boolean)),
    style: of((el, name) => getComputedStyle(el).getPropertyValue(name)),
    visible: (p) => { const el = first(p.target); return !!el && shown(el); },
    focused: (p) => { const el = first(p.target); return !!el && el === getter(Document.prototype, "activeElement")(document); },
    storage: (p) => { try { return globalThis[p.store === "session" ? "sessionStorage" : "localStorage"].getItem(p.name); } catch { return null; } },
    title: () => getter(Document.prototype, "title")(document),
    hash: () => location.hash,
    url: () => location.href,
  };
  return {
    first,
    ready(target) { const el = first(target); return !!el && shown(el); },
    read(probe) { const found = READ[probe.read](probe); return found === undefined ? null : found; },
    pressed(target) { const el = first(target); return !!el && pressed(el); },
    // The button that sends its form off; else the form is asked to do it, as by Enter.
    sender(target) {
      const el = first(target), form = el instanceof HTMLFormElement ? el : el && closest(el, "form");
      if (!form) return el;
      const found = Array.from(Element.prototype.querySelectorAll.call(form, "button:not([type=button]):not([type=reset]), input[type=submit], input[type=image]"));
      return found.find(shown) || null;
    },
    send(target) {
      const el = first(target), form = el instanceof HTMLFormElement ? el : el && closest(el, "form");
      if (form) HTMLFormElement.prototype.requestSubmit.call(form);
      return !!form;
    },
  };
})()
