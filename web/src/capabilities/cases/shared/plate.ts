// The code of a plate within the words of a place: where a report came from a scanned plate, the register finds the door by it.

const PLATE = /\u724c\u53f7\s*([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})/i;

/** The code, as it stands on the plate; nothing where the place names none. */
export const plate_in = (place: string): string | undefined => PLATE.exec(place)?.[1]?.toUpperCase();
