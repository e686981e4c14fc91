"""Floods of what is recorded, and documents of absurd size."""

from __future__ import annotations

from page_attempt import (
    ANY,
    BLIND,
    HANG,
    MEASURED,
    SLOW,
    STARVED,
    HostilePage,
    framed,
    page,
)

FLOODS = "floods"
SIZES = "sizes"

_BLOB = "const u=URL.createObjectURL(new Blob(['{}']));"

_FLOODS = (
    (
        "flood-console",
        "print twenty thousand lines a millisecond, and objects of megabytes",
        "console.log('x'.repeat(2e7));setInterval(()=>{for(let i=0;i<20000;i++)console.error('x'.repeat(200)+i);console.log(Array(1e4).fill({a:'y'.repeat(99)}))},1)",
        ("console",),
    ),
    (
        "flood-exceptions",
        "throw three thousand errors a millisecond",
        "setInterval(()=>{for(let i=0;i<3000;i++)setTimeout(()=>{throw new Error('e'.repeat(500)+Math.random())},0)},1)",
        ("exceptions",),
    ),
    (
        "flood-rejections",
        "reject promises that nobody handles, with reasons of megabytes",
        "setInterval(()=>{for(let i=0;i<500;i++)Promise.reject(i%100?i:'r'.repeat(2e6))},1)",
        ("exceptions",),
    ),
    (
        "flood-workers",
        "start two hundred busy workers",
        "const u=URL.createObjectURL(new Blob(['for(;;);']));for(let i=0;i<200;i++)new Worker(u)",
        ("workers",),
    ),
    (
        "flood-frames",
        "add fifty frames a millisecond",
        "setInterval(()=>{for(let i=0;i<50;i++){const f=document.createElement('iframe');f.srcdoc='<h1>x</h1>';document.body.append(f)}},1)",
        ("frames",),
    ),
    (
        "flood-evaluations",
        "compile a hundred thousand scripts, each by another name",
        "let n=0;setInterval(()=>{for(let i=0;i<5000;i++)(0,eval)('(function f'+(n++)+'(){})\\n//# sourceURL=s'+n)},1);console.warn(1)",
        ("console",),
    ),
    (
        "flood-listeners",
        "add a hundred thousand listeners, timers and intervals",
        "for(let i=0;i<1e5;i++){addEventListener('click',()=>i);setTimeout(()=>i,1e6);}for(let i=0;i<2e4;i++)setInterval(()=>i,5);console.warn(1)",
        ("console",),
    ),
    (
        "flood-debugger",
        "stop at breakpoints, over and over",
        "console.warn(1);setInterval(()=>{debugger;Function('debugger')()},5)",
        ("console",),
    ),
    (
        "flood-sheets",
        "adopt and drop style sheets without end",
        "console.warn(1);setInterval(()=>{for(let i=0;i<200;i++){const s=new CSSStyleSheet();s.replaceSync('.a'+i+'{color:red}'.repeat(99));document.adoptedStyleSheets=[...document.adoptedStyleSheets.slice(-500),s]}},1)",
        ("console",),
    ),
    (
        "flood-title",
        "change title, icon, address and language at every task",
        "let n=0;console.warn(1);setInterval(()=>{for(let i=0;i<500;i++){document.title='t'.repeat(9999)+n++;document.documentElement.lang='x'+n;const l=document.createElement('link');l.rel='icon';l.href='data:,'+n;document.head.append(l);document.cookie='a='+n}},1)",
        ("console",),
    ),
    (
        "flood-contexts",
        "make a thousand drawing contexts of every kind",
        "console.warn(1);for(let i=0;i<1000;i++){const c=document.createElement('canvas');for(const k of['webgl','webgl2','2d','webgpu','bitmaprenderer'])try{c.getContext(k)}catch(e){}document.body.append(c)}",
        ("console",),
    ),
)


def _nested(depth: int = 300) -> str:
    """Each frame writes the next into itself."""
    return page(
        f"let d=document;for(let i=0;i<{depth};i++){{const f=d.createElement('iframe');(d.body||d.documentElement).append(f);d=f.contentDocument;if(!d)break;d.write('<p>'+i);d.close()}}"
    )


def _rules(count: int = 20_000) -> str:
    rules = "".join(f".a{i}:is(.b,.c){{color:#{i % 4096:03x}}}" for i in range(count))
    return page(head=f"<style>{rules}</style>")


def _selectors() -> str:
    """Selectors whose matching multiplies with the elements."""
    deep = " ".join(["*:not(.x)"] * 40)
    rules = f"{deep} b{{color:red}} *:has(~ * i) ~ *:has(b) {{color:blue}} :is({','.join(f'.c{i} *' for i in range(500))}) i{{color:green}}"
    return page(
        "setInterval(()=>{document.body.classList.toggle('y'+Math.floor(Math.random()*9))},1)",
        head=f"<style>{rules}</style>",
        body="<div>" * 60 + "<i>x</i><b>y</b>" * 3000,
    )


def _odd_bytes() -> bytes:
    """Invalid UTF-8, NUL, lone surrogates, every control code, byte order marks inside."""
    odd = (
        bytes(range(256)) * 40
        + b"\xed\xa0\x80\xed\xbf\xbf\xf4\x90\x80\x80\xc0\x80\xff\xfe\xef\xbb\xbf" * 99
    )
    head = b"<!DOCTYPE html><html lang=en><title>\0odd\xff</title><h1>Odd \0 bytes</h1><p title='\xff\0"
    return (
        head
        + b"'>"
        + odd
        + b"</p>\x1b[2J\x1b]0;owned\x07<script>console.log('\xff\0\xed\xa0\x80')</script>"
    )


_SIZES = (
    (
        "size-1e5-nodes",
        "have a hundred thousand elements with text",
        lambda: page(body="<p>x</p>" * 100_000),
        STARVED,
    ),
    (
        "size-1e6-nodes",
        "have a million elements",
        lambda: page(
            "const f=document.createDocumentFragment();for(let i=0;i<1e6;i++)f.append(document.createElement('i'));document.body.append(f)"
        ),
        STARVED,
    ),
    (
        "size-tall",
        "be thirty million pixels tall and wide",
        lambda: page(
            body="<div style='width:30000000px;height:30000000px;background:linear-gradient(red,blue)'>x</div>"
        ),
        BLIND,
    ),
    (
        "size-ten-megabytes",
        "be a document of ten megabytes of text and comments",
        lambda: page(body="<!--" + "c" * 5_000_000 + "--><p>" + "word " * 1_000_000 + "</p>"),
        STARVED,
    ),
    (
        "size-attributes",
        "have elements with ten thousand attributes and values of megabytes",
        lambda: page(
            body="<div "
            + " ".join(f"a{i}=v" for i in range(10_000))
            + f" title='{'t' * 5_000_000}' id='{'i' * 1_000_000}' class='{'c ' * 500_000}'>x</div>"
        ),
        SLOW,
    ),
    (
        "size-controls",
        "have ten thousand buttons and fields, each alive",
        lambda: page(
            body="<button onclick='this.textContent+=1'>b</button><input aria-label=i>" * 10_000
        ),
        STARVED,
    ),
    (
        "size-not-a-number",
        "be laid out by numbers that are none, infinite and beyond all bounds",
        lambda: page(
            "const s=document.body.style;for(const v of['scale(NaN)','matrix(1e38,0,0,1e38,0,0)','rotate(1e999deg)','translate(calc(infinity*1px))'])s.transform=v;s.zoom='1e30';document.querySelector('p').animate([{transform:'scale(1e38)'}],{duration:1e-9,iterations:Infinity});scrollTo(NaN,Infinity)",
            head="<style>p{width:calc(NaN*1px);height:calc(infinity*1px);font-size:1e30px;z-index:calc(infinity);margin:-1e30px;line-height:calc(1/0);letter-spacing:1e20px}</style>",
        ),
        ANY,
    ),
    ("size-rules", "have twenty thousand rules of style", _rules, SLOW),
    ("size-selectors", "have selectors whose matching takes ages", _selectors, SLOW),
    (
        "size-odd-bytes",
        "be bytes that are no text: NUL, invalid UTF-8, control codes",
        _odd_bytes,
        MEASURED,
    ),
    (
        "size-one-line",
        "be a single word of two million letters, in mixed directions",
        lambda: page(body="<p>" + "aא\u202eb\u200f" * 400_000 + "</p>"),
        STARVED,
    ),
)

PAGES = (
    *(
        HostilePage(
            name=name, group=FLOODS, tries=tries, html=page(code), ends=STARVED, named=named
        )
        for name, tries, code, named in _FLOODS
    ),
    HostilePage(
        name="flood-nested-frames",
        group=FLOODS,
        tries="nest three hundred frames",
        html=_nested,
        ends=SLOW | HANG,
        named=("frames",),
    ),
    HostilePage(
        name="flood-frames-apart",
        group=FLOODS,
        tries="hold sixty frames of opaque origins, which run in processes apart",
        html=page(
            body=framed("document.title=fetch('http://CANARY/x')", sandbox="allow-scripts") * 60
        ),
        ends=STARVED,
        named=("frames",),
    ),
    HostilePage(
        name="flood-own-frames",
        group=FLOODS,
        tries="hold itself in frames, which hold it again",
        html=page(
            body="<iframe src='/index.html'></iframe><iframe src='http://localhost/?2'></iframe><iframe src=''></iframe>"
            + framed("document.body.append(frameElement.cloneNode())")
        ),
        ends=SLOW,
        named=("frames|requests",),
    ),
    *(
        HostilePage(name=name, group=SIZES, tries=tries, html=html, ends=ends)
        for name, tries, html, ends in _SIZES
    ),
)

GRAPHICS = "graphics"

_SHADER = "const c=document.createElement('canvas');c.width=1280;c.height=720;document.body.append(c);const g=c.getContext('webgl');const s=(t,x)=>{const o=g.createShader(t);g.shaderSource(o,x);g.compileShader(o);return o};const p=g.createProgram();g.attachShader(p,s(g.VERTEX_SHADER,'attribute vec2 p;void main(){gl_Position=vec4(p,0,1);}'));g.attachShader(p,s(g.FRAGMENT_SHADER,'precision highp float;void main(){float a=0.;for(int i=0;i<20000000;i++){a+=sin(float(i)*gl_FragCoord.x);}gl_FragColor=vec4(a);}'));g.linkProgram(p);g.useProgram(p);g.bindBuffer(g.ARRAY_BUFFER,g.createBuffer());g.bufferData(g.ARRAY_BUFFER,new Float32Array([-1,-1,3,-1,-1,3]),g.STATIC_DRAW);g.enableVertexAttribArray(0);g.vertexAttribPointer(0,2,g.FLOAT,false,0,0);requestAnimationFrame(function f(){g.drawArrays(g.TRIANGLES,0,3);g.readPixels(0,0,1,1,g.RGBA,g.UNSIGNED_BYTE,new Uint8Array(4));requestAnimationFrame(f)})"

PAGES = (
    *PAGES,
    HostilePage(
        name="graphics-shader",
        group=GRAPHICS,
        tries="draw by a shader that takes ages for every pixel",
        html=page(_SHADER),
        ends=BLIND,
    ),
    HostilePage(
        name="graphics-webgpu",
        group=GRAPHICS,
        tries="compute on the graphics processor without end",
        html=page(
            "(async()=>{console.warn(1);const a=await navigator.gpu.requestAdapter(),d=await a.requestDevice();const m=d.createShaderModule({code:'@compute @workgroup_size(64) fn main(){loop{}}'});const p=d.createComputePipeline({layout:'auto',compute:{module:m}});for(;;){const e=d.createCommandEncoder(),q=e.beginComputePass();q.setPipeline(p);q.dispatchWorkgroups(65535);q.end();d.queue.submit([e.finish()]);await 0}})()"
        ),
        ends=BLIND,
        named=("console",),
    ),
    HostilePage(
        name="graphics-blurs",
        group=GRAPHICS,
        tries="blur what lies behind four hundred layers",
        html=page(
            head="<style>div{position:fixed;inset:0;backdrop-filter:blur(80px)}</style>",
            body="<div></div>" * 400,
        ),
        ends=ANY,
    ),
    HostilePage(
        name="graphics-canvas",
        group=GRAPHICS,
        tries="draw on a canvas with endless shadows and filters",
        html=page(
            "const c=document.createElement('canvas');c.width=c.height=4000;document.body.append(c);const g=c.getContext('2d');setInterval(()=>{g.filter='blur(200px)';g.shadowBlur=1e4;g.shadowColor='red';for(let i=0;i<500;i++)g.fillRect(Math.random()*9,9,4000,4000);g.getImageData(0,0,4000,4000)},1)"
        ),
        ends=ANY,
    ),
)
