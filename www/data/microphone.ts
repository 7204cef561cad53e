/** What the visitor's microphone hears, in takes of about a second. */
import "../shared";
import { beside } from "../beside";
import { unlessAborted, whenAborted } from "../calls/ends";

export interface Take {
  /** From -1 to 1. */
  samples: Float32Array;
  /** So many a second. */
  rate: number;
}

export class Microphone {
  #take: { chunks: Float32Array[]; left: number; ended(): void } | undefined;

  private constructor(
    readonly context: AudioContext,
    tap: AudioWorkletNode,
    level: (loudest: number) => void,
  ) {
    tap.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      level(data.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0));
      this.#hear(data);
    };
  }

  /**
   * Asks the visitor; `level` then hears the loudest of every few samples, from 0 to 1, and `lost` that
   * the microphone was taken away. The signal switches it off, also while the visitor is being asked.
   */
  static async open(
    level: (loudest: number) => void,
    lost: () => void,
    signal: AbortSignal,
  ): Promise<Microphone> {
    signal.throwIfAborted();
    // Pages without encryption have no such thing.
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (!devices) {
      throw new Error(
        "Browsers offer the microphone only to pages loaded over https: open this page over https, or choose recordings as files.",
      );
    }
    const asking = devices.getUserMedia({ audio: true });
    // Permission may come after the end.
    const off = () => void asking.then(silence).catch(() => {});
    whenAborted(signal, off);
    let stream: MediaStream;
    try {
      stream = await unlessAborted(asking, signal);
    } catch (error) {
      signal.throwIfAborted();
      const { name, message } = error as DOMException;
      throw new Error(
        name === "NotAllowedError"
          ? "This page may not use the microphone: allow it in the browser’s settings for this page, then try again."
          : `No microphone could be used (${message}): connect one, then try again.`,
      );
    }
    let context: AudioContext | undefined;
    const close = () => void context?.close().catch(() => {});
    whenAborted(signal, close);
    try {
      context = new AudioContext();
      await context.audioWorklet.addModule(beside("microphone-worklet.js"));
      signal.throwIfAborted();
      const tap = new AudioWorkletNode(context, "tap", { numberOfOutputs: 0 });
      context.createMediaStreamSource(stream).connect(tap);
      await unlessAborted(context.resume(), signal);
      const microphone = new Microphone(context, tap, level);
      whenAborted(signal, () => microphone.stop());
      stream.getAudioTracks()[0]?.addEventListener("ended", lost);
      return microphone;
    } catch (error) {
      silence(stream);
      close();
      signal.throwIfAborted();
      const { message } = error as Error;
      throw new Error(
        `The microphone could not be listened to (${message}): try again, or choose recordings as files.`,
      );
    }
  }

  /** Records until `seconds` are over or `stop` is called. */
  async record(seconds: number): Promise<Take> {
    const rate = this.context.sampleRate;
    const chunks: Float32Array[] = [];
    await new Promise<void>((ended) => {
      this.#take = { chunks, left: Math.round(seconds * rate), ended };
    });
    const samples = new Float32Array(chunks.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const chunk of chunks) {
      samples.set(chunk, at);
      at += chunk.length;
    }
    return { samples, rate };
  }

  /** Ends the take; what was heard so far is all of it. */
  stop(): void {
    this.#take?.ended();
    this.#take = undefined;
  }

  #hear(samples: Float32Array): void {
    const take = this.#take;
    if (!take) return;
    take.chunks.push(samples.subarray(0, take.left));
    take.left -= samples.length;
    if (take.left <= 0) this.stop();
  }
}

function silence(stream: MediaStream): void {
  stream.getTracks().forEach((track) => track.stop());
}
