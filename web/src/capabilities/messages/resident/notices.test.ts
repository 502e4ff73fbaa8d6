// Turning on notices: a browser that cannot says so, keys are read as they are written, and a device off the list gives its subscription back.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { body_of, bytes_of, enhance_notices } from "./notices";

it("reads base64url", () => {
  expect([...bytes_of("-_8B")]).toEqual([251, 255, 1]);
});

it("sends what a subscription says", () => {
  const subscription = { toJSON: () => ({ endpoint: "https://push.example.net/p", keys: { p256dh: "BC", auth: "BT" } }) };
  expect(body_of(subscription)).toEqual({ endpoint: "https://push.example.net/p", p256dh: "BC", auth: "BT" });
});

describe("the card", () => {
  const card = () => document.querySelector<HTMLElement>("[data-notices]")!;

  beforeEach(() => {
    localStorage.clear();
    document.documentElement.lang = "zh-CN";
    document.body.innerHTML = `<section data-notices><button data-notices-on hidden></button><p data-notices-said></p>
      <ul><li data-device="d1"><span data-own hidden></span></li></ul></section>`;
  });

  it("says so where the browser takes no notices, and offers nothing", () => {
    enhance_notices(card());
    expect(card().querySelector("[data-notices-said]")?.textContent).toContain("短信或邮件");
    expect(card().querySelector<HTMLElement>("[data-notices-on]")?.hidden).toBe(true);
  });

  it("tells this device from the others", () => {
    localStorage.setItem("mulin.device", "d2");
    enhance_notices(card());
    expect(card().querySelector<HTMLElement>("[data-own]")?.hidden).toBe(true);
    localStorage.setItem("mulin.device", "d1");
    enhance_notices(card());
    expect(card().querySelector<HTMLElement>("[data-own]")?.hidden).toBe(false);
  });

  it("gives the subscription back where this very device was taken off the list", async () => {
    const unsubscribe = vi.fn(async () => true);
    const registration = { pushManager: { getSubscription: async () => ({ unsubscribe }) } };
    vi.stubGlobal("isSecureContext", true);
    vi.stubGlobal("PushManager", class {});
    vi.stubGlobal("Notification", class {});
    Object.defineProperty(navigator, "serviceWorker", { configurable: true, value: { getRegistration: async () => registration } });
    localStorage.setItem("mulin.device", "d3");
    card().dataset.removed = "d2";
    enhance_notices(card());
    await Promise.resolve();
    expect(unsubscribe).not.toHaveBeenCalled();
    expect(card().querySelector<HTMLElement>("[data-notices-on]")?.hidden).toBe(false);
    card().dataset.removed = "d3";
    enhance_notices(card());
    await vi.waitFor(() => expect(unsubscribe).toHaveBeenCalled());
    expect(localStorage.getItem("mulin.device")).toBeNull();
    vi.unstubAllGlobals();
  });
});
