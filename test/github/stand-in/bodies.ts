/** The error of GitHub names characters: dead-claudia/github-limits#13 */
const LONGEST_BODY = 65_536;

/** What is wrong with the text of a comment or a review, as GitHub words it; null for nothing. */
export function checkedBody(body: string): string | null {
  if (body.trim() === '') return "Body can't be blank";
  return lengthFault(body);
}

export function lengthFault(body: string): string | null {
  return [...body].length > LONGEST_BODY ? `Body is too long (maximum is ${LONGEST_BODY} characters)` : null;
}
