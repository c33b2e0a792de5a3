/** A document as JSON in characters that a terminal shows as they are; `JSON.stringify` leaves others in. */
export function safeJson(document: unknown): string {
  const json = JSON.stringify(document, null, 2);
  return `${json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, escapeUnits)}\n`;
}

function escapeUnits(mark: string): string {
  return Array.from({ length: mark.length }, (_, unit) => {
    return `\\u${mark.charCodeAt(unit).toString(16).padStart(4, '0')}`;
  }).join('');
}
