/* The talk without reloading. An extra: whatever is done here, the page's own forms do as well.
   ES2019 at most, for Chromium 86. Nothing of hers is kept anywhere but in this page. */
(() => {
  const find = (id) => document.getElementById(id);
  const say = find("say"), text = find("text"), state = find("state"), record = find("record");
  const told = say.dataset, chosen = [], addresses = [];
  let busy = false, recorder = null;
  const tell = (sentence, wrong = false) =>
    Object.assign(state, { textContent: sentence, className: wrong ? "refused" : "" });
  const grow = () => {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight + text.offsetHeight - text.clientHeight}px`;
  };

  /* A small picture on a canvas: no address of a photo is made, and the policy of the page stays. */
  const preview = (each) => {
    if (/^(audio|video)/.test(each.type)) {
      addresses.push(URL.createObjectURL(each));
      return Object.assign(document.createElement("audio"), { controls: true, src: addresses[addresses.length - 1] });
    }
    const canvas = document.createElement("canvas");
    createImageBitmap(each, { resizeHeight: 136 }).then((picture) => {
      Object.assign(canvas, { width: picture.width, height: picture.height });
      canvas.getContext("2d").drawImage(picture, 0, 0);
    }).catch(() => canvas.remove());
    return canvas;
  };
  const show = () => { // chosen files, each with a way to take it away
    const before = say.querySelectorAll("[name=held]").length;
    addresses.splice(0).forEach((each) => URL.revokeObjectURL(each));
    find("chosen").textContent = "";
    chosen.forEach((each, n) => {
      const item = document.createElement("li"), away = document.createElement("button");
      Object.assign(away, { type: "button", className: "quiet", textContent: told.away.replace("{n}", before + n + 1) });
      away.onclick = () => show(chosen.splice(n, 1)) || text.focus();
      item.append(preview(each), away);
      find("chosen").append(item);
    });
  };
  const add = (files) => show(chosen.push(...files));
  /* What the page that came back says, in the place of what stood here. */
  const take = (page, form) => {
    for (const id of ["talk", "picks", "kept"]) find(id).replaceWith(page.getElementById(id));
    const list = [...find("talk").children], newest = find("newest") || list[0];
    newest.tabIndex = -1;
    (form === say ? text : newest).focus({ preventScroll: true });
    newest.scrollIntoView();
    find("aloud").textContent = list.slice(list.indexOf(newest)).map((each) => each.textContent).join("\n");
  };
  const send = async (form, pressed) => {
    if (recorder) recorder.stop();
    if (busy || recorder) return;
    const body = new FormData(form), words = text.value, files = [...chosen];
    if (pressed && pressed.name) body.append(pressed.name, pressed.value);
    body.delete("file");
    // Without its own name, which may tell who she is.
    if (form === say) files.forEach((each) => body.append("file", each, "file"));
    busy = true;
    find("bar").setAttribute("aria-busy", "true");
    tell(told.sending);
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const why = page.querySelector(".refused");
      tell("");
      if (page.getElementById("talk")) {
        take(page, form);
        const all = form === say && answer.ok, held = form === say && say.querySelector("[name=held]");
        if (all || held) chosen.splice(0, files.length);
        if (all && text.value === words) text.value = "";
        grow(show());
      } else if (answer.ok) location.assign(answer.url); // the receipt
      else tell(why ? why.textContent : told.lost, true);
    } catch (_) {
      tell(told.lost, true);
    }
    busy = false;
    find("bar").removeAttribute("aria-busy");
  };
  const hears = (now) => {
    recorder = now;
    record.textContent = now ? told.stop : told.record;
    record.classList.toggle("on", Boolean(now));
  };
  record.onclick = async () => {
    if (recorder) return recorder.stop();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true }), parts = [];
      recorder = new MediaRecorder(stream);
      recorder.ondataavailable = (event) => parts.push(event.data);
      recorder.onstop = () => {
        stream.getTracks().forEach((each) => each.stop());
        add([new File(parts, "voice", { type: recorder.mimeType })]);
        hears(null);
      };
      recorder.start();
      hears(recorder);
    } catch (_) {
      hears(null);
      tell(told.deaf, true);
    }
  };

  document.documentElement.classList.add("scripted");
  record.hidden = !(window.MediaRecorder && navigator.mediaDevices);
  text.addEventListener("input", grow);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send(say);
  });
  find("file").addEventListener("change", (event) => {
    add(event.target.files);
    event.target.value = "";
  });
  document.addEventListener("submit", (event) => {
    if (event.target !== say && event.target.id !== "picks") return;
    event.preventDefault();
    send(event.target, event.submitter);
  });
  if (find("newest")) find("newest").scrollIntoView();
})();
