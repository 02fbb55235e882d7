/** What is shown in place of a page that could not be drawn. @module */
import { Component, type ReactNode } from "react";

interface Props {
  readonly children: ReactNode;
}

/** React catches errors of drawing in a class alone. The document is stored already: the page may be loaded again. */
export class Boundary extends Component<Props, { readonly error?: Error }> {
  override state: { readonly error?: Error } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="broken" role="alert">
        <h1>This page could not be drawn</h1>
        <p>{error.message}</p>
        <p>What was saved is still there.</p>
        <button type="button" className="quiet-button" onClick={() => location.reload()}>
          Load again
        </button>
      </div>
    );
  }
}
