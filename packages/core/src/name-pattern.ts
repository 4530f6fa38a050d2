/**
 * Whether a whole name fits a pattern in which `*` stands for any run of characters, also for none; everything else, capital
 * letters too, stands for itself (X6). Takes a time that grows with both lengths at most: no pattern makes it hang.
 */
export function fitsNamePattern(name: string, pattern: string): boolean {
  let at = 0;
  let inPattern = 0;
  // Where to go on when a guess was wrong: the last star swallows one character more.
  let star = -1;
  let afterStar = 0;
  while (at < name.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern;
      afterStar = at;
      inPattern += 1;
    } else if (pattern[inPattern] === name[at]) {
      inPattern += 1;
      at += 1;
    } else if (star >= 0) {
      afterStar += 1;
      at = afterStar;
      inPattern = star + 1;
    } else return false;
  }
  while (pattern[inPattern] === '*') inPattern += 1;
  return inPattern === pattern.length;
}
