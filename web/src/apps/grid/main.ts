// The entry of the grid face.
import { start_face } from "../../kit/start";
import { watch_hands } from "../../lib/steady";
import { begin } from "../../offline";
import App from "./App.vue";
import { routes } from "./routes";

watch_hands();
// A browser that lets nothing be kept (some private windows) still shows the face: then nothing works without a line.
void begin().catch((fault: unknown) => console.warn(fault)).finally(() => start_face("grid", App, routes));
