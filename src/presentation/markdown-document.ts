/** A part of a text in Markdown. Its pieces are only ever kept or left out whole. */
export interface Section {
  /** Above the pieces, and kept in any case. */
  readonly heading: string;
  /** Paragraphs, fences, items of a list. */
  readonly pieces: readonly string[];
  readonly layout: 'paragraphs' | 'list' | 'collapsed-list';
  /** What one piece is, for the words that say how many were left out. */
  readonly noun: string;
  /** Sections of the lowest number lose pieces first, from their end; those with null never do. */
  readonly yields: number | null;
}

/** A section of one paragraph that must stay. */
export function paragraph(text: string): Section {
  return { heading: text, pieces: [], layout: 'paragraphs', noun: '', yields: null };
}

/**
 * The sections as one text of at most so many bytes of UTF-8, which are never fewer than its characters. What does not
 * fit is left out piece by piece, and counted.
 */
export function renderDocument(sections: readonly Section[], limit: number): string {
  const kept = sections.map(({ pieces }) => pieces.length);
  const fits = () => Buffer.byteLength(render(sections, kept)) <= limit;
  for (const index of inYieldingOrder(sections)) {
    if (fits()) break;
    let least = 0;
    let most = kept[index] ?? 0;
    while (least < most) {
      const middle = Math.ceil((least + most) / 2);
      kept[index] = middle;
      if (fits()) least = middle;
      else most = middle - 1;
    }
    kept[index] = least;
  }
  return render(sections, kept);
}

function inYieldingOrder(sections: readonly Section[]): number[] {
  const order = (index: number) => sections[index]?.yields ?? 0;
  return [...sections.keys()].filter((index) => sections[index]?.yields !== null).sort((a, b) => order(a) - order(b));
}

function render(sections: readonly Section[], kept: readonly number[]): string {
  const texts = sections.map((section, index) => renderSection(section, kept[index] ?? 0));
  return texts.filter((text) => text !== '').join('\n\n');
}

function renderSection(section: Section, kept: number): string {
  const { heading, pieces, layout, noun } = section;
  const list = layout === 'list' || layout === 'collapsed-list';
  const shown = pieces.slice(0, kept).map((piece) => (list ? `- ${piece.replaceAll('\n', '\n  ')}` : piece));
  const rest = pieces.length - kept;
  const note =
    rest === 0 ? [] : [`${list ? '- ' : ''}… ${rest} more ${noun}${rest === 1 ? '' : 's'} left out for length.`];
  const body = [...shown, ...note].join(list ? '\n' : '\n\n');
  if (layout === 'paragraphs' || layout === 'list') return [heading, body].filter((part) => part !== '').join('\n\n');
  return pieces.length === 0 ? '' : `<details><summary>${heading}</summary>\n\n${body}\n\n</details>`;
}
