// What an action may change, as running counts and a map of form values. Isolated world.
(() => {
  const values = {};
  __all("input,select,textarea").slice(0, 300).forEach((e, i) => {
    const text = e.type === "checkbox" || e.type === "radio" ? String(e.checked) : String(e.value);
    values[e.id || e.name || i] = text.length > 60 ? `${text.length}:${text.slice(0, 60)}` : text;
  });
  const s = globalThis.__seen;
  return { nodes: s.nodes, attributes: s.attributes, text: s.text, scrolled: s.scrolled, focus: s.focus, values };
})()
