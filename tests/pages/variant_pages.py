"""One small page, and for each variant type what an honest answer changes and what a fake says."""

from __future__ import annotations

BASE = """<!doctype html>
<html>
<head>
<meta charset="utf-8">
<title>Reading list</title>
<style>
body { font-family: Arial, sans-serif; margin: 20px; background: #ffffff; color: #222222 }
li { padding: 6px; border-bottom: 1px solid #dddddd } .done { text-decoration: line-through; color: #777777 }
button { background: #2456c8; color: #ffffff; border: 0; padding: 8px 14px }
</style>
</head>
<body>
<h1>Reading list</h1>
<p>Keep track of the books that you want to read this year.</p>
<form id="form"><input id="title" placeholder="Title of the book"><button id="add">Add book</button></form>
<ul id="list"></ul>
<p id="count"></p>
<script>
const books = [{ title: "Middlemarch", done: false, pages: 880 }, { title: "Emma", done: true, pages: 474 }, { title: "Ulysses", done: false, pages: 730 }];
const list = document.getElementById("list");
function render() {
  list.replaceChildren(...books.map((book) => {
    const item = document.createElement("li");
    item.textContent = `${book.title}, ${book.pages} pages `;
    item.className = book.done ? "done" : "";
    const button = document.createElement("button");
    button.textContent = book.done ? "Unread" : "Read";
    button.addEventListener("click", () => { book.done = !book.done; render(); });
    item.append(button);
    return item;
  }));
  document.getElementById("count").textContent = `${books.filter((book) => book.done).length} of ${books.length} books read`;
}
document.getElementById("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = document.getElementById("title");
  if (field.value) books.push({ title: field.value, done: false, pages: 300 });
  field.value = "";
  render();
});
render();
</script>
</body>
</html>
"""

STYLE, SCRIPT, BODY = "</style>", "render();\n</script>", '<p id="count"></p>'


def _with(style: str = "", body: str = "", script: str = "", **changes: str) -> str:
    """The base with more style, markup and code, and some words replaced."""
    page = BASE.replace(STYLE, f"{style}\n{STYLE}").replace(BODY, f"{BODY}\n{body}")
    page = page.replace(SCRIPT, f"render();\n{script}\n</script>")
    for old, new in changes.values():
        assert old in page, old
        page = page.replace(old, new)
    return page


_LAYOUT = "ul { display: grid; grid-template-columns: repeat(3, 1fr); gap: 16px; padding: 0; list-style: none } li { border: 1px solid #dddddd; min-height: 120px } body { max-width: 960px } form { display: flex; gap: 8px }"
_DRAG = """
list.addEventListener("mousedown", (event) => { const item = event.target.closest("li"); if (item) item.style.background = "#ffeeaa"; });
document.addEventListener("keydown", (event) => { if (event.key === "ArrowDown") { books.push(books.shift()); render(); } });
list.addEventListener("dblclick", () => { books.reverse(); render(); });
"""
_ADVANCED_BODY = '<input id="search" placeholder="Search"><button id="sort">Sort by title</button><button id="undo">Undo</button><button id="export">Export</button>'
_ADVANCED = """
let last = [];
document.getElementById("search").addEventListener("input", (event) => { for (const item of list.children) item.hidden = !item.textContent.toLowerCase().includes(event.target.value.toLowerCase()); });
document.getElementById("sort").addEventListener("click", () => { last = [...books]; books.sort((a, b) => a.title < b.title ? -1 : 1); render(); });
document.getElementById("undo").addEventListener("click", () => { if (last.length) { books.splice(0, books.length, ...last); render(); } });
document.getElementById("export").addEventListener("click", () => { const link = document.createElement("a"); link.href = URL.createObjectURL(new Blob([JSON.stringify(books)])); link.download = "books.json"; link.click(); });
"""
_CHART = """
const chart = document.getElementById("chart");
const paint = render;
function bars() {
  const svg = "http://www.w3.org/2000/svg";
  chart.replaceChildren(...books.flatMap((book, at) => {
    const bar = document.createElementNS(svg, "rect"), text = document.createElementNS(svg, "text");
    for (const [key, value] of Object.entries({ x: at * 70 + 10, y: 110 - book.pages / 10, width: 50, height: book.pages / 10, fill: book.done ? "#88aa88" : "#2456c8" })) bar.setAttribute(key, value);
    bar.addEventListener("mouseenter", () => { document.getElementById("tip").textContent = `${book.title}: ${book.pages}`; });
    text.setAttribute("x", at * 70 + 10); text.setAttribute("y", 118); text.setAttribute("font-size", 9); text.textContent = book.title;
    const axis = document.createElementNS(svg, "line");
    for (const [key, value] of Object.entries({ x1: at * 70, x2: at * 70 + 70, y1: 110, y2: 110, stroke: "#222222" })) axis.setAttribute(key, value);
    return [bar, axis, text];
  }));
}
new MutationObserver(bars).observe(list, { childList: true });
bars();
"""
_LIVE = """
const feed = document.getElementById("feed");
const readers = ["Ana", "Bo", "Cy"];
let turn = 0;
setInterval(() => { feed.textContent = `${readers[turn++ % 3]} has just read page ${turn * 7}`; }, 300);
"""
_GAME = """
let points = Number(localStorage.getItem("points") || 0);
function score() { document.getElementById("points").textContent = `Score: ${points} points, level ${1 + Math.floor(points / 30)}`; document.getElementById("badge").textContent = points >= 10 ? "Badge: bookworm" : "No badge yet"; localStorage.setItem("points", points); }
list.addEventListener("click", (event) => { if (event.target.tagName === "BUTTON") { points += 10; score(); } }, true);
score();
"""
_WORDS = """
const texts = { en: ["Reading list", "Keep track of the books that you want to read this year.", "Add book"], de: ["Leseliste", "Behalte im Blick, welche Bücher du in diesem Jahr lesen willst.", "Buch hinzufügen"], ar: ["قائمة القراءة", "تابع الكتب التي تريد قراءتها هذا العام.", "أضف كتابا"] };
document.getElementById("lang").addEventListener("change", (event) => {
  const lang = event.target.value, [title, lead, add] = texts[lang];
  document.documentElement.lang = lang;
  document.documentElement.dir = lang === "ar" ? "rtl" : "ltr";
  document.querySelector("h1").textContent = title;
  document.querySelector("p").textContent = lead;
  document.getElementById("add").textContent = add;
  document.getElementById("today").textContent = new Intl.DateTimeFormat(lang).format(new Date());
});
"""
_LANG = '<label>Language <select id="lang"><option value="en">English</option><option value="de">Deutsch</option><option value="ar">العربية</option></select></label><span id="today"></span>'
_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">'
_HEAD = '<meta charset="utf-8">'
_BROKEN = ('button.addEventListener("click", () => { book.done = !book.done; render(); });', "")
_UNSENT = (
    'document.getElementById("form").addEventListener("submit"',
    'document.getElementById("form").addEventListener("unsent"',
)

VARIANTS: dict[str, tuple[str, str, str]] = {
    "Color Scheme": (
        "Use a dark scheme with #1a1a1a behind #e8e6e3",
        _with("body { background: #1a1a1a; color: #e8e6e3 } li { border-color: #444444 } button { background: #e0a030; color: #1a1a1a } .done { color: #b0aeab }"),
        _with(".dark { background: #1a1a1a; color: #e8e6e3 }", "<p>Now with a dark scheme!</p>"),
    ),
    "Layout Style": (
        "Arrange the books as cards in a grid",
        _with(_LAYOUT),
        _with(".grid { display: grid; grid-template-columns: repeat(3, 1fr) }", "<p>Books as cards in a grid.</p>"),
    ),
    "Interaction Mode": (
        "Let the list be worked by keys and double clicks",
        _with(script=_DRAG),
        _with(body="<p>Use the arrow keys or double click.</p>", script='document.addEventListener("keydown", () => {}); list.addEventListener("dblclick", () => {});'),
    ),
    "Responsive Design": (
        "Make it fit phones, tablets and wide screens",
        _with(f"{_LAYOUT} @media (max-width: 700px) {{ ul {{ grid-template-columns: 1fr }} form {{ flex-direction: column }} button {{ min-height: 44px }} }}", head=(_HEAD, _HEAD + _VIEWPORT)),
        _with("ul { width: 1100px } @media (max-width: 700px) { .none { color: red } }", head=(_HEAD, _HEAD + _VIEWPORT)),
    ),
    "Animation Effects": (
        "Animate the title and new books",
        _with("h1 { animation: glow 2s infinite alternate } @keyframes glow { to { color: #2456c8; transform: translateX(12px) } } li { transition: background .3s } li:hover { background: #eef } button { transition: transform .2s } @media (prefers-reduced-motion: reduce) { h1 { animation: none } }"),
        _with("@keyframes glow { to { color: #2456c8 } } @keyframes slide { to { left: 0 } }", "<p>Everything is animated.</p>"),
    ),
    "Accessibility Features": (
        "Make it accessible",
        _with(
            "a.skip { position: absolute; left: -999px } a.skip:focus { left: 0 } :focus-visible { outline: 3px solid #b04000 } .done { color: #555555 }",
            html=("<html>", '<html lang="en">'),
            top=("<h1>Reading list</h1>", '<a class="skip" href="#list">Skip to the list</a><main><h1>Reading list</h1>'),
            field=('<input id="title"', '<label for="title">Title</label><input id="title"'),
            rest=(BODY, '<p id="count" role="status" aria-live="polite"></p></main>'),
            label=("item.append(button);", 'button.setAttribute("aria-label", `${button.textContent} ${book.title}`); item.append(button);'),
        ),
        _with(body='<p aria-label="accessible">Accessible to all.</p>', ring=("button {", "button, input { outline: none } button {"), tab=('button.textContent = book', 'button.tabIndex = -1; button.textContent = book'), field=('<input id="title" placeholder="Title of the book">', '<input id="title" tabindex="-1"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">')),
    ),
    "Advanced Features": (
        "Add search, sorting, undo and export",
        _with(body=_ADVANCED_BODY, script=_ADVANCED),
        _with(body=_ADVANCED_BODY),
    ),
    "Minimalist Design": (
        "Make it minimalist",
        _with("li, button { border: 0; background: none; color: #222222 } .done { color: #222222 } button { text-decoration: underline; padding: 0 }", lead=("<p>Keep track of the books that you want to read this year.</p>\n", "")),
        _with("body { letter-spacing: 1px }", "<p>A minimalist page.</p>"),
    ),
    "Data Visualization": (
        "Show the pages as a chart",
        _with(body='<svg id="chart" viewBox="0 0 220 120" width="440"></svg><p id="tip">Chart: pages of each book, total 2084</p>', script=_CHART),
        _with(body='<svg viewBox="0 0 10 10" width="40"><circle r="4" cx="5" cy="5" fill="#2456c8"/></svg><p>Chart: data, average, total, legend</p>'),
    ),
    "Real-time Updates": (
        "Show in real time what others read",
        _with(body='<p id="feed" aria-live="polite">Nobody reads</p>', script=_LIVE),
        _with(body='<p id="feed" aria-live="polite">Live: Ana has just read page 7</p>', script="setTimeout(() => {}, 300);"),
    ),
    "Gamification": (
        "Give points, levels and badges for books that were read",
        _with(body='<p id="points"></p><p id="badge"></p>', script=_GAME),
        _with(body="<p>Score: 0 points, level 1</p><p>Badge: bookworm</p>"),
    ),
    "Internationalization": (
        "Offer English, German and Arabic",
        _with(body=_LANG, script=_WORDS, html=("<html>", '<html lang="en" dir="ltr">')),
        _with(body=_LANG, html=("<html>", '<html lang="en" dir="ltr">')),
    ),
}  # fmt: skip
"""By type: what was asked for, an honest answer, and one that says so and does nothing of it."""


def careless(name: str) -> str:
    """The honest answer of a type that lost what the base does: no button and no form works."""
    page = VARIANTS[name][1]
    for old, new in (_BROKEN, _UNSENT):
        page = page.replace(old, new)
    return page
