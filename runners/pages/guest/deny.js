// Runs in the page's own world before its first script: what Chromium does where a visitor blocked a site's data.
(() => {
  const deny = (owner, name, act) => Object.defineProperty(owner, name, { get: act, configurable: true });
  const refuse = (what) => { throw new DOMException(`Failed to read the '${what}' property from 'Window': `
    + "Access is denied for this document.", "SecurityError"); };
  for (const name of ["localStorage", "sessionStorage"]) deny(globalThis, name, () => refuse(name));
  for (const name of ["open", "deleteDatabase", "databases"]) IDBFactory.prototype[name] = () => {
    throw new DOMException("access to the Indexed Database API is denied in this context.", "SecurityError");
  };
  Object.defineProperty(Document.prototype, "cookie", { get: () => "", set: () => {}, configurable: true });
})()
