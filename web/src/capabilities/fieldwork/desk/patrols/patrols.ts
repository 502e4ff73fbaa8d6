// Patrol routes on the desk: stops in their order, how often they are walked, what is looked at.
import { api, ask, type Schema } from "../../../../client/api";
import { read_all_pages } from "../../../../client/pages";

export type RouteLine = Schema["RouteView"];
export type Route = Schema["RouteWithStops"];
export type RouteContent = Schema["RouteContent"];
export type Stop = Schema["StopView"];

const at = (id: string) => ({ path: { id } });

export async function list_routes(area: string): Promise<RouteLine[]> {
  return read_all_pages((after) => ask(api.GET("/api/fieldwork/routes", { params: { query: { ...(area && { area }), after } } })));
}

export const show_route = (id: string): Promise<Route> => ask(api.GET("/api/fieldwork/routes/{id}", { params: at(id) }));
export const make_route = (area: string, content: RouteContent): Promise<Route> => ask(api.POST("/api/fieldwork/routes", { body: { area, content } }));
export const amend_route = (id: string, version: number, content: RouteContent): Promise<Route> => ask(api.PUT("/api/fieldwork/routes/{id}", { params: at(id), body: { version, content } }));
export const end_route = (id: string): Promise<Route> => ask(api.POST("/api/fieldwork/routes/{id}/end", { params: at(id) }));
export const suggest_order = (stops: readonly string[]) => ask(api.GET("/api/fieldwork/route-order", { params: { query: { stops: stops.join(",") } } }));

/** What of a route may change. */
export function content_in(route: RouteLine): RouteContent {
  const { name, look_at, form, every_days, from_on, stops } = route;
  return { name, look_at, every_days, from_on, stops, ...(form && { form }) };
}

/** The list with one entry moved to another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const left = list.filter((_, at_) => at_ !== from);
  const place = Math.max(0, Math.min(left.length, to));
  return [...left.slice(0, place), list[from]!, ...left.slice(place)];
}
