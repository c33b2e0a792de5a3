/** How many jobs wait or are worked on, as the App's own page of metrics tells; one where it does not tell. */
export async function openJobs(address: string): Promise<number> {
  const page = await fetch(`${address}/metrics`).then(
    (response) => response.text(),
    () => '',
  );
  const lines = page.split('\n').filter((line) => /^tunelint_queue_jobs\{.*state="(?:waiting|active)"/.test(line));
  if (lines.length === 0) return 1;
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
