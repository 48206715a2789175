#!/usr/bin/env bash
# Opens a report in headless Chromium, narrow as a telephone, presses its buttons, and reads the page
# afterwards: zoom and hover work, nothing is wider than the page, the picture is wide enough to read,
# and the console has no complaint, such as of a request that the page may not make.
# Says that it was not run where there is no browser.
set -euo pipefail
cd "$(dirname "$0")/../.."

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ]; then
  echo "report in a browser: not run (no chromium)"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
target/release/paneline explain --duration 6h --timezone America/New_York \
  --from 2024-11-02T22:00Z --to 2024-11-03T22:00Z --format html >"$work/report.html"

# What a reader would do, and what comes of it, as attributes of the page.
cat >"$work/press.html" <<'HTML'
<script>
{
const said = document.body.dataset;
const svg = document.querySelector("#picture svg");
const row = document.querySelectorAll("tbody tr:not(.mark)")[1];
const box = svg.querySelector(`[data-span="${row.dataset.span}"]`);
const on = () => row.classList.contains("on") && box.classList.contains("on");
const frame = document.getElementById("picture");
const wide = () => svg.getBoundingClientRect().width;
const once = wide();
said.readable = once >= 700;
said.fits = document.documentElement.scrollWidth <= window.innerWidth;
document.getElementById("in").click();
said.zoomed = `${svg.dataset.zoom} ${Math.round(wide() / once)} ${frame.scrollLeft > 0}`;
document.getElementById("all").click();
said.whole = `${svg.dataset.zoom} ${Math.round(wide() / once)}`;
frame.dispatchEvent(new KeyboardEvent("keydown", { key: "+" }));
said.keyed = svg.dataset.zoom;
frame.dispatchEvent(new WheelEvent("wheel", { deltaY: 1, cancelable: true }));
said.wheeled = svg.dataset.zoom;
frame.dispatchEvent(new WheelEvent("wheel", { deltaY: -1, ctrlKey: true, cancelable: true }));
said.pinched = svg.dataset.zoom;
said.focus = [...document.querySelectorAll("button, [tabindex]")].map((part) => part.id).join(" ");
box.dispatchEvent(new Event("pointerenter"));
const says = document.getElementById("says").textContent;
said.over = `${on()} ${says.includes("  7 h  fold: ")}`;
box.dispatchEvent(new Event("pointerleave"));
said.off = `${on()}`;
said.rows = document.querySelectorAll("tbody tr").length;
}
</script>
HTML
sed "/<\/body>/{
  s|</body>||
  r $work/press.html
}" "$work/report.html" >"$work/page.html"
"$browser" --headless --no-sandbox --disable-gpu --enable-logging=stderr --window-size=500,900 --user-data-dir="$work/user" \
  --dump-dom "file://$work/page.html" >"$work/dom.html" 2>"$work/log" ||
  { cat "$work/log" >&2; exit 1; }

expect() { # expect ATTRIBUTE VALUE
  grep -q "<body[^>]* data-$1=\"$2\"" "$work/dom.html" ||
    { echo "report in a browser: data-$1 is not \"$2\":" >&2
      grep -o '<body[^>]*>' "$work/dom.html" >&2; exit 1; }
}
expect readable "true"
expect fits "true"
expect zoomed "2.00 2 true"
expect whole "1.00 1"
expect keyed "2.00"
expect wheeled "2.00"
expect pinched "2.50"
expect focus "in out all picture "
expect over "true true"
expect off "false"
expect rows 5
if grep -E "CONSOLE|Refused|violates" "$work/log" >&2; then exit 1; fi
echo "report in a browser: zooms, ties boxes to rows, fetches nothing"
