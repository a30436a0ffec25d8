import { expect, it } from 'vitest';
import { html, markdown } from './escape.ts';

const EVIL = `<img src=x onerror=alert(1)>" ' & \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007 \u202egpj.exe \u0000\ud800`;

it('HTML of a stranger is text: no tag, no quote, no control character, no mark that reorders', () => {
  const text = html(EVIL);
  expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;&quot; &#39; &amp;');
  expect(text).not.toMatch(/[<>"']/);
  expect(text).not.toMatch(/\p{Cc}|\p{Cs}|\u202e/u);
});

it('markdown of a stranger is text: no link, image, HTML, cell, code, mention or heading', () => {
  expect(markdown('[a](javascript:b) ![c](d) <b> | `e` *f* _g_ ~~h~~ #1 @team')).toBe(
    String.raw`\[a\](javascript:b) \!\[c\](d) \<b\> \| \`e\` \*f\* \_g\_ \~\~h\~\~ \#1 \@team`,
  );
  expect(markdown('see https://evil.example and www.evil.example')).toBe(
    String.raw`see https\://evil.example and www\.evil.example`,
  );
  expect(markdown('one\n# two\n\n- three')).toBe(String.raw`one \# two - three`);
  expect(markdown(EVIL)).not.toMatch(/\p{Cc}|\p{Cs}|\u202e/u);
});

it('markdown leaves alone what means nothing: names with underscores, numbers, signs', () => {
  for (const text of ['sum_of_radii', '+0.0431', '-3.7% of it', '0.6 are luck', 'a - b, c = 3']) {
    expect(markdown(text)).toBe(text);
  }
  expect(markdown('- a')).toBe(String.raw`\- a`);
  expect(markdown('1. a')).toBe(String.raw`1\. a`);
});
