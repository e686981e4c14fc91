// Runs in the page's own world after Playwright's clock. That clock calls the callbacks itself and
// would keep what they throw: it is reported, as the browser does where it is the one that calls.
// A document's own time begins at zero, whatever the clock has run before.
(() => {
  const report = globalThis.reportError.bind(globalThis);
  const elapsed = performance.now.bind(performance), origin = elapsed();
  const since = Object.defineProperty(() => elapsed() - origin, "name", { value: "now" });
  Object.defineProperty(performance, "now", { value: since, writable: true, configurable: true });
  for (const name of ["setTimeout", "setInterval", "requestAnimationFrame", "requestIdleCallback"]) {
    const kept = globalThis[name], frame = name === "requestAnimationFrame";
    if (typeof kept !== "function") continue;
    globalThis[name] = { [name](act, ...rest) {
      if (typeof act !== "function") return Reflect.apply(kept, globalThis, [act, ...rest]);
      const guarded = function (...values) {
        if (frame) values[0] -= origin;
        try { Reflect.apply(act, this, values); } catch (error) { report(error); }
      };
      return Reflect.apply(kept, globalThis, [guarded, ...rest]);
    } }[name];
  }
})();
