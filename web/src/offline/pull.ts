// Rows down: in pages that are kept whole, so that a first sync that is cut goes on where it was; later only what has changed.
import { get_json } from "./http";
import { note_settled } from "./outbox";
import { phone, read_meta } from "./phone";
import { delete_rows, keep_page, rows, SINCE } from "./rows";
import { standing } from "./standing";
import type { GridRow, HomeRow, PullPage, TaskRow, Waiting } from "./wire";

/** What the server orders about this phone: go on, begin anew, or forget everything. */
export type Ordered = "ok" | "wipe";

/** The name in `meta` of the moment up to which what is carried may be kept. */
export const LEASE = "lease_until";

export async function pull(device: string): Promise<Ordered> {
  const { database } = phone();
  try {
    for (;;) {
      const since = await read_meta<string>(database, SINCE);
      const page = await get_json<PullPage>("/api/fieldwork/sync", { device, since });
      if (page.standing === "wipe") return "wipe";
      if (page.standing === "reset") await delete_rows(database);
      await keep(page);
      standing.left = page.left ?? undefined;
      if (!page.more) return "ok";
    }
  } finally {
    standing.left = undefined;
  }
}

/** What waits for this worker on the server: a clash stands there until it is settled, on whatever phone. */
export async function pull_clashes(): Promise<void> {
  const { clashes } = await get_json<Waiting>("/api/fieldwork/sync/clashes");
  await keep_page({ put: {}, whole: { clash: clashes }, gone: [], meta: {} });
  await note_settled(new Set(clashes.map((clash) => clash.id)));
}

function keep(page: PullPage): Promise<void> {
  return keep_page({
    put: { home: page.homes, task: page.tasks },
    whole: { grid: page.grids.map(grid_row), ...(page.forms && { form: page.forms }), ...(page.cases && { case: page.cases }) },
    gone: [...page.gone, ...page.ended, ...ids_below(page.gone_grids)],
    meta: { [SINCE]: page.since, [LEASE]: page.lease_until },
  });
}

/** A grid's outline comes with the first page only. */
function grid_row(grid: PullPage["grids"][number]): GridRow {
  const outline = grid.outline ?? rows<GridRow>("grid").get(grid.path)?.outline;
  return { ...grid, id: grid.path, ...(outline && { outline }) };
}

/** What is carried of grids that the worker has no longer. */
function ids_below(grids: readonly string[]): string[] {
  const carried = [...rows<HomeRow>("home").values(), ...rows<TaskRow>("task").values()];
  return carried.filter((row) => grids.some((path) => row.area_path === path || row.area_path.startsWith(`${path}/`))).map((row) => row.id);
}
