export const SEARCH_FAULTS = {};
