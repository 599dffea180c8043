function range(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index).padStart(2, "0"));
}

const OVERSEAS = "971 972 973 974 975 976 977 978 984 986 987 988 989 99".split(" ");

export const DEPARTMENTS: ReadonlySet<string> = new Set([
  ...range(1, 19),
  "2A",
  "2B",
  ...range(21, 95),
  ...OVERSEAS,
]);

export const REGIONS: ReadonlySet<string> = new Set(
  "01 02 03 04 06 11 24 27 28 32 44 52 53 75 76 84 93 94".split(" "),
);

export const SECTIONS: ReadonlySet<string> = new Set("ABCDEFGHIJKLMNOPQRSTU");
