// The entry of the map face; a wall comes in first, by the key in its address.
import { createApp } from "vue";
import { wall_key } from "../../capabilities/identity/map/wall_key";
import { start_face } from "../../kit/start";
import App from "./App.vue";
import { routes } from "./routes";

const secret = wall_key();
if (secret) void import("../../capabilities/identity/map/EnterWall.vue").then((page) => createApp(page.default, { secret }).mount("#app"));
else start_face("map", App, routes);
