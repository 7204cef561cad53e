/**
 * The explorer in a notebook: the element's files come from the kernel, once a page, and its settings and
 * the widget's traits are kept in step. What is large is asked for by messages, so that no notebook saves it.
 */

/** Every widget of the page takes the element from here. */
const SHARED = Symbol.for("latent-lens in a notebook");

/** Servers of notebooks close a connection over which more comes at once than some megabytes. */
const PIECE = 4 << 20;

/** So many rows a function of the kernel is given at least: the way there takes as long for one. */
const BATCH = 64;

/** So often a report that still grows is sent, in milliseconds. */
const EVERY = 1000;

/** What of a report is sent before it is whole; the rest is large, or comes last anyway. */
const LIVE = [
  ...["version", "engine", "settings", "data", "model", "image", "latent", "classes", "training"],
  ...["encoded", "pixel_importance", "direction", "latent_importance", "latent_importance_rmse"],
];

/** A figure still grows in these. */
const ACTIVE = ["loading", "training", "analysing"];

const TYPES = { js: "text/javascript", wasm: "application/wasm", json: "application/json" };

function unique() {
  return `${Date.now()} ${Math.random()}`;
}

/** Asks the kernel for `what`; resolves to its answer and the buffers that came with it. */
function ask(model, what, more = {}, sent = []) {
  return new Promise((resolve, reject) => {
    const id = unique();
    const hear = (content, buffers) => {
      if (content.id !== id) return;
      model.off("msg:custom", hear);
      if (content.refused) reject(new Error(content.refused));
      else resolve([content, buffers]);
    };
    model.on("msg:custom", hear);
    model.send({ ask: what, id, ...more }, undefined, sent);
  });
}

/** Has the element registered, with its files as addresses that this page made. */
async function load(model) {
  const gpu = await navigator.gpu?.requestAdapter().catch(() => null);
  const [{ names }, buffers] = await ask(model, "files", { webgpu: Boolean(gpu) });
  const unpacked = await Promise.all(
    buffers.map((packed, at) => {
      const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
      const type = TYPES[names[at].split(".").at(-1)] ?? "application/octet-stream";
      return new Response(stream, { headers: { "content-type": type } }).blob();
    }),
  );
  const files = Object.fromEntries(
    unpacked.map((blob, at) => [names[at], URL.createObjectURL(blob)]),
  );
  // Somebody's page may have registered it already; then that one is shown, with its own files.
  if (customElements.get("latent-lens")) return;
  await import(files["latent-lens.js"]);
  customElements.get("latent-lens").assets = files;
}

function loaded(model) {
  globalThis[SHARED] ??= load(model);
  // What failed once may succeed when asked again.
  globalThis[SHARED].catch(() => delete globalThis[SHARED]);
  return globalThis[SHARED];
}

/** Numbers of a matrix become a place in one run of bytes, which is what is sent beside the rest. */
function packed(report) {
  const parts = [];
  let length = 0;
  const text = JSON.stringify(report, (_, value) => {
    if (!ArrayBuffer.isView(value)) return value;
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    // Every array begins where its widest numbers may.
    const before = (8 - (length % 8)) % 8;
    parts.push(new Uint8Array(before), bytes);
    const at = length + before;
    length = at + bytes.length;
    return { array: value.constructor.name, at, count: value.length };
  });
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return [text, all];
}

/** `from` is the view that the report is of: there may be several. */
function send(model, from, report) {
  const [text, bytes] = packed(report);
  const pieces = Math.max(1, Math.ceil(bytes.length / PIECE));
  for (let piece = 0; piece < pieces; piece += 1) {
    const part = bytes.slice(piece * PIECE, (piece + 1) * PIECE);
    const last = piece === pieces - 1;
    model.send({ tell: "report", from, ...(last && { text }) }, undefined, [part.buffer]);
  }
}

/** The kernel's images, as the element takes them. */
async function images(model) {
  const [{ found, floats, ...told }, [data]] = await ask(model, "images");
  if (!found) return null;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { ...told.images, data: floats ? new Float32Array(bytes.slice().buffer) : bytes };
}

/** A function of the kernel, as the element calls it: so many rows at once, of which few are sent at a time. */
function inKernel(model, half) {
  return async (rows, count) => {
    const width = rows.length / count;
    const most = Math.max(1, Math.floor(PIECE / (width * rows.BYTES_PER_ELEMENT)));
    const made = [];
    for (let first = 0; first < count; first += most) {
      const some = rows.slice(first * width, Math.min(first + most, count) * width);
      const [, [found]] = await ask(model, half, { count: some.length / width }, [some.buffer]);
      const bytes = new Uint8Array(found.buffer, found.byteOffset, found.byteLength);
      made.push(new Float32Array(bytes.slice().buffer));
    }
    if (made.length === 1) return made[0];
    const all = new Float32Array(made.reduce((length, { length: more }) => length + more, 0));
    let at = 0;
    for (const part of made) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  };
}

/** Tells the kernel what the figure looks like whenever it has come to rest: a saved notebook shows that. */
function picture(model, lens) {
  const figure = lens.shadowRoot.querySelector('[part~="figure"]');
  const chart = figure.querySelector('canvas[part~="chart"]');
  const take = () => {
    if (!lens.report || ACTIVE.includes(lens.phase) || !chart.width) return;
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: chart.width, height: chart.height });
    const paper = canvas.getContext("2d");
    paper.fillStyle = getComputedStyle(chart.closest('[part~="lens"]')).backgroundColor;
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(chart, 0, 0);
    const told = {
      tell: "picture",
      width: chart.clientWidth,
      summary: chart.getAttribute("aria-label"),
      caption: figure.querySelector('[part~="caption"]').textContent,
    };
    canvas.toBlob(async (png) => model.send(told, undefined, [await png.arrayBuffer()]));
  };
  let rests;
  // What it shows is said anew with everything that is drawn.
  new MutationObserver(() => {
    clearTimeout(rests);
    rests = setTimeout(take, EVERY);
  }).observe(chart, { attributeFilter: ["aria-label"] });
}

async function show({ model, el }) {
  const lens = document.createElement("latent-lens");
  const names = Object.entries(model.get("_properties"));
  const own = new AbortController();
  const from = unique();
  const on = (event, heard) => {
    model.on(event, heard);
    own.signal.addEventListener("abort", () => model.off(event, heard));
  };
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  const toElement = (trait, property) => {
    const value = model.get(trait);
    if (!same(value, lens[property])) lens[property] = value;
  };
  const trace = document.createElement("pre");
  trace.className = "latent-lens-traceback";
  const tellTrace = () => {
    trace.textContent = model.get("traceback");
    trace.hidden = !trace.textContent;
  };
  const tellPhase = () => {
    if (model.get("phase") === lens.phase) return;
    model.set("phase", lens.phase);
    // What went wrong before is no matter any more.
    if (lens.phase === "loading") model.set("traceback", "");
    model.save_changes();
  };
  if (model.get("preset")) lens.preset = model.get("preset");
  for (const [trait, property] of names) {
    toElement(trait, property);
    on(`change:${trait}`, () => toElement(trait, property));
  }
  on("change:traceback", tellTrace);
  on("change:preset", () => (lens.preset = model.get("preset")));
  const give = async () => {
    const given = await images(model);
    if (given || lens.images) lens.images = given;
  };
  const bring = async () => {
    const [{ names, functions, shape }, contents] = await ask(model, "model");
    const halves = functions.map((half) => [half, inKernel(model, half)]);
    const own = {
      ...Object.fromEntries(halves),
      shape,
      batch: BATCH,
      name: "functions of the notebook",
    };
    if (halves.length || lens.model) lens.model = halves.length ? own : null;
    if (!names.length) return;
    await lens.open(contents.map((part, at) => ({ name: names[at], content: new Blob([part]) })));
  };
  on("msg:custom", ({ act }) => {
    if (act === "images") void give();
    else if (act === "model") void bring();
    else if (act === "run") lens.run().catch(() => {});
    else if (act) void lens[act]();
  });

  let sent = 0;
  lens.addEventListener("lens-progress", () => {
    tellPhase();
    if (performance.now() - sent < EVERY || !lens.report) return;
    sent = performance.now();
    const known = LIVE.filter((part) => lens.report[part] !== undefined);
    send(model, from, Object.fromEntries(known.map((part) => [part, lens.report[part]])));
  });
  lens.addEventListener("lens-done", ({ detail }) => {
    model.set("error", "");
    send(model, from, detail.report);
    tellPhase();
  });
  lens.addEventListener("lens-error", ({ detail }) => {
    model.set("error", detail.message);
    tellPhase();
    model.save_changes();
  });
  lens.addEventListener("change", ({ detail }) => {
    if (!detail?.names) return;
    for (const [trait, property] of names) {
      if (!same(model.get(trait), lens[property])) model.set(trait, lens[property]);
    }
    model.save_changes();
  });
  new MutationObserver(tellPhase).observe(lens, { attributeFilter: ["phase"] });
  picture(model, lens);

  // Images first: a model is explained as soon as it is there.
  await give();
  tellTrace();
  el.replaceChildren(lens, trace);
  await bring();
  return () => own.abort();
}

async function render({ model, el }) {
  const box = document.createElement("div");
  box.className = "latent-lens-box";
  box.textContent =
    "latent-lens is on its way from the kernel. If nothing comes, run this cell again.";
  el.append(box);
  try {
    await loaded(model);
    return await show({ model, el: box });
  } catch (error) {
    box.textContent = `latent-lens cannot be shown here: ${error.message}`;
    return undefined;
  }
}

export default { render };
