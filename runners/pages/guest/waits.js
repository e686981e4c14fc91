// What scripts wait for that comes from outside of their thread. It is told to the driver, which lets
// no time pass meanwhile. Evaluates to a function of what init.js has at hand.
(say, stub, apply) => {
  let open = 0, told = false, left = 400;
  const begin = () => {
    open++;
    if (told || left <= 0) return;
    told = true;
    left--;
    say("waits");
  };
  const end = () => {
    open--;
    if (open || !told) return;
    told = false;
    say("waits no more");
  };
  const { then } = Promise.prototype, listen = EventTarget.prototype.addEventListener;
  const within = (act) => {
    begin();
    try { return act(); } catch (error) { end(); throw error; }
  };
  // The page gets what follows from our looking on, so that what it does not handle stays unhandled.
  const promised = (owner, names) => {
    for (const name of names)
      stub(owner, name, function (kept, values) {
        return within(() => apply(then, apply(kept, this, values), [
          (value) => { end(); return value; }, (error) => { end(); throw error; }]));
      });
  };
  const heard = (owner, names, types) => {
    for (const name of names)
      stub(owner, name, function (kept, values) {
        return within(() => {
          const made = apply(kept, this, values);
          let over = false;
          const close = () => { if (!over) { over = true; end(); } };
          for (const type of types) apply(listen, made || this, [type, close]);
          return made;
        });
      });
  };
  const of = (name) => globalThis[name] && globalThis[name].prototype;
  promised(globalThis, ["createImageBitmap"]);
  promised(globalThis.WebAssembly, ["compile", "instantiate", "compileStreaming", "instantiateStreaming"]);
  promised(of("SubtleCrypto"), ["digest", "encrypt", "decrypt", "sign", "verify", "deriveBits", "deriveKey",
    "generateKey", "importKey", "exportKey", "wrapKey", "unwrapKey"]);
  for (const kind of ["Blob", "Response", "Request"])
    promised(of(kind), ["arrayBuffer", "blob", "bytes", "formData", "json", "text"]);
  promised(of("HTMLImageElement"), ["decode"]);
  promised(of("OffscreenCanvas"), ["convertToBlob"]);
  promised(of("BaseAudioContext"), ["decodeAudioData"]);
  promised(of("OfflineAudioContext"), ["startRendering"]);
  promised(of("CacheStorage"), ["open", "match", "has", "delete", "keys"]);
  promised(of("Cache"), ["match", "matchAll", "put", "delete", "keys"]);
  promised(of("StorageManager"), ["estimate", "persist", "persisted", "getDirectory"]);
  promised(of("Permissions"), ["query"]);
  promised(of("Clipboard"), ["writeText", "write"]);
  promised(of("FontFace"), ["load"]);
  promised(of("FontFaceSet"), ["load"]);
  promised(of("MediaDevices"), ["enumerateDevices"]);
  promised(of("NavigatorUAData"), ["getHighEntropyValues"]);
  heard(of("FileReader"), ["readAsText", "readAsDataURL", "readAsArrayBuffer", "readAsBinaryString"], ["loadend"]);
  heard(of("IDBFactory"), ["open", "deleteDatabase"], ["success", "error", "blocked"]);
  heard(of("IDBDatabase"), ["transaction"], ["complete", "abort"]);

  // A picture that a script made: it is decoded beside the page's own thread.
  const image = of("HTMLImageElement"), source = image && Object.getOwnPropertyDescriptor(image, "src");
  const own = /^(?:data|blob):/, lazy = image && Object.getOwnPropertyDescriptor(image, "loading").get;
  const shown = new WeakSet(), { add, delete: drop } = WeakSet.prototype, { test } = RegExp.prototype;
  if (source)
    Object.defineProperty(image, "src", { ...source, set(value) {
      apply(source.set, this, [value]);
      if (apply(lazy, this, []) === "lazy" || !apply(test, own, [apply(source.get, this, [])])) return;
      const close = () => { if (apply(drop, shown, [this])) end(); };
      if (apply(drop, shown, [this])) end();
      apply(add, shown, [this]);
      begin();
      for (const type of ["load", "error"]) apply(listen, this, [type, close, { once: true }]);
    } });

  const Kind = globalThis.Worker;
  if (typeof Kind === "function")
    globalThis.Worker = new Proxy(Kind, {
      construct(target, values, made) {
        const worker = Reflect.construct(target, values, made);
        say("worker");
        return worker;
      },
    });

  // A file that a script saves: the browser says when it has begun.
  const link = of("HTMLAnchorElement"), { hasAttribute } = Element.prototype;
  const href = link && Object.getOwnPropertyDescriptor(link, "href").get;
  stub(of("HTMLElement"), "click", function (kept, values) {
    const clicked = apply(kept, this, values);
    try {
      if (apply(hasAttribute, this, ["download"]) && apply(test, own, [apply(href, this, [])])) say("download");
    } catch {} // no link
    return clicked;
  });

  // Without a display nothing is ever idle: what is left for idle moments is a task like any other,
  // in which a moment of work is left for each time that it asks.
  const later = globalThis.setTimeout, never = globalThis.clearTimeout;
  const Idle = of("IdleDeadline");
  stub(globalThis, "requestIdleCallback", (kept, [act, ...rest]) => {
    if (typeof act !== "function") return apply(kept, globalThis, [act, ...rest]);
    let ms = 40;
    const deadline = Object.create(Idle || Object.prototype, {
      didTimeout: { value: false, enumerable: true },
      timeRemaining: { value: () => Math.max(0, --ms) },
    });
    return apply(later, globalThis, [() => act(deadline), 1]);
  });
  stub(globalThis, "cancelIdleCallback", (kept, [number]) => apply(never, globalThis, [number]));
  const canvas = of("HTMLCanvasElement"), url = canvas && canvas.toDataURL, text = globalThis.atob;
  if (canvas)
    stub(canvas, "toBlob", function (kept, [act, type, quality]) {
      if (typeof act !== "function") return apply(kept, this, [act, type, quality]);
      const data = apply(url, this, type === undefined ? [] : [type, quality]);
      const [head, body] = data.split(",");
      let made = null;
      if (body) {
        const bytes = Uint8Array.from(text(body), (letter) => letter.charCodeAt(0));
        made = new Blob([bytes], { type: head.slice(5, head.indexOf(";")) });
      }
      apply(later, globalThis, [() => act(made), 0]);
    });
}
