/** Modules of packages that a user may not have installed: commands of the lab and the service. @module */
import { UserError } from "@scenograph/graph/errors";

/**
 * @param command what needs the module, for the message
 * @throws UserError when the package is not installed
 */
export async function optional<T>(command: string, packageName: string, module: string): Promise<T> {
  try {
    return (await import(/* @vite-ignore */ `${packageName}/${module}`)) as T;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" || !message.includes(`'${packageName}'`)) throw error;
    throw new UserError(
      `${command}: needs the package ${packageName}, which is not installed; run: npm install ${packageName}`,
    );
  }
}
