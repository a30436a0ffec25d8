/** What a metric may be called, so that a `name: value` line can be read back. */
export const METRIC_NAME = /^[A-Za-z_][\w./-]{0,63}$/;

/** Whether a metric can have this name. `__proto__` is one that an object in JavaScript cannot be trusted to hold. */
export function isMetricName(name: string): boolean {
  return METRIC_NAME.test(name) && name !== '__proto__';
}

/** The field of a metrics line that says how far a trial is, 0 to 1: no name for an objective. */
export const PROGRESS = 'progress';
