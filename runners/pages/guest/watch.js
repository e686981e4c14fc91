// Runs in an isolated world from the document's first moment. The page shares the DOM with it but
// no object of this world, so that it can neither see nor change these counts.
(() => {
  const seen = { nodes: 0, attributes: 0, text: 0, shift: 0, scrolled: 0, focus: 0, input: 0 };
  new MutationObserver((records) => {
    for (const r of records) {
      if (r.type === "childList") seen.nodes += r.addedNodes.length + r.removedNodes.length;
      else if (r.type === "attributes") seen.attributes++;
      else seen.text++;
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  try {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) seen.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  } catch {}
  addEventListener("scroll", () => { seen.scrolled++; }, { capture: true, passive: true });
  addEventListener("focusin", () => { seen.focus++; }, true);
  globalThis.__seen = seen;

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
