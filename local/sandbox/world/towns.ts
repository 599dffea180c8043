interface Region {
  code: string;
  name: string;
}

export interface Town {
  name: string;
  postalCode: string;
  communeCode: string;
  department: string;
  departmentName: string;
  region: Region;
  latitude: number;
  longitude: number;
  /** Commercial court registry: its town and INSEE-like code. */
  registry: string;
  registryCode: string;
}

const REGIONS = {
  "04": "La Réunion",
  "11": "Île-de-France",
  "24": "Centre-Val de Loire",
  "27": "Bourgogne-Franche-Comté",
  "28": "Normandie",
  "32": "Hauts-de-France",
  "44": "Grand Est",
  "52": "Pays de la Loire",
  "53": "Bretagne",
  "75": "Nouvelle-Aquitaine",
  "76": "Occitanie",
  "84": "Auvergne-Rhône-Alpes",
  "93": "Provence-Alpes-Côte d'Azur",
  "94": "Corse",
} as const;

type Row = readonly [
  names: string,
  codes: string,
  region: keyof typeof REGIONS,
  latitude: number,
  longitude: number,
];

function town([names, codes, region, latitude, longitude]: Row): Town {
  const [name = "", departmentName = "", registry = ""] = names.split("|");
  const [postalCode = "", communeCode = "", registryCode = ""] = codes.split(" ");
  const department = communeCode.startsWith("97") ? communeCode.slice(0, 3) : communeCode.slice(0, 2);
  return {
    name,
    postalCode,
    communeCode,
    department,
    departmentName,
    region: { code: region, name: REGIONS[region] },
    latitude,
    longitude,
    registry,
    registryCode,
  };
}

export const LYON_2 = town(["LYON|Rhône|Lyon", "69002 69382 6901", "84", 45.7485, 4.826]);
export const SAINT_PRIEST = town(["SAINT-PRIEST|Rhône|Lyon", "69800 69290 6901", "84", 45.6961, 4.9443]);

export const TOWNS: readonly [Town, ...Town[]] = [
  LYON_2,
  SAINT_PRIEST,
  town(["PARIS|Paris|Paris", "75015 75115 7501", "11", 48.8412, 2.2988]),
  town(["BOULOGNE-BILLANCOURT|Hauts-de-Seine|Nanterre", "92100 92012 9201", "11", 48.8397, 2.2399]),
  town(["MARSEILLE|Bouches-du-Rhône|Marseille", "13008 13208 1303", "93", 43.25, 5.385]),
  town(["NICE|Alpes-Maritimes|Nice", "06000 06088 0605", "93", 43.7102, 7.262]),
  town(["TOULOUSE|Haute-Garonne|Toulouse", "31000 31555 3102", "76", 43.6045, 1.444]),
  town(["PERPIGNAN|Pyrénées-Orientales|Perpignan", "66000 66136 6601", "76", 42.6887, 2.8948]),
  town(["NANTES|Loire-Atlantique|Nantes", "44000 44109 4401", "52", 47.2184, -1.5536]),
  town(["CHOLET|Maine-et-Loire|Angers", "49300 49099 4901", "52", 47.06, -0.879]),
  town(["LES HERBIERS|Vendée|La Roche-sur-Yon", "85500 85109 8501", "52", 46.8707, -1.014]),
  town(["LILLE|Nord|Lille Métropole", "59000 59350 5910", "32", 50.6292, 3.0573]),
  town(["STRASBOURG|Bas-Rhin|Strasbourg", "67000 67482 6752", "44", 48.5734, 7.7521]),
  town(["BORDEAUX|Gironde|Bordeaux", "33000 33063 3302", "75", 44.8378, -0.5792]),
  town(["LIMOGES|Haute-Vienne|Limoges", "87000 87085 8701", "75", 45.8336, 1.2611]),
  town(["RENNES|Ille-et-Vilaine|Rennes", "35000 35238 3501", "53", 48.1173, -1.6778]),
  town(["DIJON|Côte-d'Or|Dijon", "21000 21231 2104", "27", 47.322, 5.0415]),
  town(["BESANÇON|Doubs|Besançon", "25000 25056 2501", "27", 47.2378, 6.0241]),
  town(["CLERMONT-FERRAND|Puy-de-Dôme|Clermont-Ferrand", "63000 63113 6303", "84", 45.7772, 3.087]),
  town(["ANNECY|Haute-Savoie|Annecy", "74000 74010 7401", "84", 45.8992, 6.1294]),
  town(["GRENOBLE|Isère|Grenoble", "38000 38185 3801", "84", 45.1885, 5.7245]),
  town(["OYONNAX|Ain|Bourg-en-Bresse", "01100 01283 0101", "84", 46.2571, 5.6553]),
  town(["ORLÉANS|Loiret|Orléans", "45000 45234 4502", "24", 47.903, 1.909]),
  town(["ROUEN|Seine-Maritime|Rouen", "76000 76540 7608", "28", 49.4431, 1.0993]),
  town(["CAEN|Calvados|Caen", "14000 14118 1402", "28", 49.1829, -0.3707]),
  town(["AJACCIO|Corse-du-Sud|Ajaccio", "20000 2A004 2001", "94", 41.9192, 8.7386]),
  town(["BASTIA|Haute-Corse|Bastia", "20200 2B033 2002", "94", 42.697, 9.4503]),
  town(["SAINT-DENIS|La Réunion|Saint-Denis de la Réunion", "97400 97411 9741", "04", -20.8789, 55.4481]),
];
