// A voice note by the microphone: begun by a press, ended by a press or after three minutes, never on the way.

/** Long enough for a note, short enough for a phone without a line to carry. */
const RECORD_MS_MAX = 3 * 60_000;
/** Speech, not music. */
const BITS_PER_SECOND = 24_000;

export interface Recording {
  stop(): void;
  /** What was said; empty where nothing came. */
  ended: Promise<Blob>;
}

/** Whether this browser can: only on HTTPS or this very machine. */
export function can_record(): boolean {
  return "MediaRecorder" in window && window.isSecureContext && "mediaDevices" in navigator;
}

/** Begins; nothing where it is not allowed or there is no microphone. */
export async function record_voice(): Promise<Recording | undefined> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => undefined);
  if (!stream) return undefined;
  const recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS_PER_SECOND });
  const parts: Blob[] = [];
  const ended = new Promise<Blob>((resolve) => {
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.onstop = () => {
      for (const track of stream.getTracks()) track.stop();
      resolve(new Blob(parts, { type: recorder.mimeType }));
    };
  });
  recorder.start();
  const timer = setTimeout(stop, RECORD_MS_MAX);
  function stop(): void {
    clearTimeout(timer);
    if (recorder.state !== "inactive") recorder.stop();
  }
  return { stop, ended };
}
