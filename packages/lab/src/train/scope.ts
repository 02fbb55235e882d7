/** Executables that live as long as a piece of work. @module */
import type { Executable, Runtime } from "@scenograph/graph/runtime/runtime";

/**
 * Do `work` on a runtime whose executables are all released afterwards: validation happens hundreds of times in a run,
 * and what it loads must not pile up.
 */
export async function withScope<T>(runtime: Runtime, work: (scope: Runtime) => Promise<T>): Promise<T> {
  const open = new Set<Executable>();
  const scope: Runtime = {
    device: runtime.device,
    async load(program, constants) {
      const inner = await runtime.load(program, constants);
      open.add(inner);
      return {
        program: inner.program,
        run: (feeds) => inner.run(feeds),
        readState: (names) => inner.readState(names),
        writeState: (values) => inner.writeState(values),
        release: async () => {
          if (open.delete(inner)) await inner.release();
        },
      };
    },
    // the runtime itself is the trainer's
    close: async () => {},
  };
  try {
    return await work(scope);
  } finally {
    await Promise.allSettled([...open].map((executable) => executable.release()));
  }
}
