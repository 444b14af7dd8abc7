/** An amount in cents as people read it: $250,000,000.00. */
export function dollars(minor: string): string {
  const digits = minor.padStart(3, "0");
  const whole = digits.slice(0, -2).replace(/\B(?=(?:\d{3})+$)/g, ",");
  return `$${whole}.${digits.slice(-2)}`;
}
