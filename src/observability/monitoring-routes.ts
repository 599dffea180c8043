/** What monitoring itself asks for, as an anchored regular expression: it says nothing of those who are served. */
export const MONITORING_ROUTES = "/metrics|/ready|/health.*|/slo";
