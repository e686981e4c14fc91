"""Loops that never end, at every place from which a page's code is called."""

from __future__ import annotations

import base64

from page_attempt import HANG, MEASURED, SLOW, HostilePage, framed, page, table

LOOPS = "endless loops"
EVENTS = "loops of events"


def _wasm_loop() -> str:
    """A module whose start function is `loop br 0 end`."""
    sections = (
        (1, b"\x01\x60\x00\x00"),
        (3, b"\x01\x00"),
        (8, b"\x00"),
        (10, b"\x01\x07\x00\x03\x40\x0c\x00\x0b\x0b"),
    )
    code = b"\0asm\x01\0\0\0" + b"".join(bytes([i, len(b)]) + b for i, b in sections)
    text = base64.b64encode(code).decode()
    return f"const b=Uint8Array.from(atob('{text}'),c=>c.charCodeAt(0));setTimeout(()=>new WebAssembly.Instance(new WebAssembly.Module(b)),50)"


_LOOPS = (
    ("loop-parse", "never end while the document is parsed", "while(true){}"),
    ("loop-timer", "never end in a timer after the load", "setTimeout(()=>{while(true){}},300)"),
    (
        "loop-microtask",
        "queue microtasks without end, so that no task is ever due",
        "(function f(){Promise.resolve().then(f)})()",
    ),
    (
        "loop-frame",
        "never end in the callback of a frame",
        "requestAnimationFrame(()=>{for(;;);})",
    ),
    (
        "loop-clock",
        "wait busily for a clock that stands still while code runs",
        "setTimeout(()=>{const t=performance.now();while(performance.now()-t<1e9);},100)",
    ),
    (
        "loop-regex",
        "match by a regular expression that backtracks for ages",
        "setTimeout(()=>/^(a+)+$/.test('a'.repeat(40)+'b'),50)",
    ),
    (
        "loop-native",
        "compute inside one built-in call that nothing interrupts",
        "setTimeout(()=>{document.title=String((3n**(2n**24n))%7n).length;for(;;)(3n**(2n**23n)).toString()},50)",
    ),
    (
        "loop-generator",
        "read a generator without end through a proxy",
        "function* g(){for(;;)yield 1};const p=new Proxy(g(),{get(t,k){const v=t[k];return typeof v==='function'?v.bind(t):v}});setTimeout(()=>{for(const x of p);},50)",
    ),
    (
        "loop-mutation",
        "let two mutation observers answer each other",
        "const d=document.body.dataset;new MutationObserver(()=>{d.a=(+d.a||0)+1}).observe(document.body,{attributes:true});d.a=1",
    ),
    (
        "loop-write",
        "write a script that writes itself, so that parsing never ends",
        "const s=()=>'<p>x<script>document.write(s())<\\/script>';window.s=s;for(;;)document.write('<p>x</p>')",
    ),
    (
        "loop-synchronous-request",
        "ask for a refused address again and again by synchronous requests",
        "setTimeout(()=>{for(let i=0;;i++)try{const x=new XMLHttpRequest();x.open('GET','/n?'+i,false);x.send()}catch(e){}},50)",
    ),
)

_CLICKED = (
    (
        "loop-click",
        "never end once a button is clicked",
        "<button onclick='while(true){}'>Start</button>",
    ),
    (
        "loop-focus",
        "never end once the keyboard comes to a field",
        "<input aria-label=a onfocus='while(true){}'><input aria-label=b onkeydown='for(;;);'>",
    ),
    (
        "loop-hover",
        "never end once the pointer is over a button",
        "<button style='width:900px;height:400px' onpointermove='for(;;);'>Wide</button>",
    ),
)

_EVENTS = (
    (
        "events-message-channel",
        "post messages in a circle, so that a task is always due and no timer ever",
        "const c=new MessageChannel();c.port1.onmessage=()=>c.port2.postMessage(0);c.port2.onmessage=()=>c.port1.postMessage(0);c.port1.postMessage(0)",
    ),
    (
        "events-zero-timers",
        "start a thousand chains of timers of no length",
        "for(let i=0;i<1000;i++)(function f(){setTimeout(f,0)})()",
    ),
    (
        "events-resize-observer",
        "resize what a resize observer watches, within its callback",
        "const d=document.createElement('div');d.style.width='1px';document.body.append(d);let n=1;new ResizeObserver(()=>{d.style.width=(n=n%500+1)+'px'}).observe(d)",
    ),
    (
        "events-intersection-observer",
        "move what an intersection observer watches in and out of view",
        "const d=document.createElement('div');d.textContent='x';document.body.append(d);new IntersectionObserver(()=>{d.style.marginTop=d.style.marginTop?'':'4000px'}).observe(d)",
    ),
    (
        "events-animations",
        "listen to the iterations of a thousand animations of a millisecond",
        "const s=document.createElement('style');s.textContent='@keyframes k{to{opacity:.9}}i{animation:k 1ms infinite}';document.head.append(s);for(let i=0;i<1000;i++)document.body.append(document.createElement('i'));addEventListener('animationiteration',()=>document.body.dataset.n=Math.random())",
    ),
    (
        "events-scroll",
        "scroll itself at every scroll",
        "document.body.style.height='90000px';onscroll=()=>scrollTo({top:Math.random()*9e4,behavior:'smooth'});scrollTo(0,9)",
    ),
)

PAGES = (
    *table(LOOPS, _LOOPS, ends=HANG),
    HostilePage(
        name="loop-wasm",
        group=LOOPS,
        tries="never end in WebAssembly, where more processor time is granted",
        html=page(_wasm_loop()),
        ends=HANG,
    ),
    HostilePage(
        name="loop-sandboxed-frame",
        group=LOOPS,
        tries="never end in a frame of an opaque origin, which may have a process of its own",
        html=page(body=framed("setTimeout(()=>{for(;;);},50)", sandbox="allow-scripts")),
        ends=SLOW,
        named=("frames",),
    ),
    HostilePage(
        name="loop-worker",
        group=LOOPS,
        tries="burn processor time in workers, while the document answers",
        html=page(
            "const u=URL.createObjectURL(new Blob(['for(;;);']));for(let i=0;i<8;i++)new Worker(u)"
        ),
        ends=SLOW,
        named=("workers",),
    ),
    HostilePage(
        name="loop-unload",
        group=LOOPS,
        tries="never end when the page is hidden, unloaded or thrown away",
        html=page(
            "for(const e of['beforeunload','pagehide','unload','visibilitychange','freeze'])addEventListener(e,()=>{for(;;);});console.warn('armed')"
        ),
        ends=SLOW,
        named=("console",),
    ),
    HostilePage(
        name="loop-console-getter",
        group=LOOPS,
        tries="print and throw objects whose getters and conversions never return",
        html=page(
            "const f=()=>{for(;;);};const o={get a(){return f()},toString:f,valueOf:f,[Symbol.toPrimitive]:f,toJSON:f,get [Symbol.toStringTag](){return f()}};console.log(o,[o],new Proxy({},{get:f,ownKeys:f,getPrototypeOf:f}));console.error(o);console.table([o]);setTimeout(()=>{throw o},1);setTimeout(()=>{throw new Proxy(Error('x'),{get:f,getPrototypeOf:f})},2);Promise.reject(o);const e=Error('y');Object.defineProperty(e,'stack',{get:f});Object.defineProperty(e,'name',{get:f});setTimeout(()=>{throw e},3)"
        ),
        ends=MEASURED | HANG,
        named=("console", "exceptions"),
    ),
    *(
        HostilePage(name=name, group=LOOPS, tries=tries, html=page(body=body), ends=HANG, full=True)
        for name, tries, body in _CLICKED
    ),
    *table(EVENTS, _EVENTS, ends=SLOW),
)
