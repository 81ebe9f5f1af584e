/*
 * Maps: Leaflet over tiles of a server that the site names, or over outlines
 * of countries. The map of all meters asks for the squares in view and never
 * for more; the map of one meter shows its place and how sure that is.
 */
"use strict";
(function () {
  const L = window.L;
  const box = document.getElementById("map");
  if (!box) return;
  const words = box.dataset;
  const CLOSEST = 18;
  const SQUARES_PER_TILE = 2; /* a square is 64 px: tiles of 256 cut twice */
  const WORLD_VIEW = [[35, 20], [70, 120]];
  const language = document.documentElement.lang;
  const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  const full = new Intl.NumberFormat(language);

  const map = L.map(box, {
    zoomControl: false, attributionControl: false, minZoom: 1, maxZoom: CLOSEST, worldCopyJump: true,
    maxBounds: [[-86, -360], [86, 360]], zoomAnimation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", words.label);
  L.control.zoom({ zoomInTitle: words.in, zoomOutTitle: words.out }).addTo(map);
  const Scale = L.Control.Scale.extend({
    _updateMetric(most) { /* Leaflet's own writes km in every language */
      const metres = this._getRoundNum(most);
      const [unit, n] = metres < 1000 ? ["meter", metres] : ["kilometer", metres / 1000];
      this._updateScale(this._mScale, new Intl.NumberFormat(language, { style: "unit", unit }).format(n), metres / most);
    },
  });
  new Scale({ imperial: false }).addTo(map);

  const fail = (text) => { document.getElementById("map-failed").textContent = text; };

  /* ---- what lies below ------------------------------------------------------ */

  function tiles() {
    /* Public tile servers want to know which site asks. */
    L.tileLayer(words.tiles, { maxZoom: CLOSEST, referrerPolicy: "strict-origin-when-cross-origin" })
      .on("tileerror", () => fail(words.failed)).addTo(map);
  }

  async function outlines() {
    const answer = await fetch(words.world);
    if (!answer.ok) throw new Error(String(answer.status));
    const world = await answer.json();
    const pane = map.createPane("outlines");
    pane.style.zIndex = 200;
    const renderer = L.svg({ pane: "outlines", padding: 0.5 });
    const layer = (geometry, className) => L.geoJSON(geometry, { pane: "outlines", renderer, interactive: false, style: { className, stroke: true, weight: 1 } });
    layer(world.land, "map-land").addTo(map);
    layer(world.borders, "map-border").addTo(map);
    box.dataset.drawn = "outlines";
  }

  /* ---- one meter ---------------------------------------------------------------- */

  const dot = (size, text) => L.divIcon({ className: "map-square", iconSize: [size, size], html: text });

  function one() {
    const at = [Number(words.latitude), Number(words.longitude)];
    const near = Number(words.accuracy || 0);
    const marker = L.marker(at, { icon: dot(22, ""), alt: words.serial, title: words.serial, keyboard: false }).addTo(map);
    if (near > 0) {
      map.fitBounds(L.latLng(at).toBounds(near * 2), { padding: [30, 30], maxZoom: 16, animate: false });
      L.circle(at, { radius: near, className: "map-near", interactive: false }).addTo(map);
    } else {
      map.setView(at, words.tiles ? 16 : 9);
    }
    box.dataset.drawn = box.dataset.drawn || "place";
    return marker;
  }

  /* An administrator points at the place instead of typing it. */
  function pick(marker) {
    map.on("click", (e) => {
      const at = e.latlng.wrap();
      document.getElementById("latitude").value = at.lat.toFixed(6);
      document.getElementById("longitude").value = at.lng.toFixed(6);
      if (marker) marker.setLatLng(at);
      else marker = L.marker(at, { icon: dot(22, ""), keyboard: false }).addTo(map);
    });
  }

  /* ---- all meters: squares in view ----------------------------------------------- */

  function all() {
    const layer = L.layerGroup().addTo(map);
    const drawn = new Map(); /* what stays keeps its marker, and its focus */
    let turn = 0;

    map.fitBounds([[Number(words.south), Number(words.west)], [Number(words.north), Number(words.east)]], { padding: [40, 40], maxZoom: 15, animate: false });

    function view() {
      const level = Math.min(20, map.getZoom() + SQUARES_PER_TILE);
      const side = 2 ** level;
      const bounds = map.getBounds();
      const square = (latlng) => {
        const p = map.project(L.latLng(Math.max(-85, Math.min(85, latlng.lat)), Math.max(-180, Math.min(179.999999, latlng.lng))), level - 8);
        return [Math.min(side - 1, Math.max(0, Math.floor(p.x))), Math.min(side - 1, Math.max(0, Math.floor(p.y)))];
      };
      const [x0, y0] = square(bounds.getNorthWest());
      const [x1, y1] = square(bounds.getSouthEast());
      return { level, x0, x1, y0, y1 };
    }

    const link = (id, serial) => {
      const a = document.createElement("a");
      a.href = `/meters?meter=${id}&q=${encodeURIComponent(serial)}`;
      a.textContent = serial;
      return a;
    };

    function popup(at, content) {
      L.popup({ autoPan: true, minWidth: 180 }).setLatLng(at).setContent(content).openOn(map);
      const close = box.querySelector(".leaflet-popup-close-button");
      if (close) {
        close.setAttribute("aria-label", words.close);
        close.setAttribute("title", words.close);
      }
    }

    async function list(at, level, x, y, n) {
      const answer = await fetch(`${words.square}?level=${level}&x=${x}&y=${y}`);
      if (!answer.ok) return void fail(words.failed);
      const items = document.createElement("ul");
      const meters = await answer.json();
      for (const [id, serial, account, address] of meters) {
        const item = document.createElement("li");
        const note = document.createElement("small");
        note.textContent = [account, address].filter(Boolean).join(" · ");
        item.append(link(id, serial), note);
        items.append(item);
      }
      if (n > meters.length) {
        const item = document.createElement("li");
        item.textContent = `${words.more} ${full.format(n - meters.length)}`;
        items.append(item);
      }
      popup(at, items);
    }

    function open(level, [x, y, n, latitude, longitude, id, serial]) {
      const at = [latitude, longitude];
      if (id) {
        const p = document.createElement("p");
        p.append(`${words.meter} `, link(id, serial));
        popup(at, p);
      } else if (map.getZoom() >= CLOSEST) list(at, level, x, y, n);
      else map.setView(at, Math.min(CLOSEST, map.getZoom() + (n === 1 ? 6 : 2)));
    }

    function marker(level, square) {
      const [, , n, latitude, longitude, id, serial] = square;
      const size = id || n === 1 ? 18 : Math.round(26 + 6 * Math.log10(n));
      const title = id ? `${words.meter} ${serial}` : `${words.meters} ${full.format(n)}`;
      return L.marker([latitude, longitude], { icon: dot(size, n === 1 ? "" : short.format(n)), title, alt: title, keyboard: true })
        .on("click keypress", (e) => {
          if (e.type === "click" || e.originalEvent.key === "Enter") open(level, square);
        });
    }

    async function show() {
      const at = view();
      const mine = ++turn;
      try {
        const answer = await fetch(`${words.squares}?${new URLSearchParams(at)}`);
        if (!answer.ok) throw new Error(String(answer.status));
        const squares = await answer.json();
        if (mine !== turn) return;
        fail("");
        const wanted = new Map(squares.map((s) => [`${at.level}/${s.join("/")}`, s]));
        for (const [key, m] of drawn) {
          if (wanted.has(key)) continue;
          layer.removeLayer(m);
          drawn.delete(key);
        }
        for (const [key, s] of wanted) {
          if (drawn.has(key)) continue;
          const m = marker(at.level, s).addTo(layer);
          m.getElement().setAttribute("aria-label", m.options.title);
          drawn.set(key, m);
        }
        box.dataset.shown = String(squares.reduce((n, s) => n + s[2], 0));
      } catch {
        if (mine === turn) fail(words.failed);
      }
    }

    map.on("moveend", show);
    show();
  }

  if (words.latitude) {
    const marker = one();
    if (words.pick) pick(marker);
  } else if (words.squares) {
    all();
  } else {
    map.fitBounds(WORLD_VIEW);
    if (words.pick) pick(null);
  }
  if (words.tiles) tiles();
  else outlines().catch(() => fail(words.failed));
})();
