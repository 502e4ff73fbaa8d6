// The published duty lists, for the words of an item a rule names (`grid_matters/2.3 (default-1)`); read once a page.
import { api, ask } from "../../../client/api";
import type { Words } from "../../../lib/words";

export interface DutyItem {
  number: string;
  words: Words;
  basis: string;
}

interface DutyList {
  key: string;
  items: DutyItem[];
}

let asked: Promise<DutyList[]> | undefined;

function read(): Promise<DutyList[]> {
  asked ??= (ask(api.GET("/api/cases/duty-lists")) as Promise<unknown> as Promise<DutyList[]>).catch((refusal: unknown) => {
    asked = undefined;
    throw refusal;
  });
  return asked;
}

/** The items of one list, as they hold today. */
export async function list_items(key: string): Promise<DutyItem[]> {
  return (await read()).find((one) => one.key === key)?.items ?? [];
}

export async function find_item(named: string): Promise<DutyItem | undefined> {
  const [list, number] = named.split(" ")[0]?.split("/") ?? [];
  if (!list || !number) return undefined;
  return (await read()).find((one) => one.key === list)?.items.find((one) => one.number === number);
}
