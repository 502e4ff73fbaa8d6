// Finding a home or a person among what is carried: by initials, by characters, by a part of the address, while one types.
import { computed } from "vue";
import { rows } from "./rows";
import type { HomeRow, PersonRow } from "./wire";

export interface Found {
  home: HomeRow;
  /** The person who was found; without one, the home itself. */
  person?: PersonRow;
}

export interface Line extends Found {
  /** All by which it is found, in small letters. */
  words: string;
  order: string;
}

const FOUND_MAX = 50;

/** One line for each home and one for each person: made once for what is carried, then only read. */
const lines = computed(() => [...rows<HomeRow>("home").values()].flatMap(lines_of).sort((a, b) => (a.order < b.order ? -1 : 1)));

export function lines_of(home: HomeRow): Line[] {
  const place = [home.address, home.place, ...spoken(home.place)].join(" ").toLowerCase();
  const people = home.people.map((person) => ({ home, person, order: `${home.area_path}${home.place}`, words: `${person.name} ${person.letters} ${place}`.toLowerCase() }));
  return [{ home, order: `${home.area_path}${home.place}`, words: `${place} ${home.letters}`.toLowerCase() }, ...people];
}

/** A door of building, unit and room is also typed as `5-2-301`, as `5-301`, and with the unit left out. */
function spoken(place: string): string[] {
  const parts = place.match(/\d+\D*/g) ?? [];
  if (parts.length < 2) return [];
  const numbers = parts.map((part) => parseInt(part, 10));
  const [building, room] = [parts[0], parts[parts.length - 1]];
  return [numbers.join("-"), `${numbers[0]}-${numbers[numbers.length - 1]}`, `${building}${room}`];
}

/** What has all the words that were typed, homes and people in the order of their doors; people only where a word is of a person. */
export const search = (typed: string): Found[] => find(lines.value, typed);

export function find(among: readonly Line[], typed: string): Found[] {
  const words = typed.toLowerCase().split(/[\s,，、]+/).filter(Boolean);
  if (words.length === 0) return [];
  const found: Found[] = [];
  for (const line of among) {
    if (!words.every((word) => has(line.words, word))) continue;
    if (line.person && !words.some((word) => names(line.person!, word))) continue;
    found.push(line.person ? { home: line.home, person: line.person } : { home: line.home });
    if (found.length === FOUND_MAX) break;
  }
  return found;
}

const DIGIT = /\d/;

/** A number is found where a number begins: `5-2-301` is not `15-2-301`. */
function has(words: string, word: string): boolean {
  let at = words.indexOf(word);
  while (at > 0 && DIGIT.test(word[0]!) && DIGIT.test(words[at - 1]!)) at = words.indexOf(word, at + 1);
  return at >= 0;
}

const names = (person: PersonRow, word: string) => person.name.toLowerCase().includes(word) || person.letters.toLowerCase().includes(word);
