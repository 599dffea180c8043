/** The two companies of the providers' documented samples. */
export const DURAND_SIREN = "912345675";
export const MAUREPAS_SIREN = "842157968";
