// The key of a wall stands behind the # of its address, where no server's log sees it.

const PREFIX = "#key=";

/** The key in this address, where somebody opened a wall by it. */
export function wall_key(): string | undefined {
  return location.hash.startsWith(PREFIX) ? decodeURIComponent(location.hash.slice(PREFIX.length)) : undefined;
}
