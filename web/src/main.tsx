import { render } from "preact";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/views.css";
import { App } from "./app.tsx";
import { startRouter } from "./router.ts";
import { startTheme } from "./state.ts";

startTheme();
startRouter();
const root = document.getElementById("app");
if (root) render(<App />, root);
