"use strict";
// Keys of the desk: j and k walk the queue, / finds a number, ? opens the help.
document.addEventListener("keydown", (event) => {
  const at = event.target;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (at.matches("input, textarea, select")) return;
  const rows = [...document.querySelectorAll("a.row")];
  const here = rows.indexOf(document.activeElement);
  if (event.key === "j" && rows.length) rows[Math.min(here + 1, rows.length - 1)].focus();
  else if (event.key === "k" && rows.length) rows[Math.max(here - 1, 0)].focus();
  else if (event.key === "?") location.assign("/desk/help");
  else if (event.key === "/") {
    const field = document.getElementById("number");
    if (!field) return;
    event.preventDefault();
    field.focus();
  }
});

// A phrase is put under what is written there already; without this script the link opens the page with it.
document.addEventListener("click", (event) => {
  const phrase = event.target.closest("[data-phrase]");
  const box = phrase && document.getElementById(phrase.dataset.for);
  if (box) {
    event.preventDefault();
    box.value = (box.value.trim() + "\n" + phrase.dataset.phrase).trim();
    box.focus();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    document.getElementById(copy.dataset.copy).select();
    navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).value).then(() => {
      document.getElementById("copied").textContent = "复制好了。";
    });
  }
});
if (navigator.clipboard) for (const each of document.querySelectorAll("[data-copy]")) each.hidden = false;
