// The arrow keys walk a building as the eye does: along a floor, into the next unit, up and down.
import { expect, test } from "vitest";
import { use_of, walk, type Room, type Spot } from "./building";

const room = (name: string, more: Partial<Room> = {}): Room => ({ place: name, dwelling: name, name, occupancy: "own", use: "residential", residents: 2, stale: false, ...more });
const floor = (name: string, ...rooms: string[]) => ({ name, rooms: rooms.map((one) => room(one)) });
const UNITS = [
  { name: "1单元", floors: [floor("3", "301", "302"), floor("2", "201", "202"), floor("1", "101")] },
  { name: "2单元", floors: [floor("2", "203"), floor("1", "103", "104")] },
];

test.each<[string, Spot, string, Spot | undefined]>([
  ["along the floor", { unit: 0, floor: 0, room: 0 }, "ArrowRight", { unit: 0, floor: 0, room: 1 }],
  ["down", { unit: 0, floor: 0, room: 1 }, "ArrowDown", { unit: 0, floor: 1, room: 1 }],
  ["down to a shorter floor", { unit: 0, floor: 1, room: 1 }, "ArrowDown", { unit: 0, floor: 2, room: 0 }],
  ["into the next unit on the same floor", { unit: 0, floor: 1, room: 1 }, "ArrowRight", { unit: 1, floor: 0, room: 0 }],
  ["and back to its last room", { unit: 1, floor: 0, room: 0 }, "ArrowLeft", { unit: 0, floor: 1, room: 1 }],
  ["a floor the next unit has not", { unit: 0, floor: 0, room: 1 }, "ArrowRight", { unit: 1, floor: 0, room: 0 }],
  ["not out of the building", { unit: 0, floor: 0, room: 0 }, "ArrowUp", undefined],
  ["to the end of the floor", { unit: 1, floor: 1, room: 0 }, "End", { unit: 1, floor: 1, room: 1 }],
  ["no other key moves", { unit: 0, floor: 0, room: 0 }, "x", undefined],
])("%s", (_what, from, key, to) => {
  expect(walk(UNITS, from, key)).toEqual(to);
});

test("a room's use is told apart from no home and from a use nobody knows", () => {
  expect(use_of(room("301"))).toBe("own");
  expect(use_of(room("301", { occupancy: null }))).toBe("unknown");
  expect(use_of(room("301", { dwelling: null, occupancy: null }))).toBe("none");
});
