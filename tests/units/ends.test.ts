/** Ends that come early: of the microphone while a visitor is asked for it, of readers and downloads. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { downloadOnce } from "../../www/data/download";
import { Microphone } from "../../www/data/microphone";
import { Reader } from "../../www/data/reader";

class Track {
  stopped = false;
  lost = () => {};
  stop() {
    this.stopped = true;
  }
  addEventListener(_: string, lost: () => void) {
    this.lost = lost;
  }
}

let track: Track;
let context: { closed: boolean };
/** Has the visitor answer. */
let allow: () => void;
let refuse: (error: Error) => void;

class Context {
  sampleRate = 8000;
  closed = false;
  audioWorklet = { addModule: () => Promise.resolve() };
  constructor() {
    context = this;
  }
  createMediaStreamSource = () => ({ connect() {} });
  resume = () => Promise.resolve();
  close() {
    this.closed = true;
    return Promise.resolve();
  }
}

class Worker {
  static all: Worker[] = [];
  ended = false;
  constructor() {
    Worker.all.push(this);
  }
  postMessage() {}
  terminate() {
    this.ended = true;
  }
}

beforeEach(() => {
  track = new Track();
  Worker.all = [];
  const stream = { getTracks: () => [track], getAudioTracks: () => [track] };
  const getUserMedia = () =>
    new Promise((resolve, reject) => {
      allow = () => resolve(stream);
      refuse = reject;
    });
  Object.defineProperty(globalThis, "navigator", {
    value: { mediaDevices: { getUserMedia } },
    configurable: true,
  });
  Object.assign(globalThis, {
    AudioContext: Context,
    AudioWorkletNode: class {
      port = {};
    },
    Worker,
    self: { origin: "https://here" },
  });
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("a microphone that is closed while the visitor is asked is never listened to", async () => {
  const end = new AbortController();
  const opening = Microphone.open(() => {}, assert.fail, end.signal);
  end.abort();
  await assert.rejects(opening, { name: "AbortError" });
  allow();
  await turn();
  assert.equal(track.stopped, true);
  await assert.rejects(
    Microphone.open(() => {}, assert.fail, end.signal),
    { name: "AbortError" },
  );
});

test("a microphone that is open is switched off by the same signal, and ends its take", async () => {
  const end = new AbortController();
  const opening = Microphone.open(() => {}, assert.fail, end.signal);
  allow();
  const microphone = await opening;
  assert.deepEqual([track.stopped, context.closed], [false, false]);
  const take = microphone.record(1);
  end.abort();
  assert.equal((await take).samples.length, 0);
  assert.deepEqual([track.stopped, context.closed], [true, true]);
});

test("a microphone that is refused is no end, but a sentence", async () => {
  const opening = Microphone.open(() => {}, assert.fail, new AbortController().signal);
  refuse(Object.assign(new Error("no"), { name: "NotAllowedError" }));
  await assert.rejects(opening, { message: /^This page may not use the microphone/ });
});

test("a reader that was ended before it began, or while it reads, rejects with the reason", async () => {
  const reason = new DOMException("enough", "AbortError");
  const late = new Reader(AbortSignal.abort(reason));
  await assert.rejects(late.images(0), reason);
  const end = new AbortController();
  const reader = new Reader(end.signal);
  const reading = reader.open([], {}, false, () => {});
  end.abort(reason);
  await assert.rejects(reading, reason);
  assert.ok(Worker.all.every(({ ended }) => ended));
});

test("a download that was ended before it began gives nothing, also of what is kept", async () => {
  const kept = new Response("kept");
  Object.assign(globalThis, {
    caches: { open: () => Promise.resolve({ match: () => Promise.resolve(kept) }) },
  });
  const reason = new DOMException("enough", "AbortError");
  const url = new URL("https://elsewhere/file");
  await assert.rejects(downloadOnce(url, AbortSignal.abort(reason), assert.fail), reason);
});
