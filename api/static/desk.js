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
