// Animations that run now, and those of them that only move or fade: the compositor does them alone.
(() => {
  const cheap = /^(offset|computedOffset|easing|composite|transform|opacity|rotate|scale|translate)$/;
  const all = document.getAnimations().filter((a) => a.playState === "running");
  const frames = (a) => (a.effect && a.effect.getKeyframes ? a.effect.getKeyframes() : [{ none: 0 }]);
  const only = all.filter((a) => frames(a).every((frame) => Object.keys(frame).every((key) => cheap.test(key))));
  return [all.length, only.length];
})()
