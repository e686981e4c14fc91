"""What comes from outside of a page's thread comes while the page's time stands still."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from runners.pages.evidence import End, PageError
from runners.pages.inputs import at, click, drag, press, spot
from runners.pages.probes.fresh import reload
from runners.pages.requests import Gate
from runners.pages.scene import Scene

OpenPage = Callable[[str], Scene]
_STEP_MS = 20
_PAGE = """<!doctype html><meta charset=utf-8><canvas id=c width=80 height=60></canvas>
<button id=b>b</button><script>
window.log = [];
const made = c.getContext("2d");
const write = (name) => log.push(name);
const worker = new Worker(URL.createObjectURL(new Blob(["onmessage = (e) => postMessage(e.data)"])));
worker.onmessage = () => write("done");
%s
</script>"""
ERRANDS = {
    "a refused request": "fetch('https://api.example/').catch(() => write('done'))",
    "a checked request": """fetch('https://api.example/', { method: 'PUT', headers: { a: '1' } })
        .catch(() => write('done'))""",
    "a made file": "fetch(URL.createObjectURL(new Blob(['x']))).then((r) => r.text()).then(() => write('done'))",
    "a worker": "worker.postMessage(1)",
    "a digest": "crypto.subtle.digest('SHA-256', new Uint8Array(3e6)).then(() => write('done'))",
    "a bitmap": "createImageBitmap(c).then(() => write('done'))",
    "a file reader": """const r = new FileReader(); r.onload = () => write('done');
        r.readAsDataURL(new Blob([new Uint8Array(3e6)]))""",
    "a database": """const r = indexedDB.open('x'); r.onupgradeneeded = () => r.result.createObjectStore('s');
        r.onsuccess = () => {
          const t = r.result.transaction('s', 'readwrite');
          t.objectStore('s').put(1, 'k');
          t.oncomplete = () => { const g = r.result.transaction('s').objectStore('s').get('k');
            g.onsuccess = () => write('done'); };
        }""",
    "the clipboard": "navigator.clipboard.writeText('x').then(() => write('done'))",
    "sound": "new OfflineAudioContext(1, 44100, 44100).startRendering().then(() => write('done'))",
    "a permission": "navigator.permissions.query({ name: 'camera' }).then(() => write('done'))",
    "a socket": "new WebSocket('wss://example.com/').onclose = () => write('done')",
    "an exported picture": "c.toBlob((blob) => write(blob.type === 'image/png' ? 'done' : 'wrong'))",
    "an idle moment": "requestIdleCallback(() => write('done'))",
}


def _log(scene: Scene) -> Any:
    return scene.tab.ask("log")


def _errors(scene: Scene, kind: str) -> list[PageError]:
    return [error for error in scene.tab.happenings.errors() if error.kind == kind]


def _click(scene: Scene) -> None:
    place = spot(scene.tab, at("#b"))
    assert place is not None
    click(scene.tab, place, ms=_STEP_MS)


@pytest.mark.parametrize("name", ERRANDS)
def test_one_frame_is_enough_for_any_errand(open_page: OpenPage, name: str) -> None:
    """What a click began is done before the second frame, whoever does it and how long it takes."""
    scene = open_page(_PAGE % f"b.onclick = () => {{ {ERRANDS[name]}; }};")
    _click(scene)
    scene.tab.clock.advance(_STEP_MS)
    assert _log(scene) == ["done"]


LEAVES = {
    "a link to elsewhere": "location.href = 'https://example.com/'",
    "a form": """const f = document.body.appendChild(document.createElement('form'));
        f.action = 'https://example.com/'; f.submit()""",
    "a frame": "document.body.append(Object.assign(document.createElement('iframe'), { src: 'https://example.com/' }))",
    "checked requests": "for (let i = 0; i < 3; i++) " + ERRANDS["a checked request"],
}


@pytest.mark.parametrize("name", LEAVES)
def test_what_is_kept_back_is_not_waited_for(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Nobody sits until the browser idles for answers that we hold ourselves, or for what comes
    only after them: a document that time stands still for, a request behind its preflight."""
    scene = open_page(_PAGE % f"b.onclick = () => {{ {LEAVES[name]}; }};")
    patience: Any = scene.tab._patience
    until, held = patience.until, []

    def told(*args: Any, **more: Any) -> bool:
        held.append(until(*args, **more))
        return bool(held[-1])

    monkeypatch.setattr(patience, "until", told)
    _click(scene)
    scene.tab.clock.advance(_STEP_MS)
    assert scene.tab.gate.total > 1
    assert held and all(held)


def test_what_is_released_is_waited_for() -> None:
    """An answer that was kept back is no longer excused, however calm it was meanwhile."""
    gate, sent = Gate(b"", None), []

    def post(method: str, _params: object = None) -> Any:
        sent.append(SimpleNamespace(method=method, done=False))
        return sent[-1]

    gate.hold()
    gate.begun("1", "https://api.example/")
    asked = {"url": "https://api.example/", "method": "GET"}
    told = {"requestId": "a", "networkId": "1", "request": asked, "resourceType": "XHR"}
    gate.paused(told, post)
    assert gate.quiet() and not sent
    gate.stirred = False
    gate.release()
    assert [call.method for call in sent] == ["Fetch.failRequest"]
    assert gate.stirred and not gate.quiet()
    sent[0].done = True
    assert not gate.quiet()
    gate.ended("1")
    assert gate.quiet()


def test_no_time_passes_before_a_click_is_heard(open_page: OpenPage) -> None:
    """Its handler reads the instant at which it was sent."""
    scene = open_page(_PAGE % "b.onclick = () => log.push(performance.now());")
    place = spot(scene.tab, at("#b"))
    assert place is not None
    now = scene.tab.ask("performance.now()")
    click(scene.tab, place, ms=80)
    assert _log(scene) == [now]


def test_answers_come_when_the_time_of_a_step_is_over(open_page: OpenPage) -> None:
    """However long a script works after it asked, timers of the step come before the answer."""
    scene = open_page(
        _PAGE
        % """setTimeout(() => {
  fetch("https://api.example/").catch(() => write("refused"));
  for (let i = 0, x = 0; i < 3e8; i++) x += i;
  setTimeout(() => write("timer"), 2);
}, 1000);"""
    )
    scene.tab.clock.advance(960, 80)
    assert _log(scene) == ["timer", "refused"]


def test_an_answer_comes_after_the_frame_of_the_input_that_asked(open_page: OpenPage) -> None:
    """A field that is disabled until it has its answer loses the focus first, each time."""
    scene = open_page(
        _PAGE
        % """b.onblur = () => write("blur");
b.onkeydown = () => {
  b.disabled = true;
  fetch("https://api.example/").catch(() => { write("answer"); b.disabled = false; });
};"""
    )
    for _ in range(20):
        scene.tab.ask("b.focus(), log.length = 0")
        press(scene.tab, "Enter")
        scene.tab.clock.advance(_STEP_MS)
        assert _log(scene) == ["blur", "answer"]


def test_a_script_that_stands_still_for_its_answer_gets_it(open_page: OpenPage) -> None:
    """A synchronous request within a step is answered within it, one after another."""
    scene = open_page(
        _PAGE
        % """setTimeout(() => { for (const _ of [1, 2]) {
  const asked = new XMLHttpRequest();
  asked.open("GET", "/there", false);
  asked.send();
  log.push(asked.status);
} }, 1000);"""
    )
    scene.tab.clock.advance(960, 80)
    assert _log(scene) == [404, 404]


def test_time_does_not_drift(open_page: OpenPage) -> None:
    """What is granted while the page waits is missing from the next step."""
    script = "b.onclick = () => { worker.postMessage(1); crypto.subtle.digest('SHA-1', new Uint8Array(9)); };"
    scene = open_page(_PAGE % script)
    before = scene.tab.ask("performance.now()")
    for _ in range(4):
        _click(scene)
    scene.tab.clock.advance(_STEP_MS)
    passed = scene.tab.ask("performance.now()") - before
    assert passed % _STEP_MS < 0.2 or passed % _STEP_MS > _STEP_MS - 0.2


def test_what_a_page_does_not_handle_stays_unhandled(open_page: OpenPage) -> None:
    """A rejection that is watched is reported once, and not at all where the page handles it."""
    scene = open_page(
        _PAGE
        % """navigator.permissions.query({ name: "nonsense" });
createImageBitmap(new Blob(["no picture"])).catch(() => write("handled"));"""
    )
    (rejection,) = _errors(scene, "rejection")
    assert "nonsense" in rejection.text and rejection.count == 1
    assert _log(scene) == ["handled"]


def test_a_worker_that_never_ends_is_no_hang(open_page: OpenPage) -> None:
    """It is waited for once; the page's own thread goes on."""
    scene = open_page(
        _PAGE
        % """new Worker(URL.createObjectURL(new Blob(["for (;;);"])));
setTimeout(() => write("timer"), 1000);"""
    )
    scene.tab.clock.advance(1000, 100)
    assert _log(scene) == ["timer"]
    assert scene.evidence.end is End.MEASURED


def test_what_never_comes_is_given_up(open_page: OpenPage) -> None:
    """A worker whose script is refused never starts, and the document loads again all the same."""
    scene = open_page(_PAGE % "new Worker('/nowhere.js').onerror = () => write('refused');")
    assert reload(scene.tab)
    assert _log(scene) == ["refused"]


def test_what_is_dragged_is_dropped(open_page: OpenPage) -> None:
    """The page hears the whole of a drag, and the next click is a click."""
    scene = open_page(
        """<!doctype html><p id=a draggable=true>a</p><div id=z style="height:90px">z</div><button id=b>b</button>
<script>window.log = [];
z.ondragover = (event) => event.preventDefault();
for (const kind of ["dragstart", "drop", "dragend", "click"]) addEventListener(kind, (e) => log.push(kind + e.target.id));
</script>"""
    )
    begin, end = spot(scene.tab, at("#a")), spot(scene.tab, at("#z"))
    assert begin is not None and end is not None
    drag(scene.tab, begin, end)
    _click(scene)
    assert _log(scene) == ["dragstarta", "dropz", "dragenda", "clickb"]


def test_a_saved_file_belongs_to_the_click_that_saved_it(open_page: OpenPage) -> None:
    """The browser has begun the download before the next frame, however large the file is."""
    scene = open_page(
        _PAGE
        % """b.onclick = () => {
  const link = document.createElement("a");
  link.download = "large.txt";
  link.href = "data:text/plain," + "x".repeat(1.5e6);
  link.click();
};"""
    )
    _click(scene)
    assert scene.tab.gate.attempts.get("downloads") == 1


def test_a_document_is_read_before_its_time_begins(open_page: OpenPage) -> None:
    """A long one is complete at the instant at which it began, however slowly it arrives."""
    filler = "<p>text</p>" * 20_000
    at_end = "<script>log.push(performance.now() - then)</script>"
    scene = open_page(_PAGE % "const then = performance.now();" + filler + at_end)
    assert _log(scene)[0] < 1


def test_an_idle_moment_can_be_cancelled_and_ends(open_page: OpenPage) -> None:
    """Work that asks how much of the moment is left stops; what was cancelled never comes."""
    scene = open_page(
        _PAGE
        % """cancelIdleCallback(requestIdleCallback(() => write("cancelled")));
requestIdleCallback((moment) => {
  let done = 0;
  while (moment.timeRemaining() > 0) done++;
  write(done > 0 && !moment.didTimeout ? "worked" : "no time");
}, { timeout: 10 });"""
    )
    assert _log(scene) == ["worked"]


def test_exported_pictures_have_the_asked_type(open_page: OpenPage) -> None:
    """A type that there is, one that there is not, and no picture of nothing."""
    scene = open_page(
        _PAGE
        % """c.toBlob((blob) => write(blob.type), "image/jpeg", 0.5);
c.toBlob((blob) => write(blob.type), "image/nonsense");
const none = document.createElement("canvas");
none.width = 0;
none.toBlob((blob) => write(blob));
try { c.toBlob(); } catch (error) { write(error.name); }"""
    )
    assert _log(scene) == ["TypeError", "image/jpeg", "image/png", None]
