// Length and area of places on a sphere: twin of crates/forms/src/expression/place.rs.

const EARTH_RADIUS_M = 6_378_100;

/** Latitude and longitude in degrees. */
export type Point = [number, number];

export function parse_points(text: string): Point[] | undefined {
  const points: Point[] = [];
  for (const part of text.split(";").map((one) => one.trim())) {
    if (part === "") continue;
    const point = parse_point(part);
    if (!point) return undefined;
    points.push(point);
  }
  return points;
}

function parse_point(text: string): Point | undefined {
  const parts = text.split(/[ \t\n\f\r]+/);
  if (parts.length < 2 || parts.length > 4 || !parts.every((part) => /^-?([0-9]+\.?[0-9]*|\.[0-9]+)$/.test(part))) return undefined;
  const [latitude, longitude] = [Number(parts[0]), Number(parts[1])];
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? [latitude, longitude] : undefined;
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

export function length_of(points: Point[]): number {
  let total = 0;
  for (let index = 1; index < points.length; index += 1) total += between(points[index - 1]!, points[index]!);
  return total;
}

/** The haversine formula. */
function between([latitude, longitude]: Point, [other_latitude, other_longitude]: Point): number {
  const [from, to] = [radians(latitude), radians(other_latitude)];
  const north = Math.sin((to - from) / 2);
  const east = Math.sin(radians(other_longitude - longitude) / 2);
  const h = north * north + Math.cos(from) * Math.cos(to) * east * east;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(Math.sqrt(h), 1));
}

export function area_of(points: Point[]): number {
  if (points.length < 3) return 0;
  let total = 0;
  points.forEach(([latitude, longitude], index) => {
    const [other_latitude, other_longitude] = points[(index + 1) % points.length]!;
    total += radians(other_longitude - longitude) * (2 + Math.sin(radians(latitude)) + Math.sin(radians(other_latitude)));
  });
  return Math.abs((total * EARTH_RADIUS_M * EARTH_RADIUS_M) / 2);
}
