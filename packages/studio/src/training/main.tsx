/** Entry of the training page. @module */
import { createRoot } from "react-dom/client";
import { Boundary } from "../app/Boundary.tsx";
import "../app/styles.css";
import "./training.css";
import { Training } from "./Training.tsx";

createRoot(document.getElementById("root") as HTMLElement).render(
  <Boundary>
    <Training />
  </Boundary>,
);
