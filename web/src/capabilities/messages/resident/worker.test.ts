// The service worker of notices, run as a browser runs it: what is pushed is shown, what cannot be read too, and a tap opens a page of this house.
import { beforeEach, expect, it, vi } from "vitest";

type Hear = (event: Record<string, unknown>) => void;
const heard: Record<string, Hear> = {};
const shown = vi.fn(async () => undefined);
const opened = vi.fn(async () => undefined);
const skipped = vi.fn(async () => undefined);

/** What the work of an event comes to. */
async function happens(kind: string, event: Record<string, unknown> = {}): Promise<void> {
  const works: Promise<unknown>[] = [];
  heard[kind]?.({ ...event, waitUntil: (work: Promise<unknown>) => works.push(work) });
  await Promise.all(works);
}

beforeEach(async () => {
  vi.resetModules();
  vi.clearAllMocks();
  vi.stubGlobal("self", {
    addEventListener: (kind: string, hear: Hear) => (heard[kind] = hear),
    registration: { showNotification: shown },
    clients: { openWindow: opened },
    skipWaiting: skipped,
  });
  await import("./worker");
});

it("shows what is pushed, one for each thing", async () => {
  const said = { title: "计划停水停电", body: "停水，涉及您家", url: "/m/abc", lang: "zh", tag: "t1" };
  await happens("push", { data: { json: () => said } });
  expect(shown).toHaveBeenCalledWith("计划停水停电", { body: "停水，涉及您家", lang: "zh", tag: "t1", data: "/m/abc" });
});

it.each([["nothing", null], ["what is no JSON", { json: () => JSON.parse("{") }]])("shows something where %s is pushed", async (_, data) => {
  await happens("push", { data });
  expect(shown).toHaveBeenCalledWith("Mulin", expect.objectContaining({ data: "/my/messages" }));
});

it.each([["/m/abc", "/m/abc"], ["https://elsewhere.example", "/my/messages"], ["//elsewhere.example", "/my/messages"], [undefined, "/my/messages"]])("a tap on %s opens %s", async (data, page) => {
  const close = vi.fn();
  await happens("notificationclick", { notification: { data, close } });
  expect(close).toHaveBeenCalled();
  expect(opened).toHaveBeenCalledWith(page);
});

it("takes over at once: it keeps nothing an older one needs", async () => {
  await happens("install");
  expect(skipped).toHaveBeenCalled();
});
