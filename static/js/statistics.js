/*
 * The live charts of «Статистика»: what dygraphs draws of the numbers the
 * page's table holds too. Comes after chart.js, which has dygraphs and what
 * all charts of time share. Moments are the wall clock of the server's zone
 * taken as UTC.
 */
"use strict";
(function () {
  const { token, axisLabel, shadeWeekends } = window.LazurChart;
  const OVERLOAD = 0.7;
  let graphs = [];

  /* A step without samples is a hole in the line. */
  function rowsOf(answer, columns) {
    const rows = [[new Date(answer.from), ...columns.map(() => null)]];
    let last = answer.from;
    for (const row of answer.rows) {
      if (row[0] - last > answer.step) rows.push([new Date(last + 1), ...columns.map(() => null)]);
      rows.push([new Date(row[0]), ...columns.map((c) => row[c])]);
      last = row[0];
    }
    rows.push([new Date(answer.to), ...columns.map(() => null)]);
    return rows.filter((row, i) => i === 0 || row[0] > rows[i - 1][0]);
  }

  function limitLine(context, area, g) {
    shadeWeekends(context, area, g);
    const y = g.toDomYCoord(OVERLOAD);
    context.save();
    context.strokeStyle = token("--lz-bad");
    context.setLineDash([6, 4]);
    context.beginPath();
    context.moveTo(area.x, y);
    context.lineTo(area.x + area.w, y);
    context.stroke();
    context.restore();
  }

  const when = () => new Intl.DateTimeFormat(document.documentElement.lang,
    { timeZone: "UTC", day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" });

  function tell(box, g, row) {
    const readout = document.getElementById(`${box.id}-readout`);
    const names = g.getLabels().slice(1);
    const values = names.map((name, i) => [name, g.getValue(row, i + 1)]).filter(([, v]) => v !== null && v !== undefined);
    readout.textContent = values.length
      ? `${when().format(g.getValue(row, 0))}  ${values.map(([name, v]) => `${name} ${v.toFixed(2)}`).join("  ")}` : "";
  }

  /* Arrows go from sample to sample. */
  function keyboard(box, g) {
    let at = g.numRows();
    const go = (step) => {
      do at += step; while (at > 0 && at < g.numRows() && g.getValue(at, 1) === null);
      at = Math.min(g.numRows() - 1, Math.max(0, at));
      g.setSelection(at);
      tell(box, g, at);
    };
    box.tabIndex = 0;
    box.setAttribute("role", "application");
    box.setAttribute("aria-label", box.dataset.label);
    box.onkeydown = (e) => {
      if (e.ctrlKey || e.altKey || e.metaKey) return;
      if (e.key === "ArrowRight") go(1);
      else if (e.key === "ArrowLeft") go(-1);
      else if (e.key === "Escape") g.resetZoom();
      else return;
      e.preventDefault();
    };
  }

  function draw(box, answer, labels, columns, options) {
    box.replaceChildren();
    const g = new window.Dygraph(box, rowsOf(answer, columns), {
      labels: ["x", ...labels], labelsUTC: true, legend: "never", strokeWidth: 1.5, includeZero: true,
      xRangePad: 0, yRangePad: 8, connectSeparatedPoints: false, highlightCircleSize: 4,
      gridLineColor: token("--lz-line"), axisLineColor: token("--lz-line-strong"), axisLabelWidth: 64,
      axes: { x: { axisLabelFormatter: axisLabel }, y: { axisLabelWidth: 50 } },
      underlayCallback: shadeWeekends,
      highlightCallback: (e, x, near, row) => tell(box, g, row),
      ...options,
    });
    keyboard(box, g);
    box.dataset.points = String(answer.rows.length);
    return g;
  }

  async function start() {
    for (const g of graphs) g.destroy();
    graphs = [];
    const load = document.getElementById("stat-load");
    if (!load) return;
    try {
      const answer = await fetch(load.dataset.src, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const data = await answer.json();
      const most = Math.max(1, ...data.rows.map((r) => Math.max(r[1], r[2])));
      graphs = [
        draw(load, data, ["la5", "la15"], [1, 2], {
          colors: [token("--lz-chart"), token("--lz-ink-2")], valueRange: [0, most * 1.05], underlayCallback: limitLine,
          series: { la15: { strokePattern: [4, 3] } },
        }),
        draw(document.getElementById("stat-cons"), data, ["cons"], [3], { colors: [token("--lz-chart")], fillGraph: true }),
      ];
    } catch {
      document.getElementById("stat-load-readout").textContent = load.dataset.failed;
    }
  }

  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", start);
  start();
})();
