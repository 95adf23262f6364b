// Redraws the charts of the report at the width of the screen, and with another outcome or group where one is chosen.
// Without scripts the page is complete: the charts stand in it as drawn by sim.report.charts.drawing.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("numbers").textContent);
  const compared = data.scenarios.slice(1);
  const NS = "http://www.w3.org/2000/svg";
  const $ = (id) => document.getElementById(id);

  // --- words ----------------------------------------------------------------------------------------------------
  const digits = (value, decimals) => {
    const text = Math.abs(value).toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    return value < 0 && /[1-9]/.test(text) ? "−" + text : text;
  };
  const decimalsFor = (width) => (width > 0 && isFinite(width) ? Math.min(6, Math.max(0, -Math.floor(Math.log10(width)))) : 4);
  function words(triple, measure) {
    if (!triple || triple[0] === null) return "not shown";
    const scaled = triple.slice(0, 3).map((value) => (value === null ? null : value * measure.factor));
    const [middle, low, high] = scaled;
    if (middle === 0 && (low === null || (low === 0 && high === 0))) return "no difference";
    const known = low === null ? Math.abs(middle) / 10 : (high - low) / 2;
    const places = Math.max(decimalsFor(known), Math.abs(middle) < 1 ? Math.min(6, 1 - Math.floor(Math.log10(Math.max(Math.abs(middle), 1e-6)))) : 0);
    const [less, more] = measure.words;
    const size = (value) => digits(Math.abs(value), places);
    let range = "";
    if (low !== null) {
      range = high <= 0 ? `${size(high)} to ${size(low)} ${less}` : low >= 0 ? `${size(low)} to ${size(high)} ${more}` : `between ${size(low)} ${less} and ${size(high)} ${more}`;
      range = ` (${range})`;
    }
    return size(middle) + " " + (middle < 0 ? less : more) + measure.tail + range;
  }

  // --- drawing --------------------------------------------------------------------------------------------------
  function element(name, attributes, text) {
    const made = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }
  const written = (x, y, text, anchor, kind) => element("text", { x, y, "text-anchor": anchor || "start", class: kind || "soft" }, text);
  const rule = (x1, y1, x2, y2, kind) => element("line", { x1, y1, x2, y2, class: kind });
  const scale = (low, high, start, end) => (value) => start + ((value - low) / (high - low)) * (end - start);
  function ticks(low, high, most) {
    if (!(high > low)) { low -= 1; high += 1; }
    const rough = (high - low) / most;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * (1 - 1e-9));
    const found = [];
    for (let place = Math.floor(low / step + 1e-9); place <= Math.ceil(high / step - 1e-9); place++) found.push(place * step);
    return found;
  }
  function tickWords(values) {
    const decimals = Math.max(0, -Math.floor(Math.log10(values[1] - values[0]) + 1e-9));
    return values.map((value) => digits(value, decimals));
  }
  const path = (points) => "M" + points.map(([x, y]) => x.toFixed(1) + " " + y.toFixed(1)).join("L");
  function mark(shape, x, y, s) {
    const corners = {
      s: [[-1, -1], [1, -1], [1, 1], [-1, 1]], "^": [[0, -1.2], [1.2, 1], [-1.2, 1]], v: [[0, 1.2], [1.2, -1], [-1.2, -1]],
      D: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]], "<": [[-1.2, 0], [1, -1.2], [1, 1.2]], ">": [[1.2, 0], [-1, -1.2], [-1, 1.2]],
      P: [[-1.2, -0.5], [-0.5, -0.5], [-0.5, -1.2], [0.5, -1.2], [0.5, -0.5], [1.2, -0.5], [1.2, 0.5], [0.5, 0.5], [0.5, 1.2], [-0.5, 1.2], [-0.5, 0.5], [-1.2, 0.5]],
      X: [[0, -0.5], [0.5, -1], [1, -0.5], [0.5, 0], [1, 0.5], [0.5, 1], [0, 0.5], [-0.5, 1], [-1, 0.5], [-0.5, 0], [-1, -0.5], [-0.5, -1]],
    }[shape];
    if (!corners) return `M${x - s} ${y}a${s} ${s} 0 1 0 ${2 * s} 0a${s} ${s} 0 1 0 ${-2 * s} 0z`;
    return path(corners.map(([dx, dy]) => [x + dx * s, y + dy * s])) + "z";
  }
  function canvas(figure, height, label) {
    const plot = figure.querySelector(".plot");
    const width = Math.max(280, Math.round(plot.clientWidth));
    const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, "font-size": 13 });
    plot.replaceChildren(svg);
    return { svg, width };
  }

  // --- the curves -----------------------------------------------------------------------------------------------
  let shown = null; // what the curves show, for the week under the pointer
  function drawCurves(state) {
    const figure = $("chart-curves");
    if (!figure) return;
    const measure = data.measures[state.measure];
    const held = (data.curves[state.measure] || {})[state.group];
    const level = state.view === "level";
    const lines = !held ? [] : level ? held.level || [] : held.difference;
    const looks = level ? data.scenarios : compared;
    const unit = level ? measure.level : measure.unit;
    const { svg, width } = canvas(figure, 300, `${unit} week by week, ${data.groups[state.group]}; the values stand in the table below`);
    if (!held || !lines.length) {
      svg.append(written(0, 40, level ? "Levels are kept for everybody only." : "Not measured, or not shown, for this group."));
      shown = null;
      return readOut();
    }
    const triples = lines.map((line) => (level ? [line, [], []] : line));
    if (level) triples[0] = [lines[0], held.spread[0], held.spread[1]];
    const values = triples.flat(2).filter((value) => value !== null && value !== undefined).map((value) => value * measure.factor);
    const ends = level ? [Math.min(...values), Math.max(...values)] : [Math.min(0, ...values), Math.max(0, ...values)];
    const marks = ticks(ends[0], ends[1], 5);
    const labels = tickWords(marks);
    const left = 8 + 7.4 * Math.max(...labels.map((text) => text.length));
    const last = held.weeks[held.weeks.length - 1];
    const across = scale(held.weeks[0], Math.max(last, 1), left, width - 12);
    const up = scale(marks[0], marks[marks.length - 1], 256, 28);
    svg.append(written(0, 14, unit));
    marks.forEach((value, place) => {
      svg.append(rule(left, up(value), width - 12, up(value), Math.abs(value) < 1e-12 ? "zero" : "grid"), written(left - 6, up(value) + 4.5, labels[place], "end"));
    });
    const step = [1, 2, 4, 13, 26, 52, 104, 260].find((size) => last / size <= 6) || 520;
    for (let week = 0; week <= last; week += step) svg.append(written(across(week), 276, week, "middle"));
    svg.append(written((left + width - 12) / 2, 295, "week", "middle"));
    triples.forEach((triple, scenario) => svg.append(...curve(held.weeks, triple, looks[scenario], measure.factor, across, up)));
    const cursor = element("g", { class: "cursor" });
    svg.append(cursor);
    shown = { held, triples, looks, measure, across, up, cursor, level, width };
    const slider = $("week");
    slider.max = held.weeks.length - 1;
    if (+slider.value > +slider.max || slider.dataset.of !== String(held.weeks.length)) slider.value = slider.max;
    slider.dataset.of = held.weeks.length;
    const follow = (event) => {
      const box = svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * width;
      let nearest = 0;
      held.weeks.forEach((week, place) => { if (Math.abs(across(week) - x) < Math.abs(across(held.weeks[nearest]) - x)) nearest = place; });
      if (+slider.value !== nearest) { slider.value = nearest; readOut(); }
    };
    svg.addEventListener("pointermove", follow);
    svg.addEventListener("pointerdown", follow);
    readOut();
  }
  function curve(weeks, [middle, low, high], look, factor, across, up) {
    const known = weeks.map((_, place) => place).filter((place) => middle[place] !== null);
    const at = (values) => (place) => [across(weeks[place]), up(values[place] * factor)];
    const parts = [];
    if (low.length && known.every((place) => low[place] !== null && high[place] !== null)) {
      parts.push(element("path", { d: path([...known.map(at(high)), ...[...known].reverse().map(at(low))]) + "z", fill: look.colour, "fill-opacity": 0.18 }));
    }
    const points = known.map(at(middle));
    parts.push(element("path", { d: path(points), fill: "none", stroke: look.colour, "stroke-width": 2.2, "stroke-dasharray": look.dashes, "stroke-linejoin": "round" }));
    const every = Math.max(1, Math.floor(points.length / 6));
    points.forEach(([x, y], place) => { if (place % every === 0) parts.push(element("path", { d: mark(look.marker, x, y, 4), fill: look.colour })); });
    return parts;
  }
  function readOut() {
    const list = $("readout");
    const lines = list.querySelectorAll("[data-scenario]");
    if (!shown) { lines.forEach((line) => (line.textContent = "")); $("week-words").textContent = ""; return; }
    const place = +$("week").value;
    const week = shown.held.weeks[place];
    $("week-words").textContent = "week " + week;
    $("week").setAttribute("aria-valuetext", "week " + week);
    lines.forEach((line) => {
      const scenario = +line.dataset.scenario;
      const triple = shown.triples[shown.level ? scenario : scenario - 1];
      if (!triple) { line.textContent = shown.level ? "" : "what the others are compared with"; return; }
      const found = triple.map((values) => (values.length ? values[place] : null));
      line.textContent = shown.level && found[0] !== null ? digits(found[0] * shown.measure.factor, shown.measure.factor > 1 ? 1 : 4) : words(found, shown.measure);
    });
    const x = shown.across(week);
    shown.cursor.replaceChildren(rule(x, 28, x, 256, "pointer"));
    shown.triples.forEach((triple, scenario) => {
      if (triple[0][place] !== null) shown.cursor.append(element("circle", { cx: x, cy: shown.up(triple[0][place] * shown.measure.factor), r: 4.5, fill: "#fff", stroke: shown.looks[scenario].colour, "stroke-width": 2.2 }));
    });
  }

  // --- effects with intervals -----------------------------------------------------------------------------------
  function drawDots(id, rows, measure, label) {
    const figure = $(id);
    if (!figure) return;
    const heights = rows.map((row) => 24 + 12 * Math.max(1, row.marks.length));
    const bottom = 44 + heights.reduce((sum, height) => sum + height, 0);
    const { svg, width } = canvas(figure, bottom + 26, label + "; the values stand in the table below");
    const factor = measure.factor;
    const values = rows.flatMap((row) => row.marks.flatMap((held) => held.slice(1, 4))).filter((value) => value !== null).map((value) => value * factor);
    const marks = ticks(Math.min(0, ...values), Math.max(0, ...values), width < 420 ? 3 : 5);
    const labels = tickWords(marks);
    const across = scale(marks[0], marks[marks.length - 1], 26, width - 26);
    svg.append(written(0, 14, measure.unit), written(0, 34, "← " + measure.sides[0]), written(width, 34, measure.sides[1] + " →", "end"));
    marks.forEach((value, place) => svg.append(rule(across(value), 40, across(value), bottom, Math.abs(value) < 1e-12 ? "zero" : "grid"), written(across(value), bottom + 17, labels[place], "middle")));
    let top = 44;
    const letters = Math.floor(width / 7.6);
    rows.forEach((row, number) => {
      svg.append(written(0, top + 14, row.label.length > letters ? row.label.slice(0, letters - 1) + "…" : row.label, "start", "row"));
      row.marks.forEach((held, place) => {
        const look = compared[held[0]];
        const y = top + 24 + 12 * place;
        const group = element("g");
        group.append(element("title", {}, look.title + ": " + words(held.slice(1), measure)));
        group.append(element("rect", { x: 0, y: y - 6, width, height: 12, fill: "transparent" }));
        if (held[2] !== null && held[3] !== null) group.append(element("path", { d: `M${across(held[2] * factor)} ${y}H${across(held[3] * factor)}`, stroke: look.colour, "stroke-width": 2.4, fill: "none" }));
        group.append(element("path", { d: mark(look.marker, across(held[1] * factor), y, 4.5), fill: look.colour }));
        svg.append(group);
      });
      top += heights[number];
    });
    fillTable(figure, rows, measure);
  }
  function fillTable(figure, rows, measure) {
    const body = figure.querySelector("tbody");
    if (!body || !body.dataset.follows) return;
    const bySituation = body.dataset.follows === "scenarios";
    body.replaceChildren(...rows.map((row) => {
      const line = document.createElement("tr");
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = row.label;
      line.append(head);
      const cells = bySituation ? [row.marks[0]] : compared.map((_, scenario) => row.marks.find((held) => held[0] === scenario));
      cells.forEach((held) => {
        const cell = document.createElement("td");
        cell.textContent = held ? words(held.slice(1), measure) : "–";
        line.append(cell);
      });
      return line;
    }));
  }
  const marksOf = (held) => (held || []).map((found, scenario) => (found ? [scenario, ...found] : null)).filter(Boolean);

  // --- choosing -------------------------------------------------------------------------------------------------
  const state = { measure: Object.keys(data.measures)[0], group: "all", view: "difference" };
  function draw() {
    const measure = data.measures[state.measure];
    const effects = data.effects[state.measure] || {};
    drawCurves(state);
    drawDots("chart-effects", compared.map((look, scenario) => ({ label: look.title, marks: marksOf(effects[state.group]).filter((held) => held[0] === scenario) })),
      measure, `Effects on ${measure.label}, ${data.groups[state.group]}`);
    drawDots("chart-groups", Object.keys(data.groups).filter((group) => effects[group] && !data.parts.includes(group)).map((group) => ({ label: data.groups[group], marks: marksOf(effects[group]) })),
      measure, `Effects on ${measure.label} by group`);
    const ripple = data.ripple[state.measure] || {};
    const far = data.distances.filter(([distance]) => ripple[distance]).map(([distance, label]) => ({ label, marks: marksOf(ripple[distance]) }));
    const figure = $("chart-ripple");
    if (figure && far.length) drawDots("chart-ripple", far, measure, `Effects on ${measure.label} by distance`);
    else if (figure) figure.querySelector(".plot").replaceChildren(Object.assign(document.createElement("p"), { textContent: `How far it travels is not measured for ${measure.label}.` }));
    if (data.moved.rows) drawDots("chart-moved", Object.entries(data.moved.rows).map(([label, held]) => ({ label, marks: marksOf(held) })), data.moved.measure, "What moved the outcome");
    document.querySelectorAll("[data-word=measure]").forEach((word) => (word.textContent = measure.label));
    document.querySelectorAll("[data-word=group]").forEach((word) => (word.textContent = data.groups[state.group]));
  }
  for (const name of ["measure", "group", "view"]) {
    const choice = $("choose-" + name);
    if (choice) choice.addEventListener("change", () => { state[name] = choice.value; draw(); });
  }
  const slider = $("week");
  if (slider) slider.addEventListener("input", readOut);
  document.querySelectorAll(".with-script").forEach((part) => (part.hidden = false));
  let width = 0;
  const resized = () => { if (document.body.clientWidth !== width) { width = document.body.clientWidth; draw(); } };
  window.addEventListener("resize", resized);
  resized();
})();
