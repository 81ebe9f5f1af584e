/*
 * The live consumption chart: what dygraphs draws of the numbers the page's
 * table holds too. Without this file the page shows the same as a picture.
 *
 * Moments are the wall clock of the server's zone taken as UTC, so that a
 * day begins where the meter's owner sees it begin, wherever the browser is.
 */
"use strict";
(function () {
  const DAY = 86400000;
  const SATURDAY = 6;
  const SUNDAY = 0;
  let graph = null;
  let turn = 0; /* an answer to an older question is thrown away */

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  /* As in the table: three decimals, thousands apart by U+202F. */
  const number = (n) => n.toFixed(3).replace(/\B(?=(\d{3})+\.)/g, "\u202f");

  /* The legend writes a style attribute, which the site forbids; we have our own. */
  window.Dygraph.PLUGINS = window.Dygraph.PLUGINS.filter((p) => p !== window.Dygraph.Plugins.Legend);

  const dates = (options) => {
    const format = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "UTC", ...options });
    return (d) => format.format(d);
  };
  const labels = {
    month: dates({ month: "short", year: "numeric" }), day: dates({ day: "numeric", month: "short" }),
    minute: dates({ hour: "2-digit", minute: "2-digit" }),
  };
  function axisLabel(date, granularity) {
    const { MONTHLY, DAILY } = window.Dygraph;
    if (granularity >= MONTHLY) return labels.month(date);
    return granularity >= DAILY || date.getTime() % DAY === 0 ? labels.day(date) : labels.minute(date);
  }

  /* ---- drawing ------------------------------------------------------------ */

  function shadeWeekends(context, area, g) {
    const [from, to] = g.xAxisRange();
    context.fillStyle = token("--lz-weekend");
    for (let day = Math.floor(from / DAY) * DAY; day < to; day += DAY) {
      const weekday = new Date(day).getUTCDay();
      if (weekday !== SATURDAY && weekday !== SUNDAY) continue;
      const left = Math.max(area.x, Math.round(g.toDomXCoord(day)));
      const right = Math.min(area.x + area.w, Math.round(g.toDomXCoord(day + DAY)));
      if (right > left) context.fillRect(left, area.y, right - left, area.h);
    }
  }

  function barPlotter(points) {
    const at = new Map(points.map((p) => [p.x, p]));
    return (e) => {
      const g = e.dygraph;
      const bottom = g.toDomYCoord(0);
      const chosen = g.getSelection();
      for (const drawn of e.points) {
        const p = at.get(drawn.xval);
        if (!p || !Number.isFinite(drawn.canvasy)) continue;
        const left = g.toDomXCoord(p.start);
        const width = g.toDomXCoord(p.end) - left;
        const gap = Math.min(6, width / 8);
        e.drawingContext.globalAlpha = p.estimated && chosen !== drawn.idx ? 0.45 : 1;
        e.drawingContext.fillStyle = token("--lz-chart");
        e.drawingContext.fillRect(left + gap, drawn.canvasy, Math.max(1, width - 2 * gap), bottom - drawn.canvasy);
      }
      e.drawingContext.globalAlpha = 1;
    };
  }

  function read(answer) {
    return answer.points.map(([start, end, value, when, flags]) => ({
      start, end, value, when, x: answer.bars ? (start + end) / 2 : end,
      estimated: Boolean(flags & 1), partial: Boolean(flags & 2),
    }));
  }

  /* ---- the readout: upper right, of the nearest point ---------------------- */

  function tell(box, p) {
    const readout = document.getElementById("readout");
    const notes = [p && p.estimated && box.dataset.estimated, p && p.partial && box.dataset.partial].filter(Boolean);
    readout.textContent = p ? `${p.when}: ${number(p.value)} ${box.dataset.unit}${notes.length ? ` (${notes.join(", ")})` : ""}` : "";
  }

  /* ---- keyboard -------------------------------------------------------------- */

  function keyboard(box, g, points) {
    let at = -1;
    const go = (to) => {
      at = Math.min(points.length - 1, Math.max(0, to));
      const [from, until] = g.xAxisRange();
      const x = points[at].x;
      if (x < from || x > until) {
        const half = (until - from) / 2;
        g.updateOptions({ dateWindow: [x - half, x + half] });
      }
      g.setSelection(at + 1);
      tell(box, points[at]);
    };
    const zoom = (factor) => {
      const [from, to] = g.xAxisRange();
      const middle = at >= 0 ? points[at].x : (from + to) / 2;
      const [first, last] = g.xAxisExtremes();
      g.updateOptions({ dateWindow: [Math.max(first, middle - (to - from) * factor / 2), Math.min(last, middle + (to - from) * factor / 2)] });
    };
    const keys = {
      ArrowRight: () => go(at + 1),
      ArrowLeft: () => go(at < 0 ? points.length - 1 : at - 1),
      Home: () => go(0),
      End: () => go(points.length - 1),
      "+": () => zoom(0.5),
      "=": () => zoom(0.5),
      "-": () => zoom(2),
      Escape: () => g.resetZoom(),
    };
    box.tabIndex = 0;
    box.setAttribute("role", "application");
    box.setAttribute("aria-label", box.dataset.label);
    box.onkeydown = (e) => {
      if (e.ctrlKey || e.altKey || e.metaKey || !keys[e.key]) return;
      keys[e.key]();
      e.preventDefault();
    };
    return (row) => { at = row; };
  }

  /* ---- the picture to keep ------------------------------------------------------ */

  function picture(box) {
    const frame = box.getBoundingClientRect();
    const scale = window.devicePixelRatio || 1;
    const head = 32;
    const canvas = document.createElement("canvas");
    canvas.width = frame.width * scale;
    canvas.height = (frame.height + head) * scale;
    const context = canvas.getContext("2d");
    context.scale(scale, scale);
    context.fillStyle = token("--lz-surface");
    context.fillRect(0, 0, frame.width, frame.height + head);
    context.fillStyle = token("--lz-ink");
    context.font = `600 14px ${getComputedStyle(document.body).fontFamily}`;
    context.textBaseline = "middle";
    context.fillText(`${box.dataset.file} · ${box.dataset.head}`, 12, head / 2);
    for (const part of box.querySelectorAll("canvas")) {
      const at = part.getBoundingClientRect();
      context.drawImage(part, at.left - frame.left, at.top - frame.top + head, at.width, at.height);
    }
    for (const label of box.querySelectorAll(".dygraph-axis-label")) {
      const at = label.getBoundingClientRect();
      context.font = getComputedStyle(label).font;
      context.textAlign = "center";
      context.fillText(label.textContent, at.left - frame.left + at.width / 2, at.top - frame.top + at.height / 2 + head);
    }
    return canvas;
  }

  function download(box) {
    picture(box).toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${box.dataset.file}.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }, "image/png");
  }

  /* ---- all of it -------------------------------------------------------------------- */

  function draw(box, answer) {
    const points = read(answer);
    const whole = document.getElementById("chart-whole");
    let follow = () => {};
    const options = {
      labels: ["x", box.dataset.head], labelsUTC: true, legend: "never", animatedZooms: false,
      colors: [token("--lz-chart")], strokeWidth: 2, drawPoints: points.length < 200, pointSize: 3,
      highlightCircleSize: 5, includeZero: true, xRangePad: 0, yRangePad: 8,
      gridLineColor: token("--lz-line"), axisLineColor: token("--lz-line-strong"),
      axisLabelWidth: 64, axes: { x: { axisLabelFormatter: axisLabel }, y: { axisLabelWidth: 62 } },
      underlayCallback: shadeWeekends,
      highlightCallback: (e, x, near, row) => {
        const index = Math.min(points.length - 1, Math.max(0, row - 1));
        follow(index);
        tell(box, points[index]);
      },
      zoomCallback: () => { whole.disabled = !graph || !graph.isZoomed(); },
    };
    if (answer.bars) options.plotter = barPlotter(points);
    /* The empty first and last rows hold the whole window open. */
    const last = points[points.length - 1];
    const from = Math.min(answer.from, points[0].x - 1);
    const to = Math.max(answer.to, last.end, last.x + 1);
    const rows = [[from, null], ...points.map((p) => [p.x, p.value]), [to, null]].map(([x, y]) => [new Date(x), y]);
    box.replaceChildren();
    graph = new window.Dygraph(box, rows, options);
    follow = keyboard(box, graph, points);
    box.dataset.points = String(points.length);
    tell(box, points[points.length - 1]);
    whole.hidden = false;
    whole.onclick = () => { graph.resetZoom(); box.focus(); };
    const keep = document.getElementById("chart-png");
    keep.hidden = false;
    keep.onclick = () => download(box);
  }

  async function start() {
    const box = document.getElementById("chart");
    if (graph) graph.destroy();
    graph = null;
    if (!box) return;
    const mine = ++turn;
    try {
      const answer = await fetch(box.dataset.src, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const data = await answer.json();
      if (mine === turn && data.points.length) draw(box, data);
    } catch {
      if (mine === turn) document.getElementById("readout").textContent = box.dataset.failed;
    }
  }

  /* For other charts of time: static/js/statistics.js. */
  window.LazurChart = { token, axisLabel, shadeWeekends };

  document.addEventListener("htmx:afterSwap", (e) => {
    if (document.getElementById("chart-work") && e.detail.elt.id === "chart-work") start();
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", start);
  start();
})();
