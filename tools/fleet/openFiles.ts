// How many files a process may open, sockets among them.

/** The limit of this process and of those that it starts (`ulimit -n`); Infinity where the system does not say. */
export function mostOpenFiles(): number {
  const { userLimits } = (process.report?.getReport() ?? {}) as { userLimits?: { open_files?: { soft: unknown } } };
  return Number(userLimits?.open_files?.soft) || Infinity;
}
