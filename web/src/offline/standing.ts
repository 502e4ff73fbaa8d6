// How things stand between this phone and the server, as screens say it.
import { reactive } from "vue";

export const standing = reactive({
  /** `none`: nobody is known yet. `locked`: a PIN is wanted. `open`: the phone can be read and written. */
  phase: "none" as "none" | "locked" | "open",
  /** A part of the register is carried on this phone, under a PIN. */
  carries: false,
  /** Whether the server answered when it was last asked. */
  online: true,
  /** When everything had last gone up and come down, in milliseconds since 1970. */
  last_sync: undefined as number | undefined,
  /** Commands that wait for a line, and files that do. */
  waiting: 0,
  files_waiting: 0,
  /** What the worker has to decide about: commands that were not taken, and values that two changed. */
  refused: 0,
  clashes: 0,
  is_syncing: false,
  /** Items still to come down, while they come. */
  left: undefined as number | undefined,
  /** The server does not know this session any more: work goes on, sending waits for a sign-in. */
  needs_sign_in: false,
  /** What stopped the last attempt, in words. */
  trouble: "",
  /** The lease had run out: what was carried is deleted, what waits is kept. */
  lapsed: false,
  /** A newer version of the app lies ready. */
  has_update: false,
  get needs_you(): number {
    return this.refused + this.clashes;
  },
  get locked(): boolean {
    return this.phase === "locked";
  },
});
