// What phone and server say to each other: the API's own kinds, by the names the phone has for them.
import type { Schema } from "../client/api";

/** What can be done on a phone and sent later. */
export type CommandKind = "finish" | "submit" | "amend" | "confirm" | "enter" | "report" | "act" | "settle" | "take_over";

export interface Command {
  id: string;
  seq: number;
  at: string;
  kind: CommandKind;
  parent?: string;
  body: Record<string, unknown>;
}

/** What became of a command. One that went without a device is answered in the same words. */
export type Answer = Pick<Schema["CommandAnswerView"], "id" | "state"> & Partial<Pick<Schema["CommandAnswerView"], "refusal" | "clash">> & { result?: Record<string, unknown> };
/** A command without an answer met trouble on the server and is sent again later. */
export interface BatchAnswer {
  standing: Schema["Standing"];
  answers: Answer[];
}
export type Clash = Schema["ClashView"];
export type Waiting = Schema["WaitingView"];
export type FieldClash = Schema["FieldClash"];

/** One answer of the sync. */
export type PullPage = Schema["SyncView"];
export type GridRow = Schema["CarriedGrid"] & { id: string };
/** A dwelling with its household and people: what a visit needs, and no more. */
export type HomeRow = Schema["HomeRow"];
export type PersonRow = Schema["PersonRow"];
/** A value as the register has it: how old it is decides whether it is to be asked again. */
export type CarriedValue = Schema["ValueRow"];
export type FormRow = Schema["CarriedForm"];
export type CaseRow = Schema["CaseLine"];
/** A task as it stands for the worker: what was just said of it counts, whether the server knows it yet or not. */
export type TaskRow = Schema["TaskLine"] & { state: "open" | "done"; outcome?: string };
