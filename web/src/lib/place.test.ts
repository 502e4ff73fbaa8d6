// A phone that cannot be exact is asked once more, roughly; one that may not is not asked again.
import { afterEach, expect, it, vi } from "vitest";
import { ask_place, on_asking } from "./place";

afterEach(() => vi.unstubAllGlobals());

type Reply = number | { longitude: number; latitude: number; accuracy: number };

/** A phone that gives these answers one after another; returns how exactly it was asked. */
function phone_says(...replies: Reply[]): boolean[] {
  const exactly: boolean[] = [];
  const getCurrentPosition = (here: (at: object) => void, not: (fault: object) => void, options: PositionOptions) => {
    exactly.push(options.enableHighAccuracy ?? false);
    const reply = replies[exactly.length - 1]!;
    if (typeof reply === "number") not({ code: reply });
    else here({ coords: reply });
  };
  vi.stubGlobal("navigator", { geolocation: { getCurrentPosition } });
  return exactly;
}

const HERE = { longitude: 113.1, latitude: 27.9, accuracy: 900 };

it.each([2, 3])("asks once more, roughly, after code %i", async (code) => {
  const exactly = phone_says(code, HERE);
  expect(await ask_place()).toEqual({ is: "here", spot: { lon: 113.1, lat: 27.9, accuracy_m: 900 } });
  expect(exactly).toEqual([true, false]);
});

it("takes a refusal as it is, and always ends in a sentence", async () => {
  const exactly = phone_says(1);
  expect(await ask_place()).toMatchObject({ is: "unknown", words: expect.stringContaining("许可") });
  expect(exactly).toEqual([true]);
  phone_says(2, 3);
  expect(await ask_place()).toMatchObject({ is: "unknown", words: expect.stringContaining("太慢") });
});

it("a second tap while asking does nothing, one after it asks again", async () => {
  const button = document.createElement("button");
  let times = 0;
  let end = () => {};
  on_asking(button, () => {
    times += 1;
    return new Promise((resolve) => (end = resolve));
  });
  button.click();
  button.click();
  expect([times, button.getAttribute("aria-disabled")]).toEqual([1, "true"]);
  end();
  await vi.waitFor(() => expect(button.hasAttribute("aria-disabled")).toBe(false));
  button.click();
  expect(times).toBe(2);
});
