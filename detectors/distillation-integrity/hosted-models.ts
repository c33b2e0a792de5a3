/** How firmly the name of a hosted model says which one answers. */
export type HostedName = 'dated' | 'alias' | 'unknown';

const OPENAI = /^(?:openai\/|azure\/)?(?:gpt-[345]|chatgpt-|o[1345](?:-|$))/;
const ANTHROPIC = /^(?:anthropic\/)?claude-/;
const GEMINI = /^(?:gemini\/|google\/|vertex_ai\/|models\/)?gemini-/;
const DATED =
  /-\d{4}-\d{2}-\d{2}$|-(?:0125|0301|0314|0613|1106)(?:-preview)?$|-(?:16k|32k)-\d{4}$|-\d{8}$|@\d{8}$|-00\d$|-\d{2}-\d{2}$/;
/** Names from before dates were the custom, each for one model. */
const NUMBERED = /^(?:anthropic\/)?claude-(?:2\.[01]|instant-1\.\d)$/;

/**
 * Vendors that give every release a dated name also have names that move on to the newest. Of other vendors nothing is
 * said: where there are no dated names, there is nothing better to write.
 */
export function hostedName(name: string): HostedName {
  const id = name.toLowerCase();
  if (/[-:]latest$/.test(id)) return 'alias';
  if (!OPENAI.test(id) && !ANTHROPIC.test(id) && !GEMINI.test(id)) return 'unknown';
  return DATED.test(id) || NUMBERED.test(id) ? 'dated' : 'alias';
}
