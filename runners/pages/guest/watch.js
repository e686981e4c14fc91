// Runs in an isolated world from the document's first moment. The page shares the DOM with it but
// no object of this world, so that it can neither see nor change these counts.
(() => {
  const seen = { nodes: 0, attributes: 0, text: 0, shift: 0, scrolled: 0, focus: 0, input: 0 };
  const words = (nodes) => { for (const n of nodes) if (n.nodeType !== 3) return false; return true; };
  const changes = new MutationObserver((records) => {
    for (const r of records) {
      if (r.type === "childList") {
        seen.nodes += r.addedNodes.length + r.removedNodes.length;
        // `textContent =` changes a text by another node
        if (words(r.addedNodes) && words(r.removedNodes)) seen.text++;
      }
      else if (r.type === "attributes") seen.attributes++;
      else seen.text++;
    }
  });
  const EVERYTHING = { subtree: true, childList: true, attributes: true, characterData: true };
  changes.observe(document, EVERYTHING);
  // The document and all shadow trees in it, watched from when they are first met. Closed ones are
  // met by elements of theirs that are heard (`__meet`).
  const shadow = Object.getOwnPropertyDescriptor(Element.prototype, "shadowRoot").get;
  const every = (root) => (root === document ? Document : DocumentFragment).prototype.querySelectorAll.call(root, "*");
  const met = new Set(), watched = new WeakSet([document]);
  globalThis.__meet = (el) => { const root = Node.prototype.getRootNode.call(el); if (root instanceof ShadowRoot) met.add(root); };
  globalThis.__roots = () => {
    const roots = new Set([document]);
    for (const root of met) if (root.isConnected) roots.add(root);
    for (const root of roots) { // and what is added meanwhile
      for (const el of every(root)) { const inner = shadow.call(el); if (inner) roots.add(inner); }
      if (watched.has(root)) continue;
      watched.add(root);
      changes.observe(root, EVERYTHING);
    }
    return Array.from(roots);
  };
  globalThis.__all = (css) => __roots().flatMap((root) => Array.from(root.querySelectorAll(css)));
  // The parent, and of what stands at the top of a shadow tree its host.
  globalThis.__above = (el) => {
    const up = Object.getOwnPropertyDescriptor(Node.prototype, "parentNode").get.call(el);
    return up instanceof ShadowRoot ? up.host : up instanceof Element ? up : null;
  };
  try {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) seen.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  } catch {}
  addEventListener("scroll", () => { seen.scrolled++; }, { capture: true, passive: true });
  addEventListener("focusin", () => { seen.focus++; }, true);
  globalThis.__seen = seen;

  // A form answers by the names of its fields before it answers for itself, in every world: a field
  // called `tagName` hides what the form is. `plain` gives a form that answers for itself alone,
  // `bare` the node behind it, for calls that want one.
  const faces = new WeakMap(), forms = new WeakMap();
  const itself = {
    get(form, key) {
      for (let at = HTMLFormElement.prototype; at; at = Object.getPrototypeOf(at)) {
        const found = Object.getOwnPropertyDescriptor(at, key);
        if (!found) continue;
        if (found.get) return found.get.call(form);
        return typeof found.value === "function" ? found.value.bind(form) : found.value;
      }
      return undefined;
    },
  };
  const plain = (el) => {
    if (!(el instanceof HTMLFormElement) || forms.has(el)) return el;
    if (!faces.has(el)) {
      const face = new Proxy(el, itself);
      faces.set(el, face);
      forms.set(face, el);
    }
    return faces.get(el);
  };
  globalThis.__plain = plain;
  globalThis.__bare = (el) => forms.get(el) || el;

  // A list or picker of the browser stops the source of frames for good: nothing opens one.
  const LISTS = "select:not([multiple]):not([size])";
  const PICKERS = "input[type=color], input[type=date], input[type=time], input[type=month],"
    + " input[type=week], input[type=datetime-local]";
  const OPENING = new Set([" ", "Enter", "ArrowUp", "ArrowDown", "F4"]);
  const refuse = (type, css, opens) => addEventListener(type, (event) => {
    const at = event.composedPath()[0];
    const near = at instanceof Element ? Element.prototype.closest.call(at, css) : null;
    if (!near || !opens(event)) return;
    event.preventDefault();
    if (type === "mousedown") HTMLElement.prototype.focus.call(near);
  }, true);
  refuse("mousedown", LISTS, () => true);
  refuse("click", PICKERS, () => true);
  refuse("keydown", `${LISTS}, ${PICKERS}`, (event) => OPENING.has(event.key));
})();
