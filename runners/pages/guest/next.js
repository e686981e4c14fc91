// The number after the one that a field holds, within its limits; "" where it holds none. Isolated world.
(named) => {
  const field = named instanceof HTMLLabelElement ? named.control : named;
  if (!(field instanceof HTMLInputElement) || field.value === "") return "";
  const twin = field.cloneNode();
  for (const step of ["stepUp", "stepDown"]) {
    twin.value = field.value;
    try { twin[step](); } catch { // `step=any`
      const more = Number(field.value) + 1;
      return field.max !== "" && more > Number(field.max) ? "" : String(more);
    }
    if (twin.value !== field.value) return twin.value;
  }
  return "";
}
