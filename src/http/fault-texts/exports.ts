export const EXPORT_FAULTS = {};
