export const PIPELINE_FAULTS = {};
