/** Head of the pages beside the studio, with the way to the others. @module */
import type { ReactNode } from "react";

const PAGES = [
  ["Training", "training.html"],
  ["Dataset", "dataset.html"],
  ["Studio", "./"],
] as const;

export function PageHeader({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <header className="topbar">
      <h1>
        <img src="icon.svg" width="22" height="22" alt="" />
        {title}
      </h1>
      {children}
      <span className="spacer" />
      {PAGES.filter(([name]) => name !== title).map(([name, address]) => (
        <a key={name} className="quiet-button" href={address}>
          {name}
        </a>
      ))}
    </header>
  );
}
