import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clipBytes, code, fenced, prose, proseWithCode, unformatted } from '../../src/presentation/markdown-text.js';
import { hasClosedFences, rendered } from './markdown-review.js';
import { nastyText } from './nasty-text.js';

describe('text of a repository in a sentence of Markdown', () => {
  it.each([
    ['a mention', 'thanks @octocat', 'thanks @&#8203;octocat'],
    ['a mention of a team', '@acme/ml', '@&#8203;acme/ml'],
    ['an issue', 'fixes #12', 'fixes #&#8203;12'],
    ['an issue of another repository', 'acme/lab#3', 'acme/lab#&#8203;3'],
    ['the old form of an issue', 'GH-7 and gh-8', 'GH-&#8203;7 and gh-&#8203;8'],
    ['an address', 'https://github.com/acme/lab/issues/1', 'https:&#8203;//github.com/acme/lab/issues/1'],
    ['an address without a scheme', 'www.evil.example', 'www&#8203;.evil.example'],
    ['an address behind a word', 'x_www.evil.example', 'x\\_www&#8203;.evil.example'],
    ['a mention as an entity', '&#64;octocat', '&amp;#&#8203;64;octocat'],
    ['HTML', '<img src=x>', '&lt;img src=x&gt;'],
    ['the start of a comment', 'a <!-- b', 'a &lt;!-- b'],
    ['a link', '[a](b)', '\\[a\\](b)'],
    ['emphasis and code', '*a* _b_ `c`', '\\*a\\* \\_b\\_ \\`c\\`'],
    ['a formula', '$x$', '\\$x\\$'],
    ['a heading', '# a', '\\# a'],
    ['a numbered item', '1. a', '1\\. a'],
    ['a command', '/recheck', '\\/recheck'],
    ['several lines', 'a\n\n- b', 'a - b'],
    ['a mark that reverses a line', 'a\u202eb', 'a\\\\u{202e}b'],
  ])('%s is only text', (_, text, markdown) => {
    expect(prose(text)).toBe(markdown);
  });

  it('keeps what a rule writes as code, and nothing else, as code', () => {
    expect(proseWithCode('`@a` of @b and `c')).toBe('`@a` of @&#8203;b and \\`c');
  });

  it.each([
    ['a', '`a`'],
    ['a`b', '``a`b``'],
    ['`a``', '``` `a`` ```'],
    ['a\nb', '`a b`'],
    ['', ''],
  ])('writes %j as code', (text, markdown) => {
    expect(code(text)).toBe(markdown);
  });

  it('says nothing live, however it is put', () => {
    fc.assert(
      fc.property(nastyText(), (text) => {
        for (const markdown of [prose(text), proseWithCode(text), code(text), `x ${prose(text)} y`]) {
          const { words, html, links } = rendered(markdown);
          expect(words).not.toMatch(/@\w|#\d|(?<![a-z0-9])gh-\d|:\/\/|www\./i);
          expect({ html, links }).toEqual({ html: '', links: [] });
          expect(markdown).not.toMatch(/[\n\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        }
      }),
    );
  });
});

describe('whole lines of code', () => {
  it.each([
    ['a\nb\n', '```py\na\nb\n\n```'],
    ['```', '````py\n```\n````'],
    ['a\u001b\tb', '```py\na\\u{1b}\tb\n```'],
  ])('%j stand in a fence', (text, markdown) => {
    expect(fenced('py', text)).toBe(markdown);
  });

  it('may be none, which is not the same as an empty one', () => {
    expect(fenced('suggestion', null)).toBe('```suggestion\n```');
    expect(fenced('suggestion', '')).toBe('```suggestion\n\n```');
  });

  it('cannot leave their fence', () => {
    fc.assert(
      fc.property(nastyText(), (text) => {
        const markdown = fenced('text', text);
        expect(hasClosedFences(markdown)).toBe(true);
        expect(rendered(`${markdown}\n\nafter`)).toMatchObject({ words: 'after', html: '', links: [] });
      }),
    );
  });
});

describe('text without format', () => {
  it('mentions nobody', () => {
    fc.assert(
      fc.property(nastyText(), (text) => {
        expect(unformatted(text)).not.toMatch(/@\w|#\d|(?<![a-z0-9])gh-\d|:\/\/|[\n\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/iu);
      }),
    );
  });
});

describe('a clipped text', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, '…'],
    ['abcde', 4, 'a…'],
    ['🎉🎉', 7, '🎉…'],
    ['🎉🎉', 6, '…'],
  ])('%j in %i bytes is %j', (text, bytes, clipped) => {
    expect(clipBytes(text, bytes)).toBe(clipped);
  });
});
