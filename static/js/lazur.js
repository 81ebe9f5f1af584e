/*
 * What a page does beyond links and forms: the keyboard, the living table, the
 * dialogs, the toasts, the idle rule. Without this file everything still works.
 */
"use strict";
(function () {
  const $ = (selector, from) => (from || document).querySelector(selector);
  const $$ = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  const on = (type, act, target) => (target || document).addEventListener(type, act);
  const body = document.body;
  document.documentElement.classList.add("scripted");

  /* ---- the living table -------------------------------------------------- */

  const TOAST_MS = 15000;
  const STEP_MS = 120; /* arrows held down select where they stop */
  let step = 0;
  let changed = [];
  let swapIsLive = false;
  let ending = false;
  let held = false;

  const isLive = (element) => element && element.id === "live";
  /* The window of readings, and the lists of the administration. */
  const ROWS = "#meters tr.meter, [data-rows] tbody tr[id]";
  const rows = () => $$(ROWS);
  const selectedRow = () => rows().find((r) => r.hasAttribute("aria-current"));

  /* Somebody marks a number to copy it: do not pull it from under the mouse. */
  function marking() {
    const s = window.getSelection();
    const work = $("#work");
    return Boolean(s && !s.isCollapsed && work && s.anchorNode && work.contains(s.anchorNode));
  }

  /* Rows do not change places under a pointer or a focus that rests on them. */
  function reading() {
    const tbody = $("#meters tbody");
    return Boolean(tbody && ((window.matchMedia("(hover: hover)").matches && tbody.matches(":hover")) ||
      tbody.contains(document.activeElement)));
  }
  function movesRows(answer) {
    const will = Array.from(answer.matchAll(/<tr id="(m\d+)" class="meter"/g), (m) => m[1]);
    return will.join() !== rows().map((r) => r.id).join();
  }

  function lamp(state) { /* on, off, paused */
    const p = $("#live-lamp");
    if (!p) return;
    p.hidden = false;
    p.className = `live live-${state}`;
    const word = p.dataset[state];
    if ($("span", p).textContent !== word) $("span", p).textContent = word;
  }

  const inBackground = (e) => Boolean(e.detail.requestConfig.headers["Lazur-Background"]);
  on("htmx:beforeRequest", (e) => {
    const told = $("dialog > [data-unreached]");
    if (told && !inBackground(e)) told.remove();
    if (ending || (isLive(e.detail.elt) && (document.hidden || step || marking()))) e.preventDefault();
  });

  on("htmx:beforeSwap", (e) => {
    const live = isLive(e.detail.requestConfig.elt);
    swapIsLive = live;
    changed = [];
    held = live && e.detail.shouldSwap && reading() && movesRows(e.detail.serverResponse);
    if (live && (step || held || marking())) e.detail.shouldSwap = false;
  });

  if (window.Idiomorph) {
    window.Idiomorph.defaults.callbacks.beforeNodeMorphed = (was, is) => {
      if (swapIsLive && was.nodeType === 1 && was.matches("#meters tbody tr.meter > *") &&
          was.textContent !== is.textContent) changed.push(was);
      return true;
    };
  }

  on("htmx:afterSwap", (e) => {
    if (e.detail.target && e.detail.target.id === "dialog") openDialog();
    if (!e.detail.target || e.detail.target.id !== "work") return;
    for (const cell of changed) {
      cell.classList.remove("flash");
      void cell.offsetWidth; /* starts the animation again */
      cell.classList.add("flash");
    }
    changed = [];
    tellDone();
    show(e.detail.requestConfig.elt);
  });

  /* Where the window is not as high as the screen: what was chosen stands below
   * the rows, and another page begins at its first. */
  function show(clicked) {
    if (!window.matchMedia("(max-height: 640px), (max-width: 700px)").matches) return;
    if (clicked.matches(".pick") && $("#actions")) $("#actions").scrollIntoView();
    else if (clicked.matches(".work > .table-end a")) $("#work").scrollIntoView();
  }
  on("animationend", (e) => { if (e.animationName === "flash") e.target.classList.remove("flash"); });

  on("htmx:afterRequest", (e) => {
    if (isLive(e.detail.elt) && e.detail.successful) lamp(held ? "paused" : "on");
    const dialog = $("#dialog");
    /* What the dialog asked of the page is done; what changed inside of it is not. */
    if (e.detail.successful && dialog && dialog.contains(e.detail.elt) && !dialog.contains(e.detail.target)) dialog.close();
  });
  for (const failure of ["htmx:sendError", "htmx:timeout"]) {
    on(failure, (e) => {
      lamp("off");
      if (!inBackground(e)) unreached(e.detail.elt.closest("dialog"));
    });
  }
  on("htmx:responseError", (e) => {
    const xhr = e.detail.xhr;
    if (xhr.status === 401) return void location.reload();
    if (isLive(e.detail.elt)) return void lamp("off");
    if (e.detail.elt.id === "bell-told") return;
    const answer = new DOMParser().parseFromString(xhr.responseText, "text/html");
    const ask = answer.querySelector(".ask-card");
    const part = answer.querySelector(".toast");
    if (ask) {
      $("#dialog").replaceChildren(document.importNode(ask, true));
      window.htmx.process($("#dialog"));
      openDialog();
    } else if (part) toast(part);
    else location.reload();
  });

  /* A sign-in page is never a part of another one. */
  on("htmx:beforeSwap", (e) => {
    const address = e.detail.xhr.responseURL;
    if (address && new URL(address, location.href).pathname.startsWith("/sign-in")) {
      e.detail.shouldSwap = false;
      location.assign(address);
    }
  });

  /* ---- dialogs and toasts -------------------------------------------------- */

  function openDialog() {
    const dialog = $("#dialog");
    if (!dialog.open) dialog.showModal();
    const first = $("[autofocus]", dialog);
    if (first) first.focus();
  }

  on("click", (e) => {
    const dismiss = e.target.closest("[data-dismiss]");
    const dialog = dismiss && dismiss.closest("dialog");
    if (dialog) {
      e.preventDefault();
      dialog.close();
    }
  });

  function toast(part) {
    const shown = document.importNode(part, true);
    const close = document.createElement("button");
    shown.removeAttribute("id");
    close.type = "button";
    close.className = "toast-close";
    close.setAttribute("aria-label", $("#toasts").dataset.close);
    close.append($("#toasts").dataset.cross);
    shown.append(close);
    $("#toasts").replaceChildren(shown);
    if (window.htmx) window.htmx.process(shown);
    let timer = setTimeout(() => shown.remove(), TOAST_MS);
    on("click", (e) => { if (e.target.closest("a, button")) shown.remove(); }, shown);
    on("mouseenter", () => clearTimeout(timer), shown);
    on("focusin", () => clearTimeout(timer), shown);
    on("mouseleave", () => { timer = setTimeout(() => shown.remove(), TOAST_MS); }, shown);
  }

  /* Nobody answered: said where one looks, and what was typed stays. */
  function unreached(dialog) {
    const part = $("#unreached").content.firstElementChild;
    if (dialog) dialog.prepend(document.importNode(part, true));
    else toast(part);
  }

  function tellDone() {
    const done = $("#work > #done");
    if (!done) return;
    done.remove();
    toast(done);
  }
  tellDone();

  /* ---- rows: mouse and keyboard --------------------------------------------- */

  function select(row) {
    for (const r of rows()) r.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    if ($(".pick", row)) $(".pick", row).focus();
    row.scrollIntoView({ block: "nearest" });
    clearTimeout(step);
    step = setTimeout(() => {
      step = 0;
      const now = document.getElementById(row.id);
      if (now && $(".pick", now)) $(".pick", now).click();
    }, STEP_MS);
  }

  function move(by) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(selectedRow());
    const to = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
    if (to !== at) select(all[to]);
  }

  on("click", (e) => {
    const row = e.target.closest(`${ROWS}, .listing tbody tr[id]`);
    const pick = row && $(".pick", row);
    if (!pick || e.target.closest("a, button, input, label") || marking()) return;
    pick.click();
  });

  /* A cell that does not show all of its words says them on hover. */
  on("mouseover", (e) => {
    const cell = e.target.closest("td.states, .listing td");
    const cut = (e) => Boolean(e && e.scrollWidth > e.clientWidth);
    if (cell) cell.title = cut(cell) || cut($(".pick", cell)) ? cell.textContent : "";
  });

  function page(rel) {
    const link = $(`#work > .table-end a[rel="${rel}"], #list > .table-end a[rel="${rel}"]`);
    if (link) link.click();
    return true;
  }

  /* Left and right turn pages, except where they have a table to scroll. */
  function turns() {
    const table = $("#meters");
    return Boolean(table && table.scrollWidth <= table.clientWidth);
  }

  function clearFilter() {
    const q = $("#q");
    if (!q || q.value === "") return false;
    q.value = "";
    q.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  }

  const keys = {
    "/": () => { const q = $("#q"); if (q) { q.focus(); q.select(); } return Boolean(q); },
    "?": () => { const d = $("#shortcuts"); if (d && !d.open) d.showModal(); return Boolean(d); },
    ArrowDown: () => { move(1); return rows().length > 0; },
    ArrowUp: () => { move(-1); return rows().length > 0; },
    ArrowRight: () => turns() && page("next"),
    ArrowLeft: () => turns() && page("prev"),
    Escape: () => { closeMenus(); return clearFilter(); },
    Enter: (e) => {
      const row = selectedRow();
      const focused = document.activeElement;
      /* After a click on a row the focus is where its table scrolls. */
      const onRow = [document.body, $("#meters"), $("#rows"), row && $(".pick", row)].includes(focused);
      const open = row && ($(".expand", row) || $("[data-enter]"));
      if (!open || !onRow) return false;
      open.click();
      return Boolean(e);
    },
  };

  on("keydown", (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.defaultPrevented || $("dialog[open]")) return;
    const typing = e.target.closest("input, select, textarea");
    const fromFilter = e.target.id === "q" && (e.key === "Escape" || e.key === "ArrowDown");
    const inScroller = e.target.closest(".scroller") && !e.target.closest("#meters, #rows") && e.key.startsWith("Arrow");
    if ((typing && !fromFilter) || inScroller) return;
    /* "/" and "?" wherever the layout put them. */
    if (keys[e.key] && keys[e.key](e)) e.preventDefault();
  });

  /* ---- ticked rows: how many, and what can be done with them ---------------------- */

  /* A list to choose from keeps what was ticked on its other pages. */
  const kept = { of: "", ids: new Set() };
  const keeper = () => $("form[data-keeps-ticks]");
  const boxesOf = (form) => $$(`input[type=checkbox][name="ids"][form="${form.id}"]`);

  function keepTicks() {
    const form = keeper();
    if (form) for (const box of boxesOf(form)) kept.ids[box.checked ? "add" : "delete"](box.value);
  }

  function restoreTicks() {
    const form = keeper();
    if (!form) { kept.ids.clear(); return; }
    if (kept.of !== form.action) { kept.of = form.action; kept.ids.clear(); }
    for (const hidden of $$("input[type=hidden][name=ids]", form)) hidden.remove();
    const shown = boxesOf(form);
    for (const box of shown) box.checked = kept.ids.has(box.value);
    for (const id of kept.ids) {
      if (shown.some((b) => b.value === id)) continue;
      const hidden = document.createElement("input");
      Object.assign(hidden, { type: "hidden", name: "ids", value: id });
      form.append(hidden);
    }
    $("[data-ticked]", form).textContent = String(kept.ids.size);
  }

  function countTicks() {
    for (const bulk of $$("form.bulk")) {
      const boxes = $$(`input[name="ids"][form="${bulk.id}"]`);
      const n = bulk === keeper() ? kept.ids.size : boxes.filter((b) => b.checked).length;
      const all = $(`[data-tick-all][form="${bulk.id}"]`);
      $("[data-ticked]", bulk).textContent = String(n);
      bulk.hidden = n === 0;
      if (all) {
        all.checked = boxes.length > 0 && boxes.every((b) => b.checked);
        all.indeterminate = !all.checked && boxes.some((b) => b.checked);
      }
    }
  }
  on("change", (e) => {
    if (e.target.matches("[data-tick-all]")) {
      for (const box of $$(`input[name="ids"][form="${e.target.getAttribute("form")}"]`)) box.checked = e.target.checked;
    }
    if (!e.target.matches("[data-tick-all], input[name=ids]")) return;
    keepTicks();
    restoreTicks();
    countTicks();
  });
  on("htmx:afterSettle", restoreTicks);
  on("htmx:afterSettle", countTicks);
  on("close", () => kept.ids.clear(), $("#dialog"));
  restoreTicks();
  countTicks();

  /* ---- a file that is too large: told before it is sent ---------------------- */

  function tellLarge(input) {
    const large = Array.from(input.files).some((f) => f.size > Number(input.dataset.max));
    const told = document.getElementById(`${input.id}-large`);
    told.hidden = !large;
    if (large) {
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-errormessage", told.id);
    } else input.removeAttribute("aria-invalid");
    return large;
  }
  on("change", (e) => { if (e.target.matches("input[data-max]")) tellLarge(e.target); });
  on("submit", (e) => {
    const large = $$("input[data-max]", e.target).filter(tellLarge);
    if (!large.length) return;
    e.preventDefault();
    large[0].focus();
  });

  /* ---- columns: hidden at once, remembered by the server's cookie --------------- */

  on("change", (e) => {
    const box = e.target.closest("[data-column]");
    if (!box) return;
    body.classList.toggle(`no-${box.dataset.column}`, !box.checked);
    fetch(box.form.action, { method: "POST", body: new URLSearchParams(new FormData(box.form)), redirect: "manual" }).catch(() => {});
  });

  /* ---- menus of the top bar --------------------------------------------------- */

  function closeMenus(except) {
    for (const menu of $$("details.menu[open]")) {
      if (menu === except) continue;
      if (menu.contains(document.activeElement)) $("summary", menu).focus();
      menu.open = false;
    }
  }
  on("click", (e) => closeMenus(e.target.closest("details.menu")));

  /* ---- «Копировать»: the text of an element -------------------------------------- */

  /* Without TLS there is no clipboard but the old way: mark and copy. */
  function copyMarked(element) {
    const marked = window.getSelection();
    const range = document.createRange();
    range.selectNodeContents(element);
    marked.removeAllRanges();
    marked.addRange(range);
    const done = document.execCommand("copy");
    marked.removeAllRanges();
    return done ? Promise.resolve() : Promise.reject(new Error("copy"));
  }
  on("click", (e) => {
    const button = e.target.closest("[data-copy]");
    if (!button) return;
    const from = $(button.dataset.copy);
    (navigator.clipboard ? navigator.clipboard.writeText(from.textContent) : copyMarked(from))
      .then(() => { $("span", button).textContent = button.dataset.copied; }, () => from.focus());
  });

  /* ---- sign-in: Caps Lock -------------------------------------------------------- */

  const caps = $("#caps");
  if (caps) {
    const look = (e) => {
      if (!e.getModifierState) return;
      const isOn = e.getModifierState("CapsLock");
      caps.hidden = !isOn;
      caps.textContent = isOn ? caps.dataset.word : "";
    };
    for (const type of ["keydown", "keyup", "mousedown"]) on(type, look, $("#password"));
  }

  /* ---- 20 minutes without a key or the mouse end the work -------------------------- */

  const idleMs = Number(body.dataset.idle || 0) * 1000;
  if (idleMs) watchIdle();

  function watchIdle() {
    const PING_MS = 60000;
    const WARN_MS = 60000;
    const shared = "lazur.active"; /* other tabs of this browser count too */
    const dialog = $("#idle");
    let active = Date.now();
    let pinged = active;

    const note = () => {
      active = Date.now();
      try { localStorage.setItem(shared, String(active)); } catch { /* private window */ }
    };
    const last = () => {
      try { return Math.max(active, Number(localStorage.getItem(shared)) || 0); } catch { return active; }
    };
    const post = (address, fields) => fetch(address, {
      method: "POST", body: new URLSearchParams({ csrf: body.dataset.csrf, ...fields }), redirect: "manual",
    });
    const ping = () => {
      pinged = Date.now();
      post("/alive", {}).then((r) => { if (r.status === 401 || r.type === "opaqueredirect") location.reload(); }, () => {});
    };
    const end = () => {
      const leave = () => location.assign("/sign-in?ended=Idle");
      ending = true;
      post("/sign-out", {}).then(leave, leave);
    };

    note();
    for (const type of ["keydown", "mousemove", "mousedown", "wheel", "touchstart"]) {
      document.addEventListener(type, () => { if (!dialog.open) note(); }, { passive: true });
    }
    on("close", () => { note(); ping(); }, dialog);

    const timer = setInterval(() => {
      const idle = Date.now() - last();
      if (last() > pinged && Date.now() - pinged >= PING_MS) ping();
      if (idle >= idleMs) {
        clearInterval(timer);
        end();
      } else if (idle >= idleMs - WARN_MS) {
        $("#idle-left").textContent = String(Math.ceil((idleMs - idle) / 1000));
        if (!dialog.open) dialog.showModal();
      } else if (dialog.open) {
        dialog.close();
      }
    }, 1000);
  }
})();
