"use strict";
// Ties boxes of the picture to rows of the table, and makes the picture larger in its frame, which
// scrolls as any other: by wheel, by touch, by the arrow keys. The page scrolls past it as well.
const picture = document.getElementById("picture");
const svg = picture.querySelector("svg");
const says = document.getElementById("says");
const ZOOM_MAX = 16;
let zoom = 1;

// Zooms around a place of the frame, which stays where it is.
function show(newZoom, x = picture.clientWidth / 2, y = picture.clientHeight / 2) {
  newZoom = Math.min(ZOOM_MAX, Math.max(1, newZoom));
  const before = svg.getBoundingClientRect();
  const [left, top_] = [picture.scrollLeft + x, picture.scrollTop + y];
  zoom = newZoom;
  svg.style.setProperty("--zoom", zoom);
  svg.dataset.zoom = zoom.toFixed(2);
  const scale = svg.getBoundingClientRect().width / before.width;
  picture.scrollTo(left * scale - x, top_ * scale - y);
}

document.getElementById("in").onclick = () => show(zoom * 2);
document.getElementById("out").onclick = () => show(zoom / 2);
document.getElementById("all").onclick = () => show(1);
// With Ctrl, as browsers zoom; two fingers on a touchpad come as the same.
picture.addEventListener("wheel", (event) => {
  if (event.ctrlKey) {
    event.preventDefault();
    const frame = picture.getBoundingClientRect();
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    show(zoom * (event.deltaY < 0 ? 1.25 : 0.8), x, y);
  }
}, { passive: false });
picture.addEventListener("keydown", (event) => {
  const zooms = { "+": zoom * 2, "-": zoom / 2, 0: 1 }[event.key];
  if (zooms && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    show(zooms);
  }
});
picture.addEventListener("pointermove", (event) => {
  if (event.buttons === 1 && event.pointerType === "mouse") {
    picture.scrollBy(-event.movementX, -event.movementY);
  }
});

function mark(span, on) {
  for (const part of document.querySelectorAll(`[data-span="${span}"]`)) {
    part.classList.toggle("on", on);
  }
  const rows = [...document.querySelectorAll(`tr[data-span="${span}"]`)];
  const cells = on ? rows.flatMap((row) => [...row.cells]) : [];
  says.textContent = cells.map((cell) => cell.textContent).join("  ");
}

for (const part of document.querySelectorAll("[data-span]")) {
  part.addEventListener("pointerenter", () => mark(part.dataset.span, true));
  part.addEventListener("pointerleave", () => mark(part.dataset.span, false));
}
