// The service worker of notices, run as a browser runs it: what is pushed is shown, what cannot be read too, and a tap opens a page of this house.
import { beforeEach, expect, it, vi } from "vitest";

type Hear = (event: Record<string, unknown>) => void;
const heard: Record<string, Hear> = {};
const shown = vi.fn(async () => undefined);
const opened = vi.fn(async () => undefined);
const skipped = vi.fn(async () => undefined);
const given_back = vi.fn(async () => true);
const KEY = new Uint8Array([4, 1]).buffer;
/** A subscription as the browser hands it to the worker. */
const subscription = (endpoint: string) => ({ endpoint, options: { userVisibleOnly: true, applicationServerKey: KEY }, toJSON: () => ({ endpoint, keys: { p256dh: "BC", auth: "BT" } }), unsubscribe: given_back });
const subscribed = vi.fn(async () => subscription("https://push.example.net/anew"));
const told = vi.fn(async (_to: string, _how: { body: string }) => ({ ok: true }));

/** What the work of an event comes to. */
async function happens(kind: string, event: Record<string, unknown> = {}): Promise<void> {
  const works: Promise<unknown>[] = [];
  heard[kind]?.({ ...event, waitUntil: (work: Promise<unknown>) => works.push(work) });
  await Promise.all(works);
}

beforeEach(async () => {
  vi.resetModules();
  vi.clearAllMocks();
  vi.stubGlobal("fetch", told);
  vi.stubGlobal("self", {
    addEventListener: (kind: string, hear: Hear) => (heard[kind] = hear),
    registration: { showNotification: shown, pushManager: { subscribe: subscribed } },
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

const said = () => JSON.parse(told.mock.calls[0]![1].body) as unknown;

it("tells the server the former address and the new", async () => {
  await happens("pushsubscriptionchange", { oldSubscription: subscription("https://push.example.net/old"), newSubscription: subscription("https://push.example.net/new") });
  expect(told).toHaveBeenCalledWith("/api/messages/devices/changed", expect.objectContaining({ method: "POST" }));
  expect(said()).toEqual({ former: "https://push.example.net/old", endpoint: "https://push.example.net/new", p256dh: "BC", auth: "BT" });
  expect(subscribed).not.toHaveBeenCalled();
  expect(given_back).not.toHaveBeenCalled();
});

it("subscribes anew with the same key where the browser only took the former away", async () => {
  await happens("pushsubscriptionchange", { oldSubscription: subscription("https://push.example.net/old"), newSubscription: null });
  expect(subscribed).toHaveBeenCalledWith({ userVisibleOnly: true, applicationServerKey: KEY });
  expect(said()).toMatchObject({ former: "https://push.example.net/old", endpoint: "https://push.example.net/anew" });
});

it("gives back an address that the server does not take", async () => {
  told.mockResolvedValueOnce({ ok: false });
  await happens("pushsubscriptionchange", { oldSubscription: subscription("https://push.example.net/old"), newSubscription: subscription("https://push.example.net/new") });
  expect(given_back).toHaveBeenCalled();
});

it("leaves it where the browser does not say which it was", async () => {
  await happens("pushsubscriptionchange");
  expect(subscribed).not.toHaveBeenCalled();
  expect(told).not.toHaveBeenCalled();
});

it("takes over at once: it keeps nothing an older one needs", async () => {
  await happens("install");
  expect(skipped).toHaveBeenCalled();
});
