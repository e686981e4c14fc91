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
  const { apply, construct } = Reflect; // of this moment: a page can replace them
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

  // What the page's own handlers call handled is reported to nobody: it is heard here before them.
  // A value is read by the getters of this moment, as a page can replace them later.
  const reads = (kind, name) => {
    const found = kind && Object.getOwnPropertyDescriptor(kind.prototype, name);
    return (event) => apply(found.get, event, []);
  };
  const ErrorHeard = globalThis.ErrorEvent, RejectionHeard = globalThis.PromiseRejectionEvent;
  const message = reads(ErrorHeard, "message"), file = reads(ErrorHeard, "filename");
  const line = reads(ErrorHeard, "lineno"), column = reads(ErrorHeard, "colno");
  const reason = reads(RejectionHeard, "reason"), words = Error.prototype.toString;
  let heard = 0;
  const hear = (kind, read) => (event) => {
    if (!event.isTrusted || heard >= 200) return;
    try { const found = read(event); heard++; say(`error\n${kind}\n${found}`); } catch {}
  };
  addEventListener("error", hear("exception",
    (event) => `${line(event)}\n${column(event)}\n${file(event)}\n${message(event)}`), true);
  addEventListener("unhandledrejection", hear("rejection", (event) => {
    const why = reason(event);
    return `0\n0\n\n${typeof why === "object" && why ? apply(words, why, []) : String(why)}`;
  }), true);

  (WAITS)(say, stub, apply);

  let state = SEED | 0;
  const next = () => { // mulberry32
    state = (state + 0x6D2B79F5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  // Within one task virtual time stands still, and a loop that waits for it would never end. In the
  // visit that has to confirm a hang each reading of a clock takes this many milliseconds.
  const creep = CREEP, { round } = Math;
  let ahead = 0;
  // Hundredths that pass while an answer is on its way, and the browser's own blur of them, would
  // make what a page measures another tenth of a millisecond each time.
  stub(Performance.prototype, "now", function (kept, values) {
    return round(apply(kept, this, values)) + (ahead += creep);
  });
  if (creep) {
    const Then = Date, now = Date.now;
    const later = () => apply(now, Then, []) + Math.floor(ahead += creep);
    stub(Then, "now", later);
    globalThis.Date = new Proxy(Then, {
      construct: (target, values, made) => {
        return construct(target, values.length ? values : [later()], made);
      },
    });
    define(Then.prototype, "constructor", { value: globalThis.Date, writable: true, configurable: true });
  }
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
  stub(root, "attachShadow", function (kept, values) {
    const made = apply(kept, this, values);
    if (made.mode === "closed") tell("closed_trees");
    return made;
  });
  const video = globalThis.HTMLVideoElement && HTMLVideoElement.prototype;
  for (const name of ["webkitEnterFullscreen", "webkitEnterFullScreen"])
    stub(video, name, () => { tell("fullscreen"); });
  for (const [owner, name] of [[video, "requestPictureInPicture"],
    [globalThis.DocumentPictureInPicture && DocumentPictureInPicture.prototype, "requestWindow"]])
    stub(owner, name, () => {
      tell("fullscreen");
      return Promise.reject(new DOMException("Permission denied", "NotAllowedError"));
    });
  // The picture of a live stream stops the frame source: the element keeps it, unseen.
  const Stream = globalThis.MediaStream, element = globalThis.HTMLMediaElement && HTMLMediaElement.prototype;
  const source = element && Object.getOwnPropertyDescriptor(element, "srcObject");
  if (Stream && source) {
    const streams = new WeakMap(), { get, set } = WeakMap.prototype;
    define(element, "srcObject", {
      configurable: true, enumerable: true,
      get() { return apply(get, streams, [this]) || apply(source.get, this, []); },
      set(value) {
        if (!(value instanceof Stream)) return apply(source.set, this, [value]);
        apply(set, streams, [this, value]);
        tell("streams");
      },
    });
  }
  stub(root, "requestPointerLock", () => { tell("pointer_lock"); return Promise.resolve(); });
  stub(globalThis, "print", () => { tell("prints"); });
  stub(globalThis.HTMLSelectElement && HTMLSelectElement.prototype, "showPicker", () => { tell("pickers"); });
  stub(globalThis.HTMLInputElement && HTMLInputElement.prototype, "showPicker", () => { tell("pickers"); });
  if (globalThis.ServiceWorkerContainer)
    stub(ServiceWorkerContainer.prototype, "register", () => {
      tell("service_workers");
      return Promise.reject(new DOMException("Failed to register a ServiceWorker", "SecurityError"));
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
      tell("permissions"); tell("devices");
      if (typeof values[1] === "function")
        setTimeout(values[1], 5, { code: 1, message: "Permission denied", PERMISSION_DENIED: 1 });
      return 1;
    });
  const ask = (kinds, ...uses) => {
    for (const [kind, name] of kinds) stub(globalThis[kind] && globalThis[kind].prototype, name, () => {
      for (const use of uses) tell(use);
      return Promise.reject(new DOMException("Permission denied", "NotAllowedError"));
    });
  };
  ask([["MediaDevices", "getUserMedia"], ["MediaDevices", "getDisplayMedia"], ["USB", "requestDevice"],
    ["Bluetooth", "requestDevice"], ["HID", "requestDevice"], ["Serial", "requestPort"],
    ["Navigator", "requestMIDIAccess"]], "permissions", "devices");
  ask([["Navigator", "share"], ["Keyboard", "lock"], ["WakeLock", "request"], ["CredentialsContainer", "get"],
    ["PaymentRequest", "show"], ["EyeDropper", "open"]], "permissions");
  for (const name of ["read", "readText"])
    count(globalThis.Clipboard && Clipboard.prototype, name, "permissions");
  count(globalThis.Navigator && Navigator.prototype, "sendBeacon", "beacons");
  for (const name of ["WebSocket", "EventSource", "RTCPeerConnection", "WebTransport", "AudioContext"]) {
    const kept = globalThis[name];
    if (typeof kept !== "function") continue;
    const as = { RTCPeerConnection: "rtc", AudioContext: "audio" }[name] || "sockets";
    globalThis[name] = new Proxy(kept, {
      construct(target, values, made) { tell(as); return construct(target, values, made); },
    });
  }
  const clip = globalThis.Clipboard && Clipboard.prototype;
  for (const name of ["writeText", "write"]) count(clip, name, "clipboard");
  stub(globalThis.Document && Document.prototype, "execCommand", function (kept, values) {
    if (/^(copy|cut)$/i.test(String(values[0]))) tell("clipboard");
    return apply(kept, this, values);
  });
  for (const name of ["insertRule", "deleteRule", "addRule", "removeRule", "replace", "replaceSync"])
    count(globalThis.CSSStyleSheet && CSSStyleSheet.prototype, name, "restyles");
  for (const [kind, name] of [["AudioScheduledSourceNode", "start"], ["AudioBufferSourceNode", "start"],
    ["HTMLMediaElement", "play"], ["SpeechSynthesis", "speak"], ["Navigator", "vibrate"]])
    count(globalThis[kind] && globalThis[kind].prototype, name, "sounds");
  for (const name of ["put", "add", "delete", "clear"])
    count(globalThis.IDBObjectStore && IDBObjectStore.prototype, name, "database");
  count(globalThis, "requestAnimationFrame");
  for (const name of ["setTimeout", "setInterval"]) stub(globalThis, name, function (kept, values) {
    tell(name);
    if (values.length && values[0] === undefined) tell("idle_timers");
    return apply(kept, this, values);
  });
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
      construct(target, values, made) { tell("intl"); return construct(target, values, made); },
      apply(target, self, values) { tell("intl"); return apply(target, self, values); },
    });
  }
  for (const name of ["toLocaleString", "toLocaleDateString", "toLocaleTimeString"])
    for (const kind of [Date, Number]) count(kind.prototype, name, "intl");
})();
