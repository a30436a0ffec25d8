/**
 * Pairs of consonants that stand in words of English and of code; y is taken for one. Any other pair is a place where tokenizers cut.
 */
const USUAL_PAIRS = new Set(
  (
    'bb bj bl br bs by cc ch ck cl cr cs ct cy dd dg dl dr ds dy ff fl fr ft fy gg gh gl gn gr gs gy ld lf lk ll lm lp ls lt lv lw ly mb mm mp ms ' +
    'my nc nd nf ng nk nl nm nn np nr ns nt nv ny ph pl pp pr ps pt py rb rc rd rf rg rk rl rm rn rp rr rs rt rv rw ry sc sh sk sl sm sn sp ' +
    'sr ss st sw sy tc th tl tr ts tt tw ty wh wl wn wr ws xc xp xt yl ym yn yp ys zz'
  ).split(' '),
);
const VOWELS = 'aeiou';
const RARE = 'jqwxz';

const encoder = new TextEncoder();

/** Letters a token in words, in capitals, and in what is longer than words are. */
const PER_WORD = 5;
const PER_CAPITALS = 2.8;
const PER_GIBBERISH = 1.6;
const LONGEST_WORD = 16;
/** Tokens for an unusual pair of letters. */
const PER_CUT = 0.85;

const PIECE =
  /(?<word>[A-Z]?[a-z]+)|(?<capitals>[A-Z]+)|(?<digit> ?[0-9])|(?<blank>[ \t]+)|(?<ends>[\r\n]+)|(?<marks>[!-/:-@[-`{-~]+)|[\s\S]/gu;

/** Characters that a token stands for at most, blanks and rows of equal marks included. */
export const MOST_CHARACTERS = 8;
/** Some tokenizers begin a text with marks of their own. */
const BEGINNING = 2;

/**
 * How many tokens a language model reads in a text: no fewer than the tokenizers count whose figures are in
 * docs/decisions/0003-tokens.md, and a tenth to a third more than most of them on code and prose.
 */
export function countTokens(text: string): number {
  return BEGINNING + tokensIn(text);
}

/** Of a part of a text. Parts count no less than the whole, and lines with one for each of their ends as much. */
export function tokensIn(part: string): number {
  let tokens = 0;
  for (const { 0: piece, groups } of part.matchAll(PIECE)) tokens += tokensOf(piece, groups!);
  return tokens;
}

function tokensOf(piece: string, groups: Record<string, string | undefined>): number {
  const { length } = piece;
  if (groups.word !== undefined) return ofLetters(piece, PER_WORD);
  if (groups.capitals !== undefined) return ofLetters(piece.toLowerCase(), PER_CAPITALS);
  // Some give a digit and the space before it a token each.
  if (groups.digit !== undefined) return length;
  if (groups.ends !== undefined) return length;
  // A single space belongs to the word after it.
  if (groups.blank !== undefined) return piece === ' ' ? 0 : ofBlank(piece);
  if (groups.marks !== undefined) return ofMarks(piece);
  // A tokenizer knows bytes where it knows nothing better.
  return encoder.encode(piece).length;
}

function ofLetters(letters: string, perToken: number): number {
  const { length } = letters;
  if (length > LONGEST_WORD) return Math.ceil(length / PER_GIBBERISH);
  let cuts = 0;
  for (let place = 1; place < length; place++) {
    if (isUnusual(letters[place - 1]!.toLowerCase(), letters[place]!, place)) cuts++;
  }
  return Math.min(length, Math.ceil(length / perToken + PER_CUT * cuts));
}

function isUnusual(first: string, second: string, place: number): boolean {
  if (VOWELS.includes(second)) return place > 1 && RARE.includes(first);
  return VOWELS.includes(first) ? RARE.includes(second) : !USUAL_PAIRS.has(first + second);
}

function ofBlank(blank: string): number {
  const tabs = blank.split('\t').length - 1;
  return tabs + Math.ceil((blank.length - tabs) / 4);
}

/** A line of equal marks is few tokens. */
function ofMarks(marks: string): number {
  const runs = marks.match(/(.)\1{3,}|[\s\S]/g) ?? [];
  let tokens = 0;
  for (const run of runs) tokens += run.length > 1 ? Math.ceil(run.length / 8) + 1 : 0.8;
  return Math.ceil(tokens);
}
