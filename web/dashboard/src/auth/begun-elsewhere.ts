/**
 * True for the end of a sign-in that this page did not begin: who opens the login domain itself, or a link to it, comes
 * back with a code but without the state that every sign-in of ours carries. The code is worth nothing here (it may be
 * somebody else's), but the login it came from is: a sign-in of our own goes through without another question.
 */
export function wasBegunElsewhere(search: string): boolean {
  const query = new URLSearchParams(search);
  return query.has('code') && !query.has('state');
}
