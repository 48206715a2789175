"use strict";
// Ties boxes of the picture to rows of the table, and zooms the picture along its axis of time.
const picture = document.getElementById("picture");
const svg = picture.querySelector("svg");
const says = document.getElementById("says");
const [, , fullWidth, fullHeight] = svg.getAttribute("viewBox").split(" ").map(Number);
const ZOOM_MAX = 16;
let [left, top_, width] = [0, 0, fullWidth];

function show(newWidth, centre) {
  const part = (centre - left) / width;
  width = Math.min(fullWidth, Math.max(fullWidth / ZOOM_MAX, newWidth));
  move(centre - part * width);
}

function move(newLeft) {
  left = Math.min(fullWidth - width, Math.max(0, newLeft));
  const height = fullHeight * width / fullWidth;
  top_ = Math.min(fullHeight - height, Math.max(0, top_));
  svg.setAttribute("viewBox", `${left} ${top_} ${width} ${height}`);
  svg.dataset.zoom = (fullWidth / width).toFixed(2);
}

function at(event) {
  const box = svg.getBoundingClientRect();
  return left + (event.clientX - box.left) / box.width * width;
}

document.getElementById("in").onclick = () => show(width / 2, left + width / 2);
document.getElementById("out").onclick = () => show(width * 2, left + width / 2);
document.getElementById("all").onclick = () => show(fullWidth, 0);
picture.addEventListener("wheel", (event) => {
  event.preventDefault();
  show(width * (event.deltaY < 0 ? 0.8 : 1.25), at(event));
}, { passive: false });
picture.addEventListener("keydown", (event) => {
  const does = {
    "+": () => show(width / 2, left + width / 2),
    "-": () => show(width * 2, left + width / 2),
    0: () => show(fullWidth, 0),
    ArrowLeft: () => move(left - width / 8),
    ArrowRight: () => move(left + width / 8),
  }[event.key];
  if (does) {
    event.preventDefault();
    does();
  }
});
picture.addEventListener("pointermove", (event) => {
  if (event.buttons === 1) {
    const scale = width / svg.getBoundingClientRect().width;
    top_ -= event.movementY * scale;
    move(left - event.movementX * scale);
  }
});

function mark(span, on) {
  for (const part of document.querySelectorAll(`[data-span="${span}"]`)) {
    part.classList.toggle("on", on);
  }
  const row = document.querySelector(`tr[data-span="${span}"]`);
  says.textContent = on && row ? [...row.cells].map((cell) => cell.textContent).join("  ") : "";
}

for (const part of document.querySelectorAll("[data-span]")) {
  part.addEventListener("pointerenter", () => mark(part.dataset.span, true));
  part.addEventListener("pointerleave", () => mark(part.dataset.span, false));
}
