/**
 * Whether what has waited this long is to be sent again, by a job that runs each `slotMs`: at 2 slots, 4, 8, 16 and so
 * on, so that whatever keeps consumers from it is not met by ever more copies.
 */
export function isResendDue(waitedMs: number, slotMs: number): boolean {
  const slots = Math.floor(waitedMs / slotMs);
  return slots >= 2 && Number.isInteger(Math.log2(slots));
}
