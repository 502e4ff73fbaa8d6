// The entry of the desk face.
import { start_face } from "../../kit/start";
import App from "./App.vue";
import { routes } from "./routes";

start_face("desk", App, routes);
