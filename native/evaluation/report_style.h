// The looks of report.html, light and dark, on a wide screen and on a phone.
#pragma once

namespace catdog {

inline constexpr const char* kReportStyle = R"css(
:root {
  color-scheme: light dark;
  --page: #f5f5f2; --card: #fff; --ink: #1d1f24; --quiet: #646a76; --line: #e2e2dc; --grid: #ecece7;
  --s1: #2f6fde; --s2: #e0862f; --s3: #2f9e79; --s4: #b4488f; --s5: #7a63d6; --s6: #8d7a2e;
  --good: 47 111 222; --bad: 214 72 56; --bad-ink: #b53325;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14161a; --card: #1d2026; --ink: #e8e8e4; --quiet: #9aa1ad; --line: #31353d; --grid: #2a2e35;
    --s1: #78a6ff; --s2: #f0a35e; --s3: #5fcaa6; --s4: #e288c2; --s5: #ae9cf5; --s6: #cdb765;
    --good: 120 166 255; --bad: 255 118 98; --bad-ink: #ff8e7d;
  }
}
* { box-sizing: border-box; margin: 0; }
body {
  background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  -webkit-text-size-adjust: 100%;
}
main { max-width: 1180px; margin: 0 auto; padding: 40px 24px 56px; }
h1 { font-size: 28px; line-height: 1.2; letter-spacing: -.02em; overflow-wrap: anywhere; }
h2 { font-size: 18px; letter-spacing: -.01em; margin: 44px 0 12px; }
h3 { font-size: 14px; font-weight: 600; margin-bottom: 8px; }
header p, .note { color: var(--quiet); max-width: 72ch; }
header p { margin-top: 6px; overflow-wrap: anywhere; }
.note { margin: -4px 0 14px; }
.cards { display: grid; gap: 14px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); }
.card, .figures > div, figure { background: var(--card); border: 1px solid var(--line); border-radius: 10px; min-width: 0; }
.card { padding: 16px; }
.card > p:last-child:not(.legend) { color: var(--quiet); font-size: 13px; margin-top: 8px; }
.figures { display: grid; gap: 14px; grid-template-columns: 1.6fr repeat(4, 1fr); margin-top: 24px; }
.figures > div { padding: 16px; }
.figures dt { color: var(--quiet); font-size: 13px; }
.figures dd { font-size: 26px; line-height: 1.25; font-weight: 600; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.figures dd.interval { color: var(--quiet); font-size: 13px; font-weight: 400; letter-spacing: 0; }
.figures .first dd:not(.interval) { font-size: 40px; line-height: 1.1; }
.meter { display: block; position: relative; height: 6px; border-radius: 3px; background: var(--grid); margin: 10px 0 8px; }
.meter i { position: absolute; inset: 0 auto 0 0; border-radius: 3px; background: var(--s1); }
@media (max-width: 900px) { .figures { grid-template-columns: 1fr 1fr; } .figures .first { grid-column: 1 / -1; } }
svg { display: block; width: 100%; max-width: 480px; height: auto; margin: 0 auto; overflow: visible; }
svg text { font-size: 11px; fill: var(--quiet); font-variant-numeric: tabular-nums; }
svg .grid { stroke: var(--grid); } svg .axis { stroke: var(--line); }
svg .diagonal { stroke: var(--ink); stroke-opacity: .55; stroke-dasharray: 3 4; }
polyline { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
polyline.s1 { stroke: var(--s1); } polyline.s2 { stroke: var(--s2); } polyline.s3 { stroke: var(--s3); }
polyline.s4 { stroke: var(--s4); } polyline.s5 { stroke: var(--s5); } polyline.s6 { stroke: var(--s6); }
.s1 { --c: var(--s1); } .s2 { --c: var(--s2); } .s3 { --c: var(--s3); } .s4 { --c: var(--s4); } .s5 { --c: var(--s5); }
.s6 { --c: var(--s6); }
circle { fill: var(--c); }
rect.hits { fill: rgb(var(--good)); } rect.modest { fill: rgb(var(--good) / .4); } rect.gap { fill: rgb(var(--bad) / .5); } rect.photos { fill: var(--quiet); opacity: .45; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 12px; color: var(--quiet); margin-bottom: 6px; }
.legend span::before { content: ""; display: inline-block; width: 14px; height: 3px; border-radius: 2px; margin: 0 6px 3px 0; background: var(--c); }
.scroll { overflow-x: auto; }
table { border-collapse: separate; border-spacing: 3px; font-variant-numeric: tabular-nums; }
.confusion { width: 100%; }
.confusion th { font-weight: 400; color: var(--quiet); font-size: 13px; padding: 4px; }
.confusion tbody th { text-align: right; }
.confusion td { text-align: center; padding: 14px 6px; border-radius: 6px; min-width: 48px; }
.confusion td { background: rgb(var(--bad) / calc(var(--share) * .5 + .03)); }
.confusion td.right { background: rgb(var(--good) / calc(var(--share) * .26 + .03)); }
.confusion b { display: block; font-size: 18px; font-weight: 600; }
.confusion small { color: var(--quiet); font-size: 12px; white-space: nowrap; }
.classes { width: 100%; margin-top: 12px; font-size: 13px; border-spacing: 0; }
.classes th, .classes td { text-align: right; padding: 5px 4px; border-top: 1px solid var(--line); }
.classes th { font-weight: 400; color: var(--quiet); } .classes thead th { border: 0; }
.classes :first-child { text-align: left; }
.photos { display: grid; gap: 14px; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); }
figure { overflow: hidden; font-size: 13px; line-height: 1.4; }
.frame { aspect-ratio: 1; display: flex; align-items: center; justify-content: center; background: var(--grid); }
.frame img { display: block; }
.frame .wide { width: 100%; } .frame .tall { height: 100%; }
figcaption { padding: 9px 11px 11px; overflow-wrap: anywhere; }
figcaption p { color: var(--quiet); } figcaption p:first-child { color: var(--ink); }
.sure { color: var(--bad-ink); float: right; font-variant-numeric: tabular-nums; }
code { font: 12px/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
figcaption code { display: block; color: var(--quiet); font-size: 11px; margin-top: 4px; }
.facts { columns: 3 260px; column-gap: 28px; padding: 10px 18px; font-size: 13px; }
.facts div { display: flex; justify-content: space-between; gap: 14px; padding: 5px 0; break-inside: avoid; border-bottom: 1px solid var(--grid); }
.facts dt { color: var(--quiet); white-space: nowrap; } .facts dd { text-align: right; overflow-wrap: anywhere; min-width: 0; }
footer { color: var(--quiet); font-size: 12px; margin-top: 36px; }
@media (max-width: 520px) {
  main { padding: 24px 14px 40px; }
  .photos { grid-template-columns: 1fr 1fr; gap: 10px; }
  .figures { gap: 10px; } .figures > div, .card { padding: 13px; }
  .figures dd { font-size: 22px; }
  .figures .first dd:not(.interval) { font-size: 34px; }
  .confusion td { padding: 12px 4px; }
}
@media print { body { background: #fff; } figure, .card { break-inside: avoid; } }
)css";

}  // namespace catdog
