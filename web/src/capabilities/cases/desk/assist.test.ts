// What a call becomes: the most exact place said, nothing of a caller who stays unnamed.
import { expect, test } from "vitest";
import { begin_call, in_threes, is_whole_phone, order_of, place_of } from "./assist";

test("the most exact place wins", () => {
  const call = { ...begin_call(), address: "3栋", grid: "430204001002J001", lon: 113.1, lat: 27.9 };
  expect(place_of(call, "叫鸡岭社区")).toEqual({ lon: 113.1, lat: 27.9, address: "3栋" });
  expect(place_of({ ...call, lon: null, lat: null }, "叫鸡岭社区")).toEqual({ grid: "430204001002J001", address: "3栋" });
  expect(place_of({ ...call, lon: null, lat: null, grid: "" }, "叫鸡岭社区")).toEqual({ address: "叫鸡岭社区3栋" });
  expect(place_of({ ...begin_call(), address: "叫鸡岭社区3栋" }, "叫鸡岭社区")).toEqual({ address: "叫鸡岭社区3栋" });
  expect(place_of(begin_call(), "")).toEqual({});
});

test("an unnamed caller leaves neither name nor number", () => {
  const call = { ...begin_call(), words: "水管爆了", name: "李奶奶", phone: "13800000000", anonymous: true };
  expect(order_of(call, "", undefined).reporter).toEqual({});
  expect(order_of({ ...call, anonymous: false }, "", undefined).reporter).toEqual({ name: "李奶奶", phone: "13800000000" });
});

test("a call put through by the hotline says so", () => {
  expect(order_of(begin_call(), "", undefined).source).toBe("desk");
  expect(order_of({ ...begin_call(), hotline: true }, "", undefined).source).toBe("hotline");
});

test("codes are read in threes, numbers are looked up when whole", () => {
  expect(in_threes("123456")).toBe("123 456");
  expect([is_whole_phone("138 0000 0000"), is_whole_phone("0731-28601234"), is_whole_phone("13800")]).toEqual([true, true, false]);
});
