const FEATURES = [
  "accelerometer",
  "autoplay",
  "camera",
  "display-capture",
  "encrypted-media",
  "fullscreen",
  "geolocation",
  "gyroscope",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "publickey-credentials-get",
  "screen-wake-lock",
  "usb",
  "web-share",
  "xr-spatial-tracking",
];

/** Whatever the answer is: a page brings its own content policy on top. */
export const BASE_SECURITY = {
  "strict-transport-security": "max-age=63072000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "permissions-policy": FEATURES.map((feature) => `${feature}=()`).join(", "),
  "cross-origin-resource-policy": "same-origin",
} as const;

/** An answer that no browser is to render. `vary`: which origin asks decides on the CORS headers. */
export const DATA_SECURITY = {
  ...BASE_SECURITY,
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  vary: "Origin",
} as const;
