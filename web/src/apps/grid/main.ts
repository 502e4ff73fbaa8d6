// The entry of the grid face.
import { start_face } from "../../kit/start";
import App from "./App.vue";
import { routes } from "./routes";

start_face("grid", App, routes);
