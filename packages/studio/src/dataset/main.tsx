/** Entry of the dataset page. @module */
import { createRoot } from "react-dom/client";
import { Boundary } from "../app/Boundary.tsx";
import "../app/styles.css";
import "./dataset.css";
import { Dataset } from "./Dataset.tsx";

createRoot(document.getElementById("root") as HTMLElement).render(
  <Boundary>
    <Dataset />
  </Boundary>,
);
