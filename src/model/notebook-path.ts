/** Whether a path is a notebook's, which is JSON around the code that is meant. */
export function isNotebook(path: string): boolean {
  return path.endsWith('.ipynb');
}
