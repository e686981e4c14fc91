"""Memory: by scripts, by the browser's stores, by documents that expand."""

from __future__ import annotations

import base64
import struct
import zlib

from page_attempt import (
    ANY,
    GLUT,
    MEASURED,
    MEMORY,
    SLOW,
    STARVED,
    HostilePage,
    page,
    table,
)

HEAP = "memory"
STORES = "stores"
EXPANSION = "documents that expand"

_HEAP = (
    (
        "memory-heap",
        "fill the heap with arrays",
        "const a=[];setTimeout(()=>{for(;;)a.push(new Array(1e5).fill(1.5))},50)",
    ),
    (
        "memory-buffers",
        "fill memory outside the heap with buffers that are written to",
        "const a=[];setInterval(()=>{for(let i=0;i<20;i++)a.push(new Uint8Array(16<<20).fill(7))},10)",
    ),
    (
        "memory-strings",
        "fill memory with flat strings",
        "const a=[];setTimeout(()=>{for(;;){const s='abc'.repeat(1e7)+a.length;a.push(s);s.charCodeAt(9)&&JSON.stringify(s)}},50)",
    ),
    (
        "memory-canvases",
        "paint canvases of 64 million pixels",
        "setInterval(()=>{for(let i=0;i<4;i++){const c=document.createElement('canvas');c.width=c.height=8000;const g=c.getContext('2d',{willReadFrequently:true});g.fillRect(0,0,8000,8000);g.getImageData(0,0,1,1);document.body.append(c)}},10)",
    ),
    (
        "memory-wasm",
        "grow WebAssembly memories and touch every page of them",
        "const a=[];setTimeout(()=>{for(;;){const m=new WebAssembly.Memory({initial:2048});new Uint8Array(m.buffer).fill(1);a.push(m)}},50)",
    ),
    (
        "memory-pictures",
        "keep decoded pictures of 64 million pixels",
        "const a=[];setInterval(async()=>{a.push(await createImageBitmap(new ImageData(8000,8000)))},5)",
    ),
    (
        "memory-clones",
        "fill the queue of messages with copies that nobody reads",
        "const c=new MessageChannel(),b=new Uint8Array(8<<20).fill(1);const a=[];setInterval(()=>{for(let i=0;i<20;i++){a.push(structuredClone(b));c.port1.postMessage(b)}},5)",
    ),
    (
        "memory-worker",
        "fill the heap of a worker",
        "new Worker(URL.createObjectURL(new Blob(['const a=[];setInterval(()=>{for(let i=0;i<20;i++)a.push(new Uint8Array(16<<20).fill(7))},5)'])))",
    ),
)

_STORES = (
    (
        "store-blobs",
        "keep blobs, which another process holds",
        "const a=[];setInterval(()=>{for(let i=0;i<4;i++)a.push(new Blob([new Uint8Array(16<<20).fill(a.length+1)]))},20)",
    ),
    (
        "store-indexeddb",
        "write a gigabyte to IndexedDB",
        "indexedDB.open('x').onupgradeneeded=e=>{const s=e.target.result.createObjectStore('s');for(let i=0;i<100;i++)s.put('x'.repeat(1e7)+i,i)}",
    ),
    (
        "store-local",
        "fill localStorage, sessionStorage and the cookies to their limits and beyond",
        "for(const s of[localStorage,sessionStorage])try{for(let i=0;;i++)s.setItem('k'+i,'x'.repeat(1e5))}catch(e){}for(let i=0;i<3000;i++)document.cookie='c'+i+'='+'y'.repeat(3000);throw Error('full')",
    ),
    (
        "store-cache",
        "write a gigabyte to the Cache API and the private file system",
        "(async()=>{const c=await caches.open('x');for(let i=0;i<40;i++)c.put('/'+i,new Response(new Uint8Array(16<<20).fill(i)));const d=await navigator.storage.getDirectory();for(let i=0;i<40;i++){const w=await(await d.getFileHandle('f'+i,{create:true})).createWritable();w.write(new Uint8Array(16<<20).fill(i))}})()",
    ),
    (
        "store-gzip-bomb",
        "unpack a stream of zeros without end",
        "(async()=>{const z=new Uint8Array(await new Response(new Blob([new Uint8Array(32<<20)]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer());const a=[];for(;;)a.push(new Uint8Array(await new Response(new Blob([z]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer()).fill(1))})()",
    ),
)


def _depth(count: int) -> str:
    return page(
        f"let e=document.body;for(let i=0;i<{count};i++){{const d=document.createElement('div');e.append(d);e=d}}e.textContent='deep'"
    )


def _uses(levels: int = 8) -> str:
    """Ten references to ten references: 10**levels shapes."""
    groups = "".join(f"<g id=a{i}>{f'<use href=#a{i - 1} />' * 10}</g>" for i in range(1, levels))
    top = levels - 1
    return page(
        body=f"<svg width=99 height=99><defs><g id=a0><rect width=9 height=9 /></g>{groups}</defs><use href=#a{top} /></svg>"
    )


def _variables(levels: int = 30) -> str:
    """Each variable is twice the one before."""
    twice = "".join(f"--v{i}:var(--v{i - 1})var(--v{i - 1});" for i in range(1, levels))
    return page(
        head=f"<style>body{{--v0:'lol';{twice}}}h1::after{{content:var(--v{levels - 1})}}</style>"
    )


def _laughs(levels: int = 10) -> str:
    """The billion laughs, in XML of a data URL, in a frame, a picture and a parser."""
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, levels))
    xml = f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY l0 "lol">{entities}]><svg xmlns="http://www.w3.org/2000/svg"><text>&l{levels - 1};</text></svg>'
    url = "data:image/svg+xml;base64," + base64.b64encode(xml.encode()).decode()
    return page(
        f"const x=atob('{url.split(',')[1]}');document.title=new DOMParser().parseFromString(x,'application/xml').documentElement.textContent.length",
        body=f"<iframe src='{url}'></iframe><img src='{url}'><object data='{url}'></object>",
    )


def _picture(side: int = 24_000) -> str:
    """A PNG of side times side black or white pixels, of some kilobytes."""
    line = b"\0" * (side // 8 + 1)
    rows = zlib.compress(line * side)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    url = "data:image/png;base64," + base64.b64encode(png).decode()
    return page(body=f"<img src='{url}'><img style='width:90%' src='{url}'>")


_SHEET = (
    "<?xml version='1.0'?><xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>"
    "<xsl:template match='/'><xsl:call-template name='a'/><xsl:call-template name='a'/></xsl:template>"
    "<xsl:template name='a'><xsl:param name='n' select='0'/><xsl:if test='$n &lt; 60'>"
    "<xsl:call-template name='a'><xsl:with-param name='n' select='$n+1'/></xsl:call-template>"
    "<xsl:call-template name='a'><xsl:with-param name='n' select='$n+1'/></xsl:call-template></xsl:if></xsl:template></xsl:stylesheet>"
)

_EXPANSIONS = (
    ("bomb-depth", "nest 50,000 elements", lambda: _depth(50_000), ANY),
    ("bomb-svg-use", "draw ten million shapes by references to references", _uses, ANY),
    ("bomb-variables", "double a text thirty times by CSS variables", _variables, MEASURED | GLUT),
    ("bomb-laughs", "expand the entities of XML to a billion laughs", _laughs, MEASURED | GLUT),
    ("bomb-picture", "unpack a small picture to 576 million pixels", _picture, ANY),
)

PAGES = (
    *table(HEAP, _HEAP[:1], ends=MEMORY),
    *table(HEAP, _HEAP[1:-1], ends=GLUT),
    *table(HEAP, _HEAP[-1:], ends=STARVED, named=("workers",)),
    HostilePage(
        name="memory-recursion",
        group=HEAP,
        tries="use up the stack by calls, by getters and by parsing",
        html=page(
            "function f(){f()};setTimeout(f,1);setTimeout(()=>{const o={get a(){return this.a}};o.a},2);setTimeout(()=>JSON.parse('['.repeat(1e6)),3);setTimeout(()=>eval('('.repeat(1e5)+1+')'.repeat(1e5)),4);setTimeout(()=>new RegExp('('.repeat(1e5)+')'.repeat(1e5)),5)"
        ),
        named=("exceptions",),
    ),
    *table(STORES, _STORES, ends=STARVED),
    HostilePage(
        name="store-transform",
        group=STORES,
        tries="transform XML by a sheet that calls itself twice, sixty times over",
        html=page(
            f'const p=s=>new DOMParser().parseFromString(s,"text/xml");setTimeout(()=>{{const t=new XSLTProcessor();t.importStylesheet(p(`{_SHEET}`));t.transformToFragment(p("<a/>"),document)}},50)'
        ),
        ends=STARVED,
    ),
    *(
        HostilePage(name=name, group=EXPANSION, tries=tries, html=html, ends=ends)
        for name, tries, html, ends in _EXPANSIONS
    ),
    HostilePage(
        name="bomb-table",
        group=EXPANSION,
        tries="lay out a table of 65 million cells by spans",
        html=page(body="<table>" + "<tr>" + "<td colspan=1000 rowspan=65534>x" * 60 + "</table>"),
        ends=SLOW,
    ),
)
