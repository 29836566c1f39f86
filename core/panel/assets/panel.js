// Tells htmx that the run went on. Without this script the pages work and are
// reloaded by hand.
(() => {
  "use strict";
  const live = () => document.getElementById("live");
  let due = false, timer = 0;

  // A reader who is filling something in, selecting or looking elsewhere is not
  // disturbed: the page is shown again when that is over.
  const busy = () => {
    const at = document.activeElement, part = live();
    const typing = part && at && part.contains(at) && at.matches("input, select, textarea");
    const marked = part && !getSelection().isCollapsed && part.contains(getSelection().anchorNode);
    return document.hidden || typing || marked;
  };
  const refresh = () => {
    timer = 0;
    if (!due || !live()) return;
    if (busy()) { timer = setTimeout(refresh, 1500); return; }
    due = false;
    htmx.trigger(document.body, "pulse");
  };
  const again = () => { due = true; timer ||= setTimeout(refresh, 900); };

  const stream = document.body.dataset.stream;
  if (stream && live() && live().hasAttribute("hx-get")) {
    // What the page was made from: a change between that and the stream's first
    // word is not missed.
    let seen = document.body.dataset.seen, source = null;
    const open = () => {
      source = new EventSource(stream);
      source.addEventListener("pulse", e => {
        if (e.data !== seen) again();
        seen = e.data;
      });
    };
    open();
    addEventListener("pagehide", () => source.close());
    addEventListener("pageshow", e => { if (e.persisted) open(); });
  }

  // The open parts of the page stay open when it is shown again.
  let opened = [];
  document.body.addEventListener("htmx:beforeSwap", () => { opened = [...document.querySelectorAll("#live details[open][id]")].map(d => d.id); });
  document.body.addEventListener("htmx:afterSwap", () => { for (const id of opened) { const d = document.getElementById(id); if (d) d.open = true; } });

  const here = document.querySelector(".top nav a[aria-current]");
  if (here) here.scrollIntoView({ inline: "center", block: "nearest" });

  // The slider shows the tick under the thumb, and goes there when it is let go.
  document.addEventListener("input", e => {
    if (e.target.matches(".scrub input[type=range]")) e.target.form.querySelector("output").value = e.target.value;
  });
  document.addEventListener("change", e => {
    if (e.target.matches(".scrub input[type=range]")) e.target.form.requestSubmit();
    if (e.target.matches("select[data-go]")) e.target.form.requestSubmit();
  });
})();
