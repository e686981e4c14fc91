// Runs in the page's own world before its first script. It replaces what would stop the frame
// source or differ from visit to visit, and tells each use to the driver through a binding whose
// name the page never sees.
(() => {
  const say = globalThis["KEY"];
  delete globalThis["KEY"];
  if (typeof say !== "function") return;
  const told = Object.create(null);
  const tell = (name) => {
    told[name] = (told[name] || 0) + 1;
    if (told[name] <= 200) say(name);
  };
  const define = Object.defineProperty;

  // The browser tells nobody of an error that a handler of the page calls handled; this listener is
  // the first of all, looks again in a later task, and tells those. Getters are kept from before.
  const apply = Reflect.apply;
  const get = (owner, name) => {
    const kept = Object.getOwnPropertyDescriptor(owner, name).get;
    return (of) => apply(kept, of, []);
  };
  const cut = String.prototype.slice;
  const prevented = get(Event.prototype, "defaultPrevented");
  const [message, file, line, column] = ["message", "filename", "lineno", "colno"].map(
    (name) => get(ErrorEvent.prototype, name));
  const reason = get(PromiseRejectionEvent.prototype, "reason");
  const later = new MessageChannel(), post = MessagePort.prototype.postMessage, waiting = { __proto__: null };
  let first = 0, last = 0;
  later.port1.onmessage = () => {
    const one = waiting[first];
    waiting[first++] = null;
    if (one && prevented(one.event)) say(`!${one.kind}\n${one.url}\n${one.line}\n${one.column}\n${one.text}`);
  };
  const watch = (type, read) => addEventListener(type, (event) => {
    const told = event.isTrusted && last < 200 ? read(event) : null;
    if (!told) return;
    waiting[last++] = { __proto__: null, event, ...told };
    apply(post, later.port2, [0]);
  }, true);
  watch("error", (event) => {
    if (!(event instanceof ErrorEvent) || (!file(event) && !line(event))) return null;
    return { kind: "exception", url: file(event), line: line(event), column: column(event),
      text: apply(cut, message(event), [0, 400]) };
  });
  watch("unhandledrejection", (event) => {
    let text = "a value that has no words";
    try { text = `${reason(event)}`; } catch {}
    return { kind: "rejection", url: "", line: 0, column: 0, text: apply(cut, text, [0, 400]) };
  });

  const stub = (owner, name, act) => {
    if (!owner || typeof owner[name] !== "function") return;
    const kept = owner[name];
    const made = { [name](...values) { return act.call(this, kept, values); } }[name];
    define(made, "length", { value: kept.length });
    try { define(owner, name, { value: made, writable: true, configurable: true }); } catch {}
  };
  const count = (owner, name, as) => stub(owner, name, function (kept, values) {
    tell(as || name);
    return apply(kept, this, values);
  });

  let state = SEED | 0;
  const next = () => { // mulberry32
    state = (state + 0x6D2B79F5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  stub(Math, "random", () => next() / 4294967296);
  const bytes = globalThis.Crypto && Crypto.prototype;
  stub(bytes, "getRandomValues", (kept, [array]) => {
    if (!ArrayBuffer.isView(array)) return apply(kept, crypto, [array]);
    const view = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let i = 0; i < view.length; i++) view[i] = next() >>> 24;
    return array;
  });
  stub(bytes, "randomUUID", () => {
    const hex = Array.from({ length: 32 }, () => (next() >>> 28).toString(16));
    hex[12] = "4";
    hex[16] = "89ab"[next() >>> 30];
    const all = hex.join("");
    return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([a, b]) => all.slice(a, b)).join("-");
  });

  const root = globalThis.Element && Element.prototype;
  for (const name of ["requestFullscreen", "webkitRequestFullscreen", "webkitRequestFullScreen"])
    stub(root, name, () => { tell("fullscreen"); return Promise.resolve(); });
  stub(root, "requestPointerLock", () => { tell("pointer_lock"); return Promise.resolve(); });
  stub(globalThis, "print", () => { tell("prints"); });
  stub(globalThis.HTMLSelectElement && HTMLSelectElement.prototype, "showPicker", () => { tell("pickers"); });
  stub(globalThis.HTMLInputElement && HTMLInputElement.prototype, "showPicker", () => { tell("pickers"); });
  if (globalThis.ServiceWorkerContainer)
    stub(ServiceWorkerContainer.prototype, "register", () => {
      tell("service_workers");
      return Promise.reject(new DOMException("Failed to register a ServiceWorker", "SecurityError"));
    });
  const media = globalThis.MediaDevices && MediaDevices.prototype;
  for (const name of ["getUserMedia", "getDisplayMedia"])
    stub(media, name, () => {
      tell("permissions");
      return Promise.reject(new DOMException("Permission denied", "NotAllowedError"));
    });
  if (globalThis.Notification)
    stub(Notification, "requestPermission", (kept, [then]) => {
      tell("permissions");
      if (typeof then === "function") then("denied");
      return Promise.resolve("denied");
    });
  const place = globalThis.Geolocation && Geolocation.prototype;
  for (const name of ["getCurrentPosition", "watchPosition"])
    stub(place, name, (kept, values) => {
      tell("permissions");
      if (typeof values[1] === "function")
        setTimeout(values[1], 5, { code: 1, message: "Permission denied", PERMISSION_DENIED: 1 });
      return 1;
    });
  count(globalThis.Navigator && Navigator.prototype, "sendBeacon", "beacons");
  for (const name of ["WebSocket", "EventSource", "RTCPeerConnection", "WebTransport", "AudioContext"]) {
    const kept = globalThis[name];
    if (typeof kept !== "function") continue;
    const as = { RTCPeerConnection: "rtc", AudioContext: "audio" }[name] || "sockets";
    globalThis[name] = new Proxy(kept, {
      construct(target, values, made) { tell(as); return Reflect.construct(target, values, made); },
    });
  }
  const clip = globalThis.Clipboard && Clipboard.prototype;
  for (const name of ["writeText", "write"]) count(clip, name, "clipboard");
  stub(globalThis.Document && Document.prototype, "execCommand", function (kept, values) {
    if (/^(copy|cut)$/i.test(String(values[0]))) tell("clipboard");
    return apply(kept, this, values);
  });
  for (const name of ["setTimeout", "setInterval", "requestAnimationFrame"]) count(globalThis, name);
  count(globalThis.Element && Element.prototype, "animate");
  const flat = globalThis.CanvasRenderingContext2D && CanvasRenderingContext2D.prototype;
  for (const name of ["fillRect", "strokeRect", "clearRect", "fill", "stroke", "drawImage", "fillText",
    "strokeText", "putImageData"]) count(flat, name, "draws");
  for (const kind of ["WebGLRenderingContext", "WebGL2RenderingContext"])
    for (const name of ["drawArrays", "drawElements", "clear", "drawArraysInstanced",
      "drawElementsInstanced"]) count(globalThis[kind] && globalThis[kind].prototype, name, "gl_calls");
  for (const name of ["NumberFormat", "DateTimeFormat", "PluralRules", "RelativeTimeFormat", "Collator",
    "ListFormat"]) {
    const kept = Intl[name];
    if (typeof kept !== "function") continue;
    Intl[name] = new Proxy(kept, {
      construct(target, values, made) { tell("intl"); return Reflect.construct(target, values, made); },
      apply(target, self, values) { tell("intl"); return apply(target, self, values); },
    });
  }
  for (const name of ["toLocaleString", "toLocaleDateString", "toLocaleTimeString"])
    for (const kind of [Date, Number]) count(kind.prototype, name, "intl");
})();
