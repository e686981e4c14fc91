"""Dialogs, windows, and what asks a visitor for something."""

from __future__ import annotations

from page_attempt import BLIND, HANG, SLOW, HostilePage, framed, page, table

DIALOGS = "dialogs"
WINDOWS = "windows"
DEVICES = "permissions and devices"
FILES = "downloads and files"

_LINK = "const k=(h,t,d)=>{const a=document.createElement('a');a.href=h;if(t)a.target=t;if(d)a.download=d;a.rel='opener';a.textContent='a link';document.body.append(a);a.click();a.remove()};"

_DIALOGS = (
    ("dialog-alert", "open alerts without end", "for(let i=0;;i++)alert(i)"),
    (
        "dialog-prompt",
        "ask again for as long as the answer is empty",
        "while(!(prompt('name?')==='never'));",
    ),
    (
        "dialog-confirm",
        "ask in a timer, until the visitor declines",
        "setInterval(()=>{while(confirm('again?'));},1)",
    ),
    (
        "dialog-restored",
        "take the browser's own dialogs from a fresh frame, past what replaced them",
        "const f=document.createElement('iframe');document.body.append(f);const w=f.contentWindow;delete window.alert;setInterval(()=>{w.alert(1);w.confirm(2);w.prompt(3);alert.call(w,4)},1)",
    ),
)

_WINDOWS = (
    (
        "window-open",
        "open fifty windows at a time, by name, with features and without",
        "setInterval(()=>{for(let i=0;i<50;i++){open('http://CANARY/'+i);open('','w'+i,'width=9');open('about:blank','_blank','noopener')}},1)",
    ),
    (
        "window-link",
        "click links to new windows",
        _LINK + "setInterval(()=>k('http://CANARY/l','_blank'),1)",
    ),
    (
        "window-written",
        "write a document to a new window and run it there",
        "setInterval(()=>{const w=open('about:blank');if(w){w.document.write('<script>opener.location=\"about:blank\";for(;;);<\\/script>')}},5)",
    ),
    (
        "window-fresh-realm",
        "open windows by the function of a fresh frame",
        "const f=document.createElement('iframe');document.body.append(f);setInterval(()=>{f.contentWindow.open('http://CANARY/f');open.call(f.contentWindow,'http://CANARY/g')},5)",
    ),
)

_DEVICES = (
    (
        "device-media",
        "ask for camera, microphone and screen",
        "navigator.mediaDevices.getUserMedia({video:true,audio:true}).catch(e=>0);navigator.mediaDevices.getDisplayMedia&&navigator.mediaDevices.getDisplayMedia().catch(e=>0);navigator.mediaDevices.enumerateDevices()",
    ),
    (
        "device-place",
        "ask for the place and watch it",
        "navigator.geolocation.getCurrentPosition(()=>{},()=>{});navigator.geolocation.watchPosition(()=>{},()=>{})",
    ),
    (
        "device-notifications",
        "ask for notifications, show them, subscribe to pushes",
        "Notification.requestPermission();try{new Notification('x',{icon:'http://CANARY/icon'})}catch(e){};",
    ),
    (
        "device-clipboard",
        "read the clipboard over and over",
        "setInterval(()=>navigator.clipboard.read().catch(e=>0),5);navigator.clipboard.readText().catch(e=>0)",
    ),
    (
        "device-ports",
        "ask for USB, Bluetooth, serial, HID, MIDI, NFC and VR devices",
        "const n=navigator,t=f=>{try{const r=f();r&&r.catch&&r.catch(e=>0)}catch(e){}};t(()=>n.usb.requestDevice({filters:[]}));t(()=>n.bluetooth.requestDevice({acceptAllDevices:true}));t(()=>n.serial.requestPort());t(()=>n.hid.requestDevice({filters:[]}));t(()=>n.requestMIDIAccess({sysex:true}));t(()=>new NDEFReader().scan());t(()=>n.xr.requestSession('immersive-vr'))",
    ),
    (
        "device-queries",
        "ask for everything else that has a prompt: fonts, screens, idleness, storage, wake lock, payments, credentials",
        "const n=navigator,t=f=>{try{const r=f();r&&r.catch&&r.catch(e=>0)}catch(e){}};t(()=>queryLocalFonts());t(()=>getScreenDetails());t(()=>IdleDetector.requestPermission());t(()=>n.storage.persist());t(()=>document.requestStorageAccess());t(()=>n.wakeLock.request());t(()=>n.keyboard.lock());t(()=>new PaymentRequest([{supportedMethods:'http://CANARY/pay'}],{total:{label:'t',amount:{currency:'USD',value:'1'}}}).show());t(()=>n.credentials.get({password:true,publicKey:{challenge:new Uint8Array(9)}}));t(()=>n.credentials.get({identity:{providers:[{configURL:'http://CANARY/fed.json',clientId:'1'}]}}));t(()=>new EyeDropper().open());t(()=>n.share({url:'http://CANARY/share'}));t(()=>n.registerProtocolHandler('web+x','http://localhost/?%s'));n.getUserMedia&&n.getUserMedia({video:true},()=>{},()=>{});n.geolocation.getCurrentPosition(()=>{})",
    ),
)

_FULL = "onclick=()=>{const d=document.documentElement;d.requestFullscreen().catch(e=>0)};addEventListener('keydown',()=>document.body.requestFullscreen().catch(e=>0));document.body.requestFullscreen().catch(e=>0)"

PAGES = (
    *table(DIALOGS, _DIALOGS[:3], ends=HANG, named=("dialogs",)),
    *table(DIALOGS, _DIALOGS[3:], ends=SLOW, named=("dialogs",)),
    HostilePage(
        name="dialog-frames",
        group=DIALOGS,
        tries="open alerts in frames of the same and of an opaque origin",
        html=page(
            body=framed("setInterval(()=>alert(1),1)")
            + framed("setInterval(()=>alert(2),1)", sandbox="allow-scripts allow-modals")
        ),
        ends=SLOW,
        named=("dialogs",),
    ),
    HostilePage(
        name="dialog-print",
        group=DIALOGS,
        tries="print without end, also from a frame",
        html=page(
            "setInterval(()=>print(),1);const f=document.createElement('iframe');document.body.append(f);setInterval(()=>{f.contentWindow.print();document.execCommand('print')},1)"
        ),
        ends=SLOW,
        named=("prints",),
    ),
    HostilePage(
        name="dialog-before-unload",
        group=DIALOGS,
        tries="hold a visitor who has clicked, by the question whether to leave",
        html=page(
            "onbeforeunload=e=>{e.preventDefault();return e.returnValue='stay'};document.querySelector('button').onclick=()=>setInterval(()=>{location='http://CANARY/away?'+Math.random()},5)",
            body="<button>Leave</button>",
        ),
        ends=SLOW,
        named=("dialogs|navigations",),
        full=True,
    ),
    HostilePage(
        name="dialog-modal",
        group=DIALOGS,
        tries="cover everything by modal elements and popovers that open again when closed",
        html=page(
            "for(let i=0;i<300;i++){const d=document.createElement('dialog');d.textContent='m'+i;d.innerHTML+='<button>ok</button>';d.onclose=d.oncancel=e=>{e.preventDefault();d.showModal()};document.body.append(d);d.showModal()}console.warn('open')"
        ),
        ends=SLOW,
        named=("console",),
    ),
    *table(WINDOWS, _WINDOWS, ends=SLOW, named=("popups",)),
    HostilePage(
        name="window-form",
        group=WINDOWS,
        tries="send a form to a new window again and again",
        html=page(
            "setInterval(()=>document.forms[0].submit(),2)",
            body="<form target=_blank action='http://CANARY/form' method=post><input name=q aria-label=q></form>",
        ),
        ends=SLOW,
        named=("popups|navigations|requests",),
    ),
    HostilePage(
        name="window-on-click",
        group=WINDOWS,
        tries="open a window on every real click, key and touch",
        html=page(
            "for(const e of['click','mousedown','pointerup','keydown'])addEventListener(e,()=>{open('http://CANARY/c');open('about:blank','x')},true)",
            body="<button>One</button><button>Two</button><a href='http://CANARY/a' target=_blank>Three</a>",
        ),
        ends=SLOW,
        named=("popups",),
        full=True,
    ),
    HostilePage(
        name="window-close",
        group=WINDOWS,
        tries="close, move, shrink and blur its own window",
        html=page(
            "console.warn('closing');setInterval(()=>{moveTo(-9e9,0);resizeTo(0,0);resizeBy(NaN,NaN);blur();open('','_self').close();window.close();top.close();self.stop()},10)",
        ),
        ends=BLIND,
        named=("console",),
    ),
    *table(DEVICES, _DEVICES, named=("permissions",)),
    HostilePage(
        name="device-fullscreen",
        group=DEVICES,
        tries="take the whole screen at once, on every click and on every key",
        html=page(_FULL, body="<button>Bigger</button>"),
        ends=SLOW,
        named=("fullscreen",),
        full=True,
    ),
    HostilePage(
        name="device-pointer-lock",
        group=DEVICES,
        tries="lock the pointer and hide it, and take pictures out of the page",
        html=page(
            "onclick=()=>{document.body.requestPointerLock();const v=document.querySelector('video');v.requestPictureInPicture&&v.requestPictureInPicture().catch(e=>0)};document.body.requestPointerLock();document.body.style.cursor='none'",
            body="<button>Lock</button><video></video>",
        ),
        ends=SLOW,
        named=("pointer_lock",),
        full=True,
    ),
    HostilePage(
        name="device-audio",
        group=DEVICES,
        tries="play sound, speak and vibrate without being asked",
        html=page(
            "const a=new AudioContext(),o=a.createOscillator();o.connect(a.destination);o.start();a.resume();setInterval(()=>{speechSynthesis.speak(new SpeechSynthesisUtterance('hello'));navigator.vibrate(999)},5);console.warn('loud')",
            body="<audio autoplay loop src='data:audio/wav;base64,UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA='></audio>",
        ),
        ends=SLOW,
        named=("console",),
    ),
    HostilePage(
        name="device-select",
        group=DEVICES,
        tries="open native pickers, which stop the source of frames, at every click and key",
        html=page(
            "const p=()=>{for(const e of document.querySelectorAll('select,input'))try{e.showPicker()}catch(e){}};for(const e of['click','keydown','focusin'])addEventListener(e,p);console.warn('ready')",
            body="<select aria-label=a><option>1<option>2</select><input type=date aria-label=b><input type=color aria-label=c><input list=l aria-label=d><datalist id=l><option>x</datalist><button>Open</button>",
        ),
        ends=BLIND,
        named=("console",),
        full=True,
    ),
    HostilePage(
        name="device-select-apart",
        group=DEVICES,
        tries="lay the lists of a frame in a process apart over all buttons, and give it the keys",
        html=page(
            "onkeydown=()=>0;const f=document.querySelector('iframe');f.style='position:fixed;inset:0;width:100vw;height:100vh;border:0;opacity:.5';setInterval(()=>f.focus(),20);console.warn('ready')",
            body="<button>One</button><button onclick='0'>Two</button><input aria-label=x>"
            + framed(
                "document.write('<select autofocus style=width:100vw;height:45vh;font-size:9em><option>1<option>2</select><input type=date style=width:100vw;height:45vh>');setInterval(()=>document.querySelector('select').focus(),20);onkeydown=onclick=()=>document.querySelector('input').showPicker()",
                sandbox="allow-scripts",
            ),
        ),
        ends=BLIND,
        named=("frames",),
        full=True,
    ),
    HostilePage(
        name="device-video",
        group=DEVICES,
        tries="show a live stream, which stops the source of frames, and take the screen for it",
        html=page(
            "const v=document.querySelector('video');const c=document.createElement('canvas');c.getContext('2d').fillRect(0,0,9,9);v.srcObject=c.captureStream(9);v.play();for(const e of['click','keydown'])addEventListener(e,()=>{for(const m of['webkitEnterFullscreen','webkitEnterFullScreen','requestPictureInPicture','webkitRequestFullscreen','requestFullscreen'])try{const r=v[m]();r&&r.catch&&r.catch(x=>0)}catch(x){}try{documentPictureInPicture.requestWindow().catch(x=>0)}catch(x){}})",
            body="<video controls style='width:600px;height:300px'></video><button>Play</button>",
        ),
        ends=BLIND,
        named=("fullscreen", "streams"),
        full=True,
    ),
    HostilePage(
        name="device-select-anew",
        group=DEVICES,
        tries="open a list in a document opened anew, from which every listener is gone",
        html=page(
            "setTimeout(()=>{document.open();document.write('<h1>Anew</h1><select aria-label=a style=width:300px><option>1<option>2</select><input type=date aria-label=b>');document.close()},50);console.warn('ready')"
        ),
        ends=BLIND,
        named=("console",),
        full=True,
    ),
    *table(
        FILES,
        (
            (
                "file-downloads",
                "download files by links, also as programs",
                _LINK
                + "setInterval(()=>{k(URL.createObjectURL(new Blob(['x'.repeat(1e6)])),'','x.exe');k('data:application/octet-stream,x','','../../x.sh')},20)",
            ),
            (
                "file-download-frames",
                "download by frames and navigations to what cannot be shown",
                "setInterval(()=>{const f=document.createElement('iframe');f.src=URL.createObjectURL(new Blob(['PK'],{type:'application/zip'}));document.body.append(f);location=URL.createObjectURL(new Blob(['x'],{type:'application/octet-stream'}))},20)",
            ),
        ),
        ends=SLOW,
        named=("downloads|navigations",),
    ),
    HostilePage(
        name="file-chooser",
        group=FILES,
        tries="open the chooser of files and folders by scripts and by clicks",
        html=page(
            "const i=[...document.querySelectorAll('input')];const p=()=>{i.forEach(e=>e.click());for(const f of['showOpenFilePicker','showSaveFilePicker','showDirectoryPicker'])window[f]&&window[f]().catch(e=>0)};document.querySelector('button').onclick=p;p()",
            body="<input type=file aria-label=f><input type=file webkitdirectory multiple aria-label=g><button>Choose</button>",
        ),
        ends=SLOW,
        named=("file_choosers",),
        full=True,
    ),
)
