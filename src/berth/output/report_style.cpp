#include "berth/output/report_style.h"

namespace berth {
namespace {

// Colours are variables, set once for light and once for dark pages; print uses the light ones.
// The eight hues stay distinguishable with the common colour-vision deficiencies (after Okabe and
// Ito) and each has a contrast of at least 3:1 to its background.
constexpr std::string_view kPalette = R"css(
:root {
  color-scheme: light;
  --page: #f6f7f9; --card: #ffffff; --ink: #16202c; --quiet: #5a6775; --line: #e1e6ec;
  --track: #edf0f4; --good: #1b7f4d; --close: #b36200; --bad: #c42b2b; --accent: #1f5fbf;
  --good-soft: #e3f4ea; --bad-soft: #fbe6e5; --warn-soft: #fff5e0; --warn-line: #e8b64a;
  --hue-0: #2f6fd0; --hue-1: #d2691e; --hue-2: #1d8f6d; --hue-3: #b5478f; --hue-4: #8a6d00;
  --hue-5: #4c9fc4; --hue-6: #6f56c9; --hue-7: #a84343; --hue-other: #8492a2;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
    --page: #10151c; --card: #182029; --ink: #e8edf3; --quiet: #9aa8b7; --line: #2a3541;
    --track: #25303b; --good: #4fc98a; --close: #f0a94a; --bad: #ff7b72; --accent: #7db2ff;
    --good-soft: #16372a; --bad-soft: #45211f; --warn-soft: #33290f; --warn-line: #a67c1e;
    --hue-0: #6ea3f5; --hue-1: #f0995a; --hue-2: #49c39b; --hue-3: #e284c0; --hue-4: #d8b63c;
    --hue-5: #84cbea; --hue-6: #a793f2; --hue-7: #e88a8a; --hue-other: #7d8b9a;
  }
}
)css";

constexpr std::string_view kChart = R"css(
svg.chart { display: block; overflow: visible; }
svg.chart text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  fill: var(--ink); font-variant-numeric: tabular-nums; }
svg.chart .quiet { fill: var(--quiet); font-size: 12px; }
svg.chart .heading { fill: var(--quiet); font-size: 12px; font-weight: 600; letter-spacing: 0.05em; }
svg.chart .track { fill: var(--track); }
svg.chart .limit { stroke: var(--ink); stroke-width: 2; stroke-linecap: round; }
svg.chart text.halo { paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
svg .whisker { stroke: var(--ink); stroke-width: 1.5; fill: none; }
svg .predicted { fill: var(--card); stroke: var(--ink); stroke-width: 1.5; }
svg .area { fill-opacity: 0.22; stroke-width: 1.5; }
.good { fill: var(--good); } .close { fill: var(--close); } .bad { fill: var(--bad); }
.hue-0 { fill: var(--hue-0); stroke: var(--hue-0); } .hue-1 { fill: var(--hue-1); stroke: var(--hue-1); }
.hue-2 { fill: var(--hue-2); stroke: var(--hue-2); } .hue-3 { fill: var(--hue-3); stroke: var(--hue-3); }
.hue-4 { fill: var(--hue-4); stroke: var(--hue-4); } .hue-5 { fill: var(--hue-5); stroke: var(--hue-5); }
.hue-6 { fill: var(--hue-6); stroke: var(--hue-6); } .hue-7 { fill: var(--hue-7); stroke: var(--hue-7); }
.hue-other { fill: var(--hue-other); stroke: var(--hue-other); }
.hue-refused { fill: var(--bad); stroke: var(--bad); }
rect { stroke: none !important; }
)css";

constexpr std::string_view kPage = R"css(
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink); line-height: 1.5; font-size: 15px;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main { max-width: 1150px; margin: 0 auto; padding: 32px 24px 48px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 19px; margin: 0 0 4px; }
h3 { font-size: 15px; margin: 0; overflow-wrap: anywhere; }
p { margin: 0; }
.eyebrow { color: var(--quiet); font-size: 13px; font-weight: 600; letter-spacing: 0.06em;
  text-transform: uppercase; margin-bottom: 4px; }
.lead { color: var(--quiet); margin-top: 6px; overflow-wrap: anywhere; }
.note { color: var(--quiet); font-size: 13.5px; margin-bottom: 16px; max-width: 90ch; }
nav { margin-top: 14px; font-size: 14px; }
nav a { color: var(--accent); text-decoration: none; margin-right: 16px; white-space: nowrap; }
nav a:hover { text-decoration: underline; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 14px;
  margin: 24px 0; }
.figure, .panel { background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.figure { padding: 16px 18px; }
.figure dt { color: var(--quiet); font-size: 13px; }
.figure dd { margin: 0; }
.figure .big { font-size: 27px; font-weight: 650; line-height: 1.25; letter-spacing: -0.015em;
  font-variant-numeric: tabular-nums; }
.figure .small { color: var(--quiet); font-size: 13px; }
.panel { padding: 22px 24px; margin-top: 18px; }
.pair { display: grid; grid-template-columns: 3fr 2fr; gap: 18px; align-items: start;
  margin-top: 18px; }
.pair .panel { margin-top: 0; }
.warnings { background: var(--warn-soft); border: 1px solid var(--warn-line); border-radius: 12px;
  padding: 16px 20px; }
.warnings h2 { font-size: 15px; }
.warnings ul { margin: 6px 0 0; padding-left: 20px; overflow-wrap: anywhere; }
.good-text { color: var(--good); } .bad-text { color: var(--bad); }
.pill { display: inline-block; border-radius: 999px; padding: 1px 9px; font-size: 12px;
  font-weight: 600; white-space: nowrap; }
.pill.good-pill { background: var(--good-soft); color: var(--good); }
.pill.close-pill { background: var(--warn-soft); color: var(--close); }
.pill.bad-pill { background: var(--bad-soft); color: var(--bad); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(268px, 1fr)); gap: 26px 32px; }
.cards.broad { grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); }
.answer { margin-bottom: 14px; overflow-wrap: anywhere; }
.panel .cards + .rows, .panel .chart + .rows, .panel h3 { margin-top: 18px; }
.class-card h3 { margin-top: 0 !important; }
.verdicts { margin: 0 0 16px; padding-left: 20px; overflow-wrap: anywhere; }
.class-card header { display: flex; justify-content: space-between; align-items: baseline; gap: 10px;
  border-bottom: 1px solid var(--line); padding-bottom: 6px; margin-bottom: 8px; }
.class-card .about { color: var(--quiet); display: block; font-size: 12.5px; font-weight: 400; }
.band { fill: none; stroke-opacity: 0.32; }
.band:hover { stroke-opacity: 0.6; }
.flow { overflow-x: auto; }
.flow svg { min-width: 900px; }
.flow text.label { paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 13px; color: var(--quiet);
  margin-bottom: 14px; }
.legend svg { width: 11px; height: 11px; margin-right: 6px; vertical-align: -1px; }
.rows { overflow: auto; max-height: 620px; margin: 0 -24px; padding: 0 24px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th, td { text-align: left; padding: 7px 8px; border-bottom: 1px solid var(--line);
  vertical-align: baseline; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; } th:last-child, td:last-child { padding-right: 0; }
thead th { position: sticky; top: 0; background: var(--card); color: var(--quiet); font-size: 12.5px;
  font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; }
tbody tr:last-child th, tbody tr:last-child td { border-bottom: none; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tfoot th, tfoot td { border-top: 2px solid var(--line); border-bottom: none; font-weight: 600; }
.fine { color: var(--quiet); white-space: nowrap; }
.meter { display: inline-block; width: 64px; height: 6px; border-radius: 3px; background: var(--track);
  margin-right: 8px; vertical-align: 1px; overflow: hidden; }
.meter svg { display: block; }
.share { display: inline-block; min-width: 46px; }
details { border-top: 1px solid var(--line); padding: 9px 0; }
details:first-of-type { border-top: none; }
summary { cursor: pointer; font-weight: 600; overflow-wrap: anywhere; }
pre { background: var(--track); border-radius: 8px; padding: 12px 14px; margin: 8px 0 4px;
  white-space: pre-wrap; overflow-wrap: anywhere; font-size: 12.5px; user-select: all;
  font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 22px; margin: 8px 0 0; }
.facts dt { color: var(--quiet); } .facts dd { margin: 0; overflow-wrap: anywhere; }
footer { color: var(--quiet); font-size: 13px; margin-top: 26px; }
@media (max-width: 820px) { .pair { grid-template-columns: 1fr; } }
@media (max-width: 560px) {
  main { padding: 20px 14px 32px; }
  h1 { font-size: 24px; }
  .figures { grid-template-columns: 1fr 1fr; gap: 10px; }
  .figure { padding: 12px 14px; } .figure .big { font-size: 21px; }
  .panel { padding: 18px 16px; } .rows { margin: 0 -16px; padding: 0 16px; }
  .cards { grid-template-columns: 1fr; }
  .facts { grid-template-columns: 1fr; gap: 0; } .facts dd { margin-bottom: 8px; }
}
@media print {
  body { background: none; font-size: 11pt; }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  .panel, .figure { break-inside: avoid-page; }
  .panel.long { break-inside: auto; }
  .class-card, tr, details { break-inside: avoid; }
  .rows { max-height: none; overflow: visible; }
  .flow { overflow: visible; } .flow svg { min-width: 0; }
  thead th { position: static; }
  svg rect, svg path, .pill, .warnings { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
)css";

}  // namespace

std::string report_style() { return std::string(kPalette).append(kChart).append(kPage); }

std::string chart_style() { return std::string(kPalette).append(kChart); }

}  // namespace berth
