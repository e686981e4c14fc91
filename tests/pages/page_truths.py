"""Small pages with known truths: what any driver has to report of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from runners.pages.evidence import Action, End, Owner, PageError, PageEvidence, Phase
from runners.pages.requests import ORIGIN


@dataclass(frozen=True)
class Truth:
    """A page, how deep to visit it, and what must hold of the evidence."""

    name: str
    page: str
    holds: Callable[[PageEvidence], None]
    depth: str = "full"
    end: End = End.MEASURED


def _page(body: str, head: str = "") -> str:
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Truth</title>{head}'
        f"</head>\n<body>\n{body}\n</body></html>"
    )


def _script(code: str, body: str = "<p id=out>none</p>") -> str:
    return _page(f"{body}\n<script>\n{code}\n</script>")


def _mulberry32(state: int) -> Iterator[int]:
    """The generator's published definition: 32-bit numbers from a 32-bit state."""
    while True:
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        t = (state ^ (state >> 15)) * (1 | state) & 0xFFFFFFFF
        t ^= (t + ((t ^ (t >> 7)) * (61 | t) & 0xFFFFFFFF)) & 0xFFFFFFFF
        yield t ^ (t >> 14)


def _only(evidence: PageEvidence) -> PageError:
    (error,) = evidence.errors
    return error


def _acted(evidence: PageEvidence, selector: str, kind: str) -> Action:
    return next(a for a in evidence.actions if a.selector == selector and a.kind == kind)


def _exception(evidence: PageEvidence) -> None:
    error = _only(evidence)
    assert (error.kind, error.owner, error.count) == ("exception", Owner.PAGE, 1)
    assert (error.url, error.line) == (ORIGIN, 6)
    assert "TypeError" in error.text


def _rejection(evidence: PageEvidence) -> None:
    error = _only(evidence)
    assert error.kind == "rejection"
    assert "no luck" in error.text


def _syntax(evidence: PageEvidence) -> None:
    error = _only(evidence)
    assert (error.kind, error.line) == ("syntax", 6)


def _console(evidence: PageEvidence) -> None:
    error = _only(evidence)
    assert (error.kind, error.text, error.line) == ("console", "careful 7", 6)
    assert evidence.attempts["console"] == 2


def _blocked(evidence: PageEvidence) -> None:
    outcomes = {r.url: (r.kind, r.outcome) for r in evidence.requests}
    assert outcomes["https://example.com/a.png"] == ("Image", "external")
    assert outcomes["https://example.com/data"] == ("XHR", "external")
    assert outcomes[f"{ORIGIN}other.css"] == ("Stylesheet", "no_such_file")
    refused = [e for e in evidence.errors if "example.com" in e.url]
    assert refused
    assert all(e.owner is Owner.ENVIRONMENT for e in refused)
    assert evidence.words["text"] == "caught TypeError"


def _worker(evidence: PageEvidence) -> None:
    urls = {r.url: r.outcome for r in evidence.requests}
    assert urls["https://example.com/from-worker"] == "external"
    assert evidence.attempts["workers"] == 1
    assert evidence.words["text"] == "refused"


def _navigation(evidence: PageEvidence) -> None:
    assert evidence.attempts["navigations"] == 1
    assert [r.url for r in evidence.requests if r.outcome == "navigation"] == [
        "https://example.com/away"
    ]
    assert evidence.words["title"] == "Truth"


def _loaded_again(evidence: PageEvidence) -> None:
    assert evidence.loaded
    assert evidence.words["text"] == "second"
    assert "restless" not in evidence.attempts


def _restless(evidence: PageEvidence) -> None:
    assert evidence.attempts["restless"] == 1


def _built_anew(evidence: PageEvidence) -> None:
    cells = [a for a in evidence.actions if a.selector.startswith("#cells > div")]
    assert len(cells) > 3
    assert all(a.effect.nodes for a in cells)


def _filtered_away(evidence: PageEvidence) -> None:
    emptied = next(a for a in evidence.actions if a.kind == "type" and not a.value)
    after = [a for a in evidence.actions if a.step > emptied.step]
    assert {a.label for a in after if a.kind == "click"} == {"tea", "cup"}


def _keys_that_save(evidence: PageEvidence) -> None:
    assert _acted(evidence, "", "key").effect.storage
    denied = next(f for f in evidence.faults if f.name == "storage_denied")
    assert denied.errors == 1
    assert denied.detail.startswith("1 of 1 saving actions repeated")


def _covered(evidence: PageEvidence) -> None:
    click = _acted(evidence, "#b", "click")
    assert click.covered
    assert not click.effect.any


def _unfilled(evidence: PageEvidence) -> None:
    shown = ["${user.name}", "{{ total }}", "[object Object]", "$NaN", "undefined"]
    assert evidence.words["raw"] == evidence.words["raw_after"] == shown
    assert (evidence.dom["canvas"], evidence.dom["canvas_empty"]) == (3, 1)
    assert evidence.attempts["idle_timers"] == 1


def _says(evidence: PageEvidence, text: str) -> None:
    assert evidence.words["text"] == text


def _long_steps(evidence: PageEvidence) -> None:
    assert evidence.runtime["long_steps_rest"] == 2


def _short_steps(evidence: PageEvidence) -> None:
    assert evidence.runtime["long_steps_rest"] == 0


def _leaves_late(evidence: PageEvidence) -> None:
    assert evidence.attempts["leaves_late"] == 1
    assert [r.url for r in evidence.requests if r.phase is Phase.LINGER] == [
        "https://example.com/late"
    ]


def _leaves_when_asked(evidence: PageEvidence) -> None:
    assert evidence.attempts["navigations"] >= 1
    assert "leaves_late" not in evidence.attempts


def _hangs_late(evidence: PageEvidence) -> None:
    assert evidence.phase is Phase.LINGER
    assert evidence.detail.startswith("linger: ")


def _throws_late(evidence: PageEvidence) -> None:
    error = _only(evidence)
    assert "tidyUp is not defined" in error.text
    assert error.phase is Phase.LINGER


def _dialogs(evidence: PageEvidence) -> None:
    assert evidence.attempts["dialogs"] == 4
    assert evidence.words["text"] == "undefined true Ada test"


def _popup(evidence: PageEvidence) -> None:
    assert evidence.attempts["popups"] >= 1
    assert evidence.words["title"] == "Truth"


def _download(evidence: PageEvidence) -> None:
    assert evidence.attempts["downloads"] == 1


def _permissions(evidence: PageEvidence) -> None:
    assert (evidence.attempts["permissions"], evidence.attempts["devices"]) == (3, 2)
    assert evidence.words["text"] == "NotAllowedError denied 1"


def _service_worker(evidence: PageEvidence) -> None:
    assert evidence.attempts["service_workers"] == 1
    assert evidence.words["text"] == "SecurityError"


def _storage(evidence: PageEvidence) -> None:
    assert evidence.runtime["storage_sets"] == 3
    assert evidence.words["text"] == "kept"


def _timers(evidence: PageEvidence) -> None:
    assert evidence.words["text"] == "late 350 ticks 3"
    assert evidence.attempts["setTimeout"] == 1
    assert evidence.attempts["setInterval"] == 1


def _frames(evidence: PageEvidence) -> None:
    frames = int(evidence.words["text"].split()[0])
    assert 10 <= frames <= 60
    assert evidence.motion.mutations + evidence.motion.text_changes > 10


def _animation(evidence: PageEvidence) -> None:
    motion = evidence.motion
    assert (motion.running, motion.cheap) == (2, 1)
    assert motion.early > 0.001
    assert evidence.media.running_reduced == 1
    shown = {look.name: look.picture for look in evidence.looks}
    assert shown["first"] != shown["settled"]


def _finished(evidence: PageEvidence) -> None:
    assert evidence.words["text"] == "animationend transitionend"
    assert evidence.motion.running == 0


def _form(evidence: PageEvidence) -> None:
    typed = _acted(evidence, "#name", "type")
    assert (typed.value, typed.control, typed.effect.text + typed.effect.nodes > 0) == (
        "Grace", "text", True,
    )  # fmt: skip
    assert _acted(evidence, "#save", "click").effect.any
    assert not _acted(evidence, "#dead", "click").effect.any
    assert _acted(evidence, "#kind", "choose").effect.any
    assert _acted(evidence, "#wrong", "click").effect.errors == 1
    controls = {c.selector: c for c in evidence.controls}
    assert controls["#save"].listeners == ("click",)
    assert controls["#dead"].listeners == ()
    assert controls["#name"].listeners == ("input",)


def _keys(evidence: PageEvidence) -> None:
    action = next(a for a in evidence.actions if a.kind == "key")
    assert action.effect.any
    assert evidence.listeners["keydown"] == 1


def _counts(evidence: PageEvidence) -> None:
    dom = evidence.dom
    assert [dom[k] for k in ("buttons", "links", "inputs", "tables", "h1", "svg_shapes")] == [
        2, 1, 1, 1, 1, 2,
    ]  # fmt: skip
    assert (dom["rules"], dom["width_rules"], dom["keyframes"]) == (2, 1, 1)
    assert {box.name: box.overflow for box in evidence.layouts} == {
        "mobile": 1125, "tablet": 732, "wide": 60, "desktop": 220,
    }  # fmt: skip
    assert evidence.words["headings"] == ["Count me"]
    assert evidence.looks[0].width == 1280


def _coverage(evidence: PageEvidence) -> None:
    assert (evidence.coverage["functions"], evidence.coverage["functions_run"]) == (3, 2)
    assert (evidence.coverage["rules"], evidence.coverage["rules_used"]) == (3, 2)


def _in_a_sandbox(evidence: PageEvidence) -> None:
    controls = {c.selector: c for c in evidence.controls}
    assert controls["#own"].listeners == ("click",)
    assert evidence.listeners["click"] >= 2


def _listeners(evidence: PageEvidence) -> None:
    assert evidence.own_listeners == {"click": 2, "input": 1, "resize": 1}


def _tampering(evidence: PageEvidence) -> None:
    assert (evidence.dom["buttons"], evidence.dom["h1"]) == (1, 1)
    assert evidence.words["text"] == "One\nTwo"
    assert evidence.layouts[0].overflow == 0
    assert [e.kind for e in evidence.errors] == ["exception"]
    assert not _acted(evidence, "#b", "click").effect.any


def _random(evidence: PageEvidence) -> None:
    drawn = _mulberry32(1)
    used = [next(drawn) for _ in range(6)]
    assert evidence.words["text"] == f"{bytes(n >> 24 for n in used[:4]).hex()} {used[4]} {used[5]}"


def _fixed(evidence: PageEvidence) -> None:
    assert evidence.words["text"] == (
        "2026-03-11T10:17:23.000Z UTC en-US 1,234.5 1280x720 1 light visible true"
    )


def _robbed(evidence: PageEvidence) -> None:
    assert evidence.words["text"] == "robbed"
    assert evidence.looks[-1].name == "after"


def _ended(evidence: PageEvidence) -> None:
    assert evidence.detail.startswith("load: ")


def _siege(evidence: PageEvidence) -> None:
    assert evidence.detail == "load: 2000 dialogs in one visit, and no end of them"
    assert evidence.attempts["dialogs"] == 2000


_SAY = "document.getElementById('out').textContent"

TRUTHS = (
    Truth("exception", _script("null.length;"), _exception, "render"),
    Truth("rejection", _script("Promise.reject(new Error('no luck'));"), _rejection, "render"),
    Truth("syntax", _script("function ("), _syntax, "render"),
    Truth("console", _script("console.error('careful', 7); console.log('fine');"), _console,
          "render"),
    Truth(
        "blocked",
        _page(
            '<p id=out></p><img src="https://example.com/a.png" alt="">'
            f"<script>fetch('https://example.com/data').catch(e => {{ {_SAY} = 'caught ' + e.name; }})"
            "</script>",
            '<link rel="stylesheet" href="other.css">',
        ),
        _blocked,
    ),
    Truth(
        "worker",
        _script(
            "const code = `fetch('https://example.com/from-worker')"
            ".catch(() => postMessage('refused'))`;\n"
            "new Worker(URL.createObjectURL(new Blob([code]))).onmessage = "
            f"(e) => {{ {_SAY} = e.data; }};"
        ),
        _worker,
    ),
    Truth(
        "navigation",
        _script("setTimeout(() => { location = 'https://example.com/away'; }, 50);"),
        _navigation,
    ),
    Truth(
        "loaded again",
        _script("""if (sessionStorage.seen) document.getElementById("out").textContent = "second";
            else { sessionStorage.seen = 1; location.reload(); }"""),
        _loaded_again,
    ),
    Truth(
        "long steps",
        _script("""const spin = () => { let n = 0; for (let i = 0; i < 4e8; i++) n ^= i; return n; };
            setTimeout(spin, 900); setTimeout(spin, 1300);"""),
        _long_steps,
    ),
    Truth("short steps", _script("setInterval(() => document.title += '.', 50);"), _short_steps),
    Truth(
        "built anew",
        _page("""<div id=cells></div><script>
            const build = () => { cells.replaceChildren(...[1, 2, 3].map((n) => {
              const cell = Object.assign(document.createElement("div"), { textContent: n });
              cell.style = "height: 40px";
              cell.addEventListener("click", () => { build(); document.title += "."; });
              return cell; })); };
            build();</script>"""),
        _built_anew,
    ),
    Truth(
        "filtered away",
        _page("""<input id=query><ul id=words></ul><script>
            const draw = () => { words.replaceChildren(...["tea", "cup"]
              .filter((word) => word.includes(query.value)).map((word) => {
                const button = Object.assign(document.createElement("button"), { textContent: word });
                button.onclick = () => { document.title = word; };
                return button; })); };
            query.oninput = draw; draw();</script>"""),
        _filtered_away,
    ),
    Truth(
        "keys that save",
        _script("""addEventListener("keydown", (event) => {
            localStorage.last = event.key; out.textContent = event.key; });"""),
        _keys_that_save,
    ),
    Truth(
        "covered",
        _page("""<button id=b>Press</button><script>b.onclick = () => { b.textContent += "!"; };
            </script><div style="position: fixed; inset: 0"></div>"""),
        _covered,
    ),
    Truth(
        "unfilled",
        _page("""<p>${user.name}</p><p>{{ total }}</p><p>[object Object]</p><p>$NaN</p>
            <p>undefined</p><code>${kept}</code><p>NaN is a value</p><canvas height=0></canvas>
            <canvas hidden></canvas><canvas></canvas><script>setInterval(undefined, 900)</script>"""),
        _unfilled,
    ),
    Truth(
        "whole milliseconds",
        _script("""const times = [];
            const ask = () => { times.push(performance.now());
              fetch("none" + times.length).finally(times.length < 30 ? ask : () => {
                out.textContent = times.every(Number.isInteger); }); };
            ask();"""),
        lambda evidence: _says(evidence, "true"),
    ),
    Truth("restless", _script("location.reload();"), _restless),
    Truth(
        "leaves late",
        _script("setTimeout(() => { location = 'https://example.com/late'; }, 7000);"),
        _leaves_late,
    ),
    Truth(
        "leaves late when asked",
        _script(
            """document.getElementById("b").onclick = () =>
                setTimeout(() => { location = "https://example.com/asked"; }, 5000);""",
            "<button id=b>Send</button>",
        ),
        _leaves_when_asked,
    ),
    Truth("hangs late", _script("setTimeout(() => { for (;;) {} }, 7000);"), _hangs_late,
          end=End.HANG),
    Truth("throws late", _script("setTimeout(() => { tidyUp(); }, 7000);"), _throws_late),
    Truth(
        "dialogs",
        _page(
            "<p id=out></p><script>\n"
            f"{_SAY} = [alert('a'), confirm('b'), prompt('c', 'Ada'), prompt('d')].join(' ')"
            ".replace(/^ /, 'undefined ');\n</script>"
        ),
        _dialogs,
    ),
    Truth(
        "siege",
        _script("setInterval(() => { while (confirm('again?')); }, 1);"),
        _siege,
        end=End.HANG,
    ),
    Truth("popup", _script("window.open('https://example.com/pop');"), _popup),
    Truth(
        "download",
        _script(
            "const a = document.createElement('a');\n"
            "a.href = URL.createObjectURL(new Blob(['x'])); a.download = 'x.txt'; a.click();"
        ),
        _download,
        "render",
    ),
    Truth(
        "permissions",
        _script(
            "(async () => {\n"
            "  const m = await navigator.mediaDevices.getUserMedia({ audio: true })"
            ".catch(e => e.name);\n"
            "  const n = await Notification.requestPermission();\n"
            "  navigator.geolocation.getCurrentPosition(() => {}, (e) => "
            f"{{ {_SAY} = [m, n, e.code].join(' '); }});\n"
            "})();"
        ),
        _permissions,
    ),
    Truth(
        "service worker",
        _script(f"navigator.serviceWorker.register('/sw.js').catch(e => {{ {_SAY} = e.name; }});"),
        _service_worker,
    ),
    Truth(
        "storage",
        _script(
            "localStorage.a = 1; localStorage.setItem('b', 'kept'); sessionStorage.c = 3;\n"
            f"{_SAY} = localStorage.getItem('b');"
        ),
        _storage,
    ),
    Truth(
        "timers",
        _script(
            "const t0 = Date.now(); let ticks = 0; const every = setInterval(() => ticks++, 100);\n"
            "setTimeout(() => { clearInterval(every);\n"
            f"  {_SAY} = `late ${{Date.now() - t0}} ticks ${{ticks}}`; }}, 350);"
        ),
        _timers,
    ),
    Truth(
        "frames",
        _script(f"let n = 0; (function f() {{ {_SAY} = `${{++n}} frames`; requestAnimationFrame(f); }})();"),
        _frames,
    ),
    Truth(
        "animation",
        _page(
            "<div class=a></div><div class=b></div>",
            "<style>div { width: 200px; height: 200px; background: #c33 }"
            ".a { animation: slide 2s linear infinite } .b { animation: tint 3s infinite }"
            "@keyframes slide { to { transform: translateX(800px) } }"
            "@keyframes tint { to { background: #33c } }"
            "@media (prefers-reduced-motion) { .a { animation: none } }</style>",
        ),
        _animation,
    ),
    Truth(
        "finished",
        _page(
            "<p id=out></p><div class=a></div><script>\nconst all = [];\n"
            "const div = document.querySelector('div');\n"
            "for (const type of ['animationend', 'transitionend'])\n"
            f"  div.addEventListener(type, () => {{ all.push(type); {_SAY} = all.join(' '); }});\n"
            "setTimeout(() => { div.style.opacity = 0.5; }, 50);\n</script>",
            "<style>div { width: 9px; height: 9px; transition: opacity 300ms;"
            "animation: slide 200ms linear } @keyframes slide { to { width: 50px } }</style>",
        ),
        _finished,
    ),
    Truth(
        "form",
        _script(
            "const out = document.getElementById('out');\n"
            "document.getElementById('name').addEventListener('input', (e) => { out.textContent = e.target.value; });\n"
            "document.getElementById('save').addEventListener('click', () => { out.append('!'); });\n"
            "document.getElementById('kind').addEventListener('change', (e) => { out.textContent = e.target.value; });\n"
            "document.getElementById('wrong').addEventListener('click', () => { missing(); });",
            "<p id=out>none</p><input id=name placeholder=Grace aria-label=name>\n"
            "<select id=kind aria-label=kind><option>one<option>two<option>three</select>\n"
            "<button id=save>Save</button><button id=dead>Dead</button><button id=wrong>Wrong</button>",
        ),
        _form,
    ),
    Truth(
        "keys",
        _script(
            f"addEventListener('keydown', (e) => {{ {_SAY} += e.code; }});"
        ),
        _keys,
    ),
    Truth(
        "counts",
        _page(
            "<h1>Count me</h1><button>a</button><button>b</button><a href='#x'>x</a>"
            "<input aria-label=i><table><tr><td>1</table>"
            "<svg><path d='M0 0'/><circle r=1 /></svg><div id=x class=wide>w</div>",
            '<meta name="viewport" content="width=device-width">'
            "<style>body { margin: 0 } .wide { width: 1500px; height: 9px }"
            "@media (min-width: 9000px) {} @keyframes k {}</style>",
        ),
        _counts,
    ),
    Truth(
        "coverage",
        _page(
            "<p class=used>x</p><script>\nfunction ran() {}\nfunction idle() {}\n(() => ran())();\n"
            "</script>",
            "<style>p { color: red } .used { margin: 1px } .unused { margin: 2px }</style>",
        ),
        _coverage,
    ),
    Truth(
        "listeners in a sandboxed frame",
        _script(
            "own.onclick = () => { out.textContent = 'one'; };",
            "<p id=out>none</p><button id=own>Own</button><iframe sandbox='allow-scripts' srcdoc="
            '"<button id=in>In</button><script>'
            "document.querySelector('button').addEventListener('click', () => 1)</script>"
            '"></iframe>',
        ),
        _in_a_sandbox,
    ),
    Truth(
        "listeners",
        _script(
            "const out = document.getElementById('out');\nout.onclick = () => {};\n"
            "document.addEventListener('click', () => {});\n"
            "out.addEventListener('input', () => {}); addEventListener('resize', () => {});"
        ),
        _listeners,
    ),
    Truth(
        "tampering",
        _page(
            "<script>\n"
            "const lie = () => [];\n"
            "for (const name of ['querySelectorAll', 'querySelector', 'getElementsByTagName'])\n"
            "  for (const kind of [Document, Element]) kind.prototype[name] = lie;\n"
            "Array.from = lie; JSON.stringify = () => '{}'; JSON.parse = lie;\n"
            "Element.prototype.getBoundingClientRect = () => ({ width: 9, height: 9 });\n"
            "Object.defineProperty(Node.prototype, 'textContent', { get: () => 'forged' });\n"
            "Object.defineProperty(HTMLElement.prototype, 'innerText', { get: () => 'forged' });\n"
            "globalThis.__seen = { nodes: 1e6 }; globalThis.__controls = [];\n"
            "MutationObserver = class { observe() {} };\n"
            "console.error = () => {}; addEventListener('error', (e) => e.stopImmediatePropagation(), true);\n"
            "setTimeout(() => { throw new Error('told'); }, 10);\n"
            "</script><h1>One</h1><button id=b>Two</button>"
        ),
        _tampering,
    ),
    Truth(
        "random",
        _script(
            "const bytes = crypto.getRandomValues(new Uint8Array(4));\n"
            "const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');\n"
            f"{_SAY} = [hex, Math.random() * 2 ** 32, Math.random() * 2 ** 32].join(' ');"
        ),
        _random,
    ),
    Truth(
        "fixed",
        _script(
            "const zone = Intl.DateTimeFormat().resolvedOptions();\n"
            f"{_SAY} = [new Date().toISOString(), zone.timeZone, navigator.language,\n"
            "  (1234.5).toLocaleString(), `${innerWidth}x${innerHeight}`, devicePixelRatio,\n"
            "  matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',\n"
            "  document.visibilityState, isSecureContext].join(' ');"
        ),
        _fixed,
    ),
    Truth(
        "clock taken",
        _script(
            "for (const name of Object.getOwnPropertyNames(globalThis))\n"
            "  if (/clock|__pw/i.test(name)) delete globalThis[name];\n"
            f"{_SAY} = 'robbed';"
        ),
        _robbed,
    ),
    Truth("hang", _script("for (;;) {}"), _ended, "render", End.HANG),
    Truth(
        "crash",
        _script("const all = []; for (;;) all.push(new Array(1e6));"),
        _ended,
        "render",
        End.CRASH,
    ),
)  # fmt: skip
