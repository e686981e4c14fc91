"""File fields are tried with a file that they ask for, and what a page does with it is seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from test_pages_small import judged

from harness.models import Reason, VerdictStatus
from harness.pages.lab import PageLab
from runners.pages import inputs
from runners.pages.inputs import at
from runners.pages.probes.explore import explore
from runners.pages.scene import Scene
from runners.pages.uploads import named, sample

OpenPage = Callable[[str], Scene]
HIDDEN = """<!doctype html><html lang=en><title>Lines</title><style>body { font: 16px serif }</style>
<h1>How long is it?</h1><p>The file stays on your computer.</p>
<label for=f>Choose a file</label><input type=file id=f hidden><output id=o></output>
<script>document.getElementById("f").addEventListener("change", async (event) => {
  const text = await event.target.files[0].text();
  document.getElementById("o").textContent = describe(text);
});
const describe = (text) => text.split("\\n").length + " lines";</script></html>"""


@pytest.mark.parametrize(
    ("accept", "words", "name"),
    [
        ("image/*", "", "picture.png"),
        (".jpg, .jpeg", "", "picture.jpg"),
        (".jpeg", "", "picture.jpg"),
        ("video/*, image/gif", "", "picture.gif"),
        ("application/json,.json", "", "data.json"),
        (".csv,text/csv", "", "table.csv"),
        ("text/*", "", "note.txt"),
        ("*/*", "", "note.txt"),
        ("", "", "note.txt"),
        ("", "Import CSV", "table.csv"),
        ("", "#avatar-input", "picture.png"),
        ("", "Restore from JSON", "data.json"),
        (" .PDF ", "photo", "page.pdf"),
        (".md", "", "note.md"),
    ],
)
def test_the_file_that_a_field_asks_for(accept: str, words: str, name: str) -> None:
    """By `accept`, else by what stands at the field, else a plain text."""
    found = sample(accept, words)
    assert found is not None and found.name == name
    assert found.body and found == named(name)


def test_no_file_of_that_kind() -> None:
    """What is not here is not made up."""
    assert sample("video/mp4,.mov") is None
    assert named("picture.bmp") is None


def test_every_picture_sound_and_table_can_be_read(open_page: OpenPage) -> None:
    """By the browser itself, as a page would read it."""
    scene = open_page("""<!doctype html><input type=file id=f hidden><script>
    window.told = [];
    const shown = (file) => new Promise((good, bad) => {
      const image = new Image();
      image.onload = () => good(image.naturalWidth); image.onerror = () => bad(file.name);
      image.src = URL.createObjectURL(file);
    });
    f.onchange = async () => {
      const file = f.files[0], kind = file.type.split("/")[0];
      try {
        if (kind === "image") told.push(`${file.name} ${await shown(file)}`);
        else if (kind === "audio")
          told.push(`${file.name} ${(await new OfflineAudioContext(1, 99, 8000).decodeAudioData(await file.arrayBuffer())).duration}`);
        else if (file.name === "data.json") told.push(`${file.name} ${JSON.parse(await file.text()).length}`);
        else told.push(`${file.name} ${(await file.text()).split("\\n")[0]}`);
      } catch (error) { told.push(`${file.name} failed: ${error}`); }
    };</script>""")
    names = ("picture.png", "picture.jpg", "picture.gif", "picture.webp", "drawing.svg")
    for name in (*names, "sound.wav", "data.json", "table.csv", "table.tsv", "page.pdf"):
        file = named(name)
        assert file is not None and inputs.give(scene.tab, at("#f"), file)
        scene.tab.clock.advance(100)
    told = scene.tab.ask("told.join('; ')")
    assert told == (
        "; ".join(f"{name} 96" for name in names)
        + "; sound.wav 0.2; data.json 2; table.csv id,name,date,amount,city; "
        "table.tsv id\tname\tdate\tamount\tcity; page.pdf %PDF-1.4"
    )


def test_a_field_behind_its_label(open_page: OpenPage) -> None:
    """It is hidden, and found; what the page shows of the file is the effect."""
    scene = open_page(HIDDEN)
    explore(scene)
    uploads = [action for action in scene.evidence.actions if action.kind == "upload"]
    assert [(action.selector, action.value) for action in uploads] == [("#f", "note.txt")]
    assert uploads[0].effect.any
    assert scene.tab.ask("document.getElementById('o').textContent") == "5 lines"
    assert not next(c for c in scene.evidence.controls if c.kind == "file").visible


def test_no_field_takes_what_it_may_not(open_page: OpenPage) -> None:
    """Nothing is given to a disabled field, to another field, or where there is no such file."""
    scene = open_page(
        "<!doctype html><input type=file id=d disabled><input id=t><input type=file id=v accept=video/mp4>"
    )
    note = named("note.txt")
    assert note is not None
    assert not inputs.give(scene.tab, at("#d"), note)
    assert not inputs.give(scene.tab, at("#t"), note)
    explore(scene)
    assert [action for action in scene.evidence.actions if action.kind == "upload"] == []


def test_a_mistake_that_only_a_file_brings_out(page_lab: PageLab) -> None:
    """A name that was never written, in what is done with the file; the page as it was passes."""
    assert judged(HIDDEN, page_lab).status is VerdictStatus.ACCEPTED
    broken = judged(HIDDEN.replace("const describe", "const described"), page_lab)
    assert (broken.status, broken.reasons) == (VerdictStatus.REJECTED, (Reason.ACTION_ERROR,))
    assert "describe is not defined" in broken.detail
    hangs = judged(HIDDEN.replace("const text =", "for (let n = 0; ; n++); const text ="), page_lab)
    assert (hangs.status, hangs.reasons) == (VerdictStatus.REJECTED, (Reason.TIMEOUT,))
