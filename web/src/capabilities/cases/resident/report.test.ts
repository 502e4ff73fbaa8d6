// The report form with the script on: types offered, a draft restored, an edit after a try gets an id of its own.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { load_draft, save_draft } from "./draft";
import { fit } from "../shared/shrink";
import { enhance_report, new_id } from "./report";

const FORM = `<form data-report><input type="hidden" name="client_id" value="first"><input type="hidden" name="place_kind" value="address">
  <input type="hidden" name="lon"><input type="hidden" name="lat"><input type="hidden" name="grid"><input type="hidden" name="type_seen"><input type="hidden" name="nearby_seen">
  <div data-draft-note hidden><button type="button" data-draft-drop></button></div><textarea name="words"></textarea>
  <div data-suggest><input type="hidden" name="type" value=""></div><div data-place><p data-place-said></p><input name="address"></div>
  <div data-nearby></div><button type="submit">提交</button><p data-send-said></p></form>`;

const SUGGESTED = [
  { code: "pipe", name: "供水管道破裂", because: "您写了“水管”" },
  { code: "flood", name: "路面积水", because: "您写了“水”" },
];

let form: HTMLFormElement;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  vi.stubGlobal("fetch", async () => ({ ok: true, json: async () => SUGGESTED }));
  document.body.innerHTML = FORM;
  form = document.querySelector("form")!;
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function write(words: string): Promise<void> {
  const area = form.querySelector("textarea")!;
  area.value = words;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  await vi.advanceTimersByTimeAsync(1000);
}

it("offers types with why, the first chosen, and keeps the draft", async () => {
  enhance_report(form);
  await write("水管破了一直冒水");
  const radios = [...form.querySelectorAll<HTMLInputElement>('input[name="type"]')];
  expect(radios.map((one) => [one.value, one.checked])).toEqual([["pipe", true], ["flood", false], ["", false]]);
  expect(form.querySelector("[data-suggest]")!.textContent).toContain("您写了“水管”");
  expect(form.querySelector<HTMLInputElement>('[name="type_seen"]')!.value).toBe("1");
  expect(load_draft(Date.now())).toMatchObject({ words: "水管破了一直冒水", type: "pipe", client_id: "first" });
});

it("leaves the question to the server when the line is dead", async () => {
  vi.stubGlobal("fetch", async () => Promise.reject(new Error("offline")));
  enhance_report(form);
  await write("水管破了一直冒水");
  expect(form.querySelector<HTMLInputElement>('[name="type"]')!.value).toBe("");
  expect(form.querySelector<HTMLInputElement>('[name="type_seen"]')!.value).toBe("");
});

it("puts a draft back, but not over what the server filled in", () => {
  save_draft({ words: "旧的", type: "", place_kind: "address", lon: "", lat: "", address: "", grid: "", place_said: "", client_id: "kept", saved_at: Date.now() });
  enhance_report(form);
  expect(form.querySelector("textarea")!.value).toBe("旧的");
  expect(form.querySelector<HTMLInputElement>('[name="client_id"]')!.value).toBe("kept");
  expect(form.querySelector<HTMLElement>("[data-draft-note]")!.hidden).toBe(false);

  document.body.innerHTML = FORM.replace("></textarea>", ">新的</textarea>");
  form = document.querySelector("form")!;
  enhance_report(form);
  expect(form.querySelector("textarea")!.value).toBe("新的");
});

it("sends once, and an edit afterwards is another report", async () => {
  enhance_report(form);
  await write("水管破了一直冒水");
  const send = () => form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
  expect(send()).toBe(true);
  expect(send()).toBe(false);
  await write("水管破了一直冒水，路也淹了");
  expect(form.querySelector<HTMLInputElement>('[name="client_id"]')!.value).not.toBe("first");
});

it("makes ids of version 7, time first", () => {
  vi.stubGlobal("crypto", { getRandomValues: (bytes: Uint8Array) => bytes.fill(255) });
  expect(new_id(0x0123456789ab)).toBe("01234567-89ab-7fff-bfff-ffffffffffff");
});

it("fits a picture into its longest side and never enlarges it", () => {
  expect(fit(4000, 3000, 1600)).toEqual({ width: 1600, height: 1200 });
  expect(fit(800, 600, 1600)).toEqual({ width: 800, height: 600 });
  expect(fit(10, 90000, 1600)).toEqual({ width: 1, height: 1600 });
});
